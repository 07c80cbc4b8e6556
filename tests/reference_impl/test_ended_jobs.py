"""Jobs that are over are kept in the store and not in memory, and nobody can tell by what is answered."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable

import boto3
import pytest
from patience import until

from batchproof.model.status import Status
from batchproof.reference_impl import serving
from batchproof.reference_impl.deciding.archive import is_over
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    CancelRequested,
    Exited,
    Forget,
    JobTagged,
    Put,
    Retire,
    Save,
    SetAside,
    Started,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Environment, Group, Job, Nodes, Order, Queue
from batchproof.reference_impl.keeping import ended
from batchproof.reference_impl.keeping.store import Database
from batchproof.reference_impl.settings import Settings

ROOM = Environment("ce", enabled=True, max_mcpus=20_000, created={})
QUEUE = Queue("q", "r", "q", True, 1, ("ce",), {})
NODES = Nodes(2, 0, (Group(":", ("true",), {}, {}, 500),))


class Pair:
    """The same news for two engines: one has all jobs at hand, one sets them aside whenever it can."""

    def __init__(self, store: Database, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = store
        self.all = Engine()
        self.few = Engine(archive=store.ended)
        self.ids: list[str] = []
        self.forgotten: list[list[str]] = [[], []]
        self.set_aside = 0

    async def tell(self, event, now_ms: int) -> None:
        for engine, forgotten in zip((self.all, self.few), self.forgotten, strict=True):
            for effect in engine.handle(event, now_ms=now_ms):
                if isinstance(effect, Forget):
                    forgotten.append(effect.job.id)
                if engine is self.few and isinstance(effect, Save):
                    self.store.save(effect.record)
                elif engine is self.few and isinstance(effect, Forget):
                    self.store.forget(effect.job)

    async def commit(self) -> None:
        done = asyncio.Event()
        self.store.commit(done.set)
        await done.wait()

    async def let_go(self) -> None:
        jobs = self.few.ledger.over(self.chance.choice((0, 5)), 100)
        await self.commit()
        before = len(self.few.ledger.jobs)
        self.few.handle(SetAside(tuple(jobs)), now_ms=0)
        self.set_aside += before - len(self.few.ledger.jobs)

    def event(self, now_ms: int):
        runs = [job for job in self.all.ledger.jobs.values() if job.run is not None]
        choice = self.chance.random()
        if choice < 0.35 or not self.ids:
            kind = self.chance.choice(("single", "single", "array", "nodes"))
            after = tuple(self.chance.sample(self.ids, min(len(self.ids), self.chance.choice((0, 0, 1)))))
            members = {"array_size": 3} if kind == "array" else {"nodes": NODES} if kind == "nodes" else {}
            self.ids.append(f"j{len(self.ids)}")
            order = Order(self.ids[-1], "r", "n", "q", "d:1", ("true",), {}, {}, {}, depends_on=after, **members)
            return Submitted(0, order)
        if choice < 0.45:
            asked = self.chance.choice((CancelRequested, TerminateRequested))
            return asked(0, self.chance.choice(self.ids), "enough")
        if choice < 0.5 and (known := [name for name in self.ids if name in self.all.ledger.jobs]):
            return JobTagged(0, self.chance.choice(known), {"at": str(now_ms)})
        if choice < 0.53:
            return Retire(now_ms - 200)
        if not runs:
            return Retire(0)
        job = self.chance.choice(runs)
        assert job.run is not None
        if job.status is Status.STARTING:
            return Started(job.id, job.run.number)
        return Exited(job.id, job.run.number, self.chance.choice((0, 0, 1)))

    def compare(self) -> None:
        everything, few = self.all.ledger, self.few.ledger
        assert sorted(self.forgotten[0]) == sorted(self.forgotten[1])
        for name in self.ids:
            parts = [part for index in range(3) for part in (f"{name}:{index}", f"{name}#{index}")]
            for job_id in (name, *parts):
                assert few.job("r", job_id) == everything.job("r", job_id)
                assert few.status_of(job_id) is everything.status_of(job_id)
            if name in everything.jobs:
                assert few.summary(name) == everything.summary(name)
        before = self.chance.randrange(everything.next_ordinal() + 1)
        for listed in ("q", *self.chance.sample(self.ids, 3)):
            for status in (None, *Status):
                for place in (None, before):
                    assert list(few.newest_first(listed, status, place)) == list(
                        everything.newest_first(listed, status, place)
                    )


@pytest.mark.parametrize("seed", range(4))
def test_whoever_reads_cannot_tell_what_was_set_aside(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(ended, "AT_ONCE", 3)

    async def main() -> None:
        store = Database(tmp_path / "s", lambda failure: pytest.fail(str(failure)))
        pair = Pair(store, seed)
        for record in (ROOM, QUEUE):
            await pair.tell(Put(0, record), 0)
        for now_ms in range(1, 700):
            await pair.tell(pair.event(now_ms), now_ms)
            if now_ms % 5 == 0:
                await pair.let_go()
            if now_ms % 20 == 0 and len(pair.ids) > 3:
                pair.compare()
        assert pair.set_aside > 100
        assert len(pair.forgotten[0]) > 20
        await pair.commit()
        store.close()

        again = Database(tmp_path / "s", lambda failure: pytest.fail(str(failure)))
        loaded = again.load()
        pair.few = Engine(archive=again.ended)
        pair.few.look(loaded)
        at_hand = [job for job in loaded if isinstance(job, Job)]
        families = {job.order.parent_id or job.id for job in at_hand if not is_over(job)}
        assert {job.order.parent_id or job.id for job in at_hand} == families
        pair.compare()
        again.close()

    asyncio.run(main())


def test_a_server_starts_without_what_is_over_and_shows_all_of_it(start, patiently):
    """Descriptions, lists and filters, children, tags, output, what depends on such a job, and that it is not forgotten."""
    server = start()
    plain = server.submit("echo", "here", jobName="plain")
    array = server.submit("sh", "-c", "exit $AWS_BATCH_JOB_ARRAY_INDEX", jobName="array", arrayProperties={"size": 2})
    shown = [server.wait(job) for job in (plain, array)]
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    again = start("--data", str(server.data))

    assert [again.describe(job) for job in (plain, array)] == shown
    listed = again.batch.list_jobs(jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["*"]}])
    assert [job["jobId"] for job in listed["jobSummaryList"]] == [array, plain]
    failed = again.batch.list_jobs(arrayJobId=array, jobStatus="FAILED")["jobSummaryList"]
    assert [job["jobId"] for job in failed] == [f"{array}:1"]
    again.batch.tag_resource(resourceArn=shown[0]["jobArn"], tags={"k": "v"})
    assert again.describe(plain) == {**shown[0], "tags": {"k": "v"}}
    after = again.submit("true", dependsOn=[{"jobId": plain}, {"jobId": f"{array}:0"}])
    assert again.wait(after)["status"] == "SUCCEEDED"
    dead = again.submit("true", dependsOn=[{"jobId": f"{array}:1"}])
    assert again.wait(dead)["status"] == "FAILED"
    logs = boto3.client(
        "logs", endpoint_url=again.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    streams = logs.describe_log_streams(logGroupName="/aws/batch/job")["logStreams"]
    assert shown[0]["container"]["logStreamName"] in {stream["logStreamName"] for stream in streams}
    (event,) = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=shown[0]["container"]["logStreamName"])[
        "events"
    ]
    assert event["message"].strip() == "here"


def test_a_new_queue_lists_no_job_of_one_that_was_deleted_also_after_a_start(start, patiently):
    """Its jobs have the same queue in their records: what they were submitted to was the one before."""
    server = start()
    made = server.batch.describe_job_queues(jobQueues=["quickstart"])["jobQueues"][0]
    order = made["computeEnvironmentOrder"]
    server.batch.create_job_queue(jobQueueName="again", priority=1, state="ENABLED", computeEnvironmentOrder=order)
    old = server.submit("true", queue="again")
    server.wait(old)
    server.batch.update_job_queue(jobQueue="again", state="DISABLED")
    server.batch.delete_job_queue(jobQueue="again")
    patiently(lambda: not server.batch.describe_job_queues(jobQueues=["again"])["jobQueues"])
    server.batch.create_job_queue(jobQueueName="again", priority=1, state="ENABLED", computeEnvironmentOrder=order)
    new = server.submit("true", queue="again")
    server.wait(new)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    again = start("--data", str(server.data))

    listed = again.batch.list_jobs(jobQueue="again", jobStatus="SUCCEEDED")["jobSummaryList"]
    assert [job["jobId"] for job in listed] == [new]
    assert again.describe(old)["status"] == "SUCCEEDED"


def test_a_server_lets_go_of_what_is_over_while_it_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(serving, "AT_HAND", 3)
    monkeypatch.setattr(serving, "SET_ASIDE_S", 0.01)
    lives: list[serving.Lives] = []
    made: Callable[..., serving.Lives] = serving.Lives
    monkeypatch.setattr(serving, "Lives", lambda *parts: lives.append(made(*parts)) or lives[0])
    with serving.running(Settings(data=tmp_path / "d", quickstart=True, port=0)) as url:
        batch = boto3.client(
            "batch", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        ids = [
            batch.submit_job(
                jobName="j", jobQueue="quickstart", jobDefinition="quickstart",
                containerOverrides={"command": ["true"]},
            )["jobId"]
            for _ in range(12)
        ]  # fmt: skip
        until(lambda: {job["status"] for job in batch.describe_jobs(jobs=ids)["jobs"]} == {"SUCCEEDED"})
        until(lambda: len(lives[0].shell.engine.ledger.jobs) <= 3)
        assert len(batch.describe_jobs(jobs=ids)["jobs"]) == 12
        found = batch.list_jobs(jobQueue="quickstart", jobStatus="SUCCEEDED")["jobSummaryList"]
        assert [job["jobId"] for job in found] == ids[::-1]
