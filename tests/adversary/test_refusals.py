"""What is refused never reached the service; what failed after the effect reached it once; and both say no more."""

from __future__ import annotations

import pytest
from adversary.playing import Service, begin, call, said
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.adversary.composition import MODES, Adversary, Passed, mode_of
from batchproof.conformance.adversary.exchange import Answer, Cut
from batchproof.conformance.adversary.refusals import BULK
from batchproof.conformance.adversary.shapes import operations

OPERATIONS = ["SubmitJob", "DescribeJobs", "ListJobs", "CancelJob", "TerminateJob", "TerminateJobs"]
BEFORE = ["throttled=0.5", "throttled-in-bursts=3,every_s=6", "errors-before=0.5", "cut-before=0.5"]
AFTER = ["errors-after=0.5", "cut-after=0.5", "cut-midway=0.5"]
calls = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.floats(0, 2, allow_nan=False)), max_size=30)


def kind(answer: Answer) -> str | None:
    return dict(answer.headers).get("x-amzn-ErrorType")


def played(mode: str, seed: int, calls: list[tuple[str, float]]) -> list[tuple[Answer | Cut, int]]:
    """The outcome of each call, and how often it reached the service."""
    adversary, service, now_s, seen = Adversary([mode_of(mode)], seed), Service(), 0.0, []
    for operation, pause_s in calls:
        now_s += pause_s
        before = len(service.asked)
        asked = {"jobs": ["a", "b"]} if operation in ("DescribeJobs", "TerminateJobs") else {"jobId": "a"}
        seen.append((call(adversary, service, operation, now_s, **asked, reason="x"), len(service.asked) - before))
    return seen


@pytest.mark.parametrize("mode", BEFORE)
@given(st.integers(0, 9), calls)
def test_before_the_effect_the_service_was_never_asked(mode, seed, calls):
    for outcome, reached in played(mode, seed, calls):
        refused = isinstance(outcome, Cut) or outcome.status != 200
        assert reached == (0 if refused else 1)


@pytest.mark.parametrize("mode", AFTER)
@given(st.integers(0, 9), calls)
def test_after_the_effect_the_service_was_asked_exactly_once(mode, seed, calls):
    for _, reached in played(mode, seed, calls):
        assert reached == 1


@pytest.mark.parametrize("mode", [*BEFORE, *AFTER, "gateway-errors=0.5"])
def test_some_calls_are_hit_and_some_are_not(mode):
    outcomes = [outcome for outcome, _ in played(mode, 1, [("TerminateJob", 0.25)] * 80)]
    hit = sum(isinstance(outcome, Cut) or outcome.status != 200 for outcome in outcomes)
    assert 20 < hit < 60


def test_throttling_is_429_by_either_name():
    refused = [answer for answer, _ in played("throttled=0.9", 1, [("SubmitJob", 0)] * 60) if answer.status != 200]
    assert {(answer.status, kind(answer)) for answer in refused} == {
        (429, "TooManyRequestsException"),
        (429, "ThrottlingException"),
    }


