"""Retry strategies."""

from __future__ import annotations

from ...model.attempts import Action, Entry, RetryStrategy
from ...model.event import Event
from ...model.limits import ATTEMPTS, EVALUATE_ON_EXIT_ENTRIES, PATTERN_CHARACTERS
from ...model.status import PENDING, RUNNING
from ..judging.outcome import Absent, Unclear
from ..power import Power
from ..steps.job import exit_event
from ..steps.scenario import Scenario
from .rule import rule
from .staging import described, ended, ended_by_it, held_pending


@rule(
    "ST-09",
    "A failed attempt with attempts left is followed by another; the job succeeds when that one does.",
    (Power.RUNS,),
)
def a_failed_attempt_is_tried_again(batch: Scenario) -> None:
    ended(batch, attempts=3, ends=(1, 1, 0))


@rule(
    "RETRY-03",
    "attempts=3 is three tries in all: a job that always fails shows three attempts, then FAILED; so with 1, 2, 4 and 10.",
    (Power.FAILS,),
)
def attempts_counts_all_tries(batch: Scenario) -> None:
    jobs = [batch.submit(attempts=number, ends=(1,)) for number in (10, 4, 3, 2, 1)]
    for job in jobs[::-1]:
        batch.finish(job)


@rule("RETRY-02", "Without a retry strategy a job has one attempt.", (Power.FAILS,))
def without_a_strategy_there_is_one_attempt(batch: Scenario) -> None:
    if batch.stage.world.strategy != RetryStrategy():
        raise Absent(f"the job definition {batch.stage.world.definition} has a retryStrategy of its own")
    batch.finish(batch.submit(ends=(1,)))


@rule("RETRY-01", "`attempts` is between 1 and 10: 1 and 10 are accepted, 0 and 11 are refused.")
def attempts_is_bounded(batch: Scenario) -> None:
    low, high = ATTEMPTS.low, ATTEMPTS.high
    assert low is not None
    assert high is not None
    for value in (low - 1, high + 1, low, high):
        batch.refusal("submit_job", **batch.submission(), retryStrategy={"attempts": value})


@rule("RETRY-04", "A retryStrategy of SubmitJob replaces the one of the job definition.", (Power.FAILS,))
def submission_replaces_the_definitions_strategy(batch: Scenario) -> None:
    world = batch.stage.world
    name = world.register(batch.calls, f"{world.prefix}-retry-04", retryStrategy={"attempts": 3})
    inherited = batch.finish(batch.submit(ends=(1,), jobDefinition=name, inherits=3, role="inherits"))
    alone = len(inherited.get("attempts") or ())
    if alone != 3:
        raise Unclear(
            f"the job definition's own strategy shows {alone} attempts instead of 3: nothing is to be replaced"
        )
    batch.finish(batch.submit(attempts=1, ends=(1,), jobDefinition=name))


@rule("RETRY-05", "`evaluateOnExit` without `attempts` is refused.")
def attempts_must_be_given(batch: Scenario) -> None:
    entry = {"action": "EXIT", "onExitCode": "1"}
    batch.refusal("submit_job", **batch.submission(), retryStrategy={"evaluateOnExit": [entry]})


@rule("RETRY-06", "5 `evaluateOnExit` entries are accepted, 7 are refused (6 is open).")
def entries_are_bounded(batch: Scenario) -> None:
    most = EVALUATE_ON_EXIT_ENTRIES.high
    assert most is not None
    for number in (most, most + 2):
        entries = [{"action": "RETRY", "onExitCode": str(code)} for code in range(1, number + 1)]
        strategy = {"attempts": 1, "evaluateOnExit": entries}
        batch.refusal("submit_job", **batch.submission(), retryStrategy=strategy)


@rule("RETRY-07", "All conditions of an `evaluateOnExit` entry must hold.", (Power.RUNS,))
def conditions_of_an_entry_are_all_needed(batch: Scenario) -> None:
    half = {"action": "EXIT", "onExitCode": "1", "onReason": "No such reason"}
    ended(batch, attempts=2, ends=(1, 0), entries=(half,))


@rule("RETRY-08", "The first entry that matches decides (inferred from the guide's examples).", (Power.RUNS,))
def the_first_match_decides(batch: Scenario) -> None:
    entries = ({"action": "RETRY", "onExitCode": "1*"}, {"action": "EXIT", "onExitCode": "1"})
    ended(batch, attempts=2, ends=(1, 0), entries=entries, role="retry first")
    ended(batch, attempts=2, ends=(1, 0), entries=entries[::-1], role="exit first")


@rule("RETRY-09", "An attempt that no entry matches is tried again.", (Power.RUNS,))
def no_match_means_retry(batch: Scenario) -> None:
    ended(batch, attempts=2, ends=(1, 0), entries=({"action": "EXIT", "onExitCode": "2"},))


