"""Retry strategies."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.limits import ATTEMPTS, EVALUATE_ON_EXIT_ENTRIES, PATTERN_CHARACTERS
from ....model.status import FAILED, SUCCEEDED
from ..claim import Point, accepted, attempts, claim, ends, exit_codes, holds, in_turn, refused, shown
from ..seen import Detail, Job, Seen
from .showing.jobs import fails_with, parent_ends, unwatched


def tried_again(job: Job | None, why: str) -> Iterator[Point]:
    """A job whose second attempt exits 0 got one. Its status says so; how much `attempts` shows varies."""
    yield from ends(job, SUCCEEDED, f"by a second attempt: {why}")


def not_tried_again(job: Job | None, why: str) -> Iterator[Point]:
    """A job whose next attempt would exit 0 got none."""
    yield from ends(job, FAILED, f"without another attempt: {why}")


def tries(job: Job | None, number: int, *, at_most: bool = False) -> Iterator[Point]:
    """How many attempts an ended job shows."""
    if job and job.end:
        found = len(attempts(job.end.detail))
        right = found <= number if at_most else found == number
        plural = "" if number == 1 else "s"
        expected, observed = f"{number} attempt{plural}", f"{found} attempts, then {job.status}"
        yield Point(right, expected, observed, rests_on=("no_faults",), job=job.label)


@claim("ST-09")
def a_failed_attempt_is_tried_again(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job(), SUCCEEDED, "by the third attempt")


@claim("RETRY-03")
def attempts_counts_all_tries(seen: Seen) -> Iterator[Point]:
    for job in seen.cast:
        yield from ends(job, FAILED)
        yield from tries(job, job.submitted.attempts)


@claim("RETRY-02")
def without_a_strategy_there_is_one_attempt(seen: Seen) -> Iterator[Point]:
    yield from tries(seen.job(), 1, at_most=True)
    yield from ends(seen.job(), FAILED)


@claim("RETRY-01")
def attempts_is_bounded(seen: Seen) -> Iterator[Point]:
    low, high = ATTEMPTS.low, ATTEMPTS.high
    assert low is not None
    assert high is not None
    for call in seen.of("submit_job"):
        value = (call.arguments.get("retryStrategy") or {}).get("attempts")
        if value is not None:
            yield from (accepted if low <= value <= high else refused)([call], f"attempts {value}")


@claim("RETRY-04")
def submission_replaces_the_definitions_strategy(seen: Seen) -> Iterator[Point]:
    yield from tries(seen.job(), 1, at_most=True)


@claim("RETRY-05")
def attempts_must_be_given(seen: Seen) -> Iterator[Point]:
    for call in seen.of("submit_job"):
        strategy = call.arguments.get("retryStrategy") or {}
        if "evaluateOnExit" in strategy and "attempts" not in strategy:
            yield from refused([call], "evaluateOnExit without attempts")


@claim("RETRY-06")
def entries_are_bounded(seen: Seen) -> Iterator[Point]:
    most = EVALUATE_ON_EXIT_ENTRIES.high
    assert most is not None
    for call in seen.of("submit_job"):
        number = len((call.arguments.get("retryStrategy") or {}).get("evaluateOnExit") or ())
        if number and number != most + 1:  # 6 is open: UNSPECIFIED
            yield from (accepted if number <= most else refused)([call], f"a strategy with {number} entries")


@claim("RETRY-07")
def conditions_of_an_entry_are_all_needed(seen: Seen) -> Iterator[Point]:
    yield from tried_again(seen.job(), "only one of two conditions held")


@claim("RETRY-08")
def the_first_match_decides(seen: Seen) -> Iterator[Point]:
    yield from tried_again(seen.job("retry first"), "RETRY stands before EXIT")
    yield from not_tried_again(seen.job("exit first"), "EXIT stands before RETRY")


@claim("RETRY-09")
def no_match_means_retry(seen: Seen) -> Iterator[Point]:
    yield from tried_again(seen.job(), "no entry matched")


@claim("RETRY-11")
def a_star_matches_an_absent_reason(seen: Seen) -> Iterator[Point]:
    yield from not_tried_again(seen.job(), "the catch-all EXIT matched")


@claim("RETRY-13")
def exit_codes_match_whole_or_by_prefix(seen: Seen) -> Iterator[Point]:
    for job in (*seen.each("fits"), *seen.each("prefix")):  # older records call them by what the pattern is
        yield from not_tried_again(job, f"its exit code fits {_pattern(job)}")
    for job in (*seen.each("differs"), *seen.each("whole")):
        yield from tried_again(job, f"its exit code does not fit {_pattern(job)}")


@claim("RETRY-12")
def reasons_match_whole_or_by_prefix(seen: Seen) -> Iterator[Point]:
    for job in seen.each("fits"):
        yield from not_tried_again(job, f"its status reason fits {_pattern(job)}")
    for job in seen.each("differs"):
        yield from tried_again(job, f"its reason does not fit {_pattern(job)}")


def _pattern(job: Job) -> str:
    """What the one entry of a job looks for, in words."""
    entries = (job.arguments.get("retryStrategy") or {}).get("evaluateOnExit") or ({},)
    return " and ".join(f"{name} {value!r}" for name, value in entries[0].items() if name != "action")


@claim("RETRY-16")
def patterns_are_bounded(seen: Seen) -> Iterator[Point]:
    most = PATTERN_CHARACTERS.high
    assert most is not None
    for call in seen.of("submit_job"):
        for entry in (call.arguments.get("retryStrategy") or {}).get("evaluateOnExit") or ():
            length = max(len(value) for value in entry.values())
            yield from (accepted if length <= most else refused)([call], f"a pattern of {length} characters")


@claim("RETRY-19")
def every_code_but_zero_is_a_failure(seen: Seen) -> Iterator[Point]:
    for job in seen.each():
        yield from ends(job, SUCCEEDED, "by its second attempt, the first having failed")
        yield from tries(job, 2)


@claim("RETRY-20")
def what_was_asked_to_end_is_not_retried(seen: Seen) -> Iterator[Point]:
    for role, request in (("terminated", "terminate"), ("job", "cancel")):
        job = seen.job(role)
        if job and job.accepted(request):
            yield from ends(job, FAILED, "and is not tried again")


@claim("RETRY-33")
def the_strategy_is_that_of_each_child(seen: Seen) -> Iterator[Point]:
    children = seen.each("array")
    for child, (status, number) in zip(children, ((SUCCEEDED, 2), (SUCCEEDED, 1), (FAILED, 2)), strict=False):
        yield from ends(child, status, f"by attempt {number} of its own 2")
        yield from tries(child, number)
    if children and all(child.ended for child in children):
        yield from parent_ends(seen, FAILED)


@claim("RETRY-36")
def what_fails_for_a_dependency_is_not_retried(seen: Seen) -> Iterator[Point]:
    job, first = seen.job(), seen.job("dependency")
    yield from fails_with(job, first)
    if job and job.end and first and first.status == FAILED and job.status == FAILED:
        tries = attempts(job.end.detail)
        yield Point(not tries, "no attempts", str(tries), job=job.label)


@claim("RETRY-14")
def the_action_has_no_case(seen: Seen) -> Iterator[Point]:
    yield from not_tried_again(seen.job(), "action exit is EXIT")


@claim("RETRY-23")
def attempts_are_appended(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job or not job.ended:
        return
    for earlier, later in in_turn(job):
        codes = exit_codes(earlier.detail)
        before = codes[:-1] if earlier.status not in (SUCCEEDED, FAILED) else codes  # the last may still run
        now, rests_on = exit_codes(later.detail), ("monotone_reads",)
        kept = now[: len(before)] == before
        yield Point(kept, f"attempts beginning with {before}", str(now), rests_on=rests_on, job=job.label)
    if job.status == SUCCEEDED and job.end:
        codes = exit_codes(job.end.detail)
        expected = "attempts with exit codes [11, 12, 0]"
        yield Point(codes == [11, 12, 0], expected, str(codes), rests_on=("no_faults",), job=job.label)


@claim("RETRY-24")
def attempts_are_numbered_from_one(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.status == SUCCEEDED:
        told = list(dict.fromkeys(began.told for began in job.began))
        within = all(number is None or 1 <= number <= job.submitted.attempts for number in told)
        yield Point(within, f"AWS_BATCH_JOB_ATTEMPT from 1 to {job.submitted.attempts}", str(told), job=job.label)
        expected, facts = "AWS_BATCH_JOB_ATTEMPT 1, 2, 3", ("no_faults",)  # one whose start failed says nothing
        yield Point(told == [1, 2, 3], expected, str(told), rests_on=facts, job=job.label)


@claim("RETRY-26")
def failed_is_the_last_word(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    yield from ends(job, FAILED, "after both attempts")
    if job and job.ended:
        ran = job.ran
        yield Point(ran == 2, "2 attempts before FAILED", f"{ran}, then {shown(job)}", by_life=True, job=job.label)


@claim("RETRY-27")
def exit_ends_the_job(seen: Seen) -> Iterator[Point]:
    yield from not_tried_again(seen.job(), "EXIT matched")
    yield from not_tried_again(seen.job("by the fifth"), "the EXIT of the fifth entry matched")
    yield from not_tried_again(seen.job("at the second"), "EXIT matched its second attempt")


@claim("RETRY-28")
def retry_does_not_exceed_attempts(seen: Seen) -> Iterator[Point]:
    for job in seen.each():
        yield from not_tried_again(job, "all attempts were made")


@claim("RETRY-29")
def success_is_not_retried(seen: Seen) -> Iterator[Point]:
    yield from tries(seen.job(), 1, at_most=True)
    yield from ends(seen.job(), SUCCEEDED)


@claim("RETRY-37")
def the_strategy_is_echoed(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.end:
        yield from _echoed(job.end.detail, job.arguments["retryStrategy"])
    given = next((call.arguments["retryStrategy"] for call in seen.of("register_job_definition")), {})
    for arguments, looks in unwatched(seen):
        yield from _echoed(looks[-1], arguments.get("retryStrategy") or given)


def _echoed(detail: Detail, given: dict) -> Iterator[Point]:
    shown_ = detail.get("retryStrategy") or {}
    wanted = given.get("attempts")
    yield holds(shown_.get("attempts") == wanted, f"retryStrategy.attempts {wanted}", shown_.get("attempts"))
    entries = [_members(entry) for entry in given.get("evaluateOnExit") or ()]
    found = [_members(entry) for entry in shown_.get("evaluateOnExit") or ()]
    yield holds(found == entries, f"evaluateOnExit {entries}", found)


def _members(entry: dict) -> dict[str, str]:
    """An entry with what it says; in which letters its action is shown is open (RETRY-14)."""
    return {name: value.lower() if name == "action" else value for name, value in entry.items() if value}
