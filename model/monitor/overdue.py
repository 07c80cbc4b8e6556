"""What is overdue: a move that is due, and whose bound has passed since the last moment at which it may have become due.

Nobody sees when a job enters a configuration. But what it shows says when it may have done so at the latest: a
configuration that no other one can lead to unseen was entered before the last observation that left others possible.
Where the way there has a bound of its own, that counts too: what had to be left by some moment was left by then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..bounds import Bounds
from ..event import EXITS, Event
from ..knowledge import Knowledge
from .automaton import Automaton, Belief, Key, Reads, Shown, bits
from .beliefs import State

NEVER_MS = 1 << 62
"""Later than any time: where nothing has to happen."""


@dataclass(frozen=True, slots=True)
class Moment:
    """
    Something was seen, done or learnt at this time, and left this state.

    since_ms   a read shows what was so at some moment from here to `at_ms`: when it began, or the last thing before that
    """

    state: State
    at_ms: int
    is_read: bool
    since_ms: int


class Place(NamedTuple):
    """Where a job may be, and how many calls have yet to take effect, whatever reads show."""

    at: int
    cancels: int
    terminates: int


def left_in_time(
    automata: Sequence[Automaton],
    trail: Sequence[Moment],
    state: State,
    shown: Shown,
    bounds: Bounds | None,
    now_ms: int,
) -> list[Belief]:
    """
    For each reading, what is left of `state` when nothing is overdue, after a read that showed `shown` now.

    The last moment of `trail` is that read. Without bounds everything urgent is overdue, and reads have caught up.
    """
    found: list[Belief] = []
    for number, (of, belief) in enumerate(zip(automata, state.beliefs, strict=True)):
        if not belief:
            found.append(belief or ())
        elif bounds is None:
            found.append(_quiet(of, belief, state, shown))
        else:
            found.append(_in_time(of, number, belief, trail, state, shown, bounds, now_ms))
    return found


def waiting_ends_at(
    automata: Sequence[Automaton], trail: Sequence[Moment], state: State, bounds: Bounds, now_ms: int
) -> int:
    """When the last thing that is due, or comes due because of it, is overdue; `now_ms` where nothing is due."""
    latest = now_ms
    for number, of in enumerate(automata):
        if state.beliefs[number]:
            entered, _ = _entered(of, number, trail, bounds, NEVER_MS)
            for place, at_ms in entered.items():
                deadline_ms = _deadline_ms(of, place, at_ms, state, bounds)
                if deadline_ms < NEVER_MS:
                    latest = max(latest, deadline_ms + bounds.lag)
    return latest


def is_due(of: Automaton, belief: Belief, state: State) -> bool:
    """Whether something is due in one of the places of this belief: a move, or a call that has yet to take effect."""
    return any(True for place in _places(belief) for _ in _due(of, place, state))


def _quiet(of: Automaton, belief: Belief, state: State, shown: Shown) -> Belief:
    wanted = of.explaining(shown, cancel_asked=state.may_show[0], terminate_asked=state.may_show[1])
    left: list[tuple[Key, int]] = []
    for key, found in belief:
        calm = 0
        for at in bits(found):
            caught_up = key.view == at if of.reads is Reads.LAGGING else wanted >> at & 1
            if caught_up and not any(
                _due(of, Place(at, key.cancels, key.terminates), state)
            ):  # late calls may be later
                calm |= 1 << at
        left.append((key, calm))
    return tuple((key, calm) for key, calm in left if calm)


def _in_time(
    of: Automaton,
    number: int,
    belief: Belief,
    trail: Sequence[Moment],
    state: State,
    shown: Shown,
    bounds: Bounds,
    now_ms: int,
) -> Belief:
    entered, until = _entered(of, number, trail[:-1], bounds, now_ms)
    alive: dict[tuple[int, int], int] = {}
    for place, at_ms in entered.items():
        if _deadline_ms(of, place, at_ms, state, bounds) >= now_ms:
            calls = place.cancels, place.terminates
            alive[calls] = alive.get(calls, 0) | 1 << place.at
    shows = 0
    for at, until_ms in until.items():
        if until_ms >= now_ms - bounds.lag:
            shows |= 1 << at  # a read may show it: it was so not longer ago than reads may be old
    shows &= of.explaining(shown, cancel_asked=state.may_show[0], terminate_asked=state.may_show[1])
    later = of.following(shows) if of.reads is Reads.UNORDERED else -1
    left: list[tuple[Key, int]] = []
    for key, found in belief:
        if of.reads is Reads.LAGGING and not shows >> key.view & 1:
            continue
        left.append((key, found & alive.get((key.cancels, key.terminates), 0) & later))
    return tuple((key, at) for key, at in left if at)


def _entered(
    of: Automaton, number: int, trail: Sequence[Moment], bounds: Bounds, now_ms: int
) -> tuple[Mapping[Place, int], Mapping[int, int]]:
    """
    For each place where the job may be now, when it can have come there at the latest; and for each configuration in
    which it may have been lately, as long as reads may be old, until when.
    """
    lately_ms = now_ms - bounds.lag
    sure = [index for index, moment in enumerate(trail) if not moment.is_read]
    begin = max((index for index in sure if trail[index].at_ms <= lately_ms), default=0)
    latest: Mapping[Place, int] = {}
    until: dict[int, int] = {}
    for index in range(begin, len(trail)):
        moment = trail[index]
        belief = moment.state.beliefs[number]
        end_ms = trail[index + 1].at_ms if index + 1 < len(trail) else now_ms
        if belief is None:  # another reading spoke for this one then, so it may have been anywhere
            until |= dict.fromkeys(range(len(of.graph.configurations)), end_ms)
            continue
        places = _places(belief)
        if index == begin or not moment.is_read:
            latest = dict.fromkeys(places, moment.at_ms)
        else:  # a read: it tells of places, and moves nothing
            latest = {place: latest[place] for place in places if place in latest}
        # What a read shows may have been left before its answer came.
        latest = _spread(of, latest, moment.state, bounds, moment.since_ms, end_ms)
        for place, at_ms in latest.items():
            leaves_ms = min(end_ms, _deadline_ms(of, place, at_ms, moment.state, bounds))
            until[place.at] = max(until.get(place.at, 0), leaves_ms)
    return latest, until


def _spread(
    of: Automaton, latest: Mapping[Place, int], state: State, bounds: Bounds, begin_ms: int, end_ms: int
) -> dict[Place, int]:
    """What may have come of these places until `end_ms`, unseen, and when at the latest."""
    cancel, terminate = state.lost
    moves = of.moves(state.knowledge, cancel=cancel, terminate=terminate)
    found, left = dict(latest), deque(latest)
    waiting = set(latest)
    while left:  # first in, first out: otherwise the same places are looked at again and again
        place = left.popleft()
        waiting.discard(place)
        leaves_ms = min(end_ms, _deadline_ms(of, place, found[place], state, bounds))
        if leaves_ms < begin_ms:
            continue  # it was left before
        for after in _after(of, place, moves.successors[place.at]):
            if found.get(after, -1) < leaves_ms:
                found[after] = leaves_ms
                if after not in waiting:
                    waiting.add(after)
                    left.append(after)
    return found


def _after(of: Automaton, place: Place, successors: int) -> Iterator[Place]:
    for at in bits(successors):
        yield place._replace(at=at)
    if place.cancels and (at := of.after[Event.CANCEL][place.at]) >= 0:
        yield place._replace(at=at, cancels=place.cancels - 1)
    if place.terminates and (at := of.after[Event.TERMINATE][place.at]) >= 0:
        yield place._replace(at=at, terminates=place.terminates - 1)


def _deadline_ms(of: Automaton, place: Place, entered_ms: int, state: State, bounds: Bounds) -> int:
    """When a job that came here at that time has to have left."""
    if entered_ms >= NEVER_MS:
        return NEVER_MS
    deadline_ms = NEVER_MS
    for event in _due(of, place, state):
        bound_ms = (
            bounds.call if event is None else bounds.of(event, stopped=_is_killed(of, place, event, state.knowledge))
        )
        deadline_ms = min(deadline_ms, entered_ms + bound_ms)
    return deadline_ms


def _due(of: Automaton, place: Place, state: State) -> Iterator[Event | None]:
    """What a working service does not put off for ever here; None for a call that was answered and has yet to act."""
    configuration = of.graph.configurations[place.at]
    for event, after in of.graph.successors[place.at]:
        if after != place.at and state.knowledge.due(configuration, event):
            yield event
    if place.cancels > state.in_flight[0] or place.terminates > state.in_flight[1]:
        yield None


def _is_killed(of: Automaton, place: Place, event: Event, knowledge: Knowledge) -> bool:
    """Whether only SIGKILL is sure to end the process in this way."""
    attempt = of.graph.configurations[place.at].memory.attempt
    return event in EXITS and not (knowledge.exits_due and event in knowledge.ends(attempt))


def _places(belief: Belief) -> Iterator[Place]:
    for key, found in belief:
        for at in bits(found):
            yield Place(at, key.cancels, key.terminates)
