"""Retry strategies."""

from __future__ import annotations

from ...model.limits import ATTEMPTS, EVALUATE_ON_EXIT_ENTRIES
from ...model.status import FAILED, SUCCEEDED
from ..judging.outcome import Unclear
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import ended, exit_codes, not_tried_again, tried_again, tries


@rule(
    "ST-09",
    "A failed attempt with attempts left is followed by another; the job succeeds when that one does.",
    (Power.RUNS,),
)
def a_failed_attempt_is_tried_again(batch: Scenario) -> None:
    detail = ended(batch, attempts=3, ends=(1, 1, 0))
    batch.expect(
        detail["status"] == SUCCEEDED, "SUCCEEDED by the third attempt", f"{detail['status']} {exit_codes(detail)}"
    )


@rule(
    "RETRY-03",
    "attempts=3 is three tries in all: a job that always fails shows three attempts, then FAILED.",
    (Power.FAILS,),
)
def attempts_counts_all_tries(batch: Scenario) -> None:
    job = batch.submit(attempts=3, ends=(1,))
    detail = batch.finish(job)
    batch.expect(detail["status"] == FAILED, "FAILED", detail["status"])
    batch.expect(tries(detail) == 3, "3 attempts", f"{tries(detail)} attempts, then FAILED")


@rule("RETRY-02", "Without a retry strategy a job has one attempt.", (Power.FAILS,))
def without_a_strategy_there_is_one_attempt(batch: Scenario) -> None:
    detail = batch.finish(batch.submit(ends=(1,)))
    batch.expect(tries(detail) <= 1, "1 attempt", f"{tries(detail)} attempts")
    batch.expect(detail["status"] == FAILED, "FAILED", detail["status"])


@rule("RETRY-01", "`attempts` is between 1 and 10: 1 and 10 are accepted, 0 and 11 are refused.")
def attempts_is_bounded(batch: Scenario) -> None:
    low, high = ATTEMPTS.low, ATTEMPTS.high
    assert low is not None
    assert high is not None
    accepted = [
        value
        for value in (low - 1, high + 1)
        if batch.refusal("submit_job", **batch.submission(), retryStrategy={"attempts": value}) is None
    ]
    for value in (low, high):
        refusal = batch.refusal("submit_job", **batch.submission(), retryStrategy={"attempts": value})
        batch.expect(refusal is None, f"attempts {value} is accepted", refusal)
    batch.expect(
        not accepted, f"attempts {low - 1} and {high + 1} are refused", f"SubmitJob accepted attempts={accepted}"
    )


@rule("RETRY-04", "A retryStrategy of SubmitJob replaces the one of the job definition.", (Power.FAILS,))
def submission_replaces_the_definitions_strategy(batch: Scenario) -> None:
    world = batch.stage.world
    name = world.register(batch.call, f"{world.prefix}-retry-04", retryStrategy={"attempts": 3})
    alone = tries(batch.finish(batch.submit(ends=(1,), jobDefinition=name, inherits=3)))
    if alone != 3:
        raise Unclear(
            f"the job definition's own strategy shows {alone} attempts instead of 3: nothing is to be replaced"
        )
    detail = batch.finish(batch.submit(attempts=1, ends=(1,), jobDefinition=name))
    batch.expect(tries(detail) <= 1, "1 attempt, as SubmitJob asked", f"{tries(detail)} attempts")


@rule("RETRY-05", "`evaluateOnExit` without `attempts` is refused.")
def attempts_must_be_given(batch: Scenario) -> None:
    entry = {"action": "EXIT", "onExitCode": "1"}
    refusal = batch.refusal("submit_job", **batch.submission(), retryStrategy={"evaluateOnExit": [entry]})
    batch.expect(refusal is not None, "a refusal: attempts must be provided", "SubmitJob accepted it")


@rule("RETRY-06", "5 `evaluateOnExit` entries are accepted, 7 are refused (6 is open).")
def entries_are_bounded(batch: Scenario) -> None:
    most = EVALUATE_ON_EXIT_ENTRIES.high
    assert most is not None
    entries = [{"action": "RETRY", "onExitCode": str(code)} for code in range(1, most + 3)]
    strategy = {"attempts": 1, "evaluateOnExit": entries[:most]}
    refusal = batch.refusal("submit_job", **batch.submission(), retryStrategy=strategy)
    batch.expect(refusal is None, f"{most} entries are accepted", refusal)
    strategy = {"attempts": 1, "evaluateOnExit": entries}
    refusal = batch.refusal("submit_job", **batch.submission(), retryStrategy=strategy)
    batch.expect(refusal is not None, f"{most + 2} entries are refused", "SubmitJob accepted them")


@rule("RETRY-07", "All conditions of an `evaluateOnExit` entry must hold.", (Power.RUNS,))
def conditions_of_an_entry_are_all_needed(batch: Scenario) -> None:
    half = {"action": "EXIT", "onExitCode": "1", "onReason": "No such reason"}
    detail = ended(batch, attempts=2, ends=(1, 0), entries=(half,))
    tried_again(batch, detail, "only one of two conditions held")


@rule("RETRY-08", "The first entry that matches decides (inferred from the guide's examples).", (Power.RUNS,))
def the_first_match_decides(batch: Scenario) -> None:
    entries = ({"action": "RETRY", "onExitCode": "1*"}, {"action": "EXIT", "onExitCode": "1"})
    detail = ended(batch, attempts=2, ends=(1, 0), entries=entries)
    tried_again(batch, detail, "RETRY stands before EXIT")
    detail = ended(batch, attempts=2, ends=(1, 0), entries=entries[::-1])
    not_tried_again(batch, detail, "EXIT stands before RETRY")


