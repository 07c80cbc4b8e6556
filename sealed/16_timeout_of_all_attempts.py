"""
The timeout is counted from when the job first ran, so that all of its attempts share one.

Breaks: TO-03, TO-04
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import reasons
from batchproof.reference_impl.deciding.changes import Changes, SetDeadline
from batchproof.reference_impl.deciding.run_news import Event, RunNews
from batchproof.reference_impl.deciding.records import Status


def due_ms(job) -> int:
    began = [attempt.started_at_ms for attempt in job.attempts if attempt.started_at_ms is not None]
    return min([*began, job.run.started_at_ms]) + job.order.timeout_s * 1000


def break_it() -> None:
    ask = Changes._ask_for_process

    def counted_from_first(self, before, job):
        known = len(self.effects)
        ask(self, before, job)
        for index in range(known, len(self.effects)):
            effect = self.effects[index]
            if isinstance(effect, SetDeadline):
                self.effects[index] = SetDeadline(effect.job_id, effect.number, due_ms(job))

    def deadline_passed(self, job_id, number):
        job = self._running(job_id, number)
        if job is None or job.status is not Status.RUNNING or job.run.started_at_ms is None:
            return
        if self._changes.now_ms < due_ms(job):
            self._changes.effects.append(SetDeadline(job_id, number, due_ms(job)))
        else:
            self._changes.move(job, Event.TIME_OUT, reason=reasons.TOO_LATE)

    Changes._ask_for_process = counted_from_first
    RunNews.deadline_passed = deadline_passed
