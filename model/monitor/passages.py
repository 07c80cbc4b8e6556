"""What every life that explains a job has passed through, and what some of them have.

A life that explains a history is a way through its beliefs: it begins where SubmitJob leaves a job, moves unseen as what
is known allows, and at each observation is where the belief after it says that the job may be. To everything that a
way can end in belong two sets: what *all* ways there have met, which is what is common to the ways that meet there, and
what *some* way there has met, which is all of theirs together. Both grow step by step with the history, and look back
at nothing, so they are kept like the beliefs themselves: jobs that went the same way share them.

Which ways are looked at is never fewer than there are lives: what reads may lag behind and what is overdue narrows the
beliefs, but a way between two beliefs is not asked again whether it was in time, or in which order old reads showed it.
That a read showed a status at all is asked of each way, since no life shows what it never was. So whatever is called
surely met was met by every life, whatever is called not met was met by none, and only `possibly` may say too little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from typing import NamedTuple

from ..elements import Elements
from ..event import REQUESTS, Event
from ..knowledge import Knowledge
from ..status import Status
from .automaton import Automaton, bits
from .beliefs import State


class Node(NamedTuple):
    """Where a way may have come to: a configuration, calls that have yet to act, and a bit for each status it was in."""

    at: int
    cancels: int
    terminates: int
    visited: int


@dataclass(eq=False, slots=True)
class Passed:
    """For each node that a way may end in: what all ways there have met, and what some way there has (`elements.py`)."""

    nodes: dict[Node, tuple[int, int]]
    next: dict[object, Passed | None] = field(default_factory=dict)

    @property
    def surely(self) -> int:
        """What every way has met."""
        found = -1
        for met, _ in self.nodes.values():
            found &= met
        return found

    @property
    def possibly(self) -> int:
        """What some way has met."""
        found = 0
        for _, met in self.nodes.values():
            found |= met
        return found


class Passages:
    """The ways of jobs through the beliefs of one automaton; `number` is the place of these beliefs in a `State`."""

    def __init__(self, of: Automaton, number: int) -> None:
        self._of, self._number = of, number
        self.elements = Elements(of.graph)
        self._passed: dict[object, Passed] = {}
        self._steps: dict[tuple[Knowledge, tuple[bool, bool]], dict[Node, tuple[tuple[Node, int], ...]]] = {}
        self._status = [1 << _STATUSES.index(at.status) for at in of.graph.configurations]

    @cached_property
    def _rank(self) -> list[int]:
        """An order in which no way goes back: fewer configurations can follow the next one than this one."""
        return [-reach.bit_count() for reach in self._of.graph.reachable]

    def begun(self, state: State) -> Passed:
        """After a submission."""
        met = {
            Node(at, 0, 0, self._status[at]): (self.elements.arrived(at),) * 2
            for _, found in state.beliefs[self._number] or ()
            for at in bits(found)
        }
        return self._interned(met)  # type: ignore[arg-type]

    def translated(self, passed: Passed, other: Passages) -> Passed:
        """The same ways under another reading, from which no request has told it yet."""
        index, names = other._of.graph.index, dict(other._of.graph.readings)
        found: dict[Node, tuple[int, int]] = {}
        for node, (surely, possibly) in passed.nodes.items():
            there = self._of.graph.configurations[node.at]
            at = index[there._replace(memory=there.memory._replace(**names))]
            found[node._replace(at=at)] = (
                self.elements.translated(surely, other.elements),
                self.elements.translated(possibly, other.elements),
            )
        return other._interned(found)

    def step(
        self,
        passed: Passed,
        before: State,
        after: State,
        *,
        called: int = 0,
        request: str = "",
        shown: Status | None = None,
    ) -> Passed | None:
        """
        The ways after one more happening; None where no life explains it.

        before, after   the monitor's states
        called    what the happening does to the number of calls of `request` that have yet to act: 1 one begins, -1 one
                  was refused, 0 nothing, `LOST` either of the last two
        shown     the status that a read showed
        """
        key = (before, after, called, request, shown)
        if key not in passed.next:
            passed.next[key] = self._stepped(passed, before, after, called, request, shown)
        return passed.next[key]

    def _stepped(
        self, passed: Passed, before: State, after: State, called: int, request: str, shown: Status | None
    ) -> Passed | None:
        possible: dict[tuple[int, int], int] = {}
        for key, found in after.beliefs[self._number] or ():
            calls = key.cancels, key.terminates
            possible[calls] = possible.get(calls, 0) | found
        wanted = 1 << _STATUSES.index(shown) if shown else 0
        left: dict[Node, tuple[int, int]] = {}
        for node, met in self._spread(passed.nodes, before).items():
            if node.visited & wanted != wanted:
                continue
            for change in (0, -1) if called == LOST else (called,):
                there = _called(node, request, change)
                if possible.get((there.cancels, there.terminates), 0) >> there.at & 1:
                    left[there] = _joined(left.get(there), met)
        return self._interned(left) if left else None

    def _spread(self, nodes: dict[Node, tuple[int, int]], state: State) -> dict[Node, tuple[int, int]]:
        """What may come of these unseen, with what the ways there meet."""
        found = dict(nodes)
        queue = [self._ranked(node) for node in found]
        queue.sort()
        waiting = set(found)
        steps = self._steps.setdefault((state.knowledge, state.lost), {})
        while queue:
            *_, node = heappop(queue)
            if node not in waiting:
                continue
            waiting.discard(node)
            ahead = steps.get(node)
            if ahead is None:
                ahead = steps[node] = tuple(self._ahead(node, state))
            for there, gained in ahead:
                surely, possibly = found[node]
                known = found.get(there)
                joined = _joined(known, (surely | gained, possibly | gained))
                if joined != known:
                    found[there] = joined
                    if there not in waiting:  # also where it led nowhere else, as a lost call that changed nothing
                        waiting.add(there)
                        heappush(queue, self._ranked(there))
        return found

    def _ranked(self, node: Node) -> tuple[int, int, Node]:
        return self._rank[node.at], -(node.cancels + node.terminates), node

    def _ahead(self, node: Node, state: State) -> Iterator[tuple[Node, int]]:
        lost = {event for event, was in zip((Event.CANCEL, Event.TERMINATE), state.lost, strict=True) if was}
        here = self._of.graph.configurations[node.at]
        for event, at in self._of.graph.successors[node.at]:
            if event in lost if event in REQUESTS else state.knowledge.allows(here, event):
                there = node._replace(at=at, visited=node.visited | self._status[at])
                yield there, self.elements.taken(node.at, event)
        for request, waiting in ((Event.CANCEL, node.cancels), (Event.TERMINATE, node.terminates)):
            if waiting and (at := self._of.after[request][node.at]) >= 0:
                there = _called(node._replace(at=at, visited=node.visited | self._status[at]), request, -1)
                yield there, self.elements.taken(node.at, request)

    def _interned(self, nodes: dict[Node, tuple[int, int]]) -> Passed:
        return self._passed.setdefault(frozenset(nodes.items()), Passed(nodes))


LOST = 2
"""For `Passages.step`: a call was lost, which may have acted, or never will."""

_STATUSES = tuple(Status)


def _called(node: Node, request: str, change: int) -> Node:
    if not change:
        return node
    if request == Event.CANCEL:
        return node._replace(cancels=node.cancels + change)
    if request == Event.TERMINATE:
        return node._replace(terminates=node.terminates + change)
    return node


def _joined(one: tuple[int, int] | None, other: tuple[int, int]) -> tuple[int, int]:
    """Two ways that meet: both have met what is common to them, and either may have been gone."""
    return other if one is None else (one[0] & other[0], one[1] | other[1])
