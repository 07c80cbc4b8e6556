"""Retry strategies."""

from __future__ import annotations

from ...model.attempts import RetryStrategy
from ...model.limits import ATTEMPTS, EVALUATE_ON_EXIT_ENTRIES
from ..judging.outcome import Absent, Unclear
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import described, ended


@rule(
    "ST-09",
    "A failed attempt with attempts left is followed by another; the job succeeds when that one does.",
    (Power.RUNS,),
)
def a_failed_attempt_is_tried_again(batch: Scenario) -> None:
    ended(batch, attempts=3, ends=(1, 1, 0))


@rule(
    "RETRY-03",
    "attempts=3 is three tries in all: a job that always fails shows three attempts, then FAILED.",
    (Power.FAILS,),
)
def attempts_counts_all_tries(batch: Scenario) -> None:
    ended(batch, attempts=3, ends=(1,))


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
    ended(batch, attempts=2, ends=(44, 0), entries=({"action": "EXIT", "onExitCode": "4*"},), role="prefix")
    ended(batch, attempts=2, ends=(44, 0), entries=({"action": "EXIT", "onExitCode": "4"},), role="whole")


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


@rule("RETRY-28", "A matching RETRY does not exceed `attempts`.", (Power.RUNS,))
def retry_does_not_exceed_attempts(batch: Scenario) -> None:
    ended(batch, attempts=2, ends=(1, 1, 0), entries=({"action": "RETRY", "onExitCode": "1"},))


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