@rule("RETRY-11", '`onReason: "*"` matches an attempt whose container has no reason.', (Power.RUNS,))
def a_star_matches_an_absent_reason(batch: Scenario) -> None:
    entries = ({"action": "RETRY", "onStatusReason": "Host EC2*"}, {"action": "EXIT", "onReason": "*"})
    ended(batch, attempts=2, ends=(1, 0), entries=entries)


@rule("RETRY-13", "`onExitCode` matches the decimal code: `4*` is a prefix, `4` the whole.", (Power.RUNS,))
def exit_codes_match_whole_or_by_prefix(batch: Scenario) -> None:
    fits = [("4*", 44), ("44", 44), ("4*", 4), ("137", 137), ("13*", 137), ("2*", 255), ("*", 9)]
    differs = [("4", 44), ("44", 4), ("37", 137), ("13", 137), ("1*", 44)]
    for role, cases in (("fits", fits), ("differs", differs)):
        jobs = []
        for pattern, code in cases:
            entry = {"action": "EXIT", "onExitCode": pattern}
            jobs.append(batch.submit(attempts=2, ends=(code, 0), entries=(entry,), role=role))
        for job in jobs:
            batch.finish(job)


@rule(
    "RETRY-12",
    "`onStatusReason` matches the whole text, or its beginning where the pattern ends with `*`; `onReason` likewise.",
    (Power.RUNS,),
)
def reasons_match_whole_or_by_prefix(batch: Scenario) -> None:
    first = ended(batch, attempts=1, ends=(1,), role="first")
    text = str((first.detail or {}).get("statusReason"))
    if exit_event(RetryStrategy(2, (Entry(Action.EXIT, on_status_reason=text),)), 1) is not Event.EXIT_FINAL:
        # Its jobs are judged by what the kit thinks that they match, and texts are not promised (ENV-13).
        raise Unclear(f"what this service says of an attempt that ended is not known to the kit: {text!r}")
    fits = [text, f"{text[:9]}*", f"{text}*", "*"]
    differs = [text[:-1], text[1:], f"{text}x", f"{text[1:9]}*", f"{text[:9]}x*"]
    cases = [("fits", "onStatusReason", pattern) for pattern in fits]
    cases += [("differs", "onStatusReason", pattern) for pattern in differs]
    cases.append(("differs", "onReason", "Cannot*"))
    jobs = [
        batch.submit(attempts=2, ends=(1, 0), entries=({"action": "EXIT", on: pattern},), role=role)
        for role, on, pattern in cases
    ]
    for job in jobs:
        batch.finish(job)


@rule("RETRY-16", "A pattern of 512 characters is accepted, a longer one refused.")
def patterns_are_bounded(batch: Scenario) -> None:
    most = PATTERN_CHARACTERS.high
    assert most is not None
    for on in ("onReason", "onStatusReason"):
        for length in (most, most + 1):
            strategy = {"attempts": 1, "evaluateOnExit": [{"action": "RETRY", on: "r" * length}]}
            batch.refusal("submit_job", **batch.submission(), retryStrategy=strategy)


@rule(
    "RETRY-19",
    "Every exit code but 0 is a failed attempt, which is tried again: 1, 9, 44, 125, 137, 143, 255.",
    (Power.RUNS,),
)
def every_code_but_zero_is_a_failure(batch: Scenario) -> None:
    jobs = [batch.submit(attempts=2, ends=(code, 0)) for code in (1, 9, 44, 125, 137, 143, 255)]
    for job in jobs:
        batch.finish(job)


@rule(
    "RETRY-20",
    "A job that was cancelled or terminated is not retried, though entries for every reason say RETRY.",
    (Power.HOLDS_RUNNING, Power.HOLDS_PENDING),
)
def what_was_asked_to_end_is_not_retried(batch: Scenario) -> None:
    entries = ({"action": "RETRY", "onReason": "*"}, {"action": "RETRY", "onStatusReason": "*"})
    running = batch.submit(hold=True, attempts=3, entries=entries, role="terminated")
    waiting, first = held_pending(batch, attempts=3, entries=entries, hold=True)
    batch.wait(running, RUNNING)
    batch.terminate(running)
    batch.cancel(waiting)
    batch.settle(running)
    ended_by_it(batch, waiting, first)
    batch.canary()
    for job in (running, waiting):
        batch.read(job)


@rule("RETRY-33", "Each child of an array has all the attempts, and its array has none.", (Power.GATE,))
def the_strategy_is_that_of_each_child(batch: Scenario) -> None:
    array = batch.submit_array(3, attempts=2, ends=(1,), hold=True)
    for child, codes in zip(array.children, ((1, 0), (0,), (1, 1)), strict=True):
        for number, code in enumerate(codes, start=1):
            came = lambda child=child, number=number: number in child.began() or child.ended or child.failing  # noqa: E731
            child.wait(came, batch.target.patience_s)
            if number in child.began():
                batch.release(child, code)
        batch.finish(child)
    batch.ended_parent(array)
    batch.canary()
    batch.parent(array)


