"""A case: a history that broke something, as a file that anybody can play again.

It says what was done, what was broken, and all that the verdict rested on. Nothing in it is executed or looked up: what is
read is held against what a case may hold, and what does not fit is said with its place.
"""

from __future__ import annotations

import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Struct

from ..judging.history import kit_version, model_digest
from ..power import LOCAL, Power
from .step import Close, History, Open, Release, Step, Submit, Together, Until

FORMAT = 1
"""Changed when a member changes its meaning. A newer kit reads every older case; an older kit refuses a newer one."""

LONGEST_BYTES = 2**20
"""More than any history that was drawn takes: what is longer is another kind of file."""

SERVICE, RECORD, WHOLE, LUCK = "service", "record", "whole", "luck"
SHORTENED = {
    SERVICE: "made shorter by asking the service again",
    RECORD: "what has nothing to do with it was left out, on the record alone: the service was not asked again",
    WHOLE: "the whole history: nothing could be left out on the record alone, and the service was not asked again",
    LUCK: "the service did not show it again each time: only what has nothing to do with it was left out",
}
"""How a case came to its length."""


PromiseId = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9-]{1,20}\Z")]


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What a case file holds.

    rule, broken       the rule that was broken, and the promises that this speaks against
    expected, observed   both sides, in words
    steps, begins      what was done, and how many of the steps lead to where the history began
    shortened          how it came to its length, one of SHORTENED
    shown, played      in how many of how many times that it was played, when it was found
    scenario           its name in the record of the run
    target, variant, powers   where that was, and what the kit could do there
    assumptions, readings, bounds_ms   what the verdict rested on
    seed               of the run
    versions           of batchproof, boto3, hypothesis and Python, and `model`: which table
    """

    format: int
    rule: PromiseId
    broken: tuple[PromiseId, ...]
    expected: str
    observed: str
    steps: tuple[Step, ...]
    begins: int = 0
    shortened: str
    shown: int
    played: int
    scenario: str
    target: str
    variant: str = ""
    powers: tuple[str, ...]
    assumptions: tuple[str, ...]
    readings: dict[str, str]
    bounds_ms: dict[str, int]
    seed: int
    versions: dict[str, str]

    @property
    def name(self) -> str:
        """What its file is called, without its end."""
        words = [self.rule, *(promise for promise in self.broken if promise != self.rule)]
        if self.variant:
            words.insert(0, "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in self.variant))
        return "-".join(words)

    @property
    def came_to_be(self) -> str:
        """How it came to its length, in words."""
        often = f", and shown in {self.shown} of {self.played}" if self.played > 1 else ""
        return f"{SHORTENED[self.shortened]}{often}"

    @property
    def history(self) -> History:
        """What to play."""
        return History(self.steps, self.begins)

    @property
    def needs(self) -> frozenset[Power]:
        """What the kit has to be able to do where it is played: what its steps ask for, as far as it could where it was found."""
        return frozenset(power for power in needs(self.steps) if power.option in self.powers)


class NoCase(ValueError):
    """What was read is no case, or none that this kit can read; the text names the file, the member and its value."""


_NAMES = frozenset(power.option for power in LOCAL)


def versions() -> dict[str, str]:
    """Of everything that has a part in how a history is drawn, played and judged."""
    packages = {name: version(name) for name in ("boto3", "hypothesis")}
    return {"batchproof": kit_version(), "model": model_digest(), **packages, "python": platform.python_version()}


def written(case: Case, folder: Path) -> Path:
    """Write a case into a folder of a report, and say where it is. Raises OSError."""
    path = folder / "cases" / f"{case.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(case), indent=1) + b"\n")
    return path


def read(path: Path) -> Case:
    """
    The case in a file.

    Raises NoCase, naming what does not fit, and OSError where the file cannot be read.
    """
    with path.open("rb") as file:
        text = file.read(LONGEST_BYTES + 1)
    return parsed(text, str(path))


def parsed(text: bytes, name: str) -> Case:
    """The case in this text. Raises NoCase, as `read` does."""
    if len(text) > LONGEST_BYTES:
        raise NoCase(f"{name} is longer than {LONGEST_BYTES} bytes: no case is")
    try:
        whole = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as reason:
        raise NoCase(f"{name} is no JSON: {reason}") from None
    if not isinstance(whole, dict) or "format" not in whole:
        raise NoCase(f"{name} is no case: it has no member format, which would say so")
    number = whole["format"]
    if type(number) is not int or not 1 <= number <= FORMAT:
        raise NoCase(f"{name}: format is {_shown(number)}; batchproof {kit_version()} reads 1 to {FORMAT}")
    try:
        case = msgspec.convert(whole, Case)
    except msgspec.ValidationError as reason:
        raise NoCase(f"{name} is no case: {_printable(str(reason))}{_found_there(whole, str(reason))}") from None
    if wrong := _senseless(case):
        raise NoCase(f"{name} is no case: {wrong}")
    return case


def needs(steps: tuple[Step, ...]) -> frozenset[Power]:
    """
    What the kit has to be able to do for all of these steps to have an effect.

    >>> sorted(power.option for power in needs((Submit(name="a", narrow=True), Release("a", 0))))
    ['gate', 'holds-runnable']
    """
    found: set[Power] = set()
    for step in steps:
        match step:
            case Submit():
                found |= {Power.HOLDS_RUNNABLE} if step.narrow else set()
                found |= {Power.GATE} if step.on_sigterm != Submit(name="").on_sigterm else set()
            case Close() | Open():
                found.add(Power.HOLDS_RUNNABLE)
            case Release():
                found.add(Power.GATE)
            case Until(status=status, attempt=attempt):
                held = {"PENDING": Power.HOLDS_PENDING, "RUNNING": Power.HOLDS_RUNNING, "STARTING": Power.RUNS}
                found |= {held[status]} if status in held else set()
                found |= {Power.GATE} if attempt > 1 else set()
            case Together(branches=branches):
                found |= needs(tuple(inner for _, inner in branches))
            case _:
                pass
    return frozenset(found)


def _senseless(case: Case) -> str:
    """What types do not say: what is named has to be there."""
    if not case.steps:
        return "steps is empty: nothing would be done"
    if not 0 <= case.begins <= len(case.steps):
        return f"begins is {case.begins}, and there are {len(case.steps)} steps"
    if case.shortened not in SHORTENED:
        return f"shortened is {_shown(case.shortened)}, and has to be {' or '.join(SHORTENED)}"
    if strange := set(case.powers) - _NAMES:
        return f"powers has {_shown(min(strange))}: the powers are {', '.join(sorted(_NAMES))}"
    return ""


def _found_there(whole: Any, reason: str) -> str:
    """The value at the place that msgspec names, where there is one."""
    if (place := re.search(r"`\$([^`]*)`", reason)) is None:
        return ""
    found = whole
    for member, index in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", place[1]):
        try:
            found = found[member] if member else found[int(index)]
        except (LookupError, TypeError, ValueError):
            return ""
    return f", and it is {_shown(found)}"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _shown(value: Any) -> str:
    """A value as a line can have it: nothing in it moves a terminal's cursor."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
