"""Servers that are wrong in ways that no table can express, for `--server wrong.servers:SERVERS[NAME]`.

Each is the right server with one part exchanged: a request changed on its way in, an answer changed on its way out, a
function of the model or of the server replaced. They run in a process of their own, so what is replaced there is
replaced for nobody else.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from msgspec import structs

from batchproof.model import attempts, limits
from batchproof.model.attempts import Action, Entry
from batchproof.model.limits import Limit, Violation
from batchproof.model.status import FAILED, SUCCEEDED
from batchproof.reference_impl.deciding import engine
from batchproof.reference_impl.deciding.messages import Exited
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.errors import ClientException, Refusal
from batchproof.reference_impl.operations import containers, submission
from batchproof.reference_impl.serving import Parts

from .expected import expect

SERVERS: dict[str, Callable[[Parts], Parts]] = {}
"""By name; `EXPECTED` says what each breaks."""

Wrong = Callable[[Parts], Parts]


def breaks(ids: str, *, unclear: str = "", blind: str = "", reach: str = "*") -> Callable[[Wrong], Wrong]:
    """Define a wrong server by what it breaks (`Expected`): its function's name is its own, its docstring its fault."""

    def define(server: Wrong) -> Wrong:
        name = server.__name__.replace("_", " ")
        SERVERS[name] = server
        expect(name, server.__doc__ or "", ids, unclear=unclear, blind=blind, reach=reach)
        return server

    return define


def handles(*operations: str) -> Callable[[Callable], Wrong]:
    """A server whose handler of these operations is `handler(right, call, request)`."""

    def changed(handler: Callable) -> Wrong:
        def server(parts: Parts) -> Parts:
            handlers = dict(parts.handlers)
            for operation in operations:
                handlers[operation] = _with(parts.handlers[operation], handler)
            return replace(parts, handlers=handlers)

        server.__name__, server.__doc__ = handler.__name__, handler.__doc__
        return server

    return changed


def _with(right: Callable, handler: Callable) -> Callable:
    async def handle(call: Any, request: Any) -> Any:
        return await handler(right, call, request)

    return handle


def asked(*operations: str) -> Callable[[Callable[[Any], None]], Wrong]:
    """A server that changes requests of these operations before it looks at them."""

    def changed(change: Callable[[Any], None]) -> Wrong:
        async def handler(right: Callable, call: Any, request: Any) -> Any:
            change(request)
            return await right(call, request)

        handler.__name__, handler.__doc__ = change.__name__, change.__doc__
        return handles(*operations)(handler)

    return changed


def answered(*operations: str) -> Callable[[Callable[[Any], None]], Wrong]:
    """A server that changes its answers to these operations."""

    def changed(change: Callable[[Any], None]) -> Wrong:
        async def handler(right: Callable, call: Any, request: Any) -> Any:
            reply = await right(call, request)
            change(reply)
            return reply

        handler.__name__, handler.__doc__ = change.__name__, change.__doc__
        return handles(*operations)(handler)

    return changed


def described(change: Callable[[Any], None]) -> Wrong:
    """A server that changes each job that DescribeJobs shows."""

    def every(reply: Any) -> None:
        for job in reply.jobs:
            change(job)

    every.__name__, every.__doc__ = change.__name__, change.__doc__
    return answered("DescribeJobs")(every)


# The rules that can meet a fault: those that call the operation, or look at the member, in which it is.
LISTS = "LIST-* ST-01 TERM-14"
BULK = "BULK-*"
STRATEGIES = "RETRY-* TERM-12"
TIMES = "ST-*"
DEPENDENCIES = "DEP-* ST-04"
VARIABLES = "ENV-*"
DESCRIPTIONS = "DESC-* ERR-*"
REQUESTS = "CANCEL-0* CANCEL-1* TERM-01 TERM-1*"
SUBMISSIONS = "RETRY-* DEP-* ERR-* TO-* ENV-* CANCEL-13"


class Accepted(Refusal):
    """Not a refusal at all: an answer with another status than 200."""

    status, kind = 202, "Accepted"


