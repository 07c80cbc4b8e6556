"""
Disabling a compute environment takes its hosts away, and with them what runs there.

Breaks: Q-03
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.engine import Engine
from batchproof.reference_impl.deciding.records import Environment


def break_it() -> None:
    put = Engine._put

    def scaled_down(self, record):
        put(self, record)
        if isinstance(record, Environment) and not record.enabled:
            there = [job.id for job in self.ledger.jobs.values() if job.run and job.run.environment == record.arn]
            for job_id in there:
                stop = self.runs.lose_host(job_id)
                self.families.react()
                if stop is not None:
                    self.changes.effects.append(stop)

    Engine._put = scaled_down
