"""Servers that get wrong what SubmitJob refuses."""

from __future__ import annotations

import string

from msgspec.structs import replace

from batchproof.model import limits
from batchproof.model.limits import Limit, Violation
from batchproof.reference_impl.operations import definitions, submission

from .defining import (
    SUBMISSIONS,
    asked,
    breaks,
    described,
    handles,
)

TAGGED = "ST-1* ENV-*"


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
    "RETRY-01 RETRY-06 RETRY-16 DEP-01 CANCEL-13 TERM-13 BULK-01 BULK-17 ERR-03 ERR-05 DESC-03 TO-01",
    unclear="RETRY-03 RETRY-27 CANCEL-14",
    reach=f"{SUBMISSIONS} CANCEL-14 TERM-13 BULK-* DESC-*",
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


@breaks("ERR-03", reach=SUBMISSIONS)
def names_are_matched_to_the_end_of_a_line(parts):
    """A line break behind a name passes for its end."""
    right = submission.check_job_name
    submission.check_job_name = lambda name: right(name.removesuffix("\n"))
    return parts


@breaks("ERR-03", reach=SUBMISSIONS)
def names_may_begin_with_an_underscore(parts):
    """The first character of a name is like the others."""
    right = submission.check_job_name
    submission.check_job_name = lambda name: right(name.replace("_", "u"))
    return parts


@breaks("ERR-04 ENV-08", reach=SUBMISSIONS)
def definitions_that_are_gone_can_be_used(parts):
    """A job definition that was deregistered is as good as before."""
    right = submission.definition_named

    def definition_named(call, text):
        named = [d for d in call.ledger.definitions.values() if text in (d.name, f"{d.name}:{d.revision}")]
        return named[-1] if named and not named[-1].active else right(call, text)

    submission.definition_named = definition_named
    return parts


@breaks("ERR-04", reach=SUBMISSIONS)
@asked("SubmitJob")
def an_unknown_revision_is_the_latest(request):
    """A revision that there is not stands for the latest."""
    name, _, revision = request.jobDefinition.partition(":")
    request.jobDefinition = name if revision == "1000000" else request.jobDefinition


@breaks("ERR-07", reach=SUBMISSIONS)
def submissions_may_be_large(parts):
    """There is no bound on the payload of a submission."""
    submission.SUBMIT_PAYLOAD_BYTES = Limit(0, None, "bytes", ())
    return parts


@breaks("ERR-07", reach=SUBMISSIONS)
def definitions_may_be_as_large_as_submissions(parts):
    """A job definition may have 30 KiB."""
    definitions.DEFINITION_PAYLOAD_BYTES = limits.SUBMIT_PAYLOAD_BYTES
    return parts


@breaks("ERR-07", reach=SUBMISSIONS)
def submissions_are_small(parts):
    """A submission may have 20 KiB."""
    submission.SUBMIT_PAYLOAD_BYTES = Limit(0, 20 * 1024, "bytes", ())
    return parts


@breaks("ST-15", reach=TAGGED)
def tags_of_a_definition_do_not_count(parts):
    """The tags of the job alone are counted."""
    right = submission._late_refusal

    def late_refusal(request, definition):
        return right(request, replace(definition, registered={**definition.registered, "tags": {}}))

    submission._late_refusal = late_refusal
    return parts


@breaks("ST-15", reach=TAGGED)
def tags_count_whether_they_are_propagated_or_not(parts):
    """A job fails of tags that nothing would have got."""
    right = submission._late_refusal

    def late_refusal(request, definition):
        return right(replace(request, propagateTags=True), definition)

    submission._late_refusal = late_refusal
    return parts


@breaks("TO-01", reach=SUBMISSIONS)
@asked("SubmitJob")
def a_timeout_of_nothing_is_none(request):
    """attemptDurationSeconds 0 means that there is no timeout."""
    if request.timeout and request.timeout.attemptDurationSeconds == 0:
        request.timeout = None


@breaks("RETRY-37", reach=SUBMISSIONS)
@handles("DescribeJobs")
async def the_strategy_of_a_definition_is_not_shown(right, call, request):
    """A job without a strategy of its own shows the default."""
    reply = await right(call, request)
    for job in reply.jobs:
        order = call.ledger.jobs[job.jobId].order
        named = call.ledger.definitions[order.definition].registered.get("retryStrategy")
        if named and job.retryStrategy["attempts"] == named["attempts"]:
            job.retryStrategy = {"attempts": 1, "evaluateOnExit": []}
    return reply


@breaks("RETRY-37", reach=SUBMISSIONS)
@described
def entries_are_shown_from_the_last_to_the_first(job):
    """evaluateOnExit is shown in the wrong order."""
    shown = job.retryStrategy
    job.retryStrategy = {**shown, "evaluateOnExit": shown["evaluateOnExit"][::-1]}


@breaks("DEP-23", reach=SUBMISSIONS)
@described
def one_dependency_is_shown(job):
    """dependsOn shows the first dependency only."""
    job.dependsOn = job.dependsOn and job.dependsOn[:1]


@breaks("DEP-23", reach=SUBMISSIONS)
@described
def the_type_of_a_dependency_is_not_shown(job):
    """dependsOn shows ids without types."""
    job.dependsOn = [{name: value for name, value in on.items() if name != "type"} for on in job.dependsOn or ()]