def right(parts: Parts) -> Parts:
    """The right server, by the way on which the wrong ones come."""
    return parts


# The kit and the service do not understand each other.


@breaks("", unclear="SMOKE-01")
@described
def jobs_are_shown_without_their_queue(job):
    """DescribeJobs leaves out jobQueue."""
    job.jobQueue = None


@breaks("", unclear="SMOKE-02")
@described
def exit_codes_are_never_shown(job):
    """DescribeJobs leaves out container.exitCode."""
    job.container.exitCode = None


@breaks("", unclear="SMOKE-03 SMOKE-04")
def held_jobs_never_come_up(parts):
    """A job of which the kit's gate is part never gets its process."""
    right = parts.launcher.spawn

    def spawn(job_id, number, command, environment):
        if "-c" not in command[2:]:  # the gate's payload is `python -I -S -c ...`, the others are `sh -c ...`
            right(job_id, number, command, environment)

    parts.launcher.spawn = spawn
    return parts


@breaks("", unclear="SMOKE-04")
@handles("CreateComputeEnvironment")
async def there_is_always_room(right, call, request):
    """A compute environment has no size."""
    request.unmanagedvCpus = None
    return await right(call, request)


# States, times, dependencies.


@breaks("ST-01", reach=LISTS)
@answered("ListJobs")
def succeeded_has_another_name_in_lists(reply):
    """ListJobs calls SUCCEEDED COMPLETED."""
    for item in reply.jobSummaryList:
        item.status = {"SUCCEEDED": "COMPLETED"}.get(item.status, item.status)


@breaks("ST-02", reach=TIMES)
@described
def created_at_is_in_seconds(job):
    """createdAt counts seconds, as it does nearly everywhere else at AWS."""
    job.createdAt //= 1000


@breaks("ST-02", reach=TIMES)
@answered("SubmitJob")
def the_answer_does_not_name_the_job(reply):
    """SubmitJob answers without jobName."""
    reply.jobName = None


@breaks("ST-04")
def one_dependency_is_enough(parts):
    """A job with several dependencies starts when the first of them has succeeded."""
    books = parts.engine._dependencies
    right = books.ended

    def ended(job_id, status):
        waiting = right(job_id, status)
        for dependent in waiting:
            for other in books._outstanding.pop(dependent, ()):
                books._dependents[other].remove(dependent)
        return waiting

    books.ended = ended
    return parts


@breaks("DEP-07")
def a_failed_attempt_fails_the_dependents(parts):
    """A dependency counts as failed from its first failed attempt on, though it is tried again."""
    engine, right = parts.engine, parts.engine._attempt_ended

    def attempt_ended(job_id, number, outcome):
        right(job_id, number, outcome)
        if outcome.exit_code:
            for dependent in engine._dependencies.ended(job_id, FAILED):
                engine._look_at_dependencies(dependent)

    engine._attempt_ended = attempt_ended
    return parts


@breaks("CANCEL-31 TERM-25")
def dependents_of_a_stopped_job_start(parts):
    """A job that was cancelled or terminated counts as a success for those that wait for it."""
    engine, books = parts.engine, parts.engine._dependencies
    right = books.ended

    def ended(job_id, status):
        memory = engine.ledger.jobs[job_id].memory
        return right(job_id, SUCCEEDED if memory.is_cancelled or memory.is_terminated else status)

    books.ended = ended
    return parts


@breaks("DEP-23", reach=DEPENDENCIES)
@described
def dependencies_are_not_echoed(job):
    """DescribeJobs shows an empty dependsOn."""
    job.dependsOn = []


@breaks("ST-08")
@described
def exit_code_zero_is_not_shown(job):
    """A zero is taken for nothing, and container.exitCode is left out."""
    job.container.exitCode = job.container.exitCode or None


@breaks("ST-08 ST-10 DEP-03 RETRY-02 RETRY-04")
def failed_does_not_last(parts):
    """A job whose only attempt exited 1 is shown FAILED once, and RUNNABLE from then on."""
    shown = set()

    @described
    def server(job):
        if job.status == "FAILED" and job.container.exitCode == 1 and job.retryStrategy["attempts"] == 1:
            if job.jobId in shown:
                job.status = "RUNNABLE"
            shown.add(job.jobId)

    return server(parts)


