"""Servers whose reads do not agree with each other, or with what the job itself did: the laws of every read find them."""

from __future__ import annotations

import time
from collections import Counter

from batchproof.model.status import RUNNING, TERMINAL

from .defining import answered, breaks, described

READS = "ST-* RETRY-0* RETRY-2* CANCEL-1* TERM-1*"
"""Rules in which jobs run, are tried again, and end."""

_shown: Counter[str] = Counter()


@breaks("ST-02 ST-22 ST-26", reach=READS)
@described
def created_at_is_the_time_of_the_read(job):
    """createdAt is when somebody asked."""
    job.createdAt = int(time.time() * 1000)


@breaks("ST-22", reach=READS)
@described
def started_at_moves_while_it_runs(job):
    """startedAt of a RUNNING job is the last sign of life."""
    if job.status == RUNNING:
        job.startedAt = int(time.time() * 1000)


@breaks("ST-24", reach=READS)
@described
def stopped_at_is_there_while_it_runs(job):
    """stoppedAt is filled in from the start, as the latest time known."""
    if job.status == RUNNING:
        job.stoppedAt = int(time.time() * 1000)


@breaks("ST-22", reach=READS)
@described
def attempts_count_in_seconds(job):
    """The times in `attempts` are in seconds, those of the job in milliseconds."""
    for attempt in job.attempts:
        if attempt.startedAt:
            attempt.startedAt //= 1000
        attempt.stoppedAt //= 1000


@breaks("RETRY-23", reach=READS)
@described
def attempts_share_the_jobs_times(job):
    """Every attempt shows when the first one began and the last one stopped."""
    if len(job.attempts) > 1:
        began, ended = job.attempts[0].startedAt, job.attempts[-1].stoppedAt
        for attempt in job.attempts:
            attempt.startedAt, attempt.stoppedAt = began, ended


@breaks("ST-08", reach=READS)
@described
def the_first_attempts_code_is_shown(job):
    """container.exitCode is that of the first attempt."""
    if len(job.attempts) > 1 and job.container.exitCode is not None:
        job.container.exitCode = job.attempts[0].container.exitCode


@breaks("ST-08 RETRY-23", reach=READS)
@described
def every_earlier_failure_is_a_one(job):
    """Of the attempts before the last only that they failed is kept: each shows exit code 1."""
    for attempt in job.attempts[:-1]:
        if attempt.container.exitCode:
            attempt.container.exitCode = 1


@breaks("ST-18", reach="ST-18")
@answered("DescribeJobs")
def what_has_ended_is_forgotten(reply):
    """What has ended is kept in a cache, and goes out of it once four answers have shown it."""
    for job in reply.jobs:
        if job.status in TERMINAL:
            _shown[job.jobId] += 1
    reply.jobs = [job for job in reply.jobs if _shown[job.jobId] <= 4]


@breaks("ST-02", reach="LIST-* " + READS)
@answered("ListJobs")
def lists_show_when_it_ended(reply):
    """createdAt of a summary is when the job last moved."""
    for item in reply.jobSummaryList:
        item.createdAt = item.stoppedAt or item.startedAt or item.createdAt