@rule("RETRY-36", "A job that fails for a dependency is not retried: it has no attempt.", (Power.HOLDS_RUNNING,))
def what_fails_for_a_dependency_is_not_retried(batch: Scenario) -> None:
    first = batch.submit(hold=True, ends=(1,), role="dependency")
    entries = ({"action": "RETRY", "onStatusReason": "*"}, {"action": "RETRY", "onExitCode": "*"})
    job = batch.submit(depends_on=(first,), attempts=3, entries=entries)
    batch.wait(job, PENDING)
    batch.release(first)
    batch.finish(first)
    batch.settle(job)
    batch.canary()
    batch.read(job)


@rule("RETRY-14", "The action may be written in any case.", (Power.RUNS,))
def the_action_has_no_case(batch: Scenario) -> None:
    ended(batch, attempts=2, ends=(1, 0), entries=({"action": "exit", "onExitCode": "1"},))


@rule("RETRY-23", "The list of attempts grows by one for each, and its entries do not change.", (Power.GATE,))
def attempts_are_appended(batch: Scenario) -> None:
    _three_attempts(batch, ends=(11, 12, 0))


@rule("RETRY-24", "AWS_BATCH_JOB_ATTEMPT is 1 for the first attempt and rises by 1.", (Power.GATE,))
def attempts_are_numbered_from_one(batch: Scenario) -> None:
    _three_attempts(batch, ends=(1, 1, 0))


def _three_attempts(batch: Scenario, ends: tuple[int, ...]) -> None:
    """A job whose three attempts are each held, read, and let go."""
    job = batch.submit(attempts=3, ends=ends, hold=True)
    for number in (1, 2, 3):
        came = lambda number=number: len(job.began()) >= number or job.ended or job.failing  # noqa: E731
        job.wait(came, batch.target.patience_s)
        if len(job.began()) < number:
            break
        batch.read(job)
        batch.release(job)
    batch.finish(job)


@rule("RETRY-26", "FAILED is shown only when no further attempt is made.", (Power.GATE,))
def failed_is_the_last_word(batch: Scenario) -> None:
    job = batch.submit(attempts=2, ends=(1, 1), hold=True)
    batch.release(job)
    job.wait(lambda: 2 in job.began() or job.ended or job.failing, batch.target.patience_s)
    if 2 in job.began():
        batch.release(job)
    batch.finish(job)
    batch.canary()


@rule("RETRY-27", "A matching EXIT ends the job with attempts remaining.", (Power.RUNS,))
def exit_ends_the_job(batch: Scenario) -> None:
    ended(batch, attempts=3, ends=(9, 0), entries=({"action": "EXIT", "onExitCode": "9"},))
    most = EVALUATE_ON_EXIT_ENTRIES.high
    assert most is not None
    others = tuple({"action": "RETRY", "onExitCode": str(code)} for code in range(1, most))
    ended(batch, attempts=3, ends=(9, 0), entries=(*others, {"action": "EXIT", "onExitCode": "9"}), role="by the fifth")
    ended(batch, attempts=4, ends=(1, 9, 0), entries=({"action": "EXIT", "onExitCode": "9"},), role="at the second")


@rule("RETRY-28", "A matching RETRY does not exceed `attempts`.", (Power.RUNS,))
def retry_does_not_exceed_attempts(batch: Scenario) -> None:
    entry = {"action": "RETRY", "onExitCode": "1"}
    jobs = [batch.submit(attempts=number, ends=(1,), entries=(entry,)) for number in (1, 2, 4)]
    for job in jobs:
        batch.finish(job)


@rule("RETRY-29", "`evaluateOnExit` does not turn a success into a retry.", (Power.RUNS,))
def success_is_not_retried(batch: Scenario) -> None:
    ended(batch, attempts=3, ends=(0,), entries=({"action": "RETRY", "onExitCode": "0"},))


@rule(
    "RETRY-37", "The effective strategy is echoed in `retryStrategy`: that of SubmitJob, else that of the definition."
)
def the_strategy_is_echoed(batch: Scenario) -> None:
    ended(batch, attempts=2, ends=(0,), entries=({"action": "RETRY", "onExitCode": "7"},))
    entries = [
        {"action": "EXIT", "onExitCode": "4*", "onReason": "Out*"},
        {"action": "RETRY", "onStatusReason": "Host EC2*"},
        {"action": "EXIT", "onReason": "*"},
    ]
    strategy = {"attempts": 3, "evaluateOnExit": entries}
    definition = batch.stage.world.register(batch.calls, batch.named("strategy"), retryStrategy=strategy)
    batch.submit_unwatched(jobDefinition=definition)
    for own in ({"attempts": 5, "evaluateOnExit": entries[1:]}, {"attempts": 1}):
        batch.submit_unwatched(jobDefinition=definition, retryStrategy=own)
    described(batch)
