"""Array jobs as clients meet them."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def done(server):
    """An array of two, the second of which fails at both of its attempts."""
    command = (
        "sh",
        "-c",
        "echo $AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE; exit $AWS_BATCH_JOB_ARRAY_INDEX",
    )
    parent = server.submit(*command, arrayProperties={"size": 2}, retryStrategy={"attempts": 2})
    server.wait(parent)
    return parent


def test_a_parent_sums_up_its_children(server, done):
    parent = server.describe(done)
    none = dict.fromkeys(("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"), 0)

    assert parent["arrayProperties"] == {"size": 2, "statusSummary": {**none, "SUCCEEDED": 1, "FAILED": 1}}
    assert (parent["status"], parent["statusReason"]) == ("FAILED", "Array Child Job failed")
    assert parent["attempts"] == []
    assert "startedAt" not in parent


def test_children_are_described_by_their_index(server, done):
    jobs = server.batch.describe_jobs(jobs=[f"{done}:0", f"{done}:1", f"{done}:2", f"{done}:01"])["jobs"]

    assert [(job["jobId"], job["arrayProperties"], job["status"]) for job in jobs] == [
        (f"{done}:0", {"index": 0}, "SUCCEEDED"),
        (f"{done}:1", {"index": 1}, "FAILED"),
    ]
    assert jobs[0]["jobArn"].endswith(f":job/{done}:0")
    assert [len(job["attempts"]) for job in jobs] == [1, 2], "children are retried each on its own (RETRY-33)"


def test_children_know_their_index_and_the_size(server, done):
    assert (server.output(f"{done}:0"), server.output(f"{done}:1", attempt=2)) == ("0 of 2\n", "1 of 2\n")


def test_children_are_listed_by_their_array_and_not_by_their_queue(server, done):
    def listed(**members):
        return [job["jobId"] for job in server.batch.list_jobs(**members)["jobSummaryList"]]

    assert listed(arrayJobId=done) == [], "only RUNNING ones unless asked otherwise (ARR-14)"
    assert listed(arrayJobId=done, jobStatus="SUCCEEDED") == [f"{done}:0"]
    assert listed(arrayJobId=done, jobStatus="FAILED") == [f"{done}:1"]
    assert listed(arrayJobId="no-such-array", jobStatus="FAILED") == []
    in_queue = listed(jobQueue="quickstart", filters=[{"name": "JOB_NAME", "values": ["*"]}])
    assert done in in_queue
    assert not [job for job in in_queue if ":" in job]


def test_a_summary_of_a_parent_and_of_a_child_say_what_they_are(server, done):
    (child,) = server.batch.list_jobs(arrayJobId=done, jobStatus="FAILED")["jobSummaryList"]
    failed = server.batch.list_jobs(jobQueue="quickstart", jobStatus="FAILED")["jobSummaryList"]
    (parent,) = [job for job in failed if job["jobId"] == done]

    assert child["arrayProperties"] == {"index": 1}
    assert (parent["arrayProperties"]["size"], parent["arrayProperties"]["statusSummary"]["FAILED"]) == (2, 1)


def test_an_array_of_ten_thousand_is_submitted_and_ended_while_the_server_goes_on_answering(server):
    parent = server.submit("sleep", "60", arrayProperties={"size": 10_000})
    assert sum(server.describe(parent)["arrayProperties"]["statusSummary"].values()) == 10_000
    waiting = server.batch.list_jobs(arrayJobId=parent, jobStatus="RUNNABLE", maxResults=1000)
    assert (len(waiting["jobSummaryList"]), "nextToken" in waiting) == (1000, True)
    server.batch.terminate_job(jobId=parent, reason="enough")

    ended = server.wait(parent)
    assert (ended["statusReason"], ended["arrayProperties"]["statusSummary"]["FAILED"]) == ("enough", 10_000)


def test_a_job_may_wait_for_one_child_and_be_sequential_to_a_job_as_real_ones_show_it(server):
    parent = server.submit("true", arrayProperties={"size": 2})
    after = [{"jobId": f"{parent}:1"}, {"jobId": parent, "type": "SEQUENTIAL"}]
    job = server.submit("true", dependsOn=after)

    assert server.wait(job)["status"] == "SUCCEEDED"
    assert server.describe(job)["dependsOn"] == after


def test_arrays_of_two_sizes_cannot_wait_for_each_other_child_by_child(server, done):
    with pytest.raises(
        server.batch.exceptions.ClientException, match="is an array of size 2: both must be arrays of size 3"
    ):
        server.submit("true", arrayProperties={"size": 3}, dependsOn=[{"jobId": done, "type": "N_TO_N"}])
    with pytest.raises(server.batch.exceptions.ClientException, match="is no array"):
        server.submit("true", arrayProperties={"size": 2}, dependsOn=[{"jobId": f"{done}:0", "type": "N_TO_N"}])
