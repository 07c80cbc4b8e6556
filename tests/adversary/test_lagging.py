"""Reads that lag show what was true, not longer ago than they say; and unless they are to, they never go back."""

from __future__ import annotations

from typing import Any

import pytest
from adversary.playing import LIFE, Service, begin, call, finish, jobs, said
from hypothesis import given, settings
from hypothesis import strategies as st

from batchproof.conformance.adversary.composition import Adversary, mode_of

WITHIN_S = 2.0
IDS = ("a", "b", "c")


@st.composite
def lives(draw: st.DrawFn) -> dict[str, list[tuple[float, str]]]:
    """Some jobs, each with the times at which it moved on."""
    found = {}
    for job_id in draw(st.lists(st.sampled_from(IDS), min_size=1, unique=True)):
        times = sorted(
            draw(st.lists(st.floats(0, 12, allow_nan=False), min_size=len(LIFE), max_size=len(LIFE), unique=True))
        )
        found[job_id] = list(zip(times, LIFE, strict=True))
    return found


@st.composite
def reads(draw: st.DrawFn) -> list[tuple[float, str, dict[str, Any]]]:
    """Reads one after the other: how long after the last one, and what is asked."""
    listed = st.fixed_dictionaries({"jobQueue": st.just("q"), "jobStatus": st.sampled_from(LIFE)})
    named = st.just({"jobQueue": "q", "filters": [{"name": "JOB_NAME", "values": ["job"]}]})
    asked = st.one_of(
        st.tuples(st.just("DescribeJobs"), st.fixed_dictionaries({"jobs": st.just(list(IDS))})),
        st.tuples(st.just("ListJobs"), st.one_of(listed, named)),
    )
    found = draw(st.lists(st.tuples(st.floats(0, 1.5, allow_nan=False), asked), min_size=1, max_size=40))
    return [(pause_s, operation, members) for pause_s, (operation, members) in found]


def played(
    mode: str, seed: int, lives: Any, reads: Any, took_s: float = 0.0
) -> list[tuple[float, Any, list[dict[str, Any]]]]:
    """When each read ended, what it asked, and what it showed. Reads are also repeated, as the proxy does."""
    adversary, service, now_s, shown = Adversary([mode_of(mode)], seed), Service(lives), 0.0, []
    for pause_s, operation, asked in reads:
        for again in adversary.again(now_s):
            adversary.learn(again, service.answer(again, now_s), now_s)
        now_s += pause_s
        step = begin(adversary, operation, now_s, **asked)
        answer = adversary.leave(step, service.answer(step.request, now_s), now_s + took_s)
        now_s += took_s
        shown.append((now_s, asked, jobs(answer)))
    return shown


MODES = ["lagging-reads=2", "reads-go-back=0.5,within_s=2"]


@pytest.mark.parametrize("mode", MODES)
@given(st.integers(0, 99), lives(), reads())
def test_what_is_shown_was_true_not_long_ago(mode, seed, lives, reads):
    """Whole records: one that mixes two moments is found by `step`, which counts the moves."""
    service = Service(lives)
    for now_s, _, records in played(mode, seed, lives, reads):
        for shown in records:
            moments = {now_s, now_s - WITHIN_S, *(at_s for at_s, _ in lives[shown["jobId"]])}
            possible = [service.record(shown["jobId"], at_s) for at_s in moments if now_s - WITHIN_S <= at_s <= now_s]
            assert shown in possible


@settings(max_examples=300)
@given(st.integers(0, 99), lives(), reads(), st.sampled_from([0.0, 0.3]))
def test_lagging_reads_never_go_back(seed, lives, reads, took_s):
    """Neither DescribeJobs, nor ListJobs, nor the one after the other."""
    last: dict[str, int] = {}
    for _, _, records in played("lagging-reads=2", seed, lives, reads, took_s):
        for shown in records:
            assert shown["step"] >= last.get(shown["jobId"], 0)
            last[shown["jobId"]] = shown["step"]


@pytest.mark.parametrize("mode", MODES)
@given(st.integers(0, 99), lives(), reads())
def test_a_list_shows_only_the_status_that_was_asked_for(mode, seed, lives, reads):
    for _, asked, records in played(mode, seed, lives, reads):
        assert len({job["jobId"] for job in records}) == len(records)
        if "jobStatus" in asked:
            assert {job["status"] for job in records} <= {asked["jobStatus"]}


intervals = st.lists(
    st.tuples(st.floats(0, 6), st.floats(0, 2), st.floats(0, 1), st.sampled_from(["DescribeJobs", "ListJobs"])),
    max_size=12,
)


