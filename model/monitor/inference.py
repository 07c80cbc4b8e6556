"""How beliefs about a job follow from each other: an automaton that is built as it is needed.

A way which some job went before costs a look-up. `monitor.py` says what is fed to it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property, lru_cache

from ..knowledge import Knowledge
from ..machine import LIFECYCLE, Lifecycle
from ..readings import Valuation, valuations
from ..status import Status
from .automaton import Automaton, Belief, Reads, Shown, automaton, everywhere, visible, with_flags
from .beliefs import State, Verdict
from .overdue import is_due
from .passages import Passages


class Inference:
    """
    The automaton of all beliefs for jobs with so many attempts, under some readings and one kind of reads.

    It is shared by every monitor of such jobs, and belongs to one thread at a time.
    """

    def __init__(
        self, attempts: int, chosen: tuple[Valuation, ...], lifecycle: Lifecycle, reads: Reads, late_calls: bool
    ) -> None:
        self.valuations = chosen
        self.automata: tuple[Automaton, ...] = tuple(automaton(attempts, v, lifecycle, reads) for v in chosen)
        self.reads, self.late_calls = reads, late_calls
        # Before the first request all readings of our own table tell the same story, so one speaks for all until then.
        self.sleeps = lifecycle is LIFECYCLE
        self._states: dict[Hashable, State] = {}

    @cached_property
    def passages(self) -> tuple[Passages, ...]:
        """For each reading what jobs have passed: made for whoever asks, since most who judge do not."""
        return tuple(Passages(a, number) for number, a in enumerate(self.automata))

    def start(self, knowledge: Knowledge, *, waits: bool) -> State:
        """After a submission."""
        awake = 1 if self.sleeps else len(self.automata)
        beliefs = tuple(a.start(waits=waits) if n < awake else None for n, a in enumerate(self.automata))
        ever = tuple(everywhere(b or ()) for b in beliefs) if self.reads is Reads.UNORDERED else ()
        return self.interned(State(beliefs, knowledge, ever=ever))

    def interned(self, state: State) -> State:
        """The one state like this."""
        return self._states.setdefault(state.key, state) if state.verdict is None else state

    def closed(self, state: State) -> State:
        """Everything that may have come of it, unseen."""
        if state.closed is None:
            cancel, terminate = state.lost
            beliefs = tuple(
                a.closed(b, a.moves(state.knowledge, cancel=cancel, terminate=terminate)) if b else b
                for a, b in zip(self.automata, state.beliefs, strict=True)
            )
            ever = tuple(e | everywhere(b or ()) for e, b in zip(state.ever, beliefs, strict=False))
            state.closed = self.interned(self._like(state, beliefs=beliefs, ever=ever))
            state.closed.closed = state.closed
        return state.closed

    def saw(self, state: State, shown: Shown, past: frozenset[State], text: str) -> State:
        """A read showed this at some moment since the oldest of these past states, or in this very one."""
        since = (state, *past)
        cancel, terminate = state.may_show

        def left(number: int, belief: Belief) -> Belief:
            of = self.automata[number]
            wanted = of.explaining(shown, cancel_asked=cancel, terminate_asked=terminate)
            if self.reads is Reads.UNORDERED:
                return of.kept(belief, of.following(wanted & state.ever[number]))
            if self.reads is Reads.LAGGING:
                if not past:
                    return of.viewed(belief, wanted)
                seen = 0
                for at in since:
                    seen |= visible(at.beliefs[number] or ())
                return of.viewed(belief, of.following(wanted & seen))
            if not past:
                return of.kept(belief, wanted)
            seen = 0
            for at in since:
                seen |= everywhere(at.beliefs[number] or ())
            return of.kept(belief, of.following(wanted & seen))

        return self.narrowed(state, left, text)

    def narrowed(self, state: State, left: Callable[[int, Belief], Belief], text: str) -> State:
        """The state with each belief narrowed; where nothing is left, a violation that `text` names."""
        beliefs = tuple(left(n, b) if b else b for n, b in enumerate(state.beliefs))
        if not any(beliefs):
            return self._like(state, beliefs=beliefs, verdict=Verdict(text, self.told(state)))
        return self.interned(self._like(state, beliefs=beliefs))

    def is_calm(self, state: State) -> bool:
        """Whether nothing is due, wherever the job may be, and reads show where it is."""
        if state.calm is None:
            state.calm = self.reads is Reads.FRESH and not any(
                is_due(of, belief, state) for of, belief in zip(self.automata, state.beliefs, strict=True) if belief
            )
        return state.calm

    def changed(self, state: State, **changes: object) -> State:
        """The state with something known or asked that it did not have, all readings awake where a request is made."""
        if self.sleeps and state.beliefs[-1] is None and "in_flight" in changes and len(self.automata) > 1:
            state = self._woken(state)
        return self.interned(self._like(state, **changes))

    def _woken(self, state: State) -> State:
        speaker = self.automata[0].graph
        told, ever = state.beliefs[0] or (), state.ever[0] if state.ever else 0
        beliefs, evers = [told], [ever]
        for valuation, other in zip(self.valuations[1:], self.automata[1:], strict=True):
            names = dict(valuation)
            index = other.graph.index

            def number(at: int, names: dict[str, str] = names, index: dict = index) -> int:
                configuration = speaker.configurations[at]
                return index[configuration._replace(memory=configuration.memory._replace(**names))]

            beliefs.append(_translated(told, number))
            evers.append(_moved(ever, number))
        return self._like(state, beliefs=tuple(beliefs), ever=tuple(evers) if state.ever else ())

    def told(self, state: State) -> tuple[str, ...]:
        """What a read may show, as lines for a person."""
        found: dict[str, None] = {}
        for number, belief in enumerate(state.beliefs):
            if not belief:
                continue
            of = self.automata[number]
            if self.reads is Reads.FRESH:
                shown = everywhere(belief)
            elif self.reads is Reads.LAGGING:
                shown = visible(belief)
            else:
                shown = state.ever[number]
            for at, (status, memory) in enumerate(of.graph.configurations):
                if shown >> at & 1:
                    found[with_flags(status, memory.is_cancelled, memory.is_terminated)] = None
        return tuple(sorted(found, key=lambda line: (list(Status).index(Status(line.split()[0])), line)))

    def _like(self, state: State, **changes: object) -> State:
        members = ("beliefs", "knowledge", "in_flight", "asked", "lost", "ever", "verdict")
        return State(**{name: changes.get(name, getattr(state, name)) for name in members})  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def inference(
    attempts: int, required: tuple[tuple[str, str], ...], lifecycle: Lifecycle, reads: Reads, late_calls: bool
) -> Inference:
    """The one of jobs with so many attempts, under the readings that are left when these are required."""
    return Inference(attempts, tuple(valuations(dict(required))), lifecycle, reads, late_calls)


def _moved(of: int, number: Callable[[int], int]) -> int:
    found = 0
    while of:
        low = of & -of
        found |= 1 << number(low.bit_length() - 1)
        of ^= low
    return found


def _translated(belief: Belief, number: Callable[[int], int]) -> Belief:
    """A belief under one reading as the same belief under another."""
    found = [(key if key.view < 0 else key._replace(view=number(key.view)), _moved(at, number)) for key, at in belief]
    return tuple(sorted(found))
