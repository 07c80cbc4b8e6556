"""CloudWatch Logs as far as the output of jobs needs it: one group, a stream for each attempt that ran (ST-28).

A page of FilterLogEvents goes through its streams one after the other, in the order in which their attempts started;
its events are in the order of their times.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from heapq import nlargest, nsmallest
from typing import Any, NamedTuple
from zlib import crc32

from ...model.limits import DESCRIBED_LOG_STREAMS, FILTERED_LOG_STREAMS, LOG_EVENTS
from ..deciding import arns
from ..deciding.records import Job
from ..http import wire
from ..http.call import Call, each_job, shows
from ..http.errors import InvalidParameter, ResourceNotFound
from .patterns import Terms, matcher
from .streams import Source, Streams, Times

GROUP = "/aws/batch/job"
DEFAULT_TOKEN = re.compile(r"([fb])/(\d{1,18})")
SEARCHED_STREAMS = 100
"""A page of FilterLogEvents looks into as many streams; there may be another page even when it found nothing."""

STREAMS = Streams()


class Stream(NamedTuple):
    """The output of one attempt. `over`: nothing will be added to it."""

    name: str
    created_ms: int
    over: bool
    source: Source

    async def times(self) -> Times:
        return await STREAMS.times(self.source, over=self.over)


@shows
async def get_log_events(call: Call, request: Any) -> Any:
    """One page of a stream. A token that leads to nothing new is answered by itself, as AWS does at an end."""
    _check_group(call, request)
    wire.required(request, "logStreamName")
    limit = _limit(request.limit, LOG_EVENTS)
    stream = _stream_named(call, request.logStreamName)
    times = await stream.times()
    low, high = times.span(request.startTime, request.endTime)
    found = []
    if request.nextToken:
        token = DEFAULT_TOKEN.fullmatch(request.nextToken)
        if token is None:
            raise InvalidParameter(f"nextToken is {request.nextToken[:100]!r}: it is not one that this server gave")
        forwards, place = token[1] == "f", int(token[2])
    else:
        forwards = bool(request.startFromHead)
        place = low if forwards else high
    if forwards:
        end = place = max(place, low) if place <= high else place
        async for line in STREAMS.forwards(stream.source, place, high, times):
            if len(found) == limit:
                break
            found += [line] if line.text else []
            end = line.end
        begin = place
    else:
        end = begin = min(place, high)
        async for line in STREAMS.backwards(stream.source, low, end, times):
            if len(found) == limit:
                break
            found += [line] if line.text else []
            begin = line.begin
        found.reverse()
    event = wire.shape("OutputLogEvent", wire.LOGS)
    return wire.reply_type("GetLogEvents", wire.LOGS)(
        events=[event(timestamp=line.at_ms, message=line.text, ingestionTime=line.at_ms) for line in found],
        nextForwardToken=f"f/{end}",
        nextBackwardToken=f"b/{begin}",
    )


@shows
async def filter_log_events(call: Call, request: Any) -> Any:
    """Events of several streams, those that match a pattern."""
    _check_group(call, request)
    limit = _limit(request.limit, LOG_EVENTS)
    terms = matcher(request.filterPattern or "")
    streams = await _chosen(call, request)
    begin, offset = 0, 0
    if request.nextToken:
        created_ms, name, offset = _place(request.nextToken)
        while begin < len(streams) and (streams[begin].created_ms, streams[begin].name) < (created_ms, name):
            begin += 1
        if begin == len(streams) or streams[begin].name != name:
            offset = 0
    events: list[Any] = []
    token = None
    for index in range(begin, len(streams)):
        stream = streams[index]
        if index - begin == SEARCHED_STREAMS or len(events) == limit:
            token = _token(stream, 0)
            break
        try:
            end, more = await _search(stream, offset if index == begin else 0, request, terms, limit, events)
        except ResourceNotFound:  # its job has done away with it
            if len(streams) == 1:
                raise
            continue
        if more:
            token = _token(stream, end)
            break
    events.sort(key=lambda event: event.timestamp)
    return wire.reply_type("FilterLogEvents", wire.LOGS)(events=events, searchedLogStreams=[], nextToken=token)


@shows
async def describe_log_streams(call: Call, request: Any) -> Any:
    """The streams of the group, by name or by their last event."""
    _check_group(call, request)
    limit = _limit(request.limit, DESCRIBED_LOG_STREAMS)
    order = request.orderBy or "LogStreamName"
    if order not in ("LogStreamName", "LastEventTime"):
        raise InvalidParameter(f"orderBy is {order!r}: it must be LogStreamName or LastEventTime")
    if order == "LastEventTime" and request.logStreamNamePrefix is not None:
        raise InvalidParameter("logStreamNamePrefix is given with orderBy LastEventTime: it takes no prefix")
    prefix = request.logStreamNamePrefix or ""
    begin = _number(request.nextToken)
    end = begin + limit
    if order == "LogStreamName":
        first = nlargest if request.descending else nsmallest
        streams: list[Stream] = []
        async for some in _streams(call, prefix):  # of very many no more than are needed are kept at any time
            streams = first(end + 1, [*streams, *some], key=lambda stream: stream.name)
    else:
        streams = [stream async for some in _streams(call) for stream in some]
        latest_ms = {stream: ((await _times(stream)).at_ms or [0])[-1] for stream in streams}
        streams.sort(key=lambda stream: latest_ms[stream], reverse=bool(request.descending))
    return wire.reply_type("DescribeLogStreams", wire.LOGS)(
        logStreams=[await _described(call, stream) for stream in streams[begin:end]],
        nextToken=str(end) if end < len(streams) else None,
    )


@shows
async def describe_log_groups(call: Call, request: Any) -> Any:
    """The one group there is."""
    _limit(request.limit, DESCRIBED_LOG_STREAMS)
    prefix, pattern = request.logGroupNamePrefix or "", request.logGroupNamePattern or ""
    here = GROUP.startswith(prefix) and pattern.lower() in GROUP and not _number(request.nextToken)
    group = wire.shape("LogGroup", wire.LOGS)(
        logGroupName=GROUP,
        creationTime=0,
        metricFilterCount=0,
        arn=f"{_group_arn(call)}:*",
        logGroupArn=_group_arn(call),
        storedBytes=0,
        logGroupClass="STANDARD",
    )
    return wire.reply_type("DescribeLogGroups", wire.LOGS)(logGroups=[group] if here else [])


def _check_group(call: Call, request: Any) -> None:
    name, identifier = request.logGroupName, request.logGroupIdentifier
    if (name is None) == (identifier is None):
        raise InvalidParameter("exactly one of logGroupName and logGroupIdentifier must be given")
    if name != GROUP and identifier not in (GROUP, _group_arn(call)):
        raise ResourceNotFound("The specified log group does not exist.")


def _group_arn(call: Call) -> str:
    return f"arn:aws:logs:{call.region}:{arns.ACCOUNT}:log-group:{GROUP}"


def _limit(given: int | None, limit: Any) -> int:
    limit.check(limit.high if given is None else given, "limit")
    return limit.high if given is None else given


def _number(token: str | None) -> int:
    if token is None:
        return 0
    if not (token.isascii() and token.isdigit()):
        raise InvalidParameter(f"nextToken is {token[:100]!r}: it is not one that this server gave")
    return int(token[:18])


def _of_job(call: Call, job: Job) -> Iterator[Stream]:
    if job.order.is_multinode:
        return  # its attempts are those of its main node
    ran = [(attempt.number, attempt.started_at_ms, True) for attempt in job.attempts]
    if job.run is not None:
        ran.append((job.run.number, job.run.started_at_ms, False))
    for number, started_at_ms, over in ran:
        if started_at_ms is not None:
            name = arns.log_stream(job.order.definition, job.id, number)
            yield Stream(name, started_at_ms, over, Source(call.shell.host, job.id, number))


async def _streams(call: Call, prefix: str = "") -> AsyncIterator[list[Stream]]:
    """All streams of the region whose names begin so, some at a time."""
    async for jobs in each_job(call):
        here = (job for job in jobs if job.order.region == call.region)
        yield [stream for job in here for stream in _of_job(call, job) if stream.name.startswith(prefix)]


def _stream_named(call: Call, name: str) -> Stream:
    parts = name.split("/")
    job = call.ledger.job(call.region, parts[2].replace(".", ":")) if len(parts) in (3, 4) else None
    for stream in _of_job(call, job) if job is not None else ():
        if stream.name == name:
            return stream
    raise ResourceNotFound("The specified log stream does not exist.")


async def _chosen(call: Call, request: Any) -> list[Stream]:
    """The streams to search. Names that are none do not count, as long as one is (as AWS says)."""
    prefix, names = request.logStreamNamePrefix, request.logStreamNames
    if prefix is not None and names is not None:
        raise InvalidParameter("logStreamNamePrefix and logStreamNames are given: one of them is needed at most")
    if names is None:
        streams = [stream async for some in _streams(call, prefix or "") for stream in some]
        return sorted(streams, key=lambda stream: (stream.created_ms, stream.name))
    FILTERED_LOG_STREAMS.check(len(names), "logStreamNames")
    found: dict[str, Stream] = {}
    for name in names:
        try:
            found[name] = _stream_named(call, name)
        except ResourceNotFound:
            continue
    if not found:
        raise ResourceNotFound("The specified log stream does not exist.")
    return sorted(found.values(), key=lambda stream: (stream.created_ms, stream.name))


async def _search(
    stream: Stream, begin: int, request: Any, terms: Terms, limit: int, events: list[Any]
) -> tuple[int, bool]:
    """Add the matching events of one page of a stream; how far it went, and whether there is more of it."""
    times = await stream.times()
    low, high = times.span(request.startTime, request.endTime)
    end = max(begin, low)
    event = wire.shape("FilteredLogEvent", wire.LOGS)
    async for line in STREAMS.forwards(stream.source, end, high, times, none_in=terms.none_in):
        if len(events) == limit:
            return end, True
        end = line.end
        if line.text and terms.match(line.text):
            events.append(
                event(
                    logStreamName=stream.name,
                    timestamp=line.at_ms,
                    message=line.text,
                    ingestionTime=line.at_ms,
                    eventId=f"{line.at_ms:020d}{crc32(stream.name.encode()):010d}{line.begin:018d}",
                )
            )
    return end, end < high and end > max(begin, low)


def _token(stream: Stream, offset: int) -> str:
    return f"{stream.created_ms} {offset} {stream.name}"


def _place(token: str) -> tuple[int, str, int]:
    found = re.fullmatch(r"(\d{1,18}) (\d{1,18}) (.+)", token, re.ASCII)
    if found is None:
        raise InvalidParameter(f"nextToken is {token[:100]!r}: it is not one that this server gave")
    return int(found[1]), found[3], int(found[2])


async def _times(stream: Stream) -> Times:
    """Those of a stream as far as there is one: what a job has done away with is shown without events."""
    try:
        return await stream.times()
    except ResourceNotFound:
        return Times()


async def _described(call: Call, stream: Stream) -> Any:
    times = await _times(stream)
    known = bool(times.ends)
    return wire.shape("LogStream", wire.LOGS)(
        logStreamName=stream.name,
        creationTime=stream.created_ms,
        firstEventTimestamp=times.at_ms[0] if known else None,
        lastEventTimestamp=times.at_ms[-1] if known else None,
        lastIngestionTime=times.at_ms[-1] if known else None,
        arn=f"{_group_arn(call)}:log-stream:{stream.name}",
        storedBytes=times.size,
    )
