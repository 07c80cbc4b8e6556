"""A run as a file that describes itself: what was checked and what was taken for granted first, then all that happened.

JSON lines. The first is a `Header`; each variant of the target begins with a `Variant`, and what follows it up to the
next one happened there. Each line has a `what`, so that a kit which does not know one can say so.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from ...model.bounds import Bounds
from ...model.lifecycle import MOVES
from .answers import meaning
from .assumptions import Assumptions
from .follower import Terms
from .happenings import Acted, Failed, Got, Happening, Left, OfJob, OnWire, Sent, Submitted, Tried, drawn
from .seen import Cut, Exchange, Seen, assembled

FORMAT = 1
"""Changed when a line changes its meaning. An older kit refuses a newer file; a newer kit reads every older one."""


LONGEST_LINE_BYTES = 64 * 2**20
"""More than any answer that a kit reads: what is longer is another kind of file."""


class Header(Struct, frozen=True, tag_field="what", tag="history", kw_only=True):
    """
    What the run was.

    kit, model   version of batchproof, and `model_digest()` of its table
    began_at     date and time in UTC, ISO 8601
    asked        what the caller asked for, as far as it was not left open
    """

    format: int
    kit: str
    model: str
    target: str
    began_at: str
    seed: int = 0
    asked: dict[str, object] = {}


class Variant(Struct, frozen=True, tag_field="what", tag="variant", kw_only=True):
    """
    What was known of the service from here on.

    title, variant   how reports call it
    powers        what the harness could bring about there, by the names that `--power` takes
    assumptions   what was taken for granted
    readings      those that were required
    bounds        how long things may take; None in a file of a kit that had no such bounds
    bounds_s      other times, in seconds, by name
    """

    title: str
    variant: str = ""
    powers: tuple[str, ...] = ()
    assumptions: Assumptions = Assumptions()
    readings: dict[str, str] = {}
    bounds: Bounds | None = None
    bounds_s: dict[str, float] = {}
    notes: tuple[str, ...] = ()


Line = Header | Variant | Happening

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Line)


class NoHistory(ValueError):
    """What was read is no history, or none that this kit can read; the text names the file and the line."""


@cache
def model_digest() -> str:
    """Which table a verdict rests on: two kits with the same digest have the same rows."""
    return hashlib.sha256("\n".join(f"{move!r}" for move in MOVES).encode()).hexdigest()[:12]


def kit_version() -> str:
    """The version of batchproof that is installed."""
    try:
        return version("batchproof")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"


@dataclass
class Section:
    """One variant, and what happened there."""

    variant: Variant
    happenings: list[Happening] = field(default_factory=list)

    @property
    def terms(self) -> Terms:
        """What its verdicts rested on when it was recorded."""
        return Terms(self.variant.assumptions, self.variant.readings, self.variant.bounds)

    def jobs(self) -> Mapping[str, list[OfJob]]:
        """What happened to each job, by its label."""
        found: dict[str, list[OfJob]] = {}
        for happening in self.happenings:
            if not isinstance(happening, OnWire | Acted | Tried | Left):
                found.setdefault(happening.job, []).append(happening)
        return found

    def exchanges(self) -> Mapping[int, Exchange]:
        """Every request with its answer, by number; None where the run ended before one came."""
        answers = {h.number: h for h in self.happenings if isinstance(h, Got | Failed)}
        found: dict[int, Exchange] = {}
        for happening in self.happenings:
            if isinstance(happening, Sent):
                answer = answers.get(happening.number)
                if isinstance(answer, Got) and answer.same_as is not None:
                    same = answers[answer.same_as]
                    assert isinstance(same, Got)
                    answer = msgspec.structs.replace(answer, body=same.body, same_as=None)
                found[happening.number] = happening, answer
        return found

    def _cuts(self) -> Mapping[str, Cut]:
        """Where each scenario ended, of those that did."""
        found: dict[str, Cut] = {}
        cast: dict[str, list[str]] = {}
        calls: dict[str, list[int]] = {}
        counts: Counter[str] = Counter()
        for happening in self.happenings:
            if isinstance(happening, Sent):
                calls.setdefault(happening.scenario, []).append(happening.number)
            elif isinstance(happening, Left):
                mine = {label: counts[label] for label in cast.get(happening.scenario, ())}
                found[happening.scenario] = Cut(frozenset(calls.get(happening.scenario, ())), mine)
            elif not isinstance(happening, OnWire | Acted | Tried):
                counts[happening.job] += 1
                if isinstance(happening, Submitted):
                    cast.setdefault(happening.scenario, []).append(happening.job)
        return found

    def scenarios(self) -> Iterator[tuple[str, Seen]]:
        """Each scenario with the rule that it was played for, in the order in which they were begun."""
        lives, exchanges = self.jobs(), self.exchanges()
        left = {h.scenario: h for h in self.happenings if isinstance(h, Left)}
        cuts = self._cuts()
        answering: dict[str, int] = {}
        for number, (sent, answer) in sorted(exchanges.items()):
            if sent.operation not in answering and meaning(answer).judged:
                answering[sent.operation] = number
        for tried in self.happenings:
            if isinstance(tried, Tried):
                seen = assembled(
                    tried.scenario,
                    lives,
                    exchanges,
                    left=left.get(tried.scenario),
                    cut=cuts.get(tried.scenario),
                    bounds=self.variant.bounds,
                    answering=answering,
                    steps=drawn(tried),
                )
                yield tried.rule, seen


@dataclass
class History:
    """A whole run."""

    header: Header
    sections: list[Section]


def encoded(line: Line) -> bytes:
    """One line of the file, without its end."""
    return _encoder.encode(line)


def read(path: Path) -> History:
    """
    The history in a file, also in one that gzip has made smaller.

    Raises NoHistory, naming the line that is none, and OSError where the file cannot be read.
    """
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        return parsed(_bounded(file, str(path)), str(path))


def _bounded(file: BinaryIO | gzip.GzipFile, name: str) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > LONGEST_LINE_BYTES:
            raise NoHistory(f"{name}:{number} is longer than {LONGEST_LINE_BYTES} bytes: no line of a history is")
        yield line


def parsed(lines: Iterable[bytes], name: str) -> History:
    """
    The history in these lines. A last line that was cut short, as by a crash, is left out.

    Raises NoHistory, as `read` does.
    """
    header: Header | None = None
    sections: list[Section] = []
    for number, text in enumerate(lines, start=1):
        try:
            line = _decoder.decode(text)
        except (msgspec.MsgspecError, RecursionError) as reason:
            if header is not None and not text.endswith(b"\n"):
                break
            raise NoHistory(f"{name}:{number} is not a line of a history: {reason}") from None
        if header is None:
            if not isinstance(line, Header):
                raise NoHistory(f"{name}:1 is not the first line of a history: it does not say how it was made")
            if line.format > FORMAT:
                raise NoHistory(
                    f"{name} is a history of format {line.format}, written by batchproof {line.kit}; "
                    f"this one, {kit_version()}, reads formats up to {FORMAT}"
                )
            header = line
        elif isinstance(line, Variant):
            sections.append(Section(line))
        elif isinstance(line, Header):
            raise NoHistory(f"{name}:{number} begins another history: give each a file of its own")
        elif not sections:
            raise NoHistory(f"{name}:{number} comes before the variant that it happened at")
        else:
            sections[-1].happenings.append(line)
    if header is None:
        raise NoHistory(f"{name} is empty")
    return History(header, sections)
