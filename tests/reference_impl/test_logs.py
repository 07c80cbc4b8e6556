"""CloudWatch Logs through an unmodified boto3, on the output of real jobs."""

from __future__ import annotations

import asyncio
import random

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from batchproof.reference_impl.logs.patterns import matcher
from batchproof.reference_impl.logs.streams import Source, Streams
from batchproof.reference_impl.running import job_folders
from batchproof.reference_impl.running.output import Outputs

GROUP = "/aws/batch/job"


@pytest.fixture(scope="module")
def logs(server):
    return boto3.client(
        "logs",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def messages(reply):
    return [event["message"] for event in reply["events"]]


def test_a_stream_is_read_from_its_head_page_by_page_until_the_token_stays_the_same(server, logs):
    job = server.wait(server.submit("sh", "-c", "for n in 1 2 3 4 5; do echo line $n; done; printf end"))
    stream = job["container"]["logStreamName"]
    assert stream == f"quickstart/default/{job['jobId']}"

    seen, token = [], {}
    for _ in range(10):
        page = logs.get_log_events(
            logGroupName=GROUP, logStreamName=stream, limit=2, **token or {"startFromHead": True}
        )
        seen += messages(page)
        if token == {"nextToken": page["nextForwardToken"]}:
            break
        token = {"nextToken": page["nextForwardToken"]}
    assert seen == ["line 1", "line 2", "line 3", "line 4", "line 5", "end"]

    tail = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=2)
    assert messages(tail) == ["line 5", "end"]
    before = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=9, nextToken=tail["nextBackwardToken"])
    assert messages(before) == ["line 1", "line 2", "line 3", "line 4"]
    first = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, nextToken=before["nextBackwardToken"])
    assert first["nextBackwardToken"] == before["nextBackwardToken"]
    assert messages(first) == []


def test_the_output_of_a_running_job_can_be_followed(server, logs):
    """A line that is not finished yet is not shown, and is shown whole later: no client sees half a line."""
    job_id = server.submit("sh", "-c", "echo one; printf tw; while [ ! -e go ]; do sleep 0.02; done; echo o")
    stream = server.wait(job_id, "RUNNING")["container"]["logStreamName"]
    server.wait_for_output(job_id, "tw")
    page = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)
    assert messages(page) == ["one"]
    (server.data / "jobs" / job_id / "1" / "work" / "go").touch()
    server.wait(job_id)

    more = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, nextToken=page["nextForwardToken"])
    assert messages(more) == ["two"]
    (one,), (two,) = page["events"], more["events"]
    assert one["timestamp"] <= two["timestamp"]
    later = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)
    assert later["events"][0] == one, "a line keeps the time it was shown with"
    since = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startTime=one["timestamp"] + 1)
    assert messages(since) == (["two"] if two["timestamp"] > one["timestamp"] else [])
    until = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, endTime=one["timestamp"])
    assert messages(until) == []


def test_each_attempt_has_its_own_stream(server, logs):
    job = server.wait(
        server.submit("sh", "-c", "echo attempt $AWS_BATCH_JOB_ATTEMPT; exit 1", retryStrategy={"attempts": 2})
    )
    streams = [attempt["container"]["logStreamName"] for attempt in job["attempts"]]
    assert streams == [f"quickstart/default/{job['jobId']}", f"quickstart/default/{job['jobId']}/2"]
    assert [messages(logs.get_log_events(logGroupName=GROUP, logStreamName=name)) for name in streams] == [
        ["attempt 1"],
        ["attempt 2"],
    ]
    found = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=streams[0])["logStreams"]
    assert [stream["logStreamName"] for stream in found] == streams
    assert found[0]["firstEventTimestamp"] <= found[0]["lastEventTimestamp"]
    by_pages = logs.get_paginator("describe_log_streams").paginate(
        logGroupName=GROUP, logStreamNamePrefix=streams[0], PaginationConfig={"PageSize": 1}
    )
    assert [stream["logStreamName"] for page in by_pages for stream in page["logStreams"]] == streams


