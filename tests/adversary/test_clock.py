"""A clock that differs: all times of a run by the same, and filters by time mean the times that were shown."""

from __future__ import annotations

from typing import Any

import pytest
from adversary.playing import Service, begin, call, jobs, said

from batchproof.conformance.adversary.composition import Adversary, mode_of
from batchproof.conformance.adversary.shapes import times


@pytest.mark.parametrize("by_s", [-200, -1, 0.5, 90])
def test_every_time_is_shifted_by_the_same(by_s):
    record = {
        "jobId": "a",
        "createdAt": 1_700_000_000_000,
        "startedAt": 1_700_000_001_000,
        "attempts": [{"startedAt": 1_700_000_001_000, "stoppedAt": 1_700_000_002_500, "statusReason": "x"}],
        "arrayProperties": {"size": 2, "statusSummaryLastUpdatedAt": 1_700_000_003_000},
        "timeout": {"attemptDurationSeconds": 60},
        "tags": {"createdAt": "1700000000000"},
    }
    service = Service()
    service.fixed["DescribeJobs"] = said(jobs=[record])
    shown = jobs(call(Adversary([mode_of(f"clock-differs={by_s}")]), service, "DescribeJobs", 0, jobs=["a"]))[0]
    by_ms = round(by_s * 1000)
    assert shown == record | {
        "createdAt": 1_700_000_000_000 + by_ms,
        "startedAt": 1_700_000_001_000 + by_ms,
        "attempts": [
            {"startedAt": 1_700_000_001_000 + by_ms, "stoppedAt": 1_700_000_002_500 + by_ms, "statusReason": "x"}
        ],
        "arrayProperties": {"size": 2, "statusSummaryLastUpdatedAt": 1_700_000_003_000 + by_ms},
    }


def test_a_time_that_is_none_stays_none():
    service = Service()
    service.fixed["DescribeJobs"] = said(jobs=[{"jobId": "a", "startedAt": 0, "stoppedAt": None}])
    shown = jobs(call(Adversary([mode_of("clock-differs")]), service, "DescribeJobs", 0, jobs=["a"]))[0]
    assert shown == {"jobId": "a", "startedAt": 0, "stoppedAt": None}


@pytest.mark.parametrize("name", ["BEFORE_CREATED_AT", "AFTER_CREATED_AT"])
def test_a_filter_by_time_is_about_the_time_that_was_shown(name):
    """LIST-06: otherwise a client that asks for what it was shown would not find it."""
    adversary = Adversary([mode_of("clock-differs=90")])
    asked: dict[str, Any] = {"jobQueue": "q", "filters": [{"name": name, "values": ["1700000090000"]}]}
    passed = begin(adversary, "ListJobs", 0, **asked).request.asked
    assert passed == {"jobQueue": "q", "filters": [{"name": name, "values": ["1700000000000"]}]}
    assert asked["filters"][0]["values"] == ["1700000090000"]


@pytest.mark.parametrize(
    "filters",
    [
        [{"name": "JOB_NAME", "values": ["1700000090000"]}],
        [{"name": "AFTER_CREATED_AT", "values": ["soon"]}],
        "x",
        [1],
        [{"name": "AFTER_CREATED_AT"}],
    ],
)
def test_other_filters_are_as_they_were_asked(filters):
    assert begin(Adversary([mode_of("clock-differs")]), "ListJobs", 0, filters=filters).request.asked == {
        "filters": filters
    }


def test_the_members_that_are_times_are_botocores():
    assert times() >= {"createdAt", "startedAt", "stoppedAt", "statusSummaryLastUpdatedAt", "earliestTimeAtPosition"}
    assert not times() & {"attemptDurationSeconds", "quantity", "fsGroup"}
