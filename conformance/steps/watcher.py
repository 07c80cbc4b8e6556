"""One poller for all scenarios: DescribeJobs with up to a hundred ids a call, so that many waits cost one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from ...model.limits import DESCRIBED_JOBS
from ..judging.answers import Meaning
from ..timing.clock import Clock
from .calls import LONGEST_WAIT_S
from .job import Job
from .wire import Wire


class Watcher:
    """
    Reads the jobs that are watched, over and over, and hands each what was shown of it.

    A call that fails is made again at the next round. Where the service says by `stirs` when something may have changed, a
    round that would only show the same again is left out.
    """

    def __init__(
        self, wire: Wire, poll_s: float, clock: Clock, stirs: Callable[[Callable[[], None]], None] | None = None
    ) -> None:
        self._wire, self._poll_s = wire, poll_s
        self._jobs: dict[str, Job] = {}
        self._changed = clock.condition("jobs to watch")
        self._closing = False
        self._failures = 0
        self._stirred = self._idle = True
        self._tells = stirs is not None
        if stirs is not None:
            stirs(self._stir)
        self._thread = clock.start(self._run, "watcher")

    def watch(self, job: Job) -> None:
        """From now on `job` is read."""
        with self._changed:
            self._jobs[job.label] = job
            self._stirred = True
            self._changed.notify_all()

    def forget(self, jobs: Iterable[Job]) -> None:
        """These jobs are no longer read."""
        with self._changed:
            for job in jobs:
                self._jobs.pop(job.label, None)

    def wake(self) -> None:
        """Let everybody who waits for a job look again."""
        with self._changed:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.wake()

    def close(self) -> None:
        """Stop reading."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout=30)

    def _stir(self) -> None:
        """What changes within one pause is read once."""
        with self._changed:
            if not self._stirred:
                self._stirred = True
                if self._idle:
                    self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._idle = True
                while not (self._jobs and self._stirred) and not self._closing:
                    self._changed.wait()
                self._idle = False
                if self._closing:
                    return
                self._stirred = not self._tells
                jobs = iter(list(self._jobs.values()))
            while batch := list(islice(jobs, DESCRIBED_JOBS.high)):
                self._read(batch)
            with self._changed:
                if not self._closing:
                    self._changed.wait(timeout=min(self._poll_s * 2**self._failures, LONGEST_WAIT_S))

    def _read(self, jobs: list[Job]) -> None:
        began = {job.label: job.mark() for job in jobs}
        ids = list(dict.fromkeys(job.id for job in jobs))
        reply = self._wire.call("watcher", "describe_jobs", jobs=ids)
        if reply.meaning is not Meaning.DONE:
            self._wire.forget(reply)
            self._stirred = True
            self._failures += 1  # the next round asks again, and later where the service has enough of it
            return
        self._failures = 0
        details = {detail.get("jobId"): detail for detail in reply.answer.get("jobs") or ()}
        # One that is missing says nothing: it may not be visible yet (ST-20).
        shown = [job for job in jobs if job.id in details]
        call, began_ms = reply.sent.number, reply.sent.at_ms
        new = [job.shown(details[job.id], since=began[job.label], began_ms=began_ms, call=call) for job in shown]
        if not any(new):
            self._wire.forget(reply)
