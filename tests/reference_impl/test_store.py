"""What is kept comes back, in the order in which it came, and an engine that takes it up goes on as if nothing was."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from batchproof.model.attempts import Action, Entry, RetryStrategy
from batchproof.model.machine import LIFECYCLE
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    CancelRequested,
    Exited,
    HostLost,
    Put,
    Save,
    SetDeadline,
    Spawn,
    Started,
    Stop,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Attempt, Definition, Environment, Job, Order, Queue, Record, Run
from batchproof.reference_impl.keeping.rows import key_of
from batchproof.reference_impl.keeping.store import Database, UnreadableStore

ENVIRONMENT = Environment("ce", enabled=True, max_mcpus=3000, created={"type": "UNMANAGED", "unmanagedvCpus": 3})
QUEUE = Queue("q", "r", "q", True, 1, ("ce",), {"priority": 1})
DEFINITION = Definition("d:1", "r", "d", 1, True, {"containerProperties": {"image": "é \x00 𝄞", "memory": 10**17}})
ORDER = Order(
    "a", "r", "a", "q", "d:1", ("sh", "-c", "'\"\n"), {"K": "v"}, {"image": "x"}, {"dependsOn": []},
    strategy=RetryStrategy(3, (Entry(Action.EXIT, on_exit_code="1*"),)), timeout_s=60, depends_on=("b",),
)  # fmt: skip
JOB = Job(
    ORDER, LIFECYCLE.submitted(3, waits=True), 7, 1_790_000_000_000, cancel_reason="enough", runs=2,
    run=Run(2, 2, "ce", 1_790_000_000_001), attempts=(Attempt(1, None, 5, "why", reason="because"),),
)  # fmt: skip


def kept(file: Path, *rounds: list[Record]) -> list[Record]:
    """What a database gives back after these records were saved, each list with a commit of its own."""

    async def main() -> list[Record]:
        store = Database(file, broken)
        store.load()
        for records in rounds:
            for record in records:
                store.save(record)
            done = asyncio.Event()
            store.commit(done.set)
            await done.wait()
        store.close()
        again = Database(file, broken)
        found = again.load()
        again.close()
        return found

    return asyncio.run(main())


def broken(failure: Exception) -> None:
    raise AssertionError from failure


def test_every_kind_of_record_comes_back_as_it_was(tmp_path):
    records = [ENVIRONMENT, QUEUE, DEFINITION, JOB]
    assert kept(tmp_path / "s", records) == records


def test_the_newest_state_comes_back_at_the_place_of_the_first(tmp_path):
    """The place is what a job's ordinal stands for."""
    changed = Queue("q", "r", "q", False, 9, ("ce",), {})
    assert kept(tmp_path / "s", [QUEUE], [ENVIRONMENT], [changed]) == [changed, ENVIRONMENT]


def test_a_commit_of_more_records_than_one_statement_takes_keeps_all_of_them_in_their_order(tmp_path):
    """An array of 10 000 is born in one event."""
    many = [Environment(f"ce-{number}", True, number, {}) for number in range(1000)]
    newer = [Environment(f"ce-{number}", False, number, {}) for number in range(600)]
    assert kept(tmp_path / "s", many, newer) == newer + many[600:]


def test_commits_call_back_in_their_order(tmp_path):
    async def main():
        store = Database(tmp_path / "s", broken)
        seen = []
        done = asyncio.Event()
        for number in range(500):
            if number % 3:
                store.save(Queue(str(number), "r", "q", True, number, (), {}))
            store.commit(lambda number=number: seen.append(number))
        store.commit(done.set)
        await done.wait()
        store.close()
        assert seen == list(range(500))

    asyncio.run(main())


def test_what_was_asked_for_before_the_end_is_kept(tmp_path):
    async def main():
        store = Database(tmp_path / "s", broken)
        store.save(QUEUE)
        store.commit(lambda: None)
        store.close()

    asyncio.run(main())
    assert kept(tmp_path / "s") == [QUEUE]


def test_a_file_that_cannot_be_written_is_told_and_nobody_is_told_that_it_is_safe(tmp_path):
    async def main():
        told = asyncio.get_running_loop().create_future()
        store = Database(tmp_path / "s", told.set_result)
        with sqlite3.connect(tmp_path / "s") as other:
            other.execute("DROP TABLE record")
        store.save(QUEUE)
        store.commit(lambda: pytest.fail("not safe"))
        assert "no such table" in str(await told)
        store.close()

    asyncio.run(main())


def test_what_could_not_be_kept_is_given_up_and_what_comes_after_it_is_kept(tmp_path):
    """Also what was asked for while nobody had heard of it yet: it may rest on what is gone."""

    async def main():
        told = asyncio.Queue()
        store = Database(tmp_path / "s", told.put_nowait)
        store.save(QUEUE)
        first = asyncio.Event()
        store.commit(first.set)
        await first.wait()
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        large = Environment("ce", True, None, {"text": "x" * 100_000})
        for record in (large, DEFINITION):
            store.save(record)
            store.commit(lambda: pytest.fail("not safe"))
        assert "full" in str(await told.get())
        store.save(ENVIRONMENT)
        store.commit(lambda: pytest.fail("nobody has heard of it"))
        assert store.load() == [QUEUE]
        store._connection.execute("PRAGMA max_page_count = 1000")
        store.go_on()
        store.save(JOB)
        kept = asyncio.Event()
        store.commit(kept.set)
        await kept.wait()
        store.close()
        assert told.empty()

    asyncio.run(main())
    assert kept(tmp_path / "s") == [QUEUE, JOB]


