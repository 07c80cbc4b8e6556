"""What becomes of a job when the host reports of its run: the process is up, it has ended, its deadline has passed."""

from __future__ import annotations

from ...model import attempts
from ...model.attempts import AttemptEnd, Ended
from ...model.event import Event
from ...model.status import RUNNING, SUCCEEDED
from . import reasons
from .changes import Changes
from .messages import SetDeadline, Stop
from .records import Attempt, Job


class RunNews:
    """News of a run that is not under way any more, or was stopped because the table had ended its job, change nothing."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def started(self, job_id: str, number: int) -> None:
        """The process of a run is up."""
        if (job := self._running(job_id, number)) is not None:
            self._changes.move(job, Event.START)

    def ended(self, job_id: str, number: int, end: AttemptEnd) -> None:
        """A run has ended, and with it an attempt: what that means is decided by strategy and table."""
        job = self._running(job_id, number)
        if job is None or job.run is None:
            return
        names = [attempts.event(job.order.strategy, end)]
        if names == [Event.EXIT_ZERO] and job.memory.timed_out:
            names.insert(0, Event.EXIT_ZERO_OVERRULED)  # a job ended by its timeout is FAILED (TO-06), as is our choice
        at = job.at
        for name in names:
            after = self._changes.lifecycle.attempt(job.at, name)
            if after is not None:
                at = after
                break
        reason = end.status_reason or ""
        if at.status is not SUCCEEDED and job.memory.stop_sent:
            reason = reasons.of_stop(job) or reason
        attempt = Attempt(
            number,
            job.run.started_at_ms,
            self._changes.now_ms,
            reason,
            exit_code=end.exit_code,
            reason=end.reason,
        )
        attempts_so_far = (*job.attempts, attempt)
        self._changes.arrive(job, at, reason=reason, run=None, attempts=attempts_so_far, status_reason=reason)

    def deadline_passed(self, job_id: str, number: int) -> None:
        """The timeout of a run is over, if the timer is right."""
        job = self._running(job_id, number)
        if job is None or job.status is not RUNNING or job.run is None or job.run.started_at_ms is None:
            return
        assert job.order.timeout_s is not None
        at_ms = job.run.started_at_ms + job.order.timeout_s * 1000
        if self._changes.now_ms < at_ms:  # never earlier than promised (TO-04), whatever the timer thinks
            self._changes.effects.append(SetDeadline(job_id, number, at_ms))
        else:
            self._changes.move(job, Event.TIME_OUT, reason=reasons.TOO_LATE)

    def lose_host(self, job_id: str) -> Stop | None:
        """
        A host that goes away takes its process with it; nobody sees an exit code (RETRY-30, ENV-11).

        What is then to be done about the process; None where the job has none.
        """
        jobs = self._changes.ledger.jobs
        job = jobs.get(job_id)
        if job is not None and job.order.is_multinode:
            job = jobs[job.order.process_id]
        if job is None or (run := job.run) is None:
            return None
        self.ended(job.id, run.number, AttemptEnd(Ended.HOST_LOST, None, reasons.host_lost(job.id, run.number)))
        return Stop(job.id, run.number, grace_ms=0)

    def _running(self, job_id: str, number: int) -> Job | None:
        job = self._changes.ledger.jobs.get(job_id)
        return job if job is not None and job.run is not None and job.run.number == number else None
