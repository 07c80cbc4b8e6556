"""
AWS_BATCH_JOB_ATTEMPT is 1 or, for any retry, 2: the third attempt sees 2 as well.

Breaks: RETRY-24
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import changes


def break_it() -> None:
    batch_variables = changes.batch_variables

    def of_two(order, run):
        return {**batch_variables(order, run), "AWS_BATCH_JOB_ATTEMPT": "2" if run.attempt > 1 else "1"}

    changes.batch_variables = of_two
