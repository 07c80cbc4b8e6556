"""Jobs that ended long ago are forgotten, so that a server may run for ever; nothing that is still of use goes with them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    Exited,
    Forget,
    Input,
    Put,
    Retire,
    Save,
    Started,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Environment, Group, Nodes, Order, Queue, Record
from batchproof.reference_impl.deciding.retention import AT_ONCE
from batchproof.reference_impl.keeping.store import Database

ROOM = Environment("ce", enabled=True, max_mcpus=None, created={})
QUEUE = Queue("q", "r", "q", True, 1, ("ce",), {})


class Server:
    """An engine, and a store's worth of what it saved."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.kept: dict[str, Record] = {}
        self.tell(Put(0, ROOM), 0)
        self.tell(Put(0, QUEUE), 0)

    def tell(self, event: Input, now_ms: int) -> list[str]:
        """The ids of the jobs that were forgotten, in order."""
        forgotten: list[str] = []
        for effect in self.engine.handle(event, now_ms=now_ms):
            if isinstance(effect, Save):
                record = effect.record
                self.kept[getattr(record, "id", "") or record.arn] = record
            elif isinstance(effect, Forget):
                del self.kept[effect.job.id]
                forgotten.append(effect.job.id)
        return forgotten

    def submit(self, name: str, now_ms: int = 0, **members) -> None:
        self.tell(Submitted(1, Order(name, "r", name, "q", "d:1", ("true",), {}, {}, {}, **members)), now_ms)

    def run(self, name: str, now_ms: int, code: int = 0) -> None:
        self.tell(Started(name, 1), now_ms)
        self.tell(Exited(name, 1, code), now_ms)


@pytest.fixture
def server() -> Server:
    return Server()


def test_what_a_forgotten_job_waited_for_can_end(server):
    """It had failed by another of its dependencies; the end of this one is no news for it, and nothing else is disturbed."""
    for name in ("fails", "lasts"):
        server.submit(name)
    server.submit("waits", depends_on=("fails", "lasts"))
    server.submit("nodes", depends_on=("fails", "lasts"), nodes=Nodes(2, 0, (Group(":", ("true",), {}, {}, 500),)))
    server.run("fails", 1000, code=1)

    assert sorted(server.tell(Retire(1000), 9000)) == ["fails", "nodes", "nodes#0", "waits"]
    server.run("lasts", 10_000)

    assert server.engine.ledger.jobs["lasts"].status.terminal


def test_a_job_is_forgotten_once_it_has_been_over_for_long_enough_and_not_before(server):
    server.submit("old")
    server.submit("new")
    server.submit("running")
    server.run("old", 1000)
    server.run("new", 2000, code=1)
    server.tell(Started("running", 1), 0)

    assert server.tell(Retire(999), 9000) == []
    assert server.tell(Retire(1000), 9000) == ["old"]
    assert list(server.engine.ledger.jobs) == ["new", "running"]
    assert [job.id for job in server.engine.ledger.newest_first("q", None)] == ["running", "new"]


def test_an_array_goes_as_a_whole_and_not_while_one_of_its_children_is_left(server):
    server.submit("array", array_size=2)
    server.run("array:0", 1)
    assert server.tell(Retire(5000), 9000) == []
    server.run("array:1", 2)
    assert server.tell(Retire(5000), 9000) == ["array:1", "array:0", "array"]
    assert not server.engine.ledger.jobs


def test_a_multinode_job_goes_with_its_nodes(server):
    group = Group("0:1", ("true",), {}, {}, 1000)
    server.submit("m", nodes=Nodes(2, 0, (group,)))
    server.tell(Started("m#0", 1), 1)
    server.tell(Started("m#1", 1), 1)
    server.tell(Exited("m#0", 1, 0), 1)
    assert server.tell(Retire(5000), 9000) == [], "the other node is still being stopped"
    server.tell(Exited("m#1", 1, 143), 2)
    assert server.tell(Retire(5000), 9000) == ["m#1", "m#0", "m"]


def test_what_somebody_waits_for_stays_so_that_a_server_that_starts_anew_knows_how_it_ended(server):
    server.submit("first")
    server.submit("array", array_size=2)
    server.submit("second")
    server.submit("third", depends_on=("first", "second", "array:1"))
    for name in ("first", "array:0", "array:1"):
        server.run(name, 1)
    assert server.tell(Retire(5000), 9000) == []

    again = Engine()
    again.restore(server.kept.values(), now_ms=9000)
    again.handle(Started("second", 1), now_ms=9000)
    again.handle(Exited("second", 1, 0), now_ms=9001)
    assert again.ledger.jobs["third"].status.value == "STARTING"

    server.tell(TerminateRequested(2, "third", "enough"), 9002)
    assert server.tell(Retire(5000), 9000) == ["first", "array:1", "array:0", "array"]


def test_a_server_that_starts_anew_goes_on_counting_where_jobs_have_been_forgotten(server):
    for name in ("a", "b", "c"):
        server.submit(name)
    server.run("b", 1)
    assert server.tell(Retire(1), 2) == ["b"]

    again = Engine()
    again.restore(server.kept.values(), now_ms=3)
    again.handle(Submitted(1, Order("d", "r", "d", "q", "d:1", ("true",), {}, {}, {})), now_ms=4)
    assert [job.id for job in again.ledger.newest_first("q", None)] == ["d", "c", "a"]


def test_many_are_forgotten_in_several_goes(server):
    """Nobody is to wait for a hundred thousand of them."""
    for number in range(AT_ONCE + 1):
        server.submit(f"job{number}")
        server.run(f"job{number}", 1)
    assert len(server.tell(Retire(1), 2)) == AT_ONCE
    assert len(server.tell(Retire(1), 2)) == 1


def test_a_record_that_was_forgotten_is_not_loaded_again(tmp_path):
    server = Server()
    server.submit("a")
    server.submit("b")

    async def main() -> list[str]:
        store = Database(tmp_path / "s", lambda failure: pytest.fail(str(failure)))
        for record in server.kept.values():
            store.save(record)
        store.commit(lambda: None)
        store.forget(server.kept["a"])
        store.save(server.kept["b"])
        done = asyncio.Event()
        store.commit(done.set)
        await done.wait()
        store.close()
        again = Database(tmp_path / "s", lambda failure: pytest.fail(str(failure)))
        found = [getattr(record, "id", "") or record.arn for record in again.load()]
        again.close()
        return found

    assert asyncio.run(main()) == ["ce", "q", "b"]


def test_serve_forgets_a_job_and_removes_its_output(start, patiently):
    server = start("--retain-days", "0.00002")
    gone, left = server.submit("echo", "hello"), server.submit("sleep", "60")
    server.wait(left, "RUNNING")
    folder: Path = server.data / "jobs"
    patiently(lambda: not server.batch.describe_jobs(jobs=[gone])["jobs"])

    assert [path.name for path in folder.iterdir()] == [left]
    assert server.describe(left)["status"] == "RUNNING"
    patiently(lambda: not list((server.data / "launcher" / "discarded").iterdir()))