@breaks("ST-22", reach=TIMES)
@described
def started_at_is_the_time_of_submission(job):
    """startedAt is there from the beginning."""
    job.startedAt = job.createdAt


@breaks("ST-24", reach=TIMES)
@described
def stopped_at_is_not_shown(job):
    """stoppedAt is never there."""
    job.stoppedAt = None


@breaks("ST-26", reach=TIMES)
@described
def the_end_comes_before_the_beginning(job):
    """stoppedAt is a minute too early."""
    job.stoppedAt = job.stoppedAt and job.startedAt and job.startedAt - 60_000


@breaks("ST-33", blind="LIST-10", reach=TIMES)
def identical_submissions_are_one_job(parts):
    """SubmitJob takes a second submission that is the same in every member for a repetition of the first."""
    answers = {}

    @handles("SubmitJob")
    async def server(right, call, request):
        key = wire.encoded(request)
        if key not in answers:
            answers[key] = await right(call, request)
        return answers[key]

    return server(parts)


# What a job's process gets.


@breaks("ENV-01", reach=VARIABLES)
def one_variable_is_not_set(parts):
    """AWS_BATCH_CE_NAME is missing."""
    right = engine.batch_variables

    def batch_variables(order, run):
        return {name: value for name, value in right(order, run).items() if name != "AWS_BATCH_CE_NAME"}

    engine.batch_variables = batch_variables
    return parts


@breaks("ENV-03", reach=VARIABLES)
def environment_entries_are_lost(parts):
    """A job gets the variables of Batch and no others."""
    right = parts.launcher.spawn

    def spawn(job_id, number, command, environment):
        own = {name: value for name, value in environment.items() if name.startswith("AWS_BATCH")}
        right(job_id, number, command, own)

    parts.launcher.spawn = spawn
    return parts


@breaks("ENV-04", reach=VARIABLES)
def parameters_are_not_put_in(parts):
    """`Ref::name` reaches the job as it was written."""
    containers.substituted = lambda command, parameters: tuple(command)
    return parts


@breaks("RETRY-24")
def the_third_attempt_calls_itself_the_fourth(parts):
    """AWS_BATCH_JOB_ATTEMPT skips a number."""
    right = engine.batch_variables

    def batch_variables(order, run):
        number = run.attempt + (run.attempt > 2)
        return {**right(order, run), "AWS_BATCH_JOB_ATTEMPT": str(number)}

    engine.batch_variables = batch_variables
    return parts


# Retry strategies.


@breaks("RETRY-02 DEP-03 ST-08 ST-10", unclear="RETRY-04")
@asked("SubmitJob")
def jobs_are_tried_twice_by_default(request):
    """Without a retryStrategy a job that exits 1 has a second attempt."""
    if request.retryStrategy is None:
        entries = [wire.shape("EvaluateOnExit")(onExitCode="7", action="EXIT")]  # so that SMOKE-02 notices nothing
        request.retryStrategy = wire.shape("RetryStrategy")(attempts=2, evaluateOnExit=entries)


@breaks("RETRY-04", reach=STRATEGIES)
@handles("SubmitJob")
async def the_definitions_strategy_wins(right, call, request):
    """The retryStrategy of SubmitJob is ignored where the job definition has one."""
    definition = submission.definition_named(call, request.jobDefinition)
    if "retryStrategy" in definition.registered:
        request.retryStrategy = None
    return await right(call, request)


@breaks("RETRY-07", reach=STRATEGIES)
def one_condition_of_an_entry_is_enough(parts):
    """An evaluateOnExit entry matches when any of its conditions holds."""

    def matches(entry, outcome):
        looks_at = (
            (entry.on_status_reason, outcome.status_reason),
            (entry.on_reason, outcome.reason),
            (entry.on_exit_code, str(outcome.exit_code)),
        )
        return any(pattern is not None and attempts.fits(pattern, text) for pattern, text in looks_at)

    Entry.matches = matches
    return parts