def test_a_burst_refuses_everything_for_its_time_and_every_stretch_has_one():
    """So asking again at once does not help, and asking later does."""
    mode, step_s = "throttled-in-bursts=2,every_s=10", 0.05
    for seed in range(5):
        adversary, refused = Adversary([mode_of(mode)], seed), []
        for n in range(int(100 / step_s)):
            operation = OPERATIONS[n % len(OPERATIONS)]
            if isinstance(begin(adversary, operation, n * step_s, jobs=["a"]), Answer):
                refused.append(n * step_s)
        starts = [at_s for at_s in refused if not any(0 < at_s - other < 1.5 * step_s for other in refused)]
        assert len({int(at_s // 10) for at_s in refused}) == 10
        assert len(starts) <= 10
        assert len(refused) == pytest.approx(10 * 2 / step_s, abs=20)


def test_bursts_of_another_seed_begin_at_other_times():
    def hit(seed: int) -> list[bool]:
        adversary = Adversary([mode_of("throttled-in-bursts")], seed)
        return [isinstance(begin(adversary, "ListJobs", n / 10), Answer) for n in range(600)]

    assert hit(1) != hit(2)


def test_a_failure_is_a_server_exception_and_says_nothing_of_the_effect():
    answers = [
        next(answer for answer, _ in played(mode, 1, [("TerminateJob", 0)] * 20) if answer.status != 200)
        for mode in ("errors-before=0.5", "errors-after=0.5")
    ]
    assert {(answer.status, kind(answer)) for answer in answers} == {(500, "ServerException")}
    assert answers[0].said == answers[1].said


def test_a_gateways_error_is_no_json_and_does_not_tell_whether_the_service_was_asked():
    seen = [(answer, reached) for answer, reached in played("gateway-errors=0.9", 1, [("SubmitJob", 0)] * 80)]
    hit = [(answer, reached) for answer, reached in seen if answer.status != 200]
    assert {answer.status for answer, _ in hit} == {502, 503, 504}
    assert {reached for _, reached in hit} == {0, 1}
    assert all(answer.said is None and answer.body.startswith(b"<html>") for answer, _ in hit)
    assert len({(answer.body, reached) for answer, reached in hit}) == 6


def test_a_denied_operation_is_always_denied_and_no_other():
    adversary, service = Adversary([mode_of("denied=CancelJob+ListJobs")]), Service()
    for operation in OPERATIONS * 3:
        answer = call(adversary, service, operation, 0, jobs=["a"])
        denied = operation in ("CancelJob", "ListJobs")
        assert answer.status == (403 if denied else 200)
        assert (kind(answer) == "AccessDeniedException") == denied
    assert {request.operation for request in service.asked} == set(OPERATIONS) - {"CancelJob", "ListJobs"}


def test_where_cancel_is_denied_cancel_jobs_is_denied_for_each_job():
    """Permission is by the singular action, for each job, and the call itself succeeds (BULK-10, BULK-04)."""
    adversary, service = Adversary([mode_of("denied=CancelJob")]), Service()
    answer = call(adversary, service, "CancelJobs", 0, jobs=["a", "b"], reason="x")
    assert answer.status == 200
    assert answer.said["successful"] == []
    assert [(error["job"], error["code"]) for error in answer.said["errors"]] == [
        ("a", "AccessDenied"),
        ("b", "AccessDenied"),
    ]
    assert all(error["message"] for error in answer.said["errors"])
    assert service.asked == []
    call(adversary, service, "TerminateJobs", 0, jobs=["a"], reason="x")
    call(adversary, service, "CancelJobs", 0, jobs=[], reason="x")
    assert [request.operation for request in service.asked] == ["TerminateJobs", "CancelJobs"]


def test_bulk_operations_go_by_the_name_of_their_singular():
    assert set(BULK) | set(BULK.values()) <= operations()


def test_a_credential_expires_and_a_new_one_is_good():
    adversary = Adversary([mode_of("expiring-credentials=60")])

    def refused(credential: str, now_s: float) -> bool:
        return not isinstance(begin(adversary, "DescribeJobs", now_s, credential=credential), Passed)

    assert [refused("first", now_s) for now_s in (10, 69, 70, 71)] == [False, False, True, True]
    assert [refused("second", now_s) for now_s in (71, 130, 131)] == [False, False, True]
    assert refused("first", 200)
    answer = begin(adversary, "DescribeJobs", 300, credential="first")
    assert (answer.status, kind(answer)) == (403, "ExpiredTokenException")


@given(
    st.integers(0, 99), st.lists(st.sampled_from("abcde"), max_size=8), st.lists(st.sampled_from("vwxyz"), max_size=3)
)
def test_every_job_of_a_bulk_request_is_in_one_list(seed, accepted, failed):
    """BULK-04; and what the service refused stays refused as it did."""
    adversary, service = Adversary([mode_of("item-errors=0.5")], seed), Service()
    errors = [{"job": job, "code": "ClientException", "message": "no"} for job in failed]
    service.fixed["TerminateJobs"] = said(successful=accepted, errors=errors)
    answer = call(adversary, service, "TerminateJobs", 0, jobs=[*accepted, *failed], reason="x")
    lists = [set(answer.said["successful"]), {error["job"] for error in answer.said["errors"]}]
    assert lists[0] | lists[1] == {*accepted, *failed}
    assert not lists[0] & lists[1]
    assert answer.said["errors"][: len(errors)] == errors
    assert {error["code"] for error in answer.said["errors"][len(errors) :]} <= {"ServerException"}


def test_some_jobs_of_a_bulk_request_fail():
    adversary, service = Adversary([mode_of("item-errors=0.5")], 1), Service()
    service.fixed["CancelJobs"] = said(successful=list("abcdefghij"), errors=[])
    answer = call(adversary, service, "CancelJobs", 0, jobs=list("abcdefghij"), reason="x")
    assert 0 < len(answer.said["successful"]) < 10


def test_every_mode_that_can_keep_a_call_from_the_service_is_tested_here():
    """So that a new one is not forgotten."""
    keeping = {mode.name for mode in MODES if "before" in vars(mode)}
    tested = {text.partition("=")[0] for text in [*BEFORE, "gateway-errors", "denied", "expiring-credentials"]}
    assert keeping - tested == {"late-requests", "other-reasons", "clock-differs", "short-pages"}
