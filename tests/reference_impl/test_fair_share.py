"""Queues with a scheduling policy: whose job goes next (Q-07, Q-08), and the snapshot of it (Q-10)."""

from __future__ import annotations

import pytest

from batchproof.reference_impl.deciding.scheduling.scheduler import Line
from batchproof.reference_impl.deciding.scheduling.shares import Distribution


def line(*jobs: tuple[str, str, int], weights=None, decay_ms: int = 0) -> Line:
    made = Line()
    made.distribution = Distribution(decay_ms, weights or {})
    for ordinal, (job_id, share, priority) in enumerate(jobs):
        made.add(job_id, ordinal, retried=False, share=share, priority=priority, now_ms=ordinal)
    return made


def order_of(made: Line, mcpus: int = 1000) -> list[str]:
    """The order in which the jobs go when each is placed at once and none ends."""
    found = []
    while (head := made.head()) is not None:
        share = made._waiting[head.job_id].share
        made.discard(head.job_id)
        made.use(share, mcpus, 0)
        found.append(head.job_id)
    return found


def test_shares_take_turns_whatever_was_submitted_first():
    jobs = [("a1", "a", 0), ("a2", "a", 0), ("a3", "a", 0), ("b1", "b", 0), ("b2", "b", 0)]
    assert order_of(line(*jobs)) == ["a1", "b1", "a2", "b2", "a3"]


def test_a_smaller_weight_gets_more():
    jobs = [*((f"a{n}", "a", 0) for n in range(4)), *((f"b{n}", "b", 0) for n in range(2))]
    assert order_of(line(*jobs, weights={"a": 0.5})) == ["a0", "b0", "a1", "a2", "b1", "a3"]


def test_within_a_share_priority_decides_then_retries_then_submission():
    made = line(("low", "a", 1), ("high", "a", 9), ("also high", "a", 9))
    made.add("retried", 9, retried=True, share="a", priority=9)
    assert order_of(made) == ["retried", "high", "also high", "low"]


def test_the_front_is_the_order_in_which_jobs_go_and_says_since_when():
    jobs = [("a1", "a", 0), ("a2", "a", 0), ("b1", "b", 0), ("b2", "b", 5)]
    made = line(*jobs)
    assert made.head(now_ms=3).job_id == "a1"
    assert made.front(100, lambda job_id: 1000, now_ms=9) == [("a1", 3), ("b2", 3), ("a2", 1), ("b1", 2)]
    made.discard("a1", now_ms=20)
    assert made.front(2, lambda job_id: 1000, now_ms=30) == [("a2", 20), ("b2", 20)]
    assert order_of(line(*jobs)) == ["a1", "b2", "a2", "b1"]


def test_past_use_counts_less_and_less_with_a_decay_and_not_at_all_without():
    for decay_ms, first in ((600_000, "b1"), (0, "a1")):
        made = line(("a1", "a", 0), ("b1", "b", 0), decay_ms=decay_ms)
        made.use("a", 1000, 0)
        made.use("a", -1000, 60_000)
        assert made.head(now_ms=60_000).job_id == first, decay_ms
    made = line(("a1", "a", 0), ("b1", "b", 0), decay_ms=1000)
    made.use("a", 4000, 0)
    made.use("a", -4000, 1000)
    made.use("b", 1000, 1000)
    assert [made.head(now_ms=at_ms).job_id for at_ms in (1000, 9000)] == ["b1", "a1"]


@pytest.fixture(scope="module")
def fair(server):
    """A queue for one job at a time whose room is taken, with a policy."""
    batch = server.batch
    policy = batch.create_scheduling_policy(
        name="fair", fairsharePolicy={"shareDistribution": [{"shareIdentifier": "night*", "weightFactor": 10.0}]}
    )["arn"]
    batch.create_compute_environment(computeEnvironmentName="fair", type="UNMANAGED", unmanagedvCpus=1)
    batch.create_job_queue(
        jobQueueName="fair",
        priority=1,
        schedulingPolicyArn=policy,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "fair"}],
    )
    return policy