@breaks("RETRY-08", reach=STRATEGIES)
def the_last_match_decides(parts):
    """Of the evaluateOnExit entries that match, the last one counts."""
    right = attempts.action

    def action(strategy, outcome):
        return right(replace(strategy, evaluate_on_exit=strategy.evaluate_on_exit[::-1]), outcome)

    attempts.action = action
    return parts


@breaks("RETRY-07 RETRY-09 RETRY-13", reach=STRATEGIES)
def no_match_means_exit(parts):
    """A job with evaluateOnExit entries is tried again only when one of them says so."""
    right = attempts.action

    def action(strategy, outcome):
        matched = any(entry.matches(outcome) for entry in strategy.evaluate_on_exit)
        return right(strategy, outcome) if matched or not strategy.evaluate_on_exit else Action.EXIT

    attempts.action = action
    return parts


@breaks("RETRY-11", reach=STRATEGIES)
def a_star_needs_a_text(parts):
    """`*` does not match a reason that is absent."""
    right = attempts.fits
    attempts.fits = lambda pattern, text: right(pattern, text) and (pattern is None or text is not None)
    return parts


@breaks("RETRY-13", reach=STRATEGIES)
def every_exit_code_is_a_prefix(parts):
    """onExitCode 4 matches 44."""
    right = attempts.fits
    attempts.fits = lambda pattern, text: right(pattern and f"{pattern.rstrip('*')}*", text)
    return parts


@breaks("RETRY-08 RETRY-11 RETRY-13", reach=STRATEGIES)
def a_star_is_a_star(parts):
    """A pattern's final `*` is taken literally."""
    attempts.fits = lambda pattern, text: pattern is None or pattern == (text or "")
    return parts


@breaks("RETRY-14", reach=STRATEGIES)
@asked("SubmitJob")
def only_capitals_are_understood(request):
    """An action in small letters is taken for RETRY."""
    for entry in (request.retryStrategy and request.retryStrategy.evaluateOnExit) or ():
        entry.action = entry.action if entry.action.isupper() else "RETRY"


@breaks("RETRY-23", reach=STRATEGIES)
@described
def attempts_are_listed_backwards(job):
    """The newest attempt comes first."""
    job.attempts.reverse()


@breaks("RETRY-03 RETRY-23 CANCEL-21", unclear="RETRY-04")
@described
def attempts_are_not_shown(job):
    """DescribeJobs shows an empty list of attempts."""
    job.attempts = []


@breaks("RETRY-29", reach=STRATEGIES)
def a_success_can_be_tried_again(parts):
    """evaluateOnExit is asked also about an attempt that exited 0."""
    right = attempts.event

    def event(strategy, outcome):
        retried = any(entry.matches(outcome) for entry in strategy.evaluate_on_exit)
        return "exit_retry" if outcome.exit_code == 0 and retried else right(strategy, outcome)

    attempts.event = event
    return parts


@breaks("RETRY-37", reach=STRATEGIES)
@described
def the_strategy_is_not_echoed(job):
    """DescribeJobs leaves out retryStrategy."""
    job.retryStrategy = None


# CancelJob and TerminateJob.


@breaks("CANCEL-01 TERM-01")
@handles("CancelJob", "TerminateJob")
async def requests_are_answered_with_202(right, call, request):
    """CancelJob and TerminateJob answer 202 Accepted."""
    await right(call, request)
    raise Accepted("")


@breaks("CANCEL-08 CANCEL-09 TERM-16", unclear="CANCEL-12 CANCEL-13", blind="CANCEL-01 TERM-01")
@handles("CancelJob", "TerminateJob")
async def finished_jobs_are_refused(right, call, request):
    """CancelJob and TerminateJob are errors once the job has ended."""
    job = call.ledger.job(call.region, request.jobId)
    if job is not None and job.status.terminal:
        raise ClientException(f"job {job.id} has ended")
    return await right(call, request)


