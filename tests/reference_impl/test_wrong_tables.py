"""A wrong table makes a wrong server, and never a broken one: the kit proves itself on such servers."""

from __future__ import annotations

import random
from dataclasses import replace

from msgspec import structs

from batchproof.model.attempts import RetryStrategy
from batchproof.model.lifecycle import MOVES
from batchproof.model.machine import Lifecycle
from batchproof.model.status import STARTED, Status
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import (
    CancelRequested,
    DeadlinePassed,
    Exited,
    HostLost,
    Put,
    Spawn,
    Started,
    StartFailed,
    Stop,
    Submitted,
    TerminateRequested,
)
from batchproof.reference_impl.deciding.records import Environment, Group, Nodes, Order, Queue


def test_a_table_in_which_cancel_stops_really_stops_the_process(start):
    server = start("--table", "wrong_servers.tables:TABLES[cancel stops]")
    job = server.submit("sh", "-c", "trap 'echo got TERM; exit 9' TERM; echo up; while :; do sleep 0.02; done")
    server.wait_for_output(job, "up")

    server.batch.cancel_job(jobId=job, reason="stop")

    assert server.wait(job)["container"]["exitCode"] == 9
    assert "got TERM" in server.output(job)


def test_a_table_in_which_cancel_fails_a_running_job_shows_failed_and_leaves_no_process(start, patiently):
    server = start("--table", "wrong_servers.tables:TABLES[cancel fails a RUNNING job]")
    job = server.submit("sh", "-c", "echo up $$; sleep 60")
    server.wait_for_output(job, "up")

    server.batch.cancel_job(jobId=job, reason="stop")

    assert server.describe(job)["status"] == "FAILED"
    pid = server.output(job).split()[-1]
    patiently(lambda: not _alive(int(pid)))


def test_a_table_without_removal_leaves_the_job_in_the_queue_and_lets_others_pass(start):
    server = start("--table", "wrong_servers.tables:TABLES[a cancelled RUNNABLE job is neither removed nor placed]")
    server.batch.update_compute_environment(computeEnvironment="quickstart", computeResources={"maxvCpus": 0})
    job = server.submit("true")
    server.batch.cancel_job(jobId=job, reason="enough")
    server.batch.update_compute_environment(computeEnvironment="quickstart", computeResources={"maxvCpus": 1})

    server.wait(server.submit("true"))
    shown = server.describe(job)
    assert (shown["status"], shown["isCancelled"]) == ("RUNNABLE", True)


def test_a_table_that_forgets_a_cancel_runs_the_job(start):
    server = start("--table", "wrong_servers.tables:TABLES[a cancelled PENDING job starts anyway]")
    server.batch.update_compute_environment(computeEnvironment="quickstart", computeResources={"maxvCpus": 0})
    job = server.submit("true")
    server.batch.cancel_job(jobId=job, reason="enough")
    server.batch.update_compute_environment(computeEnvironment="quickstart", computeResources={"maxvCpus": 1})

    assert server.wait(job)["status"] == "SUCCEEDED"


def test_a_table_that_never_gives_up_runs_one_more_attempt(start, patiently):
    """The table is named by its key in a mapping, as a family of mutants is."""
    server = start("--table", "wrong_servers.tables:TABLES[a failed job is always tried again]")
    job = server.submit("sh", "-c", "echo $AWS_BATCH_JOB_ATTEMPT; exit 1")

    patiently(lambda: len(server.describe(job)["attempts"]) >= 3)
    server.batch.terminate_job(jobId=job, reason="enough")
    assert server.output(job, attempt=3) == "3\n"


def test_no_table_breaks_the_engine():
    """Rows dropped, led elsewhere, stripped of guard or effect, and news in any order: nothing may raise."""
    chance = random.Random(20261122)
    for _ in range(150):
        table = list(MOVES)
        for _ in range(chance.randint(1, 6)):
            index = chance.randrange(len(table))
            row = table[index]
            table[index] = chance.choice(
                (
                    replace(row, destination=chance.choice(list(Status))),
                    replace(row, source=chance.choice(list(Status))),
                    replace(row, guard=row.guard[1:]),
                    replace(row, effect=row.effect[1:]),
                )
            )
        _live(Engine(Lifecycle(table), grace_ms=1), chance)


def _live(engine: Engine, chance: random.Random) -> None:
    engine.handle(Put(0, Environment("ce", enabled=True, max_mcpus=3000, created={})), now_ms=0)
    engine.handle(Put(0, Queue("q", "r", "q", True, 1, ("ce",), {})), now_ms=0)
    jobs: list[str] = []
    arrays: set[str] = set()
    running: set[tuple[str, int]] = set()
    for now_ms in range(1, 120):
        job = chance.choice(jobs) if jobs else ""
        number = chance.randint(1, 3)
        event = chance.choice(
            (
                None,
                CancelRequested(0, job, "c"),
                TerminateRequested(0, job, "t"),
                Started(job, number),
                Exited(job, number, chance.choice((0, 1))),
                StartFailed(job, number, "x"),
                HostLost(job, number, "Host EC2"),
                DeadlinePassed(job, number),
            )
        )
        if event is None:
            after = tuple(chance.sample(jobs, min(len(jobs), chance.randint(0, 2))))
            name = str(len(jobs))
            order = Order(name, "r", name, "q", "d", ("true",), {}, {}, {}, strategy=RetryStrategy(2), timeout_s=1)
            order = structs.replace(order, depends_on=after)
            jobs.append(name)
            if chance.random() < 0.3:
                like = chance.choice(sorted(arrays)) if arrays else None
                order = structs.replace(
                    order, array_size=2, sequential=chance.random() < 0.3, n_to_n=(like,) if like else ()
                )
                arrays.add(name)
                jobs += [f"{name}:0", f"{name}:1"]
            elif chance.random() < 0.3:
                order = structs.replace(order, nodes=Nodes(2, 0, (Group(":", ("true",), {}, {}, 500),)))
                jobs += [f"{name}#0", f"{name}#1"]
            event = Submitted(0, order)
        for effect in engine.handle(event, now_ms=now_ms * 300):
            if isinstance(effect, Spawn):
                assert (effect.job_id, effect.number) not in running, "a run is spawned once"
                running.add((effect.job_id, effect.number))
            if isinstance(effect, Stop):
                assert (effect.job_id, effect.number) in running, "only what was spawned is stopped"
        held = [job for job in engine.ledger.jobs.values() if job.run is not None]
        assert sum(job.order.mcpus for job in held) <= 3000, "a full environment takes no more, whatever the table says"
        assert all(job.status in STARTED for job in held), "no process outlives its job's stay on a host"


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
