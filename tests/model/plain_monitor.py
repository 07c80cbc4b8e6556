"""The monitor as plain as can be, a belief being a set of points: the fast one is held against it, event by event.

The monitor keeps *every* configuration in which the job may be, together with the calls that are under way. Each
thing that is seen narrows the set; each thing that may happen unseen widens it. An empty set is a violation, and the
last set that was not empty is its explanation. One belief is kept for each reading of the documents, so that the
readings which still explain the job fall out of it.

    calls         intervals: they take effect at any moment between their start and their answer; a call whose answer
                  was lost may take effect at any time, or never
    reads         also intervals: what they show was so at some moment between their start and their answer; polls may
                  skip any status (ST-16)
    fresh reads   an assumption about the service. Without it, what a read shows may lag behind, but never goes back

Sound by construction: what some life of the table explains is never a violation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from batchproof.model.event import DEPENDENCY_EVENTS, Event
from batchproof.model.explore import Graph, explore
from batchproof.model.knowledge import Knowledge
from batchproof.model.machine import LIFECYCLE, Lifecycle
from batchproof.model.monitor import Shown, Verdict
from batchproof.model.readings import Valuation, valuations
from batchproof.model.status import STARTED, Status


class _Point(NamedTuple):
    """One possibility: the job's configuration, what reads show of it, and how many calls have yet to take effect."""

    at: int
    view: int
    cancels: int
    terminates: int


_Belief = frozenset[_Point]


@lru_cache(maxsize=256)
def _graph(attempts: int, readings: Valuation, lifecycle: Lifecycle) -> Graph:
    return explore(attempts, readings, lifecycle)


@dataclass
class _Explainer:
    """One belief, under one reading. Closures are kept, since many jobs go the same ways."""

    graph: Graph
    fresh_reads: bool
    late_calls: bool
    closures: dict[tuple[_Belief, Knowledge], _Belief] = field(default_factory=dict)

    def start(self, *, waits: bool) -> _Belief:
        number = next(i for i in self.graph.initial if self.graph.configurations[i].memory.waits is waits)
        return frozenset({_Point(number, number, 0, 0)})

    def closed(self, belief: _Belief, knowledge: Knowledge) -> _Belief:
        """Everything that may have come of the belief, unseen."""
        key = (belief, knowledge)
        if key not in self.closures:
            self.closures[key] = self._close(belief, knowledge)
        return self.closures[key]

    def _close(self, belief: _Belief, knowledge: Knowledge) -> _Belief:
        seen, queue = set(belief), list(belief)
        while queue:
            for after in self._next(queue.pop(), knowledge):
                if after not in seen:
                    seen.add(after)
                    queue.append(after)
        return frozenset(seen)

    def _next(self, point: _Point, knowledge: Knowledge) -> Iterable[_Point]:
        at, view, cancels, terminates = point
        configuration = self.graph.configurations[at]
        for event, after in self.graph.successors[at]:
            seen = after if self.fresh_reads else view
            if event is Event.CANCEL:
                if cancels:
                    yield _Point(after, seen, cancels - 1, terminates)
            elif event is Event.TERMINATE:
                if terminates:
                    yield _Point(after, seen, cancels, terminates - 1)
            elif knowledge.allows(configuration, event):
                yield _Point(after, seen, cancels, terminates)
        if not self.fresh_reads:
            # A view may catch up by any way that leads on to where the job is.
            for _, ahead in self.graph.successors[view]:
                if ahead != view and self.graph.reachable[ahead] >> at & 1:
                    yield _Point(at, ahead, cancels, terminates)

    def settled(self, belief: _Belief, knowledge: Knowledge) -> _Belief:
        """What is left once nothing urgent has been put off and the reads have caught up."""
        return frozenset(p for p in belief if p.view == p.at and not self._urgent(p, knowledge))

    def _urgent(self, point: _Point, knowledge: Knowledge) -> bool:
        configuration = self.graph.configurations[point.at]
        return any(
            after != point.at and knowledge.due(configuration, event)
            for event, after in self.graph.successors[point.at]
        )