@breaks("CANCEL-10 TERM-17", reach=REQUESTS)
@handles("CancelJob", "TerminateJob")
async def unknown_jobs_are_refused(right, call, request):
    """CancelJob and TerminateJob are errors for an id that no job has."""
    if request.jobId and call.ledger.job(call.region, request.jobId) is None:
        raise ClientException(f"job {request.jobId} does not exist")
    return await right(call, request)


@breaks("CANCEL-12", reach=REQUESTS)
@asked("CancelJob")
def nothing_needs_to_be_said(request):
    """CancelJob accepts an empty jobId and an empty reason."""
    request.jobId, request.reason = request.jobId or "none", request.reason or "none"


@breaks("CANCEL-14 TERM-13")
@described
def reasons_are_ascii(job):
    """statusReason loses what is not ASCII."""
    job.statusReason = job.statusReason and job.statusReason.encode("ascii", "ignore").decode()


@breaks("CANCEL-35")
@described
def a_job_that_never_ran_shows_an_attempt(job):
    """A cancelled job has an attempt to show, also where it was never placed."""
    if job.isCancelled and job.status == "FAILED" and not job.attempts:
        job.attempts = [wire.shape("AttemptDetail")(statusReason=job.statusReason)]


@breaks("TERM-07 TERM-09", unclear="TERM-08")
def a_stop_is_a_sigkill(parts):
    """TerminateJob sends SIGKILL at once."""
    right = parts.launcher.stop
    parts.launcher.stop = lambda job_id, number, grace_ms: right(job_id, number, 0)
    return parts


@breaks("TERM-07")
def a_stop_is_a_sigterm_only(parts):
    """SIGKILL never follows."""
    right = parts.launcher.stop
    parts.launcher.stop = lambda job_id, number, grace_ms: right(job_id, number, 3_600_000)
    return parts


@breaks("TERM-09", blind="TERM-08")
def sigkill_comes_too_early(parts):
    """A tenth of a second after SIGTERM."""
    right = parts.launcher.stop
    parts.launcher.stop = lambda job_id, number, grace_ms: right(job_id, number, 100)
    return parts


@breaks("TERM-08")
def a_stopped_job_always_counts_as_killed(parts):
    """Whatever a job does after SIGTERM, its exit code is that of SIGKILL."""
    launcher, stopped = parts.launcher, set()
    right_stop, right_connect = launcher.stop, launcher.connect

    def stop(job_id, number, grace_ms):
        stopped.add((job_id, number))
        right_stop(job_id, number, grace_ms)

    def connect(report):
        def told(event):
            if isinstance(event, Exited) and (event.job_id, event.number) in stopped:
                event = structs.replace(event, exit_code=137)
            report(event)

        right_connect(told)

    launcher.stop, launcher.connect = stop, connect
    return parts


# CancelJobs and TerminateJobs.


