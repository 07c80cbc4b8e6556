"""What may be concluded about one job from outside: which lives still explain everything seen so far.

The monitor keeps *every* configuration in which the job may be, together with the calls that are under way. Each
thing that is seen narrows the set; each thing that may happen unseen widens it. An empty set is a violation, and the
last set that was not empty is its explanation. One belief is kept for each reading of the documents, so that the
readings which still explain the job fall out of it.

    calls    intervals: they take effect at any moment between their start and their answer; a call whose answer was lost
             may take effect at any time, or never
    reads    also intervals: what they show was so at some moment between their start and their answer; polls may skip
             any status (ST-16). Reads may also lag behind, or go back: assumptions about the service say so
    time     what is due and does not come is a violation only when its bound has passed, counted from the last
             moment at which the move may have become due (`overdue.py`)

Sound by construction: what some life of the table explains is never a violation. All beliefs of a job together are one
state of an automaton (`inference.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from copy import copy
from dataclasses import replace

from ..bounds import Bounds
from ..event import DEPENDENCY_EVENTS, Event
from ..knowledge import Knowledge
from ..machine import LIFECYCLE, Lifecycle
from ..readings import Valuation
from ..status import STARTED, Status
from .automaton import Belief, Key, Reads, Shown, pending, with_flags
from .beliefs import State, Verdict
from .inference import Inference, inference
from .overdue import Moment, left_in_time, waiting_ends_at


class Monitor:
    """
    Follows one job. Feed it in the order in which things happened; `verdict` is None while some life explains all.

    attempts   the effective retryStrategy.attempts      waits   whether the job was submitted with dependencies
    readings   those that are required
    bounds     how long what is urgent may take; times are needed with it: every method takes `at_ms`

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
        monotone_reads: bool = True,
        late_calls: bool = False,
        readings: Mapping[str, str] | None = None,
        bounds: Bounds | None = None,
        lifecycle: Lifecycle = LIFECYCLE,
        at_ms: int = 0,
    ) -> None:
        reads = Reads.FRESH if fresh_reads else Reads.LAGGING if monotone_reads else Reads.UNORDERED
        required = tuple(sorted((readings or {}).items()))
        self._of = inference(attempts, required, lifecycle, reads, late_calls)
        self.bounds = bounds
        self._state = self._of.start(knowledge or Knowledge(dependencies=DEPENDENCY_EVENTS), waits=waits)
        self._trail: list[Moment] = [Moment(self._state, at_ms, is_read=False, since_ms=at_ms)]

    @property
    def verdict(self) -> Verdict | None:
        """Why no life explains what was seen; None while one does."""
        return self._state.verdict

    @property
    def state(self) -> State:
        """All beliefs as they are now."""
        return self._state

    @property
    def inference(self) -> Inference:
        """The automaton of these beliefs, which all monitors like this one share."""
        return self._of

    @property
    def knowledge(self) -> Knowledge:
        """What is known about the world around the job now."""
        return self._state.knowledge

    @property
    def readings(self) -> frozenset[Valuation]:
        """The readings under which some life explains everything seen."""
        beliefs = self._state.beliefs
        if not any(beliefs):
            return frozenset()
        return frozenset(v for v, b in zip(self._of.valuations, beliefs, strict=True) if b or b is None)

    @property
    def conclusions(self) -> Hashable:
        """What has been concluded so far: without bounds, monitors of the same kind with equal ones stay equal."""
        return self._state

    def branch(self) -> Monitor:
        """Another monitor that has seen the same and goes its own way from here. A `mark` is of one monitor only."""
        other = copy(self)
        other._trail = self._trail[-1:] if self.bounds is None else self._trail[:]
        return other

    def knows(self, *, at_ms: int = 0, **changes: object) -> None:
        """From now on other things may happen unseen: fields of `Knowledge`."""
        self.now_knows(replace(self.knowledge, **changes), at_ms=at_ms)  # pyright: ignore[reportArgumentType]

    def now_knows(self, knowledge: Knowledge, *, at_ms: int = 0) -> None:
        """From now on this is known."""
        self._step(("knows", knowledge), lambda s: self._of.changed(s, knowledge=knowledge), at_ms)

    def called(self, request: str, *, at_ms: int = 0) -> None:
        """A `cancel` or `terminate` begins."""
        which = _WHICH[request]

        def change(state: State) -> State:
            state = self._of.changed(state, in_flight=_added(state.in_flight, which, +1))
            beliefs = tuple(b and pending(b, lambda key: (_pending(key, which, +1),)) for b in state.beliefs)
            return self._of.changed(state, beliefs=beliefs)

        self._step(("called", which), change, at_ms)

    def answered(self, request: str, *, at_ms: int = 0) -> None:
        """A `cancel` or `terminate` was answered with success: it has taken effect by now, or soon will."""
        which = _WHICH[request]

        def change(state: State) -> State:
            asked, in_flight = _with(state.asked, which, True), _added(state.in_flight, which, -1)
            state = self._of.changed(state, asked=asked, in_flight=in_flight)
            if self._of.late_calls:
                return state
            bound = state.in_flight[which]
            return self._of.narrowed(
                state, lambda _, b: tuple(item for item in b if item[0][which + 1] <= bound), f"{request} accepted"
            )

        self._step(("answered", which), change, at_ms)

    def refused(self, request: str, *, at_ms: int = 0) -> None:
        """A `cancel` or `terminate` was answered with an error that judges it: it has no effect, on no flag either."""
        which = _WHICH[request]

        def change(state: State) -> State:
            state = self._of.changed(state, in_flight=_added(state.in_flight, which, -1))
            state = self._of.narrowed(
                state, lambda _, b: tuple(item for item in b if item[0][which + 1] > 0), f"{request} refused"
            )
            if state.verdict:
                return state
            beliefs = tuple(b and pending(b, lambda key: (_pending(key, which, -1),)) for b in state.beliefs)
            return self._of.changed(state, beliefs=beliefs)

        self._step(("refused", which), change, at_ms)

    def lost(self, request: str, *, at_ms: int = 0) -> None:
        """Nobody knows what became of a `cancel` or `terminate`: it may take effect at any time, or never."""
        which = _WHICH[request]

        def change(state: State) -> State:
            left = _added(state.in_flight, which, -1)

            def keys(key: Key) -> tuple[Key, ...]:
                # It was one of those that have taken effect, or one of those that have not.
                waiting = key[which + 1]
                stays = (key,) if waiting <= left[which] or self._of.late_calls else ()
                return (*stays, _pending(key, which, -1)) if waiting else stays

            beliefs = tuple(b and pending(b, keys) for b in state.beliefs)
            asked, lost = _with(state.asked, which, True), _with(state.lost, which, True)
            return self._of.changed(state, beliefs=beliefs, asked=asked, in_flight=left, lost=lost)

        self._step(("lost", which), change, at_ms)

    def mark(self) -> int:
        """Taken when a read begins, and handed to `saw` with its answer, if other things may come between."""
        return len(self._trail)

    def saw(
        self,
        shown: Shown,
        *,
        settled: bool = False,
        since: int | None = None,
        began_ms: int | None = None,
        at_ms: int | None = None,
    ) -> None:
        """
        A read showed this. `settled`: a canary has shown meanwhile that the service makes progress, so that what is
        overdue by its bound is missing. Without bounds: whatever is urgent has had its time, and nothing happened since.

        `since` is the `mark` of the read's beginning, and `began_ms` its time: where that is not known, the read may have
        begun as early as the last thing before it. Without `since` it is taken to show this very moment.
        """
        since_ms = at_ms if since is None else self._trail[min(since, len(self._trail)) - 1].at_ms
        if since is not None and began_ms is not None:
            since_ms = max(since_ms or 0, began_ms)
        past = frozenset[State]()
        if since is not None and since < len(self._trail):
            # What was possible at the mark, and after each thing that came since: the read may show any of it.
            now = self._of.closed(self._state)
            past = frozenset(self._of.closed(moment.state) for moment in self._trail[since - 1 : -1]) - {now}
        text = _told(shown) + (" and stays" if settled else "")
        self._step(
            ("saw", shown, past, settled),
            lambda s: self._of.saw(s, shown, past, text),
            at_ms or 0,
            is_read=True,
            since_ms=since_ms,
        )
        if settled and not self.verdict:
            self._settle(shown, text, at_ms)

    def _settle(self, shown: Shown, text: str, at_ms: int | None) -> None:
        before = self._trail[-2].state
        bounds = self.bounds if at_ms is not None else None
        symbol = ("settled", shown, text, before)
        settled = None if bounds else self._state.next.get(symbol)
        if settled is None:
            # What the read left may have moved on unseen since; it showed this, all the same.
            state = self._of.saw(self._of.closed(self._state), shown, frozenset(), text)
            if bounds and self._of.is_calm(state):
                settled = state
            else:
                in_time = left_in_time(self._of.automata, self._trail, state, shown, bounds, at_ms or 0)
                settled = self._of.narrowed(state, lambda number, _: in_time[number], text)
            if settled.verdict:
                settled.verdict = Verdict(text, self._of.told(self._of.closed(before)))
            if not bounds:
                self._state.next[symbol] = settled
        self._state = settled
        self._trail[-1] = replace(self._trail[-1], state=settled)

    def waits_until_ms(self, now_ms: int) -> int:
        """When the last thing that is due now, or comes due because of it, is overdue; `now_ms` where nothing is due."""
        assert self.bounds is not None
        return waiting_ends_at(self._of.automata, self._trail, self._of.closed(self._state), self.bounds, now_ms)

    def began(self, attempt: int, *, at_ms: int = 0) -> None:
        """The process of attempt number `attempt` (from 1) reported that it runs."""

        def left(number: int, belief: Belief) -> Belief:
            of = self._of.automata[number]
            at = of.graph.configurations
            return of.kept(belief, of.mask(("attempt", attempt), lambda n: at[n].memory.attempt >= attempt))

        self._step(("began", attempt), lambda s: self._of.narrowed(s, left, f"attempt {attempt} began"), at_ms)

    def signalled(self, attempt: int, ends: frozenset[str] | None = None, *, at_ms: int = 0) -> None:
        """
        The process of attempt number `attempt` reported a SIGTERM.

        `ends`: how it ends itself because of it, where that is known. It was alive when it reported, so nothing else
        has ended it; only from such a report may be concluded what an exit code means after a terminate (TERM-11).
        """

        def left(number: int, belief: Belief) -> Belief:
            of = self._of.automata[number]
            at = of.graph.configurations
            sent = lambda n: at[n].memory.stop_sent and at[n].memory.attempt >= attempt  # noqa: E731
            return of.kept(belief, of.mask(("stopped", attempt), sent))

        def change(state: State) -> State:
            state = self._of.narrowed(state, left, f"SIGTERM in attempt {attempt}")
            if ends is None or state.verdict or state.knowledge.may_time_out:
                return state  # a timeout's SIGTERM may have ended it before a terminate that was asked for earlier
            alive = self._of.narrowed(state, self._alive, "")
            if alive.verdict:
                return state  # a read has shown the end already
            return self._of.changed(alive, knowledge=state.knowledge.ended_itself(attempt, ends))

        self._step(("signalled", attempt, ends), change, at_ms)

    def _alive(self, number: int, belief: Belief) -> Belief:
        of = self._of.automata[number]
        return of.kept(belief, of.mask("started", lambda n: of.graph.configurations[n].status in STARTED))

    def allowed(self) -> tuple[str, ...]:
        """What a read may show now, as lines for a person."""
        return self._of.told(self._of.closed(self._state))

    def _step(
        self,
        symbol: Hashable,
        change: Callable[[State], State],
        at_ms: int,
        *,
        is_read: bool = False,
        since_ms: int | None = None,
    ) -> None:
        """Close the state under what may have happened unseen, and let something be seen."""
        state = self._state
        if state.verdict:
            return
        after = state.next.get(symbol)
        if after is None:
            after = change(self._of.closed(state))
            state.next[symbol] = after
        self._state = after
        self._trail.append(Moment(after, at_ms, is_read, at_ms if since_ms is None else since_ms))


