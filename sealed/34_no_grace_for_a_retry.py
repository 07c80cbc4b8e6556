"""
The time until SIGKILL counts from when the job first had a stop timer, so a second or later attempt is killed at once, without SIGTERM.

Breaks: TERM-07, TERM-08
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.changes import Changes, Stop


def break_it() -> None:
    ask = Changes._ask_for_process

    def at_once(self, before, job):
        known = len(self.effects)
        ask(self, before, job)
        for index in range(known, len(self.effects)):
            effect = self.effects[index]
            if isinstance(effect, Stop) and job.run is not None and job.run.attempt > 1:
                self.effects[index] = Stop(effect.job_id, effect.number, 0)

    Changes._ask_for_process = at_once