@breaks("BULK-03", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def errors_are_left_out_when_there_are_none(reply):
    """An empty `errors` is absent."""
    reply.errors = reply.errors or None


@breaks("BULK-04", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def finished_jobs_are_not_answered(right, call, request):
    """A job that has ended is neither in `successful` nor in `errors`."""
    reply = await right(call, request)
    ended = {job_id for job_id in request.jobs if (job := call.ledger.jobs.get(job_id)) and job.status.terminal}
    reply.successful = [job_id for job_id in reply.successful if job_id not in ended]
    return reply


@breaks("BULK-05", reach=BULK)
@handles("CancelJobs", "TerminateJobs")
async def unknown_jobs_are_errors_in_bulk(right, call, request):
    """An id that no job has is in `errors`."""
    reply = await right(call, request)
    error = wire.shape("CancelJobsErrorDetail")
    for job_id in [job_id for job_id in reply.successful if job_id not in call.ledger.jobs]:
        reply.successful.remove(job_id)
        reply.errors.append(error(job=job_id, code="ClientException", message="no such job"))
    return reply


@breaks("BULK-07", reach=BULK)
@answered("CancelJobs", "TerminateJobs")
def error_codes_are_made_up(reply):
    """The code of an item of `errors` is none of those that are documented."""
    for item in reply.errors:
        item.code = "BadId"


@breaks("BULK-11", reach=BULK)
def cancel_jobs_is_terminate_jobs(parts):
    """CancelJobs also stops what runs."""
    return replace(parts, handlers={**parts.handlers, "CancelJobs": parts.handlers["TerminateJobs"]})


# DescribeJobs and ListJobs.


@breaks("DESC-01", unclear="ERR-05", reach=DESCRIPTIONS)
@handles("DescribeJobs")
async def unknown_jobs_cannot_be_described(right, call, request):
    """DescribeJobs is an error when it is asked for an id that no job has."""
    for job_id in request.jobs:
        if call.ledger.job(call.region, job_id) is None:
            raise ClientException(f"job {job_id} does not exist")
    return await right(call, request)


@breaks("ERR-05", reach=DESCRIPTIONS)
@asked("DescribeJobs")
def the_first_hundred_are_described(request):
    """DescribeJobs ignores all ids but the first hundred."""
    request.jobs = request.jobs[:100]


@breaks("LIST-01", reach=LISTS)
@handles("ListJobs")
async def a_list_without_a_selector_is_of_some_queue(right, call, request):
    """ListJobs without jobQueue takes the first queue there is."""
    request.jobQueue = request.jobQueue or next(iter(call.ledger.queues))
    return await right(call, request)


@breaks("LIST-02", reach=LISTS)
@asked("ListJobs")
def lists_show_every_status(request):
    """Without jobStatus ListJobs lists all jobs."""
    if request.jobStatus is None and not request.filters:
        request.filters = [wire.shape("KeyValuesPair")(name="JOB_NAME", values=["*"])]


@breaks("LIST-02", reach=LISTS)
@handles("ListJobs")
async def lists_are_empty_unless_asked(right, call, request):
    """Without jobStatus and without filters ListJobs lists nothing."""
    reply = await right(call, request)
    if request.jobStatus is None and not request.filters:
        reply.jobSummaryList = []
    return reply


@breaks("LIST-03 LIST-04 LIST-10", reach=LISTS)
@handles("ListJobs")
async def filtered_lists_show_running_jobs_only(right, call, request):
    """ListJobs lists RUNNING jobs unless it is asked for a status, also with filters."""
    reply = await right(call, request)
    if request.filters:
        reply.jobSummaryList = [item for item in reply.jobSummaryList if item.status == "RUNNING"]
    return reply


@breaks("LIST-04", reach=LISTS)
@handles("ListJobs")
async def names_have_a_case_in_filters(right, call, request):
    """The JOB_NAME filter tells capitals from small letters."""
    reply = await right(call, request)
    if request.filters:
        wanted = request.filters[0].values[0].rstrip("*")
        reply.jobSummaryList = [item for item in reply.jobSummaryList if item.jobName.startswith(wanted)]
    return reply


@breaks("LIST-10", reach=LISTS)
@asked("ListJobs")
def max_results_is_ignored(request):
    """ListJobs shows a hundred jobs a page, whatever it is asked for."""
    request.maxResults = None


@breaks("LIST-10", reach=LISTS)
@answered("ListJobs")
def pages_end_after_the_first(reply):
    """ListJobs never gives a nextToken."""
    reply.nextToken = None


@breaks("LIST-12", reach=LISTS)
@answered("ListJobs")
def lists_show_false_flags(reply):
    """isCancelled and isTerminated are in every summary, as false where they are not true."""
    for item in reply.jobSummaryList:
        item.isCancelled, item.isTerminated = bool(item.isCancelled), bool(item.isTerminated)


# What SubmitJob refuses.


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


@breaks("RETRY-01 RETRY-06 DEP-01 CANCEL-13 ERR-03 ERR-05 TO-01", reach=SUBMISSIONS)
def the_most_that_is_allowed_is_refused(parts):
    """Every bound is off by one: what is just allowed is refused."""
    right = Limit.check

    def check(limit, value, field):
        right(limit, value, field)
        if field != "maxResults" and value in (limit.high, limits.ATTEMPT_DURATION_S.low):
            raise Violation(f"{field} is {value}: that is too much, or too little")

    Limit.check = check
    return parts