class Monitor:
    """
    Follows one job. Feed it in the order in which things happened; `verdict` is None while some life explains all.

    `attempts` is the effective retryStrategy.attempts, `waits` whether the job was submitted with dependencies.

    >>> monitor = Monitor(attempts=2)
    >>> monitor.saw(Shown(Status.RUNNING)); monitor.saw(Shown(Status.RUNNABLE)); monitor.verdict  # a retry
    >>> monitor.saw(Shown(Status.SUCCEEDED)); monitor.saw(Shown(Status.RUNNING)); monitor.verdict.saw
    'RUNNING'
    >>> monitor.verdict.allowed
    ('SUCCEEDED',)
    """

    def __init__(
        self,
        *,
        attempts: int = 1,
        waits: bool = False,
        knowledge: Knowledge | None = None,
        fresh_reads: bool = True,
        late_calls: bool = False,
        readings: Mapping[str, str] | None = None,
        lifecycle: Lifecycle = LIFECYCLE,
    ) -> None:
        self.verdict: Verdict | None = None
        self._knowledge = knowledge or Knowledge(dependencies=DEPENDENCY_EVENTS)
        self._explainers = {
            v: _explainer(attempts, v, lifecycle, fresh_reads, late_calls) for v in valuations(readings)
        }
        # Before the first request all readings of our own table tell the same story, so one speaks for all until then.
        self._asleep = [*self._explainers][1:] if lifecycle is LIFECYCLE else []
        self._beliefs = {v: e.start(waits=waits) for v, e in self._explainers.items() if v not in self._asleep}
        self._in_flight: dict[str, int] = {Event.CANCEL: 0, Event.TERMINATE: 0}
        self._asked: dict[str, bool] = {Event.CANCEL: False, Event.TERMINATE: False}
        self._late_calls = late_calls
        self._past: list[tuple[Knowledge, dict[Valuation, _Belief]]] = []  # since the first mark, each change

    @property
    def knowledge(self) -> Knowledge:
        """What is known about the world around the job now."""
        return self._knowledge

    @property
    def readings(self) -> frozenset[Valuation]:
        """The readings under which some life explains everything seen."""
        awake = frozenset(v for v, belief in self._beliefs.items() if belief)
        return awake | frozenset(self._asleep) if awake else awake

    def knows(self, **changes: object) -> None:
        """From now on other things may happen unseen: fields of `Knowledge`."""
        self.now_knows(replace(self._knowledge, **changes))  # pyright: ignore[reportArgumentType]

    def now_knows(self, knowledge: Knowledge) -> None:
        """From now on this is known."""
        self._close()
        self._knowledge = knowledge

    def called(self, request: str) -> None:
        """A `cancel` or `terminate` begins."""
        self._close()
        self._wake()
        self._in_flight[request] += 1
        self._each(lambda _, b: frozenset(_pending(p, request, +1) for p in b))

    def answered(self, request: str) -> None:
        """A `cancel` or `terminate` was answered with success: it has taken effect by now."""
        self._close()
        self._asked[request] = True
        self._in_flight[request] -= 1
        if not self._late_calls:
            bound = self._in_flight[request]
            self._filter(lambda _, p: _waiting(p, request) <= bound, f"{request} accepted")

    def refused(self, request: str) -> None:
        """A `cancel` or `terminate` was answered with an error: it has no effect."""
        self._close()
        self._in_flight[request] -= 1
        self._filter(lambda _, p: _waiting(p, request) > 0, f"{request} refused")
        self._each(lambda _, b: frozenset(_pending(p, request, -1) for p in b))

    # A call whose answer was lost stays in flight for ever: nothing to feed.

    def mark(self) -> object:
        """Taken when a read begins, and handed to `saw` with its answer, if other things may come between."""
        self._close()
        if not self._past:
            self._past.append((self._knowledge, self._beliefs))
        return len(self._past) - 1

    def saw(self, shown: Shown, *, settled: bool = False, since: object = None) -> None:
        """
        A read showed this. `settled`: the service has had all the time it is allowed, and nothing happened since.

        `since` is the `mark` of the read's beginning; without it the read is taken to show this very moment.
        """
        self._close()
        flags = (("isCancelled", shown.is_cancelled), ("isTerminated", shown.is_terminated))
        text = " ".join([shown.status, *(name for name, flag in flags if flag)])
        if shown.attempts:
            text += f" with {shown.attempts} attempt{'s' if shown.attempts > 1 else ''}"
        text += " and stays" if settled else ""
        before = self._beliefs
        if isinstance(since, int) and since < len(self._past) - 1:
            self._saw_since(shown, [beliefs for _, beliefs in self._past[since:]], text, before)
        else:
            self._filter(lambda g, p: self._explains(g, p.view, shown), text, before)
        if settled:
            self._close()
            self._filter(lambda g, p: self._explains(g, p.view, shown), text, before)
            knowledge = self._knowledge
            self._each(lambda e, b: e.settled(b, knowledge), text, before)

    def began(self, attempt: int) -> None:
        """The process of attempt number `attempt` (from 1) reported that it runs."""
        self._close()
        self._filter(
            lambda g, p: g.configurations[p.at].memory.attempt >= attempt,
            f"attempt {attempt} began",
        )

    def signalled(self, attempt: int, ends: frozenset[str] | None = None) -> None:
        """
        The process of attempt number `attempt` reported a SIGTERM.

        `ends`: how it ends itself because of it, where that is known. It was alive when it reported, so nothing else
        has ended it; only from such a report may be concluded what an exit code means after a terminate (TERM-11).
        """
        self._close()
        self._filter(
            lambda g, p: g.configurations[p.at].memory.stop_sent and g.configurations[p.at].memory.attempt >= attempt,
            f"SIGTERM in attempt {attempt}",
        )
        if ends is None or self.verdict is not None or self._knowledge.may_time_out:
            return  # a timeout's SIGTERM may have ended it before a terminate that was asked for ahead of this report
        alive = {
            v: frozenset(p for p in b if self._explainers[v].graph.configurations[p.at].status in STARTED)
            for v, b in self._beliefs.items()
        }
        if any(alive.values()):  # else a read has shown the end already
            self._beliefs = alive
            self._knowledge = self._knowledge.ended_itself(attempt, ends)

    def allowed(self) -> tuple[str, ...]:
        """What a read may show now, as lines for a person."""
        self._close()
        return self._told(self._beliefs)

    def _explains(self, graph: Graph, number: int, shown: Shown) -> bool:
        status, memory = graph.configurations[number]
        return (
            status is shown.status
            # Whether an accepted request that changed nothing shows in its flag is free; one that was refused must not.
            and (not shown.is_cancelled or memory.is_cancelled or self._may_show(Event.CANCEL))
            and (not shown.is_terminated or memory.is_terminated or self._may_show(Event.TERMINATE))
            # An attempt counts from RUNNING in the guide and from RUNNABLE in the API (RETRY-22), so one more may show.
            and (shown.attempts is None or shown.attempts <= min(memory.attempt + 1, memory.attempts))
        )

    def _may_show(self, request: str) -> bool:
        return self._asked[request] or self._in_flight[request] > 0

    def _saw_since(
        self, shown: Shown, past: list[dict[Valuation, _Belief]], text: str, before: dict[Valuation, _Belief]
    ) -> None:
        """A read that other events overlapped: it showed some moment since its beginning, also one long ruled out."""
        left = {}
        for readings, belief in self._beliefs.items():
            graph = self._explainers[readings].graph
            views = {p.view for beliefs in past for p in beliefs[readings]}
            views = {view for view in views if self._explains(graph, view, shown)}
            left[readings] = frozenset(p for p in belief if any(graph.reachable[view] >> p.view & 1 for view in views))
        self._keep(left, text, before)

    def _wake(self) -> None:
        """From the first request on each reading is followed by itself."""
        (speaker,) = self._beliefs if self._asleep else (None,)
        if speaker is None:
            return
        for readings in self._asleep:
            for beliefs in (self._beliefs, *(beliefs for _, beliefs in self._past if beliefs is not self._beliefs)):
                beliefs[readings] = self._translated(beliefs[speaker], speaker, readings)
        self._asleep = []

    def _translated(self, belief: _Belief, speaker: Valuation, readings: Valuation) -> _Belief:
        """A belief under one reading as the same belief under another."""
        told, index = self._explainers[speaker].graph.configurations, self._explainers[readings].graph.index

        def number(at: int) -> int:
            return index[told[at]._replace(memory=told[at].memory._replace(**dict(readings)))]

        return frozenset(_Point(number(p.at), number(p.view), p.cancels, p.terminates) for p in belief)

    def _close(self) -> None:
        if self.verdict is None:
            knowledge = self._knowledge
            self._beliefs = {v: self._explainers[v].closed(b, knowledge) if b else b for v, b in self._beliefs.items()}
            if self._past and self._past[-1] != (self._knowledge, self._beliefs):
                self._past.append((self._knowledge, self._beliefs))

    def _filter(self, holds, text: str, before: dict[Valuation, _Belief] | None = None) -> None:
        self._each(lambda e, b: frozenset(p for p in b if holds(e.graph, p)), text, before)

    def _each(self, change, text: str = "", before: dict[Valuation, _Belief] | None = None) -> None:
        self._keep({v: change(self._explainers[v], b) for v, b in self._beliefs.items() if b}, text, before)

    def _keep(self, left: dict[Valuation, _Belief], text: str, before: dict[Valuation, _Belief] | None = None) -> None:
        """Go on with what is left. Where nothing is, `before` was the last that explained everything."""
        if self.verdict is not None:
            return
        if not any(left.values()):
            self.verdict = Verdict(text, self._told(before or self._beliefs))
        self._beliefs = {v: left.get(v, frozenset()) for v in self._beliefs}

    def _told(self, beliefs: dict[Valuation, _Belief]) -> tuple[str, ...]:
        """What a read may show under these beliefs, as lines for a person."""
        found: dict[str, None] = {}
        for readings, belief in beliefs.items():
            graph = self._explainers[readings].graph
            for view in {point.view for point in belief}:
                status, memory = graph.configurations[view]
                flags = [
                    n for n, on in (("isCancelled", memory.is_cancelled), ("isTerminated", memory.is_terminated)) if on
                ]
                found[" ".join([status, *flags])] = None
        return tuple(sorted(found, key=lambda line: (list(Status).index(Status(line.split()[0])), line)))


@lru_cache(maxsize=1024)
def _explainer(
    attempts: int, readings: Valuation, lifecycle: Lifecycle, fresh_reads: bool, late_calls: bool
) -> _Explainer:
    return _Explainer(_graph(attempts, readings, lifecycle), fresh_reads, late_calls)


def _waiting(point: _Point, request: str) -> int:
    return point.cancels if request == Event.CANCEL else point.terminates


def _pending(point: _Point, request: str, change: int) -> _Point:
    if request == Event.CANCEL:
        return point._replace(cancels=point.cancels + change)
    return point._replace(terminates=point.terminates + change)
