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

from dataclasses import dataclass, field
from functools import cached_property
from heapq import heapify, heappop, heappush

from ..elements import Elements
from ..event import REQUESTS, Event
from ..knowledge import Knowledge
from ..status import Status
from .automaton import Automaton, bits
from .beliefs import State

# A node is where a way may have come to, as one number: the statuses that it was in, calls that have yet to act, and the place
# of its configuration in an order in which no way goes back. Calls are counted down from `_MOST`, so that each step leads to
# a higher number, and ways are followed in the order of numbers: a heap of thousands of small tuples took most of the time.
_STATUSES = tuple(Status)
_TERMINATE = 1 << len(_STATUSES)
_MOST = (1 << 16) - 1
_CANCEL = _TERMINATE * (_MOST + 1)
_PLACE = _CANCEL * (_MOST + 1)
_CANCELS, _TERMINATES = _MOST * _CANCEL, _MOST * _TERMINATE
_CALLS = _NO_CALLS = _CANCELS | _TERMINATES

_ONE = {Event.CANCEL: _CANCEL, Event.TERMINATE: _TERMINATE}

LOST = 2
"""For `Passages.step`: a call was lost, which may have acted, or never will."""


@dataclass(eq=False, slots=True)
class Passed:
    """For each node that a way may end in: what all ways there have met, and what some way there has (`elements.py`)."""

    nodes: dict[int, tuple[int, int]]
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


@dataclass(slots=True)
class _Steps:
    """
    What may happen unseen while this is known, for each place.

    onward   bits of the node that it leads to, and what that meets
    around   what may be met there without going anywhere
    """

    onward: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    around: dict[int, int] = field(default_factory=dict)


class Passages:
    """The ways of jobs through the beliefs of one automaton; `number` is the place of these beliefs in a `State`."""

    def __init__(self, of: Automaton, number: int) -> None:
        self._of, self._number = of, number
        self.elements = Elements(of.graph)
        self._passed: dict[object, Passed] = {}
        self._steps: dict[tuple[Knowledge, tuple[bool, bool]], _Steps] = {}
        self._acts: dict[tuple[int, bool, bool], tuple[tuple[int, int, int], ...]] = {}

    @cached_property
    def _order(self) -> list[int]:
        """The configurations in an order in which no way goes back: the further on, the fewer can follow."""
        reachable = self._of.graph.reachable
        return sorted(range(len(reachable)), key=lambda at: -reachable[at].bit_count())

    @cached_property
    def _bits(self) -> list[int]:
        """For each configuration the bits by which a node says that a way is there, and was in its status."""
        found = [0] * len(self._order)
        for place, at in enumerate(self._order):
            found[at] = place * _PLACE | 1 << _STATUSES.index(self._of.graph.configurations[at].status)
        return found

    def begun(self, state: State) -> Passed:
        """After a submission."""
        met = {
            self._bits[at] | _NO_CALLS: (self.elements.arrived(at), self.elements.arrived(at))
            for _, found in state.beliefs[self._number] or ()
            for at in bits(found)
        }
        return self._interned(met)

    def translated(self, passed: Passed, other: Passages) -> Passed:
        """The same ways under another reading, which tells them alike so far."""
        found = passed.next.get(other)
        if found is None:
            index, names = other._of.graph.index, dict(other._of.graph.readings)
            nodes: dict[int, tuple[int, int]] = {}
            for node, (surely, possibly) in passed.nodes.items():
                there = self._of.graph.configurations[self._order[node // _PLACE]]
                at = index[there._replace(memory=there.memory._replace(**names))]
                nodes[node % _PLACE | other._bits[at]] = (
                    self.elements.translated(surely, other.elements),
                    self.elements.translated(possibly, other.elements),
                )
            found = passed.next[other] = other._interned(nodes)
        return found

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
        possible: dict[int, int] = {}
        for key, found in after.beliefs[self._number] or ():
            calls = _NO_CALLS - key.cancels * _CANCEL - key.terminates * _TERMINATE
            possible[calls] = possible.get(calls, 0) | found
        wanted = 1 << _STATUSES.index(shown) if shown else 0
        one = _ONE[Event(request)] if called else 0
        changes = (0, one) if called == LOST else (-called * one,)
        left: dict[int, tuple[int, int]] = {}
        for node, met in self._spread(passed.nodes, before).items():
            if wanted and not node & wanted:
                continue
            at = self._order[node // _PLACE]
            for change in changes:
                there = node + change
                if possible.get(there & _CALLS, 0) >> at & 1:
                    known = left.get(there)
                    left[there] = met if known is None else (known[0] & met[0], known[1] | met[1])
        return self._interned(left) if left else None

    def _spread(self, nodes: dict[int, tuple[int, int]], state: State) -> dict[int, tuple[int, int]]:
        """What may come of these unseen, with what the ways there meet. Where ways meet, all have met what is common to them."""
        found = dict(nodes)
        queue = list(found)
        heapify(queue)
        steps = self._steps.setdefault((state.knowledge, state.lost), _Steps())
        while queue:
            node = heappop(queue)  # all ways to it have been followed, for they come from lower numbers
            place, rest = divmod(node, _PLACE)
            onward = steps.onward.get(place)
            if onward is None:
                onward = self._looked_ahead(steps, place, state)
            surely, possibly = found[node]
            if around := steps.around[place]:
                possibly |= around
                found[node] = surely, possibly
            ahead = [(rest | to, gained) for to, gained in onward]
            if rest & _CALLS != _NO_CALLS:
                ahead += [(rest + one | to, gained) for one, to, gained in self._acting(place, rest)]
            for there, gained in ahead:
                known = found.get(there)
                if known is None:
                    heappush(queue, there)
                    found[there] = surely | gained, possibly | gained
                else:
                    found[there] = known[0] & (surely | gained), known[1] | possibly | gained
        return found

    def _looked_ahead(self, steps: _Steps, place: int, state: State) -> tuple[tuple[int, int], ...]:
        """What may happen unseen in this place, written down in `steps`."""
        lost = {event for event, was in zip((Event.CANCEL, Event.TERMINATE), state.lost, strict=True) if was}
        at = self._order[place]
        here, around, onward = self._of.graph.configurations[at], 0, list[tuple[int, int]]()
        for event, after in self._of.graph.successors[at]:
            if event in lost if event in REQUESTS else state.knowledge.allows(here, event):
                gained = self.elements.taken(at, event)
                if after == at:  # also a lost call that changed nothing
                    around |= gained
                else:
                    onward.append((self._bits[after], gained))
        assert all(to // _PLACE > place for to, _ in onward), "a life goes round, and no order of its places is one"
        steps.around[place] = around
        steps.onward[place] = tuple(onward)
        return steps.onward[place]

    def _acting(self, place: int, rest: int) -> tuple[tuple[int, int, int], ...]:
        """For each kind of call that has yet to act: by what it is counted, where it leads, and what that meets."""
        cancels, terminates = rest & _CANCELS != _CANCELS, rest & _TERMINATES != _TERMINATES
        found = self._acts.get((place, cancels, terminates))
        if found is None:
            at = self._order[place]
            found = self._acts[place, cancels, terminates] = tuple(
                (_ONE[request], self._bits[after], self.elements.taken(at, request))
                for request, waiting in ((Event.CANCEL, cancels), (Event.TERMINATE, terminates))
                if waiting and (after := self._of.after[request][at]) >= 0
            )
        return found

    def _interned(self, nodes: dict[int, tuple[int, int]]) -> Passed:
        return self._passed.setdefault(frozenset(nodes.items()), Passed(nodes))