def test_events_are_searched_over_streams_by_terms_and_in_pages(server, logs):
    jobs = [
        server.wait(server.submit("sh", "-c", f"echo plain; echo; echo ERROR {n}; echo 'ERROR known'"))
        for n in range(3)
    ]
    names = [job["container"]["logStreamName"] for job in jobs]
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP,
        logStreamNames=[*names, "no/such/stream"],
        filterPattern='ERROR -"known"',
        PaginationConfig={"PageSize": 2},
    )
    found = [(event["logStreamName"], event["message"]) for page in pages for event in page["events"]]
    assert found == [(name, f"ERROR {n}") for n, name in enumerate(names)]
    events = logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix=names[0])["events"]
    assert messages({"events": events}) == ["plain", "ERROR 0", "ERROR known"]
    assert len({event["eventId"] for event in events}) == 3


def test_the_one_group_is_described(server, logs):
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/batch")["logGroups"]
    assert (group["logGroupName"], group["arn"]) == (GROUP, f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*")
    by_arn = logs.describe_log_streams(logGroupIdentifier=group["logGroupArn"], limit=1)
    assert len(by_arn["logStreams"]) <= 1


@pytest.mark.parametrize(
    ("call", "members", "code", "message"),
    [
        ("get_log_events", {"logStreamName": "quickstart/default/none"}, "ResourceNotFoundException", "log stream"),
        ("get_log_events", {"logGroupName": "/x", "logStreamName": "a"}, "ResourceNotFoundException", "log group"),
        ("get_log_events", {"logStreamName": "a", "limit": 10_001}, "InvalidParameterException", "limit is 10001"),
        ("filter_log_events", {"filterPattern": "{ $.a = 1 }"}, "InvalidParameterException", "only terms"),
        ("filter_log_events", {"nextToken": "mine"}, "InvalidParameterException", "nextToken is 'mine'"),
        ("describe_log_streams", {"orderBy": "LastEventTime", "logStreamNamePrefix": "a"}, "InvalidParameterException", "prefix"),
        ("put_log_events", {"logStreamName": "a", "logEvents": [{"timestamp": 0, "message": "m"}]}, "NotImplementedException", "PutLogEvents"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_as_cloudwatch_logs_does(server, logs, call, members, code, message):
    with pytest.raises(ClientError) as refused:
        getattr(logs, call)(**{"logGroupName": GROUP} | members)
    assert refused.value.response["Error"]["Code"] == code
    assert message in refused.value.response["Error"]["Message"]


class Files:
    """A host as far as reading goes, with the first run of a job named `a`; `file` is its output."""

    def __init__(self, folder):
        self.outputs = Outputs(job_folders.opened(folder))
        self.file = folder / "a" / "1" / "out"
        self.file.parent.mkdir(parents=True)

    async def read(self, *part):
        return self.outputs.read(*part)


async def listed(lines):
    return [line async for line in lines]


def test_long_lines_come_in_pieces_and_large_files_in_pages(tmp_path):
    host = Files(tmp_path)
    host.file.write_bytes(b"x" * 300_000 + b"\n" + b"".join(b"%d\n" % n for n in range(400_000)) + b"last")
    streams, source = Streams(), Source(host, "a", 1)

    async def main():
        times = await streams.times(source, over=True)
        assert times.ends == [times.size] == [host.file.stat().st_size]

        there, place = [], 0
        while lines := await listed(streams.forwards(source, place, times.ends[-1], times)):
            there += lines
            place = lines[-1].end
        assert [len(line.text) for line in there[:2]] == [256 * 1024, 300_000 - 256 * 1024]
        assert [line.text for line in there[2:]] == [*map(str, range(400_000)), "last"]
        back, place = [], times.ends[-1]
        while lines := await listed(streams.backwards(source, 0, place, times)):
            back += lines
            place = lines[-1].begin
        assert list(reversed(back)) == there

    asyncio.run(main())


def test_a_line_that_grows_is_one_when_it_ends(tmp_path):
    streams, host = Streams(), Files(tmp_path)
    host.file.write_bytes(b"whole\nhal")

    async def main():
        assert (await streams.times(Source(host, "a", 1), over=False)).ends == [6]
        assert (await streams.times(Source(host, "a", 1), over=True)).ends == [9]

    asyncio.run(main())


def test_a_page_costs_the_same_wherever_it_is_in_the_output(tmp_path):
    """A token is a place, and so needs no index of lines: of 2 GB no more than a page and a look are read."""
    host = Files(tmp_path)
    with host.file.open("wb") as file:
        for place in (0, 1_000_000_000, 2_000_000_000):
            file.seek(place)
            file.write(b"\n" + b"line\n" * 1000)
    streams, source, asked = Streams(), Source(host, "a", 1), []
    read = host.read

    async def counted(job_id, number, offset, length):
        asked.append(length)
        return await read(job_id, number, offset, length)

    host.read = counted

    async def main():
        times = await streams.times(source, over=True)
        for lines, place in (
            (streams.forwards, 1_000_000_001),
            (streams.forwards, 0),
            (streams.forwards, 1_999_999_999),
        ):
            assert "line" in {line.text for line in await listed(lines(source, place, times.size, times))}
        last = await listed(streams.backwards(source, 0, times.size, times))
        assert [line.text for line in last[:1000]] == ["line"] * 1000

    asyncio.run(main())
    assert max(asked) <= 1024 * 1024
    assert len(asked) == 5


def test_a_page_has_no_more_lines_than_others_can_wait_for(tmp_path):
    """A million lines without a character took more than a second, in which nobody else was served."""
    host = Files(tmp_path)
    host.file.write_bytes(b"\n" * 1_000_000 + b"end\n")
    streams, source = Streams(), Source(host, "a", 1)

    async def main():
        times = await streams.times(source, over=True)
        pages, place = 0, 0
        while lines := await listed(streams.forwards(source, place, times.size, times)):
            assert len(lines) <= 20_000
            pages, place = pages + 1, lines[-1].end
        assert (pages, lines, place) == (51, [], times.size)
        assert len(await listed(streams.backwards(source, 0, times.size, times))) == 20_000

    asyncio.run(main())


@pytest.mark.parametrize("pattern", ["needle", "?needle ?pin", "-hay", "needle -pin", "n\ufffdedle", "\ufffd"])
def test_a_glance_at_a_page_drops_no_event(pattern):
    """What is passed over as a whole has no event that matches."""
    terms = matcher(pattern)
    pieces = [b"hay", b"needle", b"pin", b"n\xffedle", b"ne\xc3", b"\xa9edle", "ü".encode()]
    chance = random.Random(pattern)
    passed = 0
    for _ in range(3000):
        read = b"\n".join(b"".join(chance.choices(pieces, k=2)) for _ in range(3))
        if terms.none_in(read):
            passed += 1
            assert not [line for line in read.split(b"\n") if terms.match(line.decode("utf-8", "replace"))]
    assert (passed > 0) is (pattern[0] not in "-n\ufffd" or pattern.startswith("needle"))


def test_nodes_and_children_have_one_stream_for_each_process(server, logs):
    container = {"image": "busybox", "command": ["echo", "here"]}
    nodes = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [{"targetNodes": ":", "container": container}]}
    server.batch.register_job_definition(jobDefinitionName="talk", type="multinode", nodeProperties=nodes)
    multi = server.batch.submit_job(jobName="m", jobQueue="quickstart", jobDefinition="talk")["jobId"]
    array = server.submit("echo", "here", arrayProperties={"size": 2})
    assert server.wait(multi)["status"] == server.wait(array)["status"] == "SUCCEEDED"
    shown = [
        server.describe(f"{job}{suffix}")["container"]["logStreamName"]
        for job, suffix in ((multi, "#0"), (array, ":0"), (array, ":1"))
    ]
    found = logs.filter_log_events(logGroupName=GROUP, filterPattern="here", logStreamNames=shown)["events"]
    assert sorted(event["logStreamName"] for event in found) == sorted(shown)
    every = logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=f"talk/default/{multi}")["logStreams"]
    assert every[0]["logStreamName"] == shown[0]
    assert all("#" in stream["logStreamName"] for stream in every)