@rule("RETRY-09", "An attempt that no entry matches is tried again.", (Power.RUNS,))
def no_match_means_retry(batch: Scenario) -> None:
    detail = ended(batch, attempts=2, ends=(1, 0), entries=({"action": "EXIT", "onExitCode": "2"},))
    tried_again(batch, detail, "no entry matched")


@rule("RETRY-11", '`onReason: "*"` matches an attempt whose container has no reason.', (Power.RUNS,))
def a_star_matches_an_absent_reason(batch: Scenario) -> None:
    entries = ({"action": "RETRY", "onStatusReason": "Host EC2*"}, {"action": "EXIT", "onReason": "*"})
    detail = ended(batch, attempts=2, ends=(1, 0), entries=entries)
    not_tried_again(batch, detail, "the catch-all EXIT matched")


@rule("RETRY-13", "`onExitCode` matches the decimal code: `4*` is a prefix, `4` the whole.", (Power.RUNS,))
def exit_codes_match_whole_or_by_prefix(batch: Scenario) -> None:
    detail = ended(batch, attempts=2, ends=(44, 0), entries=({"action": "EXIT", "onExitCode": "4*"},))
    not_tried_again(batch, detail, "44 fits 4*")
    detail = ended(batch, attempts=2, ends=(44, 0), entries=({"action": "EXIT", "onExitCode": "4"},))
    tried_again(batch, detail, "44 is not 4")


@rule("RETRY-14", "The action may be written in any case.", (Power.RUNS,))
def the_action_has_no_case(batch: Scenario) -> None:
    detail = ended(batch, attempts=2, ends=(1, 0), entries=({"action": "exit", "onExitCode": "1"},))
    not_tried_again(batch, detail, "action exit is EXIT")


@rule("RETRY-23", "The list of attempts grows by one for each, and its entries do not change.", (Power.GATE,))
def attempts_are_appended(batch: Scenario) -> None:
    job = batch.submit(attempts=3, ends=(11, 12, 0), hold=True)
    before: list[int | None] = []
    for number in (1, 2, 3):
        if not job.wait(lambda number=number: len(job.began()) >= number or job.ended, batch.target.deadline_s * 4):
            break
        codes = exit_codes(batch.read(job))[: number - 1]
        batch.expect(codes[: len(before)] == before, f"attempts beginning with {before}", codes)
        before = codes
        if len(job.began()) < number:
            break
        batch.release(job)
    codes = exit_codes(batch.finish(job))
    batch.expect(codes == [11, 12, 0], "attempts with exit codes [11, 12, 0]", codes)


@rule("RETRY-24", "AWS_BATCH_JOB_ATTEMPT is 1 for the first attempt and rises by 1.", (Power.GATE,))
def attempts_are_numbered_from_one(batch: Scenario) -> None:
    job = batch.submit(attempts=3, ends=(1, 1, 0), hold=True)
    for number in (1, 2, 3):
        if not job.wait(lambda number=number: len(job.began()) >= number or job.ended, batch.target.deadline_s * 4):
            break
        if len(job.began()) < number:
            break
        batch.release(job)
    batch.finish(job)
    batch.expect(job.began() == [1, 2, 3], "AWS_BATCH_JOB_ATTEMPT 1, 2, 3", job.began())


@rule("RETRY-26", "FAILED is shown only when no further attempt is made.", (Power.GATE,))
def failed_is_the_last_word(batch: Scenario) -> None:
    job = batch.submit(attempts=2, ends=(1, 1), hold=True)
    batch.release(job)
    job.wait(lambda: 2 in job.began() or job.ended, batch.target.deadline_s * 4)
    early = job.status
    if 2 in job.began():
        batch.release(job)
    detail = batch.finish(job)
    batch.canary()
    batch.expect(len(job.began()) == 2, "2 attempts before FAILED", f"{early} after {job.began()}")
    batch.expect(detail["status"] == FAILED, "FAILED after both attempts", detail["status"])


@rule("RETRY-27", "A matching EXIT ends the job with attempts remaining.", (Power.RUNS,))
def exit_ends_the_job(batch: Scenario) -> None:
    detail = ended(batch, attempts=3, ends=(9, 0), entries=({"action": "EXIT", "onExitCode": "9"},))
    not_tried_again(batch, detail, "EXIT matched")


@rule("RETRY-28", "A matching RETRY does not exceed `attempts`.", (Power.RUNS,))
def retry_does_not_exceed_attempts(batch: Scenario) -> None:
    detail = ended(batch, attempts=2, ends=(1, 1, 0), entries=({"action": "RETRY", "onExitCode": "1"},))
    not_tried_again(batch, detail, "2 attempts were made")


@rule("RETRY-29", "`evaluateOnExit` does not turn a success into a retry.", (Power.RUNS,))
def success_is_not_retried(batch: Scenario) -> None:
    detail = ended(batch, attempts=3, ends=(0,), entries=({"action": "RETRY", "onExitCode": "0"},))
    batch.expect(tries(detail) <= 1, "1 attempt", f"{tries(detail)} attempts")
    batch.expect(detail["status"] == SUCCEEDED, "SUCCEEDED", detail["status"])


@rule("RETRY-37", "The effective strategy is echoed in `retryStrategy`.")
def the_strategy_is_echoed(batch: Scenario) -> None:
    job = batch.submit(attempts=2, entries=({"action": "RETRY", "onExitCode": "7"},))
    shown = batch.finish(job).get("retryStrategy") or {}
    batch.expect(shown.get("attempts") == 2, "retryStrategy.attempts 2", shown.get("attempts"))
    codes = [entry.get("onExitCode") for entry in shown.get("evaluateOnExit", [])]
    batch.expect(codes == ["7"], "one evaluateOnExit entry with onExitCode 7", codes)