_WHICH: Mapping[str, int] = {Event.CANCEL: 0, Event.TERMINATE: 1}


def _told(shown: Shown) -> str:
    text = with_flags(shown.status, shown.is_cancelled, shown.is_terminated)
    if shown.attempts:
        text += f" with {shown.attempts} attempt{'s' if shown.attempts > 1 else ''}"
    return text


def _pending(key: Key, which: int, change: int) -> Key:
    if which == 0:
        return key._replace(cancels=key.cancels + change)
    return key._replace(terminates=key.terminates + change)


def _with(flags: tuple[bool, bool], which: int, flag: bool) -> tuple[bool, bool]:
    return (flag, flags[1]) if which == 0 else (flags[0], flag)


def _added(counts: tuple[int, int], which: int, change: int) -> tuple[int, int]:
    return (counts[0] + change, counts[1]) if which == 0 else (counts[0], counts[1] + change)


def possible_statuses(monitor: Monitor) -> frozenset[Status]:
    """
    The statuses that a read may show now.

    >>> sorted(possible_statuses(Monitor(knowledge=Knowledge(later_exits=frozenset(), stopped_exits=frozenset()))))
    [<Status.RUNNABLE: 'RUNNABLE'>, <Status.RUNNING: 'RUNNING'>, <Status.STARTING: 'STARTING'>, <Status.SUBMITTED: 'SUBMITTED'>]
    """
    return frozenset(Status(line.split()[0]) for line in monitor.allowed())
