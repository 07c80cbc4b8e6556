"""Servers that get wrong what SubmitJob refuses."""

from __future__ import annotations

import string

from batchproof.model import limits
from batchproof.model.limits import Limit, Violation

from .defining import (
    SUBMISSIONS,
    asked,
    breaks,
    handles,
)


@breaks("RETRY-01 RETRY-05 RETRY-06 DEP-01 ERR-03 TO-01 ENV-02 ENV-06", reach=SUBMISSIONS)
@asked("SubmitJob")
def submissions_are_put_right(request):
    """SubmitJob quietly changes what it should refuse."""
    allowed = string.ascii_letters + string.digits + "-_"
    request.jobName = "".join(letter for letter in request.jobName if letter in allowed).lstrip("-_")[:128]
    request.dependsOn = request.dependsOn and request.dependsOn[:20]
    if request.timeout:
        request.timeout.attemptDurationSeconds = max(60, request.timeout.attemptDurationSeconds)
    strategy, overrides = request.retryStrategy, request.containerOverrides
    if strategy:
        strategy.attempts = min(10, max(1, strategy.attempts or 1))
        strategy.evaluateOnExit = strategy.evaluateOnExit and strategy.evaluateOnExit[:5]
    if overrides:
        overrides.command = overrides.command and [argument for argument in overrides.command if argument]
        overrides.environment = [
            entry for entry in overrides.environment or () if not entry.name.startswith("AWS_BATCH")
        ]


@breaks("ERR-04", reach=SUBMISSIONS)
@handles("SubmitJob")
async def unknown_names_are_taken_for_others(right, call, request):
    """SubmitJob takes the first queue or job definition for one that does not exist."""
    queues = {name: queue for queue in call.ledger.queues.values() for name in (queue.name, queue.arn)}
    if request.jobQueue not in queues:
        request.jobQueue = next(iter(queues))
    if not call.ledger.latest(call.region, request.jobDefinition.partition(":")[0]):
        request.jobDefinition = next(iter(call.ledger.definitions))
    return await right(call, request)


@breaks(
    "RETRY-01 RETRY-06 RETRY-16 DEP-01 CANCEL-13 TERM-13 BULK-01 BULK-17 ERR-03 ERR-05 TO-01",
    unclear="RETRY-03 RETRY-27 CANCEL-14",
    reach=f"{SUBMISSIONS} CANCEL-14 TERM-13 BULK-*",
)
def the_most_that_is_allowed_is_refused(parts):
    """Every bound is off by one: what is just allowed is refused."""
    right = Limit.check

    def check(limit, value, field):
        right(limit, value, field)
        if field != "maxResults" and value in (limit.high, limits.ATTEMPT_DURATION_S.low):
            raise Violation(f"{field} is {value}: that is too much, or too little")

    Limit.check = check
    return parts
