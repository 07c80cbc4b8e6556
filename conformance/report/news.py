"""What is told of a run while it goes on: one stream, and everybody who shows something of it listens there.

The terminal, the progress bar and the files are such listeners, one file each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

from ..asked import Asked
from ..judging.verdict import Result
from .findings import Findings


@dataclass(frozen=True, slots=True)
class RunBegan:
    """`made` is the path of the list of what the run makes at the service; none where nothing has to outlive it."""

    asked: Asked
    rules: int
    made: str = ""


@dataclass(frozen=True, slots=True)
class TargetReady:
    """A variant of the target has started and has what the run needs. `rules` of them will be looked at there."""

    title: str
    variant: str
    rules: int


@dataclass(frozen=True, slots=True)
class RuleBegan:
    """The check of a rule begins on a variant."""

    rule: str
    variant: str


@dataclass(frozen=True, slots=True)
class RuleEnded:
    """A rule has come to a result on a variant."""

    result: Result


@dataclass(frozen=True, slots=True)
class RunEnded:
    """All is judged."""

    report: Findings


News: TypeAlias = RunBegan | TargetReady | RuleBegan | RuleEnded | RunEnded

Hear: TypeAlias = Callable[[News], None]
"""A listener. It is called from several threads, one at a time."""


def nobody(_: News) -> None:
    """Listens to nothing."""


def in_turn(listener: Hear) -> Hear:
    """The same listener, told one thing at a time however many threads have something to tell."""
    lock = Lock()

    def hear(news: News) -> None:
        with lock:
            listener(news)

    return hear


def everybody(*listeners: Hear) -> Hear:
    """One listener that passes the news on to each of these, in order."""

    def hear(news: News) -> None:
        for listener in listeners:
            listener(news)

    return hear
