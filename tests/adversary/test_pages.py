"""Short and empty pages: every record once over all of them, tokens that last, and an end."""

from __future__ import annotations

from typing import Any

import pytest
from adversary.playing import Service, begin, call, jobs, said
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.adversary.composition import Adversary, mode_of
from batchproof.conformance.adversary.exchange import Answer
from batchproof.conformance.adversary.shapes import JOBS, pages


def listing(adversary: Adversary, service: Service, **asked: Any) -> list[list[str]]:
    """The ids on each page, from the first to the last."""
    found, token = [], {}
    while len(found) < 1000:
        answer = call(adversary, service, "ListJobs", 0, jobQueue="q", **asked, **token)
        assert isinstance(answer, Answer)
        found.append([job["jobId"] for job in jobs(answer)])
        if answer.said.get("nextToken") is None:
            return found
        token = {"nextToken": answer.said["nextToken"]}
    raise AssertionError("no end after 1000 pages")


def running(count: int) -> Service:
    return Service({f"j{n}": [(0, "RUNNING")] for n in range(count)})


@given(
    st.integers(0, 99),
    st.integers(0, 40),
    st.integers(1, 10),
    st.sampled_from([0.0, 0.5, 0.9]),
    st.sampled_from([None, 4, 50]),
)
def test_every_job_is_listed_exactly_once_over_all_pages(seed, count, up_to, empty, most):
    """In the service's own order, on pages that are no longer than was asked for."""
    adversary, service = Adversary([mode_of(f"short-pages={up_to},empty={empty}")], seed), running(count)
    found = listing(adversary, service, **({} if most is None else {"maxResults": most}))
    assert [job_id for page in found for job_id in page] == list(service.lives)
    assert all(len(page) <= min(up_to, most or up_to) for page in found)


def test_never_more_than_two_empty_pages_in_a_row():
    """A client that goes on comes to an end in a bounded number of calls."""
    most = 0
    for seed in range(20):
        row = 0
        for page in listing(Adversary([mode_of("short-pages=1,empty=0.9")], seed), running(10)):
            row = 0 if page else row + 1
            most = max(most, row)
    assert most == 2


@given(st.integers(0, 99), st.data())
def test_listings_at_once_do_not_disturb_each_other(seed, data):
    """Also of different queues and statuses, whose tokens are told apart by nobody but us."""
    adversary, service = Adversary([mode_of("short-pages=2,empty=0.3")], seed), running(9)
    service.lives |= {f"k{n}": [(0, "FAILED")] for n in range(7)}
    open_, found = {"RUNNING": {}, "FAILED": {}, "RUNNING again": {}}, dict[str, list[str]]()
    while open_:
        which = data.draw(st.sampled_from(sorted(open_)))
        asked = {"jobQueue": "q", "jobStatus": which.split()[0], "maxResults": 5}
        answer = call(adversary, service, "ListJobs", 0, **asked, **open_[which])
        found.setdefault(which, []).extend(job["jobId"] for job in jobs(answer))
        token = answer.said.get("nextToken")
        if token is None:
            del open_[which]
        else:
            open_[which] = {"nextToken": token}
    assert found["RUNNING"] == found["RUNNING again"] == [f"j{n}" for n in range(9)]
    assert found["FAILED"] == [f"k{n}" for n in range(7)]


def test_a_token_may_be_used_again():
    """A client whose answer was lost asks again for the same page."""
    adversary, service = Adversary([mode_of("short-pages=2,empty=0")], 1), running(12)
    first = call(adversary, service, "ListJobs", 0, jobQueue="q")
    token, seen = first.said["nextToken"], [job["jobId"] for job in jobs(first)]
    for _ in range(3):
        again = [job["jobId"] for job in jobs(call(adversary, service, "ListJobs", 0, jobQueue="q", nextToken=token))]
        assert not set(again) & set(seen)
        assert again[0] == f"j{len(seen)}"


