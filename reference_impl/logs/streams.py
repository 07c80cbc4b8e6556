"""The output of jobs as streams of log events, read from what their hosts keep of it.

Each line is an event; empty lines are none, and very long ones come in pieces, as AWS's own log driver does it.

Time    A host does not know when each line was written, only when there was last something written. So when a stream is
        looked at, all lines since the last look get that time: the one at which the last of them had been written. The
        more often a stream is looked at, the finer its times. They never go back, and a line that was shown with a time
        keeps it while the server lives; a server that was started anew knows one time for all of an output. `timestamp`
        and `ingestionTime` are the same.
Place   A token is a place in the output, so that reading a page costs the same in a short stream as in a long one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from ...model.limits import LOG_EVENT_BYTES
from ..http.errors import ResourceNotFound
from ..running.host import Host, Output, UnreadableOutput

PAGE_BYTES = 1024 * 1024
"""So much of an output is looked at for one page, as AWS's own bound on an answer."""

PAGE_LINES = 20_000
"""And at so many lines: of lines without a character there are a million in a page, and others are to be served meanwhile."""

REMEMBERED_STREAMS = 4096
REMEMBERED_LOOKS = 512


class Source(NamedTuple):
    """The output of one run."""

    host: Host
    job_id: str
    number: int

    async def read(self, begin: int, end: int) -> Output:
        """What there is from the place `begin` to `end`, and how much there is in all. Refused where it cannot be read."""
        try:
            return await self.host.read(self.job_id, self.number, begin, max(0, end - begin))
        except UnreadableOutput as failure:
            raise ResourceNotFound(str(failure)) from None


class Line(NamedTuple):
    """Where in the output it begins and ends, when it had been written, and its text: an event unless that is empty."""

    begin: int
    end: int
    at_ms: int
    text: str


@dataclass(slots=True)
class Times:
    """
    What was seen of one output: `ends[i]` is how far it went at `at_ms[i]`, in whole lines. Both only grow. It had `size`
    bytes when it was looked at last.
    """

    ends: list[int] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    size: int = 0

    def look(self, end: int, at_ms: int) -> None:
        """There are whole lines up to `end`, the last of them written at `at_ms` or before."""
        if end <= (self.ends[-1] if self.ends else 0):
            return
        at_ms = max(at_ms, self.at_ms[-1] if self.at_ms else 0)
        if self.at_ms and (self.at_ms[-1] == at_ms or len(self.ends) >= REMEMBERED_LOOKS):
            self.ends[-1] = end  # the last look stands for this one too
        else:
            self.ends.append(end)
            self.at_ms.append(at_ms)

    def of(self, offset: int) -> int:
        """
        When the line that begins here had been written.

        >>> times = Times()
        >>> times.look(10, 1000), times.look(30, 2000)
        (None, None)
        >>> times.of(0), times.of(10), times.of(29)
        (1000, 2000, 2000)
        """
        return self.at_ms[min(bisect_right(self.ends, offset), len(self.at_ms) - 1)]

    def span(self, start_ms: int | None, end_ms: int | None) -> tuple[int, int]:
        """
        The part that was written from `start_ms` on and before `end_ms`.

        >>> times = Times([10, 30], [1000, 2000])
        >>> times.span(None, None), times.span(1001, None), times.span(None, 2000), times.span(3000, None)
        ((0, 30), (10, 30), (0, 10), (30, 30))
        """
        bounds = [0, *self.ends]
        low = 0 if start_ms is None else bisect_left(self.at_ms, start_ms)
        high = len(self.ends) if end_ms is None else bisect_left(self.at_ms, end_ms)
        return bounds[low], bounds[max(low, high)]


class Streams:
    """Reads outputs. `over` says that nothing will be added to one, so that a last line without an end is one."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Source, Times] = OrderedDict()

    async def times(self, source: Source, *, over: bool) -> Times:
        """Look at an output: how far its lines go, and when they had been written. Nothing where there is none."""
        times = self._seen.pop(source, None) or Times()
        self._seen[source] = times
        if len(self._seen) > REMEMBERED_STREAMS:
            self._seen.popitem(last=False)
        _, times.size, written_at_ms = await source.read(0, 0)
        known = times.ends[-1] if times.ends else 0
        if times.size > known:
            times.look(times.size if over else await _whole_lines(source, known, times.size), written_at_ms)
        return times

    async def forwards(
        self,
        source: Source,
        begin: int,
        end: int,
        times: Times,
        *,
        none_in: Callable[[bytes], bool] = lambda read: False,
    ) -> AsyncIterator[Line]:
        """
        The lines from the place `begin` on that end at `end` or before, of at most one page.

        `none_in` says that no line of these bytes is wanted: they are then one line without a text, which is no event.
        """
        read = (await source.read(begin, min(end, begin + PAGE_BYTES))).data
        at_end = begin + len(read) >= end
        passed = len(read) if at_end else read.rfind(b"\n") + 1
        if passed and none_in(read):
            yield Line(begin, begin + passed, 0, "")
            return
        for offset, piece in islice(_pieces(read, begin), PAGE_LINES):
            if not at_end and not piece.endswith(b"\n") and len(piece) < LOG_EVENT_BYTES:
                return  # the page ends inside of this line: it is for the next one
            yield _line(offset, piece, times)

    async def backwards(self, source: Source, begin: int, end: int, times: Times) -> AsyncIterator[Line]:
        """The lines before the place `end`, the last one first, down to `begin`, of at most one page."""
        low = max(begin, end - PAGE_BYTES)
        read = (await source.read(low, end)).data
        if low > begin:  # in the middle of a line: begin with the next one
            low += (read.find(b"\n") + 1) if b"\n" in read[:-1] else 0
            read = read[len(read) - (end - low) :]
        for offset, piece in islice(_pieces_backwards(read, low), PAGE_LINES):
            yield _line(offset, piece, times)


def _line(offset: int, piece: bytes, times: Times) -> Line:
    return Line(offset, offset + len(piece), times.of(offset), piece.rstrip(b"\r\n").decode("utf-8", "replace"))


def _pieces(read: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """
    Lines with their places, those that are too long in pieces.

    Only a newline ends a line: a carriage return alone is part of a progress bar.
    """
    at = 0
    while at < len(read):
        end = read.find(b"\n", at) + 1 or len(read)
        for piece in range(at, end, LOG_EVENT_BYTES):
            yield begin + piece, read[piece : min(end, piece + LOG_EVENT_BYTES)]
        at = end


def _pieces_backwards(read: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """
    The same, the last one first.

    >>> list(_pieces_backwards(b"a\\n\\nbc", 10))
    [(13, b'bc'), (12, b'\\n'), (10, b'a\\n')]
    """
    end = len(read)
    while end > 0:
        at = read.rfind(b"\n", 0, end - 1) + 1
        for piece in reversed(range(at, end, LOG_EVENT_BYTES)):
            yield begin + piece, read[piece : min(end, piece + LOG_EVENT_BYTES)]
        end = at


async def _whole_lines(source: Source, begin: int, end: int) -> int:
    """How far the whole lines of an output go that is still written to; `begin` is known to be the end of one."""
    low = max(begin, end - PAGE_BYTES)
    read = (await source.read(low, end)).data
    if not read:
        return begin
    found = read.rfind(b"\n")
    if found >= 0:
        return low + found + 1
    return begin + (end - begin) // LOG_EVENT_BYTES * LOG_EVENT_BYTES  # one long line: as many pieces as are full
