"""
The log stream is named after the job alone, so all attempts of a job have the same one, with the output of the first.

Breaks: ST-34
"""

from __future__ import annotations

from batchproof.reference_impl.deciding import arns


def break_it() -> None:
    log_stream = arns.log_stream

    def of_job(definition_arn, job_id, number):
        return log_stream(definition_arn, job_id, 1)

    arns.log_stream = of_job
