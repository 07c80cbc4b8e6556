"""Other forms of the same answer: a client that knows what is documented reads the same from it."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from adversary.playing import Service, call, jobs, said
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.adversary.composition import Adversary, mode_of
from batchproof.conformance.adversary.exchange import Answer
from batchproof.conformance.adversary.shapes import known_members, optional

MODEL = botocore.session.Session().get_service_model("batch")
WORDING = ["reordered", "unknown-members=5", "empty-members=0.9"]

texts = st.text("abc", max_size=3)
attempts = st.fixed_dictionaries(
    {},
    optional={
        "startedAt": st.integers(1, 9),
        "container": st.fixed_dictionaries({}, optional={"exitCode": st.integers(0, 9)}),
    },
)
records = st.fixed_dictionaries(
    {
        "jobId": st.sampled_from("abcdef"),
        "jobName": texts,
        "status": st.sampled_from(["RUNNABLE", "RUNNING", "FAILED"]),
    },
    optional={
        "attempts": st.lists(attempts, max_size=2),
        "dependsOn": st.just([]),
        "parameters": st.dictionaries(texts, texts, max_size=2),
        "tags": st.dictionaries(st.sampled_from(["unknownState7", "createdAt"]), texts),
        "startedAt": st.sampled_from([0, 5]),
        "createdAt": st.integers(1, 9),
        "statusReason": texts,
        "container": st.fixed_dictionaries({}, optional={"exitCode": st.integers(0, 9), "environment": st.just([])}),
        "isCancelled": st.booleans(),
        "isTerminated": st.just(True),
        "arrayProperties": st.fixed_dictionaries({"size": st.integers(2, 9)}),
    },
)
summaries = st.fixed_dictionaries(
    {"jobId": st.sampled_from("abcdef"), "jobName": texts},
    optional={
        "status": st.just("RUNNING"),
        "startedAt": st.integers(1, 9),
        "isCancelled": st.just(True),
        "capacityUsage": st.just([]),
    },
)
answers = st.one_of(
    st.tuples(st.just("DescribeJobs"), st.builds(lambda jobs: {"jobs": jobs}, st.lists(records, max_size=4))),
    st.tuples(
        st.just("ListJobs"),
        st.builds(
            lambda jobs, more: {"jobSummaryList": jobs, **more},
            st.lists(summaries, max_size=4),
            st.sampled_from([{}, {"nextToken": "2"}, {"nextToken": None}]),
        ),
    ),
    st.just(("SubmitJob", {"jobId": "a", "jobName": "b"})),
    st.just(("CancelJobs", {"successful": ["a"], "errors": []})),
)


def read(operation: str, answer: Any) -> dict[str, Any]:
    """What botocore makes of an answer, in a form that does not tell an empty member from a missing one."""
    parser = create_parser("rest-json")
    response = {"body": json.dumps(answer.said).encode(), "headers": dict(answer.headers), "status_code": answer.status}
    parsed = parser.parse(response, MODEL.operation_model(operation).output_shape)
    parsed.pop("ResponseMetadata")
    return parsed


def without_nothing(value: Any) -> Any:
    """Without empty lists and maps, without a `startedAt` of 0, and without flags that are not up."""
    if isinstance(value, list):
        return [without_nothing(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: without_nothing(inner)
        for name, inner in value.items()
        if inner not in ([], {}, None) and not (name == "startedAt" and inner == 0) and inner is not False
    }


@pytest.mark.parametrize("mode", WORDING)
@given(st.integers(0, 99), answers)
def test_a_client_reads_the_same(mode, seed, answer):
    operation, members = answer
    adversary, service = Adversary([mode_of(mode)], seed), Service()
    service.fixed[operation] = said(**members)
    changed = call(adversary, service, operation, 0, jobs=["a"])
    assert isinstance(changed, Answer)
    before, after = read(operation, said(**members)), read(operation, changed)
    if mode == "reordered":
        for found in (before, after):
            for name in ("jobs", "jobSummaryList"):
                if name in found:
                    found[name] = sorted(found[name], key=lambda job: json.dumps(job, sort_keys=True))
        assert before == after
    elif mode.startswith("unknown"):
        assert before == after
    else:
        assert without_nothing(before) == without_nothing(after)


@given(st.integers(0, 99), st.lists(records, max_size=4))
def test_unknown_members_are_added_and_never_instead_of_known_ones(seed, found):
    adversary, service = Adversary([mode_of("unknown-members=5")], seed), Service()
    service.fixed["DescribeJobs"] = said(jobs=found)
    changed = jobs(call(adversary, service, "DescribeJobs", 0, jobs=["a"]))
    for was, now in zip(found, changed, strict=True):
        assert {name: now[name] for name in was if name not in ("container", "attempts")} == {
            name: was[name] for name in was if name not in ("container", "attempts")
        }
        assert not (now.keys() - was.keys()) & known_members()
        assert now.get("tags") == was.get("tags")
        if "container" in was:
            assert was["container"].items() <= now["container"].items()
        for attempt, shown in zip(was.get("attempts", []), now.get("attempts", []), strict=True):
            assert attempt.items() <= shown.items()


def shown(mode: str, record: dict[str, Any], operation: str = "DescribeJobs", tries: int = 60) -> list[dict[str, Any]]:
    adversary, service = Adversary([mode_of(mode)], 1), Service()
    service.fixed[operation] = said(**{"jobs" if operation == "DescribeJobs" else "jobSummaryList": [record]})
    return [jobs(call(adversary, service, operation, n, jobs=["a"]))[0] for n in range(tries)]


def test_unknown_members_are_at_every_level():
    record = {"jobId": "a", "container": {"exitCode": 0}, "attempts": [{"startedAt": 1}]}
    found = shown("unknown-members=3", record)
    assert any(job.keys() - record.keys() for job in found)
    assert any(job["container"].keys() - {"exitCode"} for job in found)
    assert any(job["attempts"][0].keys() - {"startedAt"} for job in found)


def test_what_a_job_does_not_have_is_absent_null_or_empty():
    found = shown("empty-members=0.5", {"jobId": "a", "jobName": "b", "status": "RUNNABLE", "attempts": []})
    for name, empty in (("attempts", []), ("dependsOn", []), ("tags", {}), ("parameters", {})):
        assert {str(job.get(name, "absent")) for job in found} == {"absent", "None", str(empty)}
    assert {str(job.get("startedAt", "absent")) for job in found} == {"absent", "None", "0"}
    assert {str(job.get("statusReason", "absent")) for job in found} == {"absent", "None"}


def test_what_a_job_has_and_what_it_must_have_stays():
    kept = {
        "jobId": "a",
        "jobName": "b",
        "status": "RUNNING",
        "startedAt": 3,
        "attempts": [{}],
        "tags": {"a": ""},
        "isTerminated": True,
    }
    for job in shown("empty-members=0.9", kept):
        assert kept.items() <= job.items()


def test_a_list_has_flags_only_when_they_are_true():
    """LIST-12: so there none is ever added, null or false."""
    for job in shown("empty-members=0.9", {"jobId": "a", "jobName": "b"}, "ListJobs"):
        assert not {"isCancelled", "isTerminated"} & job.keys()
    assert {
        str(job.get("isCancelled", "absent")) for job in shown("empty-members", {"jobId": "a", "isCancelled": False})
    } == {
        "absent",
        "False",
    }


def test_optional_members_are_those_of_botocores_model():
    assert "startedAt" not in optional("DescribeJobs")
    assert optional("DescribeJobs")["attempts"] == "list"
    assert optional("ListJobs")["status"] == "string"


def test_jobs_come_in_every_order():
    adversary, service = Adversary([mode_of("reordered")], 1), Service({job_id: [(0, "RUNNING")] for job_id in "abc"})
    orders = {
        "".join(job["jobId"] for job in jobs(call(adversary, service, "DescribeJobs", 0, jobs=list("abc"))))
        for _ in range(60)
    }
    assert len(orders) == 6
    members = {tuple(jobs(call(adversary, service, "DescribeJobs", 0, jobs=["a"]))[0]) for _ in range(60)}
    assert len(members) > 10


def test_a_filtered_list_keeps_its_order():
    """LIST-08: the newest first."""
    adversary, service = Adversary([mode_of("reordered")], 1), Service({job_id: [(0, "RUNNING")] for job_id in "abc"})
    filters = [{"name": "JOB_NAME", "values": ["job"]}]
    for _ in range(20):
        assert [
            job["jobId"] for job in jobs(call(adversary, service, "ListJobs", 0, jobQueue="q", filters=filters))
        ] == list("abc")


@pytest.mark.parametrize("name", ["x-amzn-ErrorType", "X-Amzn-Errortype"])
def test_an_errors_kind_and_text_are_still_to_be_found(name):
    """ERR-02; botocore reads the same code from it."""
    adversary, service = Adversary([mode_of("error-forms=0.9")], 1), Service()
    refusal = Answer(400, {"message": "Job name should match valid pattern"}, ((name, "ClientException"),))
    service.fixed["SubmitJob"] = refusal
    changed = [call(adversary, service, "SubmitJob", 0) for _ in range(20)]
    assert sum(answer.headers == ((name, "ClientException:http://batch.example/"),) for answer in changed) > 10
    for answer in changed:
        assert refusal.said["message"] in answer.said["message"]
        response = {
            "body": json.dumps(answer.said).encode(),
            "headers": {name.lower(): value for name, value in answer.headers},
            "status_code": 400,
        }
        parsed = create_parser("rest-json").parse(response, MODEL.operation_model("SubmitJob").output_shape)
        assert parsed["Error"]["Code"] == "ClientException"


def test_a_kind_that_has_an_address_keeps_it():
    adversary, service = Adversary([mode_of("error-forms=0.9")], 1), Service()
    service.fixed["SubmitJob"] = Answer(400, {"message": "x"}, (("x-amzn-errortype", "ClientException:http://a/"),))
    for _ in range(20):
        assert call(adversary, service, "SubmitJob", 0).headers == (("x-amzn-errortype", "ClientException:http://a/"),)


def test_describe_jobs_shows_flags_at_the_end_and_lists_show_them_at_once():
    flagged = {"jobId": "a", "status": "RUNNING", "isCancelled": True, "isTerminated": True}
    assert shown("flags-at-the-end", flagged)[0] == {"jobId": "a", "status": "RUNNING"}
    assert shown("flags-at-the-end", flagged, "ListJobs")[0] == flagged
    assert shown("flags-at-the-end", flagged | {"status": "FAILED"})[0] == flagged | {"status": "FAILED"}
