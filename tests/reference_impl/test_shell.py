"""The shell and its launcher without HTTP: real time and real processes, where the API's bounds are too long to wait."""

# ruff: noqa: ASYNC110, ASYNC240 - what is waited for here is a file or a record, and neither can set an event

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from batchproof.model.attempts import RetryStrategy
from batchproof.model.status import Status
from batchproof.reference_impl.data_folder import DataFolder
from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.messages import Put, Submitted
from batchproof.reference_impl.deciding.records import Environment, Order, Queue
from batchproof.reference_impl.keeping.store import Forgetful
from batchproof.reference_impl.running.processes import Processes
from batchproof.reference_impl.shell import Shell


def order(name: str, *command: str, **members) -> Order:
    return Order(name, "r", name, "r/q", "r/d:1", command, {}, {}, {}, **members)


@asynccontextmanager
async def shell_with(data: Path, store=None) -> AsyncIterator[Shell]:
    folder = DataFolder(data)
    processes = Processes(folder)
    shell = Shell(Engine(grace_ms=300), processes, store or Forgetful())
    try:
        yield shell
    finally:
        shell.close()
        await processes.close(100)
        await processes.let_go()
        folder.let_go()


async def fill(shell: Shell) -> None:
    await shell.ask(lambda n: Put(n, Environment("r/ce", enabled=True, max_mcpus=None, created={})))
    await shell.ask(lambda n: Put(n, Queue("r/q", "r", "q", True, 1, ("r/ce",), {})))


async def ended(shell: Shell, name: str):
    async with asyncio.timeout(10):
        while not shell.engine.ledger.jobs[name].status.terminal:
            await asyncio.sleep(0.005)
    return shell.engine.ledger.jobs[name]


@pytest.mark.parametrize(
    ("script", "code", "at_least_ms"),
    [("sleep 30", 143, 1000), ("trap '' TERM; while :; do sleep 0.02; done", 137, 1300)],
)
def test_a_timeout_sends_sigterm_then_sigkill_and_is_not_retried(tmp_path, script, code, at_least_ms):
    """One second: SubmitJob would refuse fewer than 60 (TO-01), the engine takes any."""

    async def main():
        async with shell_with(tmp_path) as shell:
            await fill(shell)
            await shell.ask(
                lambda n: Submitted(n, order("a", "sh", "-c", script, timeout_s=1, strategy=RetryStrategy(3)))
            )
            job = await ended(shell, "a")
            (attempt,) = job.attempts
            assert (job.status, job.status_reason) == (Status.FAILED, "Job attempt duration exceeded timeout")
            assert attempt.exit_code == code
            assert at_least_ms <= job.stopped_at_ms - job.started_at_ms < at_least_ms + 1500

    asyncio.run(main())


def test_nothing_is_acknowledged_or_spawned_before_a_slow_store_has_committed(tmp_path):
    """The store of the next issue gathers commits; the order must hold while it takes its time."""

    class Slow(Forgetful):
        def __init__(self):
            super().__init__()
            self.waiting = deque()

        def commit(self, then):
            self.waiting.append(then)

    async def main():
        store = Slow()
        async with shell_with(tmp_path, store) as shell:
            filling = asyncio.create_task(fill(shell))
            while not filling.done():
                await asyncio.sleep(0)
                while store.waiting:
                    store.waiting.popleft()()
            submitting = asyncio.create_task(shell.ask(lambda n: Submitted(n, order("a", "true"))))
            await asyncio.sleep(0.02)
            assert not submitting.done()
            assert not (tmp_path / "jobs" / "a").exists()
            store.waiting.popleft()()  # all that the event changed, up to STARTING, is safe
            await submitting
            while not (tmp_path / "jobs" / "a" / "1" / "out").exists():
                await asyncio.sleep(0.005)
            while not shell.engine.ledger.jobs["a"].status.terminal:
                await asyncio.sleep(0.005)
                while store.waiting:
                    store.waiting.popleft()()

    asyncio.run(main())


def test_a_stop_of_everything_leaves_no_process(tmp_path):
    async def main():
        async with shell_with(tmp_path) as shell:
            await fill(shell)
            stubborn = "trap '' TERM; echo $$; while :; do sleep 0.02; done"
            for name in ("a", "b"):
                await shell.ask(lambda n, name=name: Submitted(n, order(name, "sh", "-c", stubborn)))
            outputs = [tmp_path / "jobs" / name / "1" / "out" for name in ("a", "b")]
            while not all(output.exists() and output.read_text().endswith("\n") for output in outputs):
                await asyncio.sleep(0.005)
            await shell.host.close(100)
            for output in outputs:
                assert not Path("/proc", output.read_text().strip()).exists()

    asyncio.run(main())


def test_hundreds_of_quick_jobs_all_end(tmp_path):
    """Retries and exits come in while effects are carried out; none may be lost or done twice."""

    async def main():
        async with shell_with(tmp_path) as shell:
            await fill(shell)
            for number in range(300):
                strategy = RetryStrategy(1 + number % 3)
                job = order(str(number), "false" if number % 2 else "true", strategy=strategy)
                await shell.ask(lambda n, job=job: Submitted(n, job))
            for number in range(300):
                job = await ended(shell, str(number))
                assert len(job.attempts) == (1 + number % 3 if number % 2 else 1)

    asyncio.run(main())