def test_a_fair_share_queue_places_by_share_and_shows_its_front(server, fair):
    first = server.submit("sleep", "60", queue="fair", shareIdentifier="day")
    server.wait(first, "RUNNING")
    day = [server.submit("true", queue="fair", shareIdentifier="day") for _ in range(2)]
    night = server.submit("true", queue="fair", shareIdentifier="night1", schedulingPriorityOverride=7)
    job = server.describe(night)
    assert (job["shareIdentifier"], job["schedulingPriority"]) == ("night1", 7)

    reply = server.batch.get_job_queue_snapshot(jobQueue="fair")
    arns = [entry["jobArn"].rpartition("/")[2] for entry in reply["frontOfQueue"]["jobs"]]
    assert arns == [night, *day]
    times = [entry["earliestTimeAtPosition"] for entry in reply["frontOfQueue"]["jobs"]]
    assert all(job["createdAt"] - 60_000 < at_ms <= reply["frontOfQueue"]["lastUpdatedAt"] for at_ms in times)
    assert reply["queueUtilization"]["fairshareUtilization"]["topCapacityUtilization"] == [
        {"shareIdentifier": "day", "capacityUsage": [{"capacityUnit": "VCPU", "quantity": 1.0}]}
    ]

    def found(**members):
        only = [{"name": "SHARE_IDENTIFIER", "values": ["day"]}]
        jobs = server.batch.list_jobs(jobQueue="fair", filters=only, **members)["jobSummaryList"]
        return [(job["jobId"], job["shareIdentifier"]) for job in jobs]

    assert found() == [(job_id, "day") for job_id in (day[1], day[0], first)]
    assert found(jobStatus="RUNNING") == [(first, "day")]  # LIST-03
    server.batch.terminate_job(jobId=first, reason="seen enough")
    assert {server.wait(job_id)["status"] for job_id in (night, *day)} == {"SUCCEEDED"}


def test_a_policy_is_described_listed_changed_and_kept_while_it_is_used(server, fair):
    batch = server.batch
    (shown,) = batch.describe_scheduling_policies(arns=[fair, "arn:aws:batch:us-east-1:1:none"])["schedulingPolicies"]
    assert (shown["name"], shown["arn"], shown["tags"]) == ("fair", fair, {})
    assert fair in [entry["arn"] for entry in batch.list_scheduling_policies()["schedulingPolicies"]]
    assert batch.describe_job_queues(jobQueues=["fair"])["jobQueues"][0]["schedulingPolicyArn"] == fair
    with pytest.raises(batch.exceptions.ClientException, match="found existing JobQueue relationship"):
        batch.delete_scheduling_policy(arn=fair)
    batch.update_scheduling_policy(arn=fair, fairsharePolicy={"shareDecaySeconds": 3600})
    (shown,) = batch.describe_scheduling_policies(arns=[fair])["schedulingPolicies"]
    assert shown["fairsharePolicy"] == {"shareDecaySeconds": 3600}

    other = batch.create_scheduling_policy(name="unused", tags={"a": "b"})["arn"]
    batch.update_job_queue(jobQueue="fair", schedulingPolicyArn=other)
    batch.update_job_queue(jobQueue="fair", schedulingPolicyArn=fair)
    batch.tag_resource(resourceArn=other, tags={"c": "d"})
    assert batch.list_tags_for_resource(resourceArn=other)["tags"] == {"a": "b", "c": "d"}
    batch.delete_scheduling_policy(arn=other)
    assert batch.describe_scheduling_policies(arns=[other])["schedulingPolicies"] == []


def test_a_share_identifier_may_end_with_an_asterisk(server, fair):
    """SubmitJob documents it: up to 255 letters and digits, and a `*` behind (Q-08)."""
    job = server.submit("true", queue="fair", shareIdentifier="night*")
    assert server.wait(job)["shareIdentifier"] == "night*"
    with pytest.raises(server.batch.exceptions.ClientException, match=r"shareIdentifier is 'n\*ght'"):
        server.submit("true", queue="fair", shareIdentifier="n*ght")


def test_no_more_than_500_shares_are_active(server, fair):
    first = server.submit("sleep", "60", queue="fair", shareIdentifier="s0")
    server.wait(first, "RUNNING")
    others = [server.submit("true", queue="fair", shareIdentifier=f"s{n}") for n in range(1, 500)]
    with pytest.raises(server.batch.exceptions.ClientException, match="500 others are active in fair already"):
        server.submit("true", queue="fair", shareIdentifier="oneMore")
    server.submit("true", queue="fair", shareIdentifier="s1")
    for at in range(0, len(others), 50):
        server.batch.terminate_jobs(jobs=others[at : at + 50], reason="seen enough")
    server.batch.terminate_job(jobId=first, reason="seen enough")
    assert server.wait(server.submit("true", queue="fair", shareIdentifier="oneMore"))["status"] == "SUCCEEDED"
