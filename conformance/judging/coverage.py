"""How much of the model a run has met: what its jobs surely passed through, and what they may have passed through.

Counted from the record alone, on the terms of its verdicts, so that a run and its file come to the same numbers
(docs/coverage-of-the-model.md). A job that no life explains counts as far as lives explained it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...model.elements import ROWS, SHARED, SIDES, Elements, Met, possible_under, readings_asked
from ...model.lifecycle import MOVES
from ...model.monitor.automaton import bits
from ...model.monitor.beliefs import State
from ...model.monitor.inference import Inference
from ...model.monitor.passages import LOST, Passed
from ...model.readings import Valuation
from ...model.status import Status
from .follower import Follower, Terms
from .happenings import Called, Lost, OfJob, Refused, Saw, Submitted
from .seen import Seen


@dataclass(frozen=True, slots=True)
class _Step:
    """One happening: the monitor's states before and after it, and what `Passages.step` asks besides."""

    before: State
    after: State
    called: int = 0
    request: str = ""
    shown: Status | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """What a job's monitor went through."""

    submitted: Submitted
    inference: Inference
    begun: State
    steps: tuple[_Step, ...]
    readings: frozenset[Valuation]

    def speakers(self) -> list[int]:
        """For each reading the number of the first one that differs from it in nothing on which this job may depend."""
        requests = frozenset(step.request for step in self.steps if step.request)
        names, found = readings_asked(requests, waits=self.submitted.waits), dict[object, int]()
        told = [tuple(item for item in valuation if item[0] in names) for valuation in self.inference.valuations]
        return [found.setdefault(answers, number) for number, answers in enumerate(told)]


@dataclass
class Ground:
    """What jobs with so many attempts met of the graph under one reading, as bits of its `Elements`."""

    elements: Elements
    jobs: int = 0
    surely: int = 0
    possibly: int = 0

    def counted(self, of: int) -> dict[str, int]:
        """How many of these elements there are, and how many were met."""
        surely = self.surely & of
        possibly = self.possibly & of & ~surely
        return {"of": of.bit_count(), "surely": surely.bit_count(), "possibly": possibly.bit_count()}


@dataclass
class Coverage:
    """
    What the jobs of one variant met.

    A service follows one reading of the documents, so what a run surely met it met under every reading that explains
    all jobs: those are in `grounds`, by attempts. `_surely` and `_possibly` count jobs for each reading and shared bit.
    """

    grounds: dict[tuple[int, Valuation], Ground] = field(default_factory=dict)
    _surely: dict[Valuation, Counter[int]] = field(default_factory=dict)
    _possibly: dict[Valuation, Counter[int]] = field(default_factory=dict)

    def add(self, attempts: int, valuation: Valuation, elements: Elements, surely: int, possibly: int) -> None:
        """Count what one job met under one reading, as bits of these elements."""
        ground = self.grounds.setdefault((attempts, valuation), Ground(elements))
        ground.jobs += 1
        ground.surely |= surely
        ground.possibly |= possibly
        self._surely.setdefault(valuation, Counter()).update(bits(surely & SHARED))
        self._possibly.setdefault(valuation, Counter()).update(bits(possibly & SHARED))

    def jobs(self, bit: int) -> tuple[int, int]:
        """How many jobs surely met a row or a side of a guard, under each reading, and how many may have, under some."""
        surely = min((count[bit] for count in self._surely.values()), default=0)
        return surely, max((count[bit] for count in self._possibly.values()), default=0)

    def met(self, bit: int) -> Met:
        """Whether any job met it."""
        surely, possibly = self.jobs(bit)
        return Met.SURELY if surely else Met.POSSIBLY if possibly else Met.NOT


def covered(scenarios: Iterable[tuple[str, Seen]], terms: Terms) -> Coverage:
    """What all jobs of these scenarios met, canaries included."""
    ways = [way for _, seen in scenarios for job in seen.jobs.values() if (way := _way(job.life, terms)) is not None]
    readings = _common(way.readings for way in ways)
    if not readings:  # no reading explains all jobs: what the run met may be told under none of them alone
        readings = frozenset(valuation for way in ways for valuation in way.inference.valuations)
    found = Coverage()
    for way in ways:
        passages, told = way.inference.passages, dict[int, tuple[int, int]]()
        for number, speaker in enumerate(way.speakers()):
            valuation = way.inference.valuations[number]
            if valuation in readings:
                if speaker not in told:
                    passed = _passed(way, speaker)
                    told[speaker] = passed.surely, passed.possibly
                mine, there = passages[speaker].elements, passages[number].elements
                met = told[speaker] if mine is there else [mine.translated(each, there) for each in told[speaker]]
                found.add(way.submitted.attempts, valuation, there, *met)
    return found


