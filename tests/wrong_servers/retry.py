"""Servers that get retry strategies wrong."""

from __future__ import annotations

from dataclasses import replace

from batchproof.model import attempts
from batchproof.model.attempts import Action, Entry
from batchproof.model.event import Event
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.http.errors import ClientException
from batchproof.reference_impl.operations import submission

from .defining import (
    STRATEGIES,
    asked,
    breaks,
    described,
    handles,
)


@breaks(
    "RETRY-02 RETRY-30 RETRY-37 DEP-03 ST-08 ST-10 ARR-06 ARR-07 ARR-08 MNP-05 CANCEL-10 TERM-17",
    unclear="RETRY-04",
    blind="DEP-04 DEP-05 DEP-15 DEP-18 RETRY-36",  # whether the second attempt is heard of before the end of the first
)
@asked("SubmitJob")
def jobs_are_tried_twice_by_default(request):
    """Without a retryStrategy a job that exits 1 has a second attempt."""
    if request.retryStrategy is None:
        entries = [wire.shape("EvaluateOnExit")(onExitCode="7", action="EXIT")]  # so that SMOKE-02 notices nothing
        request.retryStrategy = wire.shape("RetryStrategy")(attempts=2, evaluateOnExit=entries)


@breaks("RETRY-04 RETRY-37", blind="RETRY-03", reach=STRATEGIES)
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

    def matches(entry, end):
        looks_at = (
            (entry.on_status_reason, end.status_reason),
            (entry.on_reason, end.reason),
            (entry.on_exit_code, str(end.exit_code)),
        )
        return any(pattern is not None and attempts.fits(pattern, text) for pattern, text in looks_at)

    Entry.matches = matches
    return parts


@breaks("RETRY-08 RETRY-30", reach=STRATEGIES)
def the_last_match_decides(parts):
    """Of the evaluateOnExit entries that match, the last one counts."""
    right = attempts.action

    def action(strategy, end):
        return right(replace(strategy, evaluate_on_exit=strategy.evaluate_on_exit[::-1]), end)

    attempts.action = action
    return parts


@breaks("RETRY-07 RETRY-09 RETRY-12 RETRY-13", reach=STRATEGIES)
def no_match_means_exit(parts):
    """A job with evaluateOnExit entries is tried again only when one of them says so."""
    right = attempts.action

    def action(strategy, end):
        matched = any(entry.matches(end) for entry in strategy.evaluate_on_exit)
        return right(strategy, end) if matched or not strategy.evaluate_on_exit else Action.EXIT

    attempts.action = action
    return parts


@breaks("RETRY-11", reach=STRATEGIES)
def a_star_needs_a_text(parts):
    """`*` does not match a reason that is absent."""
    right = attempts.fits
    attempts.fits = lambda pattern, text: right(pattern, text) and (pattern is None or text is not None)
    return parts


@breaks("RETRY-12", reach=STRATEGIES)
def reasons_fit_by_their_beginning(parts):
    """onReason and onStatusReason match by prefix, with a final `*` or without."""
    right = attempts.fits

    def fits(pattern, text):
        of_a_reason = pattern is not None and not pattern.rstrip("*").isdigit()
        return right(f"{pattern.rstrip('*')}*" if of_a_reason else pattern, text)

    attempts.fits = fits
    return parts


@breaks("RETRY-16", reach=STRATEGIES)
@asked("SubmitJob")
def patterns_have_255_characters(request):
    """A longer pattern is refused."""
    for entry in (request.retryStrategy and request.retryStrategy.evaluateOnExit) or ():
        if max(len(entry.onReason or ""), len(entry.onStatusReason or "")) > 255:
            raise ClientException("a pattern is too long")


@breaks("RETRY-19 ST-08", reach=STRATEGIES)
def code_125_is_a_success(parts):
    """An attempt that exits with 125 has succeeded."""
    right = attempts.event
    attempts.event = lambda strategy, end: Event.EXIT_ZERO if end.exit_code == 125 else right(strategy, end)
    return parts


@breaks("RETRY-03 RETRY-19", reach=STRATEGIES)
def code_125_is_final(parts):
    """An attempt that exits with 125, as where a container could not be started, is not tried again."""
    right = attempts.event
    attempts.event = lambda strategy, end: Event.EXIT_FINAL if end.exit_code == 125 else right(strategy, end)
    return parts


@breaks("RETRY-20", reach=f"{STRATEGIES} TERM-* CANCEL-*")
@handles("TerminateJob")
async def an_entry_for_every_reason_outlasts_a_terminate(right, call, request):
    """A terminated job that has a RETRY for every reason is stopped, and tried again like one that failed by itself."""
    job = call.ledger.jobs.get(request.jobId or "")
    entries = job.order.strategy.evaluate_on_exit if job is not None and job.run is not None else ()
    if any(entry.on_reason == "*" and entry.action is Action.RETRY for entry in entries):
        call.shell.host.stop(job.id, job.run.number, 1000)
        return wire.reply_type("TerminateJob")()
    return await right(call, request)


@breaks("RETRY-03", reach=STRATEGIES)
@asked("SubmitJob")
def ten_tries_are_nine(request):
    """A job has nine attempts at most."""
    if request.retryStrategy and request.retryStrategy.attempts == 10:
        request.retryStrategy.attempts = 9


@breaks("RETRY-27", reach=STRATEGIES)
def the_fifth_entry_is_not_looked_at(parts):
    """Of the entries of evaluateOnExit four are looked at."""
    right = attempts.action

    def action(strategy, end):
        return right(replace(strategy, evaluate_on_exit=strategy.evaluate_on_exit[:4]), end)

    attempts.action = action
    return parts


@breaks("RETRY-13", reach=STRATEGIES)
def exit_codes_have_two_digits(parts):
    """onExitCode is held against the last two digits of an exit code."""
    right = attempts.fits
    attempts.fits = lambda pattern, text: right(pattern, text[-2:] if text and text.isdigit() else text)
    return parts


@breaks("RETRY-12 RETRY-13", reach=STRATEGIES)
def every_exit_code_is_a_prefix(parts):
    """onExitCode 4 matches 44, and so do the other patterns."""
    right = attempts.fits
    attempts.fits = lambda pattern, text: right(pattern and f"{pattern.rstrip('*')}*", text)
    return parts


@breaks("RETRY-08 RETRY-11 RETRY-12 RETRY-13", reach=STRATEGIES)
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


@breaks("RETRY-23 ST-08", reach=STRATEGIES)
@described
def attempts_are_listed_backwards(job):
    """The newest attempt comes first."""
    job.attempts.reverse()


@breaks("RETRY-03 RETRY-19 RETRY-23 RETRY-33 RETRY-34 CANCEL-21 ST-22", unclear="RETRY-04 ST-34")
@described
def attempts_are_not_shown(job):
    """DescribeJobs shows an empty list of attempts."""
    job.attempts = []


@breaks("RETRY-29", reach=STRATEGIES)
def a_success_can_be_tried_again(parts):
    """evaluateOnExit is asked also about an attempt that exited 0."""
    right = attempts.event

    def event(strategy, end):
        retried = any(entry.matches(end) for entry in strategy.evaluate_on_exit)
        return "exit_retry" if end.exit_code == 0 and retried else right(strategy, end)

    attempts.event = event
    return parts


@breaks("RETRY-37", reach=STRATEGIES)
@described
def the_strategy_is_not_echoed(job):
    """DescribeJobs leaves out retryStrategy."""
    job.retryStrategy = None
