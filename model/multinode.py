"""Multi-node parallel jobs: several nodes, one of which decides for all.

Source  "Multi-node parallel jobs" in the user guide, NodeProperties and NodeOverrides in the API (MNP-01 to MNP-16).

The main node is launched first, the others once it runs (MNP-02). The job's status, reasons, times and retries are the
main node's (MNP-05, MNP-07, RETRY-34); what happens to another node changes nothing for the rest (MNP-06). When the main
node ends, the others are stopped (MNP-04).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .limits import NODE_GROUPS, NODES, Violation

STOPPED_WITH_MAIN = "Main node of the multi-node parallel job has ended"
"""statusReason of a node that is stopped because the main node ended (MNP-04). The words are ours: no text gives any."""

_RANGE = re.compile(r"(?P<first>\d{0,6})(?P<colon>:?)(?P<last>\d{0,6})")


def node_id(job_id: str, index: int) -> str:
    """
    The id of a node: its job's with its index, from 0 (MNP-01).

    >>> node_id("4f9c", 1)
    '4f9c#1'
    """
    return f"{job_id}#{index}"


@dataclass(frozen=True, slots=True)
class Range:
    """The nodes from `first` to `last`, both included; `last` is None where the text leaves it open, as `4:` does."""

    first: int
    last: int | None

    def has(self, index: int) -> bool:
        """Whether a node is one of them."""
        return self.first <= index and (self.last is None or index <= self.last)


def parse(text: str, field: str) -> Range:
    """
    A `targetNodes` as it is written.

    >>> parse("0:3", "x"), parse("4:", "x"), parse(":", "x"), parse("7", "x")
    (Range(first=0, last=3), Range(first=4, last=None), Range(first=0, last=None), Range(first=7, last=7))
    >>> parse("3:1", "targetNodes")
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: targetNodes is '3:1': it must be a range of node indices such as 0:3, 4: or 7
    """
    found = _RANGE.fullmatch(text)
    if found is not None and (found["first"] or found["colon"]) and text.isascii():
        first = int(found["first"] or 0)
        last = int(found["last"]) if found["last"] else None if found["colon"] else first
        if last is None or first <= last:
            return Range(first, last)
    raise Violation(f"{field} is {text[:100]!r}: it must be a range of node indices such as 0:3, 4: or 7")


def group_of(ranges: Iterable[Range], index: int) -> int | None:
    """
    Which of several ranges a node belongs to, None for none: the narrowest, since ranges may be nested.

    >>> ranges = [Range(0, 10), Range(4, 5)]
    >>> [group_of(ranges, index) for index in (3, 4, 11)]
    [0, 1, None]
    """
    holding = [
        (one.last - one.first if one.last is not None else NODES.high or 0, number)
        for number, one in enumerate(ranges)
        if one.has(index)
    ]
    return min(holding)[1] if holding else None


def check(ranges: list[Range], *, count: int, main: int, field: str = "nodeProperties") -> None:
    """
    Raise Violation unless these ranges describe every one of `count` nodes, and the main node is one of them (MNP-09).

    >>> check([Range(0, 1), Range(2, None)], count=4, main=0)
    >>> check([Range(0, 1)], count=3, main=0)
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: nodeProperties.nodeRangeProperties: no range has node 2, and numNodes is 3
    >>> check([Range(0, None)], count=3, main=3)
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: nodeProperties.mainNode is 3: it must be less than numNodes, which is 3
    """
    NODES.check(count, f"{field}.numNodes")
    NODE_GROUPS.check(len(ranges), f"{field}.nodeRangeProperties")
    if not 0 <= main < count:
        raise Violation(f"{field}.mainNode is {main}: it must be less than numNodes, which is {count}")
    for number, one in enumerate(ranges):
        if one.first >= count or (one.last is not None and one.last >= count):
            raise Violation(
                f"{field}.nodeRangeProperties[{number}].targetNodes goes beyond the last node, which is {count - 1}"
            )
    for index in range(count):
        if group_of(ranges, index) is None:
            raise Violation(f"{field}.nodeRangeProperties: no range has node {index}, and numNodes is {count}")


def resized(ranges: list[Range], *, count: int, main: int, field: str = "nodeOverrides.numNodes") -> None:
    """
    Raise Violation unless a job may have `count` nodes instead: some range must be open, and each must still begin among
    them. Upper boundaries are not asked about.

    >>> resized([Range(0, 0), Range(1, None)], count=8, main=0)
    >>> resized([Range(0, 3)], count=8, main=0)
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: nodeOverrides.numNodes is 8: no range of the job definition is open at its end, as 0: is
    """
    NODES.check(count, field)
    if not any(one.last is None for one in ranges):
        raise Violation(f"{field} is {count}: no range of the job definition is open at its end, as 0: is")
    if main >= count:
        raise Violation(f"{field} is {count}: it must be more than the index of the main node, which is {main}")
    for one in ranges:
        if one.first >= count:
            raise Violation(f"{field} is {count}: a range of the job definition begins at node {one.first}")