@pytest.mark.parametrize(("content", "says"), [(b"x" * 5000, "not a database"), (None, "is of version 99")])
def test_a_store_of_another_kind_is_refused(tmp_path, content, says):
    file = tmp_path / "s"
    if content is not None:
        file.write_bytes(content)
    else:
        with sqlite3.connect(file) as other:
            other.execute("PRAGMA user_version = 99")

    async def main():
        Database(file, broken)

    with pytest.raises(UnreadableStore, match=says):
        asyncio.run(main())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "UPDATE record SET body = '{bad' WHERE kind = 'Queue'",
            "the record Queue q cannot be read: JSON is malformed",
        ),
        (
            "UPDATE record SET body = '{}' WHERE kind = 'Job'",
            "the record Job a cannot be read: Object missing required",
        ),
        ("UPDATE record SET kind = 'Cat' WHERE kind = 'Queue'", "the record Cat q cannot be read"),
        ("UPDATE record SET body = CAST(x'ff' AS TEXT)", "cannot be read: Could not decode to UTF-8"),
        ("PRAGMA user_version = 0", "has tables, and is of no version"),
    ],
)
def test_what_cannot_be_read_is_named_by_file_and_record(tmp_path, change, says):
    kept(tmp_path / "s", [QUEUE, JOB])
    with sqlite3.connect(tmp_path / "s") as other:
        other.execute(change)
    with pytest.raises(UnreadableStore) as refused:
        kept(tmp_path / "s")
    assert str(refused.value).startswith(f"{tmp_path / 's'}")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


class Life:
    """An engine, what it has saved, and random news for it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.engine = Engine(grace_ms=1000)
        self.kept: dict[tuple[str, str], Record] = {}
        self.asked: set[object] = set()  # Spawn, Stop and SetDeadline of runs that are still under way
        for event in (Put(0, ENVIRONMENT), Put(0, QUEUE), Put(0, DEFINITION)):
            self.feed(event, 0)

    def feed(self, event, now_ms: int):
        effects = self.engine.handle(event, now_ms=now_ms)
        for effect in effects:
            if isinstance(effect, Save):
                self.kept[key_of(effect.record)] = effect.record
            elif isinstance(effect, Spawn | Stop | SetDeadline):
                self.asked.add(_words(effect))
        return effects

    def event(self, now_ms: int):
        jobs = list(self.engine.ledger.jobs.values())
        runs = [job for job in jobs if job.run is not None]
        choice = self.chance.random()
        if choice < 0.4 or not jobs:
            after = tuple(job.id for job in self.chance.sample(jobs, min(len(jobs), self.chance.choice((0, 0, 1, 2)))))
            strategy = RetryStrategy(self.chance.randint(1, 3))
            timeout_s = self.chance.choice((None, 60))
            name = str(len(jobs))
            return Submitted(
                0,
                Order(
                    name,
                    "r",
                    name,
                    "q",
                    "d:1",
                    ("x",),
                    {},
                    {},
                    {},
                    strategy=strategy,
                    timeout_s=timeout_s,
                    depends_on=after,
                ),
            )
        if choice < 0.5:
            asked = self.chance.choice((CancelRequested, TerminateRequested))
            return asked(0, self.chance.choice(jobs).id, "why")
        if runs:
            job = self.chance.choice(runs)
            news = self.chance.choice((Started, Started, Exited, HostLost))
            extra = {Exited: (self.chance.choice((0, 0, 1)),), HostLost: ("Host EC2",)}.get(news, ())
            return news(job.id, job.run.number, *extra)
        return CancelRequested(0, "nobody", "why")


def _words(effect) -> str:
    return f"{type(effect).__name__} {effect.job_id}/{effect.number} {getattr(effect, 'at_ms', '')}"


@pytest.mark.parametrize("seed", range(12))
def test_an_engine_that_is_taken_up_again_goes_on_as_the_first_would_have(seed):
    """After every event: same ledger, same processes asked for, and the same answer to all that comes next."""
    life = Life(seed)
    for now_ms in range(1, 60):
        life.feed(life.event(now_ms), now_ms * 1000)
        again = Engine(grace_ms=1000)
        effects = again.restore(life.kept.values(), now_ms=now_ms * 1000)
        assert again.ledger.jobs == life.engine.ledger.jobs
        assert not [effect for effect in effects if isinstance(effect, Save)], "what was kept was not half done"
        under_way = {f"{job.id}/{job.run.number}" for job in again.ledger.jobs.values() if job.run is not None}
        expected = {words for words in life.asked if words.split()[1] in under_way}
        assert {_words(effect) for effect in effects} == expected
        life.engine = again  # so that a fault in one restart shows in what comes later