@settings(max_examples=300)
@given(st.integers(0, 99), st.sampled_from([0.5, 2.0, 60.0]), lives(), intervals)
def test_of_two_reads_that_do_not_overlap_the_later_one_shows_no_older_state(seed, within_s, lives, intervals):
    """Reads of several clients: each is answered by the service at some moment between its beginning and its end."""
    adversary, service, events = Adversary([mode_of(f"lagging-reads={within_s}")], seed), Service(lives), []
    for n, (at_s, takes_s, part, operation) in enumerate(intervals):
        events += [(at_s, 0, n, operation), (at_s + takes_s * part, 1, n, operation), (at_s + takes_s, 2, n, operation)]
    steps, answers, ended = dict[int, Any](), dict[int, Any](), list[tuple[float, float, dict[str, int]]]()
    for now_s, stage, n, operation in sorted(events):
        if stage == 0:
            filters = [{"name": "JOB_NAME", "values": ["job"]}]
            asked = {"jobs": list(IDS)} if operation == "DescribeJobs" else {"jobQueue": "q", "filters": filters}
            steps[n] = begin(adversary, operation, now_s, **asked)
        elif stage == 1:
            answers[n] = service.answer(steps[n].request, now_s)
        else:
            shown = {job["jobId"]: job["step"] for job in jobs(adversary.leave(steps[n], answers[n], now_s))}
            began_s = intervals[n][0]
            for _, until_s, before in ended:
                if until_s < began_s:
                    assert all(shown[job_id] >= before[job_id] for job_id in shown.keys() & before.keys())
            ended.append((began_s, now_s, shown))


@pytest.mark.parametrize("within_s", [0.2, 0.4, 60])
def test_reads_that_overlap_do_not_make_later_ones_go_back(within_s):
    """A read that began first and was answered last may be the older one: nothing is shown from it after the newer."""
    service = Service({"a": [(0, "RUNNABLE"), (1.05, "RUNNING")]})
    for seed in range(100):
        adversary = Adversary([mode_of(f"lagging-reads={within_s}")], seed)
        slow = begin(adversary, "DescribeJobs", 1.0, jobs=["a"])
        old = service.answer(slow.request, 1.0)
        quick = begin(adversary, "DescribeJobs", 1.1, jobs=["a"])
        shown = jobs(adversary.leave(quick, service.answer(quick.request, 1.1), 1.12))
        adversary.leave(slow, old, 1.14)
        for n in range(5):
            after = jobs(call(adversary, service, "DescribeJobs", 1.16 + n / 100, jobs=["a"]))
            assert after[0]["step"] >= shown[0]["step"]
            shown = after


def test_of_two_reads_that_overlap_the_one_that_ended_first_is_not_shown_again():
    """The one that ended last may be the newer one, and was shown."""
    service = Service({"a": [(0, "RUNNABLE"), (1.2, "RUNNING")]})
    for seed in range(300):
        adversary = Adversary([mode_of("lagging-reads=0.5")], seed)
        slow = begin(adversary, "DescribeJobs", 1.0, jobs=["a"])
        quick = begin(adversary, "DescribeJobs", 1.1, jobs=["a"])
        adversary.leave(quick, service.answer(quick.request, 1.1), 1.12)
        shown = jobs(adversary.leave(slow, service.answer(slow.request, 1.3), 1.35))
        after = jobs(call(adversary, service, "DescribeJobs", 1.4, jobs=["a"]))
        assert after[0]["step"] >= shown[0]["step"]


def test_two_sightings_of_the_same_moment_do_not_go_back():
    """The older one was shown last and ended when the newer one began: afterwards only the newer one may be shown again."""
    service = Service({"a": [(0, "RUNNABLE"), (5, "SUCCEEDED")]})
    for seed in range(100):
        adversary, shown = Adversary([mode_of("lagging-reads=2")], seed), []
        early = begin(adversary, "DescribeJobs", 4.7, jobs=["a"])
        shown += jobs(adversary.leave(early, service.answer(early.request, 4.7), 5.0))
        for now_s in (5.0, 5.0, 5.1, 5.1):
            shown += jobs(call(adversary, service, "DescribeJobs", now_s, jobs=["a"]))
        assert [job["step"] for job in shown] == sorted(job["step"] for job in shown)


def test_a_lag_is_seen():
    """Otherwise everything above would hold of a mode that does nothing."""
    service = Service({"a": [(0, "RUNNABLE"), (5, "SUCCEEDED")]})
    behind = 0
    for seed in range(20):
        adversary = Adversary([mode_of("lagging-reads=3")], seed)
        call(adversary, service, "DescribeJobs", 4.9, jobs=["a"])
        behind += jobs(call(adversary, service, "DescribeJobs", 6.0, jobs=["a"]))[0]["status"] == "RUNNABLE"
    assert 5 < behind < 20


