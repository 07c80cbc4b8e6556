"""What a mode is: one legal annoyance, which assumption it takes away, and by what it is legal.

A mode is deterministic. What it does with a request or an answer follows from what it was handed so far, the time, and
the random numbers that came with it; it has no clock, no socket and no thread, and it does not sleep. A mode that must
know what was (the lagging reads, say) keeps that itself: no more than of each job of the run a few records. One mode
object serves one run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from random import Random
from typing import Any, ClassVar
from uuid import UUID

from .exchange import Answer, Cut, Forward, Request


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of a mode: its unit, its default and bounds, and what it means."""

    name: str
    unit: str
    default: float
    low: float
    high: float
    meaning: str

    def checked(self, value: float, mode: str) -> float:
        """The value, if it is within the bounds; raises ValueError."""
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise ValueError(
                f"{mode}: {self.name} is {value:g}: it must be between {self.low:g} and {self.high:g} {self.unit}"
            )
        return value


def number(default: float, unit: str, low: float, high: float, meaning: str) -> Any:
    """A field of a mode that is a number."""
    return field(default=default, metadata={"number": (unit, default, low, high, meaning)})


def share(default: float, meaning: str) -> Any:
    """A field of a mode that is a share; never all, for a service that never does anything is not legal."""
    return number(default, "of 1", 0, 0.9, meaning)


def parameter_of(field: Field[Any]) -> Parameter | None:
    """What a field of a mode says of its number."""
    return Parameter(field.name, *field.metadata["number"]) if "number" in field.metadata else None


@dataclass(eq=False)
class Mode:
    """
    Passes everything on; its children do not.

    `rules` are ids of `model.promises`; `protocol` names what makes it legal where that is no rule of Batch. `why` is
    the reason, in a sentence. `touches` are the operations that it can change anything about.
    """

    name: ClassVar[str] = ""
    takes_away: ClassVar[str] = ""
    rules: ClassVar[tuple[str, ...]] = ()
    protocol: ClassVar[tuple[str, ...]] = ()
    why: ClassVar[str] = ""
    touches: ClassVar[str] = "all"
    changes_requests: ClassVar[bool] = False
    """Whether it asks for something else than the client did: then a signature must be made anew."""

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            parameter.checked(getattr(self, parameter.name), self.name)

    @classmethod
    def parameters(cls) -> Iterator[Parameter]:
        """Its numbers, the principal one first."""
        return (found for field in fields(cls) if (found := parameter_of(field)))

    @classmethod
    def read(cls, text: str) -> Mode:
        """
        The mode with what follows NAME= on the command line: a value, or `name=value`, separated by commas.

        Raises ValueError, which names the mode, the parameter and what is possible.
        """
        known = {parameter.name: parameter for parameter in cls.parameters()}
        given: dict[str, float] = {}
        for position, part in enumerate(filter(None, text.split(","))):
            key, equals, value = part.rpartition("=")
            key = key if equals else next(iter(known), "") if position == 0 else ""
            if key not in known:
                raise ValueError(f"{cls.name}: {part!r} sets nothing: its parameters are {', '.join(known) or 'none'}")
            try:
                given[key] = float(value)
            except ValueError:
                raise ValueError(f"{cls.name}: {key} is {value!r}, which is no number") from None
        return cls(**given)

    def begin(self, chance: Random) -> None:
        """Draw what is the same for all of a run; called once, before anything passes."""

    def before(self, request: Request, now_s: float, chance: Random) -> Forward | Answer | Cut:
        """What becomes of a request on its way to the service."""
        return Forward(request)

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer | Cut:
        """
        What becomes of the service's answer to a request that this mode let pass.

        `chance` draws the same numbers again that it drew in `before` for this request.
        """
        return answer

    def learn(self, request: Request, answer: Answer, now_s: float) -> None:
        """Hear of a read that nobody waits for, asked again so that older states are known."""

    @property
    def reads_ahead_s(self) -> float | None:
        """How often what clients read should be asked again, if this mode wants to know older states."""
        return None


def json_answer(status: int, kind: str, message: str, chance: Random) -> Answer:
    """An error as Batch words it: its kind in a header, its message in a JSON object."""
    return Answer(
        status,
        {"message": message},
        headers=(
            ("Content-Type", "application/json"),
            ("x-amzn-ErrorType", kind),
            ("x-amzn-RequestId", str(UUID(int=chance.getrandbits(128)))),
        ),
    )