def test_a_page_is_no_longer_than_this_call_asked_for():
    """A client may ask for fewer on a later page, and the service is asked for its first one again."""
    for seed in range(20):
        adversary, service = Adversary([mode_of("short-pages=5,empty=0")], seed), running(30)
        token = call(adversary, service, "ListJobs", 0, jobQueue="q", maxResults=20).said["nextToken"]
        assert len(jobs(call(adversary, service, "ListJobs", 0, jobQueue="q", maxResults=1, nextToken=token))) == 1


def test_what_is_on_a_later_page_is_as_it_is_then():
    """Pages are not kept: short pages alone make no read lag."""
    adversary, service = Adversary([mode_of("short-pages=1,empty=0")], 1), Service()
    service.lives = {"a": [(0, "RUNNING")], "b": [(0, "RUNNING"), (5, "FAILED")]}
    filters = [{"name": "JOB_NAME", "values": ["job"]}]
    first = call(adversary, service, "ListJobs", 1, jobQueue="q", filters=filters)
    second = call(adversary, service, "ListJobs", 6, jobQueue="q", filters=filters, nextToken=first.said["nextToken"])
    assert [(job["jobId"], job["status"]) for job in jobs(second)] == [("b", "FAILED")]


def test_the_service_is_asked_by_the_very_request_that_gave_the_page():
    """So that a signature fits, which covers the body."""
    adversary, service = Adversary([mode_of("short-pages=1,empty=0")], 1), running(6)
    first = call(adversary, service, "ListJobs", 0, jobQueue="q", maxResults=3)
    call(adversary, service, "ListJobs", 0, jobQueue="q", maxResults=3, nextToken=first.said["nextToken"])
    assert [request.asked for request in service.asked] == [{"jobQueue": "q", "maxResults": 3}] * 2


def test_a_token_that_is_not_ours_or_of_another_listing_is_the_services_matter():
    adversary, service = Adversary([mode_of("short-pages=1,empty=0")], 1), running(6)
    token = call(adversary, service, "ListJobs", 0, jobQueue="q").said["nextToken"]
    for asked in ({"jobQueue": "q", "nextToken": "adversary-99"}, {"jobQueue": "other", "nextToken": token}):
        assert begin(adversary, "ListJobs", 0, **asked).request.asked == asked


def test_a_job_that_left_the_list_is_not_on_its_rest_and_a_new_one_may_be():
    adversary, service = Adversary([mode_of("short-pages=1,empty=0")], 1), Service()
    service.lives = {"a": [(0, "RUNNING")], "b": [(0, "RUNNING")], "c": [(0, "RUNNING")]}
    token = call(adversary, service, "ListJobs", 0, jobQueue="q").said["nextToken"]
    service.lives = {"new": [(0, "RUNNING")], "a": [(0, "RUNNING")], "c": [(0, "RUNNING")]}
    rest = []
    while token is not None:
        answer = call(adversary, service, "ListJobs", 0, jobQueue="q", nextToken=token)
        rest += [job["jobId"] for job in jobs(answer)]
        token = answer.said.get("nextToken")
    assert rest == ["new", "c"]


@pytest.mark.parametrize("operation", sorted(pages()))
def test_every_operation_with_pages_has_short_ones(operation):
    """The member that names a record is found in botocore's model; none of them is shared by two records."""
    member, key = pages()[operation]
    records = [
        {key: f"arn:{n}", "jobQueueArn" if key != "jobQueueArn" else "schedulingPolicyArn": "arn:x"} for n in range(5)
    ]
    adversary, service = Adversary([mode_of("short-pages=2")], 3), Service()
    service.fixed[operation] = said(**{member: records})
    found, token = [], {}
    for _ in range(40):
        answer = call(adversary, service, operation, 0, **token)
        found += answer.said[member]
        token = {"nextToken": answer.said.get("nextToken")}
        if token["nextToken"] is None:
            break
    assert found == records


def test_reads_of_jobs_are_known_to_come_in_pages_or_not():
    assert set(JOBS) & set(pages()) == {"ListJobs"}
    assert {paged.key for paged in pages().values()} >= {"jobId", "jobQueueArn", "jobDefinitionArn", "arn"}