def test_the_lag_ends():
    service = Service({"a": [(0, "RUNNABLE"), (5, "SUCCEEDED")]})
    adversary = Adversary([mode_of("lagging-reads=3")], 1)
    call(adversary, service, "DescribeJobs", 4.9, jobs=["a"])
    assert jobs(call(adversary, service, "DescribeJobs", 8.0, jobs=["a"]))[0]["status"] == "SUCCEEDED"


def test_reads_that_go_back_do():
    service = Service({"a": [(0, "RUNNABLE"), (5, "SUCCEEDED")]})
    adversary, steps = Adversary([mode_of("reads-go-back=0.3")], 1), []
    for n in range(40):
        steps.append(jobs(call(adversary, service, "DescribeJobs", 4.0 + n * 0.1, jobs=["a"]))[0]["step"])
    assert steps != sorted(steps)
    assert steps[-1] == 2


def test_what_clients_read_is_read_again_so_that_older_states_are_known():
    """A client that asks every 10 s gets reads that lag all the same."""
    service, behind = Service({"a": [(0, "RUNNABLE"), (19, "SUCCEEDED")]}), 0
    for seed in range(20):
        adversary = Adversary([mode_of("lagging-reads=3")], seed)
        assert adversary.reads_ahead_s == pytest.approx(0.75)
        call(adversary, service, "DescribeJobs", 10, jobs=["a"])
        for n in range(40, 80):
            for again in adversary.again(n / 4):
                adversary.learn(again, service.answer(again, n / 4), n / 4)
        behind += jobs(call(adversary, service, "DescribeJobs", 20, jobs=["a"]))[0]["status"] == "RUNNABLE"
    assert behind > 5


def test_nothing_is_read_again_for_a_client_that_has_left_is_refused_or_asks_itself():
    adversary = Adversary([mode_of("lagging-reads=3")])
    call(adversary, Service(), "DescribeJobs", 0, jobs=["a"])
    assert adversary.again(0.5) == []  # it has just asked itself
    assert len(adversary.again(29)) == 1
    assert adversary.again(31) == []
    call(adversary, Service(), "DescribeJobs", 40, jobs=["a"])
    (again,) = adversary.again(41)
    refused = said(message="The signature is too old")
    adversary.learn(again, type(refused)(403, refused.said), 41)
    assert adversary.again(41) == []


def test_a_job_that_has_left_a_list_is_still_shown_there():
    """And may be missing from the one in which it is now (LIST-11)."""
    service, still = Service({"a": [(0, "RUNNING"), (5, "SUCCEEDED")]}), 0
    for seed in range(20):
        adversary = Adversary([mode_of("lagging-reads=3")], seed)
        shown = {}
        for now_s in (4.9, 6.0):
            for status in ("RUNNING", "SUCCEEDED"):
                found = jobs(call(adversary, service, "ListJobs", now_s, jobQueue="q", jobStatus=status))
                shown[now_s, status] = [job["status"] for job in found]
        assert shown[4.9, "RUNNING"] == ["RUNNING"]
        assert shown[6.0, "SUCCEEDED"] in ([], ["SUCCEEDED"])
        still += shown[6.0, "RUNNING"] == ["RUNNING"]
    assert still > 5


def test_a_job_that_left_is_put_in_only_as_what_was_asked_for():
    service = Service({"a": [(0, "RUNNABLE"), (2, "RUNNING"), (3, "SUCCEEDED")]})
    for seed in range(200):
        adversary = Adversary([mode_of("lagging-reads=3")], seed)
        for now_s, status in ((1.9, "RUNNABLE"), (2.1, "RUNNING"), (3.5, "RUNNABLE")):
            found = jobs(call(adversary, service, "ListJobs", now_s, jobQueue="q", jobStatus=status))
            assert {job["status"] for job in found} <= {status}


def test_a_job_on_another_page_is_not_put_in_as_if_it_had_left():
    service = Service({f"j{n}": [(0, "RUNNING")] for n in range(9)})
    for seed in range(10):
        adversary = Adversary([mode_of("lagging-reads=60")], seed)
        for now_s in range(5):
            found, token = [], {}
            for _ in range(3):
                answer = call(adversary, service, "ListJobs", now_s, jobQueue="q", maxResults=4, **token)
                found += [job["jobId"] for job in jobs(answer)]
                token = {"nextToken": answer.said.get("nextToken")}
            assert found == list(service.lives)


def test_a_page_is_not_made_longer_than_was_asked_for():
    service = Service({f"j{n}": [(0, "RUNNING"), (5 if n < 5 else 99, "SUCCEEDED")] for n in range(10)})
    for seed in range(20):
        adversary = Adversary([mode_of("lagging-reads=10")], seed)
        call(adversary, service, "ListJobs", 4, jobQueue="q", jobStatus="RUNNING")
        shown = jobs(call(adversary, service, "ListJobs", 6, jobQueue="q", jobStatus="RUNNING", maxResults=6))
        assert 5 <= len(shown) <= 6


