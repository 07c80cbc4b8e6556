"""Each law of every read: what breaks it, and what a right service may show without breaking it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchproof.model.promises import PROMISES
from batchproof.model.reads import LAWS, Law

T = 1_700_000_000_000
"""A time in milliseconds; what follows is so many later."""


def attempt(began: int, ended: int, code: int | None = 1, number: int = 1) -> dict[str, Any]:
    return {
        "startedAt": T + began,
        "stoppedAt": T + ended,
        "container": {"exitCode": code, "logStreamName": f"s{number}", "taskArn": f"t{number}"},
    }


def job(status: str = "RUNNING", **members: Any) -> dict[str, Any]:
    return {"jobId": "j", "jobName": "n", "status": status, "createdAt": T, **members}


RIGHT: list[dict[str, Any]] = [
    job("SUBMITTED"),
    job("PENDING", dependsOn=[{"jobId": "a"}, {"jobId": "b"}], attempts=[], startedAt=0, stoppedAt=None),
    job("RUNNABLE"),
    job("STARTING"),
    job(startedAt=T + 5, container={"logStreamName": "s1"}, retryStrategy={"attempts": 3}),
    job("RUNNABLE", startedAt=T + 5, stoppedAt=T + 9, attempts=[attempt(5, 9)]),
    job("STARTING", startedAt=T + 5, stoppedAt=T + 9, attempts=[attempt(5, 9)]),
    job(startedAt=T + 12, stoppedAt=T + 9, attempts=[attempt(5, 9)], container={"logStreamName": "s2"}),
    job(
        "FAILED",
        startedAt=T + 12,
        stoppedAt=T + 20,
        attempts=[attempt(5, 9), attempt(12, 20, 137, 2)],
        container={"exitCode": 137, "logStreamName": "s2", "reason": "x" * 255},
        statusReason="anything",
    ),
    job("FAILED", startedAt=T + 12, stoppedAt=T + 20, attempts=[attempt(5, 9), {"container": {}}], container={}),
    job("FAILED"),
    job("FAILED", stoppedAt=T + 3),
    job(
        "SUCCEEDED",
        startedAt=T,
        stoppedAt=T,
        container={"exitCode": 0, "logStreamName": "s"},
        attempts=[attempt(0, 0, 0)],
    ),
    job("RUNNING", arrayProperties={"index": 3}),  # ARR-12
]

Pair = tuple[dict[str, Any], dict[str, Any]]

BROKEN: dict[str, list[dict[str, Any] | Pair]] = {
    "times_are_in_milliseconds": [job(createdAt=T // 1000), job(createdAt="yesterday"), job(startedAt=1.7e9)],
    "attempts_times_are_in_milliseconds": [
        job("RUNNABLE", attempts=[{"startedAt": T // 1000}]),
        job("RUNNABLE", attempts=[{"stoppedAt": T // 1000}]),
    ],
    "created_once": [(job(), job(createdAt=T + 1))],
    "started_at_is_absent_before_running": [job("SUBMITTED", startedAt=T), job("STARTING", startedAt=T)],
    "started_at_comes_with_running": [job(), job(startedAt=0)],
    "started_once_an_attempt": [(job(startedAt=T), job(startedAt=T + 1))],
    "stopped_at_comes_with_the_end": [job("FAILED", startedAt=T + 5, attempts=[attempt(5, 9)])],
    "stopped_at_is_absent_before_the_end": [job(startedAt=T, stoppedAt=T + 1), job("PENDING", stoppedAt=T)],
    "times_are_in_order": [
        job(startedAt=T - 1),
        job("FAILED", startedAt=T + 9, stoppedAt=T + 8),
        job("FAILED", stoppedAt=T - 1),
        job("RUNNABLE", attempts=[attempt(9, 5)]),
        job("RUNNABLE", attempts=[attempt(-1, 5)]),
    ],
    "attempts_are_in_order": [job("RUNNABLE", attempts=[attempt(5, 9), attempt(8, 10, 1, 2)])],
    "attempts_are_never_rewritten": [
        (job("RUNNABLE", attempts=[attempt(5, 9)]), job("RUNNABLE", attempts=[attempt(6, 9)])),
        (job("RUNNABLE", attempts=[attempt(5, 9)]), job("RUNNABLE", attempts=[attempt(5, 10)])),
        (job("RUNNABLE", attempts=[attempt(5, 9, 1)]), job("RUNNABLE", attempts=[attempt(5, 9, 0)])),
        (job("RUNNABLE", attempts=[attempt(5, 9, 1, 1)]), job("RUNNABLE", attempts=[attempt(5, 9, 1, 2)])),
    ],
    "each_attempt_has_its_own": [
        job("RUNNABLE", attempts=[attempt(5, 9), {**attempt(10, 12, 1, 2), "container": {"taskArn": "t1"}}]),
        job("RUNNABLE", attempts=[attempt(5, 9), {**attempt(10, 12, 1, 2), "container": {"logStreamName": "s1"}}]),
    ],
    "running_jobs_have_a_log_stream": [
        job(startedAt=T, container={"logStreamName": ""}, retryStrategy={}),
        job("SUCCEEDED", container={"exitCode": 0}),
    ],
    "the_end_agrees_with_the_code": [
        job("SUCCEEDED", container={"exitCode": 1, "logStreamName": "s"}),
        job("FAILED", container={"exitCode": 1}, attempts=[attempt(1, 2, 1), attempt(3, 4, 2, 2)]),
        job("SUCCEEDED", attempts=[attempt(1, 2, 3)]),
    ],
    "the_end_stays_as_it_was": [
        (job("FAILED", startedAt=T + 1), job("FAILED", startedAt=T + 2)),
        (job("FAILED", container={"exitCode": 0}), job("FAILED", container={"exitCode": 1})),
    ],
    "container_reasons_are_short": [
        job(container={"reason": "x" * 256}),
        job("RUNNABLE", attempts=[{"container": {"reason": "x" * 256}}]),
    ],
    "a_name_stays": [(job(), job(jobName="other")), (job(jobQueue="a"), job(jobQueue="b"))],
    "a_strategy_stays": [(job(retryStrategy={"attempts": 3}), job(retryStrategy={"attempts": 2}))],
    "dependencies_stay": [
        (job(dependsOn=[{"jobId": "a"}]), job()),
        (job(dependsOn=[{"jobId": "a"}]), job(dependsOn=[{"jobId": "b"}])),
    ],
}


def named(law: Law) -> str:
    return (law.one or law.two).__name__  # type: ignore[union-attr]


def members(inner: st.SearchStrategy) -> st.SearchStrategy:
    names = (
        "status",
        "attempts",
        "container",
        "dependsOn",
        "createdAt",
        "startedAt",
        "stoppedAt",
        "exitCode",
        "reason",
    )
    return st.dictionaries(st.sampled_from(names), inner)


def broken_by(read: dict[str, Any] | Pair) -> set[str]:
    """The laws that a read, or two in order, break."""
    found = set()
    for law in LAWS:
        if isinstance(read, tuple):
            said = [*law.two(*read)] if law.two else []
        else:
            said = [*law.one(read)] if law.one else []
        if said:
            found.add(named(law))
    return found


@pytest.mark.parametrize("read", RIGHT, ids=lambda read: read["status"])
def test_a_right_read_breaks_none(read):
    """Absent, null and zero say nothing; what is open between attempts and of children is held against nobody."""
    assert broken_by(read) == set()


def test_two_right_reads_break_none():
    """Whatever was shown, the same again; and a life on its way from submission to its end."""
    for read in RIGHT:
        assert broken_by((read, read)) == set()
    running = job(startedAt=T + 5, retryStrategy={"attempts": 2})
    waits = job("RUNNABLE", startedAt=T + 5, stoppedAt=T + 9, attempts=[attempt(5, 9)], retryStrategy={"attempts": 2})
    again = job(startedAt=T + 12, attempts=[attempt(5, 9)], retryStrategy={"attempts": 2})
    over = job("FAILED", startedAt=T + 12, stoppedAt=T + 20, attempts=[attempt(5, 9), attempt(12, 20, 137, 2)])
    life = [job("SUBMITTED"), job("RUNNABLE"), job("STARTING"), running, waits, again, over]
    for place, earlier in enumerate(life):
        for later in life[place:]:
            assert broken_by((earlier, later)) == set(), (earlier, later)
            assert broken_by((later, earlier)) == set(), "reads may go back"


@pytest.mark.parametrize("law", LAWS, ids=named)
def test_each_law_is_broken_by_what_it_forbids(law):
    """And by nothing else that stands here: no other law sees it, so each of them is needed."""
    for read in BROKEN[named(law)]:
        assert broken_by(read) >= {named(law)}, read
    assert any(broken_by(read) == {named(law)} for read in BROKEN[named(law)])


def test_a_law_is_a_promise():
    """And no law is left without a read that breaks it."""
    assert {law.rule for law in LAWS} <= set(PROMISES)
    assert {named(law) for law in LAWS} == set(BROKEN)
    assert all((law.one is None) is not (law.two is None) for law in LAWS)
    assert all(law.says.endswith(".") for law in LAWS)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | members(inner))
)
def test_no_law_fails_on_what_a_service_may_put_there(shown):
    """A list of words where objects belong, a number where there is a container: nothing of it stops a verdict."""
    read = shown if isinstance(shown, dict) else {"status": "FAILED", "attempts": shown, "container": shown}
    broken_by(read)
    broken_by((read, job("RUNNING", dependsOn=shown, attempts=[shown])))
    broken_by((job("RUNNABLE", dependsOn=["a"], attempts=[attempt(5, 9)]), read))
