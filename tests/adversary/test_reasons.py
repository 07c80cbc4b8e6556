"""Reasons in other words: never a caller's, never one that a rule promises."""

from __future__ import annotations

from typing import Any

import pytest
from adversary.playing import Service, call, jobs, said
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.adversary.composition import Adversary, mode_of
from batchproof.conformance.adversary.reasons import PROMISED, reworded
from batchproof.model.promises import PROMISES

OURS = "Essential container in task exited"
STOPS = {
    "CancelJob": {"jobId": "a"},
    "TerminateJob": {"jobId": "a"},
    "CancelJobs": {"jobs": ["a"]},
    "TerminateJobs": {"jobs": ["a"]},
}


class Case:
    """One job that was submitted through the adversary, and what reads show of it."""

    def __init__(self, seed: int = 1) -> None:
        self.adversary, self.service = Adversary([mode_of("other-reasons")], seed), Service()
        self.service.fixed["SubmitJob"] = said(jobId="a")
        call(self.adversary, self.service, "SubmitJob", 0)

    def stop(self, request: str, reason: str) -> None:
        call(self.adversary, self.service, request, 0, **STOPS[request], reason=reason)

    def shown(self, job_id: str = "a", **members: Any) -> dict[str, Any]:
        self.service.fixed["DescribeJobs"] = said(jobs=[{"jobId": job_id, **members}])
        return jobs(call(self.adversary, self.service, "DescribeJobs", 0, jobs=[job_id]))[0]


@pytest.mark.parametrize("request_", STOPS)
@given(st.text(min_size=1, max_size=40), st.sampled_from(["a", "a:3", "a#1"]))
def test_a_callers_reason_survives(request_, reason, job_id):
    """TERM-13, CANCEL-14: of a job, of a child of the array that was stopped, and where no flag is shown."""
    case = Case()
    case.stop(request_, reason)
    assert case.shown(job_id, status="FAILED", statusReason=reason)["statusReason"] == reason
    assert case.shown(job_id, status="RUNNABLE", statusReason=reason)["statusReason"] == reason


def test_a_reason_that_equals_the_services_own_is_a_callers_once_it_was_given():
    case = Case()
    case.stop("TerminateJob", OURS)
    assert case.shown(status="FAILED", statusReason=OURS)["statusReason"] == OURS


def test_the_services_own_reasons_are_in_other_words():
    case = Case()
    record = {
        "status": "SUCCEEDED",
        "statusReason": OURS,
        "container": {"exitCode": 0, "reason": "done"},
        "attempts": [
            {"statusReason": OURS, "container": {"reason": "OutOfMemoryError: Container killed due to memory usage"}}
        ],
    }
    shown = case.shown(**record)
    assert shown["statusReason"] not in ("", OURS)
    assert shown["container"]["reason"] not in ("", "done")
    assert shown["container"]["exitCode"] == 0
    assert shown["attempts"][0]["statusReason"] == shown["statusReason"]
    assert shown["attempts"][0]["container"]["reason"].startswith(
        "OutOfMemoryError: Container killed due to memory usage"
    )
    assert shown["attempts"][0]["container"]["reason"] != record["attempts"][0]["container"]["reason"]
    assert case.shown(**record) == shown


@pytest.mark.parametrize("flag", ["isCancelled", "isTerminated"])
def test_a_reason_that_may_have_come_another_way_is_left_alone(flag):
    """Another client's call on the job need not have passed here."""
    case = Case()
    assert case.shown(status="FAILED", statusReason=OURS, **{flag: True})["statusReason"] == OURS


def test_jobs_that_were_not_submitted_here_are_left_alone():
    assert Case().shown("b", status="FAILED", statusReason=OURS)["statusReason"] == OURS
    assert Case().shown("b:0", status="RUNNABLE", statusReason=OURS)["statusReason"] == OURS


def test_before_a_job_has_ended_its_reason_may_disappear():
    """ST-29; and an ended job keeps one."""
    case = Case()
    assert {"statusReason" in case.shown(status="RUNNABLE", statusReason=OURS) for _ in range(40)} == {True, False}
    assert {"statusReason" in case.shown(status="FAILED", statusReason=OURS) for _ in range(40)} == {True}


@pytest.mark.parametrize(("rule", "text"), PROMISED.items())
def test_what_a_rule_promises_is_left_alone(rule, text):
    assert text in PROMISES[rule].says
    assert reworded(text) == text
    assert reworded(f"before {text} after") == f"before {text} after"


@pytest.mark.parametrize(
    "text",
    [
        "Host EC2 (instance i-0123) terminated.",
        "Task failed to start",
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement is higher",
        "ACTION_REQUIRED - CE(s) associated with the job queue are invalid.",
        "UNDETERMINED - Batch job is blocked, root cause is undetermined.",
        "CannotPullContainerError: no such image",
        "AGENT",
    ],
)
def test_a_text_that_is_told_by_its_beginning_keeps_it(text):
    """ENV-13."""
    assert reworded(text).startswith(text)
    assert reworded(text) != text


@pytest.mark.parametrize("beginning", ["", "AGENT ", "Host EC2 "])
def test_no_reason_becomes_longer_than_it_may_be_or_empty(beginning):
    """ENV-10."""
    for length in range(1, 300):
        text = (beginning + "x" * length)[:length]
        assert 0 < len(reworded(text)) <= max(255, length)