def _common(found: Iterable[frozenset[Valuation]]) -> frozenset[Valuation]:
    """The readings that explain every job; one that no reading explains is not asked."""
    explained = [readings for readings in found if readings]
    return frozenset.intersection(*explained) if explained else frozenset()


def _way(life: Iterable[OfJob], terms: Terms) -> _Way | None:
    follower, steps = Follower(terms), list[_Step]()
    begun: State | None = None
    submitted: Submitted | None = None
    for happening in life:
        before = follower.monitor and follower.monitor.state
        follower.feed(happening)
        if (monitor := follower.monitor) is None:
            continue
        if isinstance(happening, Submitted):
            begun, submitted, steps = monitor.state, happening, []
        elif before is not None and not before.verdict:
            steps += _step(happening, before, monitor.state)
    if follower.monitor is None or begun is None or submitted is None:
        return None
    return _Way(submitted, follower.monitor.inference, begun, tuple(steps), follower.monitor.readings)


def _step(happening: OfJob, before: State, after: State) -> Iterator[_Step]:
    match happening:
        case Called(request=request):
            yield _Step(before, after, 1, request)
        case Refused(request=request):
            yield _Step(before, after, -1, request)
        case Lost(request=request):
            yield _Step(before, after, LOST, request)
        case Saw(status=status) if status in Status.__members__:
            yield _Step(before, after, shown=Status(status))
        case _ if before is not after:
            yield _Step(before, after)
        case _:
            pass  # it said nothing about where the job is


def _passed(way: _Way, number: int) -> Passed:
    """What the job has passed under one reading, as far as lives explain it."""
    passages = way.inference.passages
    asleep = way.begun.beliefs[number] is None  # the first reading speaks for this one until a request is made
    speaking = passages[0] if asleep else passages[number]
    passed = speaking.begun(way.begun)
    for step in way.steps:
        if asleep and step.after.beliefs[number] is not None:
            passed, speaking, asleep = speaking.translated(passed, passages[number]), passages[number], False
        after = speaking.step(
            passed, step.before, step.after, called=step.called, request=step.request, shown=step.shown
        )
        if after is None:
            break
        passed = after
    return speaking.translated(passed, passages[number]) if asleep else passed


class Total:
    """What all variants of a run met together: the best that any of them met."""

    def __init__(self, variants: Mapping[str, Coverage]) -> None:
        self.variants = variants

    def met(self, bit: int) -> Met:
        """Whether any variant met a row, or a side of a guard."""
        found = {coverage.met(bit) for coverage in self.variants.values()}
        return next((met for met in Met if met in found), Met.NOT)

    @property
    def rows(self) -> tuple[Met, ...]:
        """For each row of the table, whether it was met."""
        return tuple(self.met(bit) for bit in bits(ROWS))

    def __str__(self) -> str:
        rows, possible = self.rows, self._possible
        words = f"having met {rows.count(Met.SURELY)} of {len(rows)} rows surely, {rows.count(Met.POSSIBLY)} possibly"
        other = sum(not possible >> bit & 1 and rows[bit] is Met.NOT for bit in bits(ROWS))
        return f"{words} ({other} belong to other readings)" if possible and other else words

    @property
    def _possible(self) -> int:
        """What lives under the readings that the service may follow can meet, with attempts enough to try again."""
        return possible_under(valuation for each in self.variants.values() for _, valuation in each.grounds)

    def as_data(self) -> dict[str, Any]:
        """All of it as JSON types; rows in the order of the table."""
        possible = self._possible
        return {
            "rows": [
                {
                    "source": move.source.value,
                    "event": move.event.value,
                    "guard": [atom.label for atom in move.guard],
                    "destination": move.destination.value,
                    "rules": list(move.rules),
                    **self._element(number, possible),
                }
                for number, move in enumerate(MOVES)
            ],
            "guards": [
                {
                    "source": side.source.value,
                    "event": side.event.value,
                    "is": side.atom.label,
                    **self._element(len(MOVES) + number, possible),
                }
                for number, side in enumerate(SIDES)
            ],
            "graphs": [
                {
                    "variant": title,
                    "attempts": attempts,
                    "readings": dict(valuation),
                    "jobs": ground.jobs,
                    "configurations": ground.counted(ground.elements.configurations),
                    "edges": ground.counted(ground.elements.edges),
                }
                for title, coverage in self.variants.items()
                for (attempts, valuation), ground in sorted(coverage.grounds.items(), key=lambda item: item[0])
            ],
        }

    def _element(self, bit: int, possible: int) -> dict[str, Any]:
        jobs = [coverage.jobs(bit) for coverage in self.variants.values()]
        return {
            "met": self.met(bit).value,
            "jobs_surely": sum(surely for surely, _ in jobs),
            "jobs_possibly": sum(possibly for _, possibly in jobs),
            "possible": bool(possible >> bit & 1),
        }
