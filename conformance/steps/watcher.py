"""One poller for all scenarios: DescribeJobs with up to a hundred ids a call, so that many waits cost one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from itertools import islice

from botocore.exceptions import BotoCoreError, ClientError

from ...model.limits import DESCRIBED_JOBS
from .job import Job
from .wire import Wire


class Watcher:
    """
    Reads the jobs that are watched, over and over, and hands each what was shown of it.

    A call that fails is tried again at the next round; `trouble` holds the last failure while it lasts.
    """

    def __init__(self, wire: Wire, poll_s: float) -> None:
        self._wire, self._poll_s = wire, poll_s
        self._jobs: dict[str, Job] = {}
        self._changed = threading.Condition()
        self._closing = False
        self.trouble: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def watch(self, job: Job) -> None:
        """From now on `job` is read."""
        with self._changed:
            self._jobs[job.label] = job
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

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                jobs = iter(list(self._jobs.values()))
            while batch := list(islice(jobs, DESCRIBED_JOBS.high)):
                self._read(batch)
            with self._changed:
                if not self._closing:
                    self._changed.wait(timeout=self._poll_s)

    def _read(self, jobs: list[Job]) -> None:
        began = {job.label: job.mark() for job in jobs}
        try:
            answer = self._wire.call("watcher", "describe_jobs", jobs=list({job.id for job in jobs}))
            self.trouble = None
        except (ClientError, BotoCoreError) as reason:
            self.trouble = reason
            time.sleep(self._poll_s)
            return
        details = {detail.get("jobId"): detail for detail in answer.get("jobs", [])}
        for job in jobs:
            if job.id in details:  # one that is missing says nothing: it may not be visible yet (ST-20)
                job.shown(details[job.id], since=began[job.label], call=self._wire.last()[0].number)