@given(st.integers(0, 99), st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=30))
def test_a_new_job_is_unknown_for_a_while_then_known_for_good(seed, pauses):
    """And only to reads: a call on it reaches the service (ST-20)."""
    adversary = Adversary([mode_of("new-jobs-unknown=3")], seed)
    service = Service({"new": [(0, "RUNNING")], "new:0": [(0, "RUNNING")], "old": [(0, "RUNNING")]})
    service.fixed["SubmitJob"] = said(jobId="new")
    call(adversary, service, "SubmitJob", 1)
    now_s, known = 1.0, False
    for pause_s in pauses:
        now_s += pause_s
        shown = {
            job["jobId"] for job in jobs(call(adversary, service, "DescribeJobs", now_s, jobs=["new", "new:0", "old"]))
        }
        listed = {job["jobId"] for job in jobs(call(adversary, service, "ListJobs", now_s, jobQueue="q"))}
        assert shown == listed
        assert shown in ({"old"}, {"new", "new:0", "old"})
        assert ("new" in shown) >= known
        known = "new" in shown
        assert known or now_s < 4
        call(adversary, service, "TerminateJob", now_s, jobId="new", reason="enough")
        assert service.asked[-1].operation == "TerminateJob"


def test_a_new_job_is_unknown_at_first():
    service = Service({"new": [(0, "RUNNING")]})
    service.fixed["SubmitJob"] = said(jobId="new")
    adversary = Adversary([mode_of("new-jobs-unknown=3")], 1)
    call(adversary, service, "SubmitJob", 1)
    assert jobs(call(adversary, service, "DescribeJobs", 1.01, jobs=["new"])) == []


def test_several_new_jobs_are_unknown_each_for_its_own_time():
    service = Service({f"j{n}": [(0, "RUNNING")] for n in range(20)})
    adversary = Adversary([mode_of("new-jobs-unknown=3")], 1)
    for job_id in service.lives:
        service.fixed["SubmitJob"] = said(jobId=job_id)
        call(adversary, service, "SubmitJob", 1)
    known = [
        len(jobs(call(adversary, service, "DescribeJobs", now_s, jobs=list(service.lives))))
        for now_s in (1.001, 2.5, 4)
    ]
    assert known[0] == 0
    assert 3 < known[1] < 17
    assert known[2] == 20


def test_a_job_that_a_list_showed_before_its_id_was_told_stays_known():
    service = Service({"new": [(0, "RUNNING")]})
    service.fixed["SubmitJob"] = said(jobId="new")
    adversary = Adversary([mode_of("new-jobs-unknown=3")], 1)
    submitting = begin(adversary, "SubmitJob", 1)
    assert len(jobs(call(adversary, service, "ListJobs", 1.1, jobQueue="q"))) == 1
    finish(adversary, service, submitting, 1.2)
    assert len(jobs(call(adversary, service, "DescribeJobs", 1.3, jobs=["new"]))) == 1


def test_counts_of_an_array_lag_until_it_has_ended():
    adversary, service = Adversary([mode_of("lagging-counts=5")]), Service()

    def read(now_s: float, status: str, running: int) -> dict[str, Any]:
        parent = {"jobId": "a", "status": status, "arrayProperties": {"size": 4, "statusSummary": {"RUNNING": running}}}
        service.fixed["DescribeJobs"] = said(jobs=[parent])
        return jobs(call(adversary, service, "DescribeJobs", now_s, jobs=["a"]))[0]

    assert read(0, "PENDING", 1)["arrayProperties"]["statusSummary"] == {"RUNNING": 1}
    late = read(3, "PENDING", 4)
    assert late["arrayProperties"] == {"size": 4, "statusSummary": {"RUNNING": 1}}
    assert late["status"] == "PENDING"
    assert read(4, "FAILED", 0)["arrayProperties"]["statusSummary"] == {"RUNNING": 0}
    assert read(9, "PENDING", 3)["arrayProperties"]["statusSummary"] == {"RUNNING": 0}


def test_memory_is_bounded():
    """Of a job that does not move, polled for an hour, hardly anything is kept."""
    mode = mode_of("lagging-reads=60")
    adversary, service = Adversary([mode]), Service({"a": [(0, "RUNNING")]})
    for n in range(3600):
        call(adversary, service, "DescribeJobs", n, jobs=["a"])
    assert len(list(mode._seen.of("DescribeJobs", "a", 3600))) <= 2
    call(adversary, service, "DescribeJobs", 9000, jobs=["b"])
    assert mode._seen._by_job.keys() == set()
    assert mode._last == {}
