"""The table of moves as drawings: what is drawn, before any format is chosen.

A view picks moves of the table, merges those that share source, destination and style into one edge, and finds few
words for it. Words belong to an event and where it leads, so a row that the table gains is drawn by the name of its
event until somebody finds better ones. The statuses of a life stand in one row; FAILED, which all of them can reach,
is a bar below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from ..model.elements import Met
from ..model.event import Event, Kind
from ..model.lifecycle import MOVES, Move
from ..model.limits import GRACE_S
from ..model.memory import Assignment, no_retry, shown_cancelled, shown_terminated, to_remove, to_stop
from ..model.readings import DEFAULT, valuations
from ..model.status import BEFORE_STARTING, FAILED, PENDING, RUNNABLE, RUNNING, STARTED, SUCCEEDED, Status


class Phase(Enum):
    """What a node's colour means."""

    WAITING = "waiting"
    RUNNING = "on a host"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EVENT = "something happens"


class Style(Enum):
    """What an edge's line means."""

    PLAIN = "the usual way"
    EFFECT = "because of the request"
    READING = "only under another reading of the documents"
    FAULT = "a fault"


@dataclass(frozen=True, slots=True)
class Node:
    """A status, or an event that stands between statuses. `notes` are short lines under its name."""

    name: str
    phase: Phase
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """
    One or more moves of the table between two nodes. `words` are the lines of its label.

    met   for a picture of what a run met: all rows surely, some or possibly, none
    """

    source: str
    destination: str
    words: tuple[str, ...]
    style: Style
    moves: tuple[Move, ...]
    met: Met | None = None

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the promises behind the edge, each once."""
        return tuple(dict.fromkeys(rule for move in self.moves for rule in move.rules))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be. `row` names the nodes that stand side by side, `bar` the one that lies below all of them."""

    name: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    row: tuple[str, ...] = ()
    bar: str | None = None


_LIFE = tuple(status for status in Status if status is not FAILED)

_WORDS: Mapping[tuple[Event, Status], str] = {
    (Event.EVALUATE, PENDING): "has dependencies",
    (Event.EVALUATE, RUNNABLE): "no dependency",
    (Event.DEPENDENCIES_MET, RUNNABLE): "dependencies succeeded",
    (Event.DEPENDENCY_FAILED, FAILED): "dependency failed",
    (Event.PLACE, Status.STARTING): "placed on a host",
    (Event.START, RUNNING): "container is up",
    (Event.REMOVE, FAILED): "cancel, terminate",
    (Event.ABORT_START, FAILED): "terminate",
    (Event.EXIT_ZERO, SUCCEEDED): "exits 0",
    (Event.EXIT_ZERO, FAILED): "terminate",
    (Event.EXIT_ZERO_OVERRULED, FAILED): "timeout",
    (Event.EXIT_RETRY, RUNNABLE): "attempt fails, attempts left",
    (Event.EXIT_RETRY, FAILED): "fails, no retry",
    (Event.EXIT_FINAL, FAILED): "fails, no retry",
    (Event.START_FAILED, RUNNABLE): "start fails",
    (Event.START_FAILED, FAILED): "start fails",
    (Event.HOST_LOST, RUNNABLE): "host lost",
    (Event.HOST_LOST, FAILED): "host lost",
    (Event.FAULT_FINAL, FAILED): "host lost",
    (Event.GIVE_UP, FAILED): "queue deleted",
}


def phase(status: Status) -> Phase:
    """
    The colour of a status.

    >>> phase(Status.PENDING).value, phase(Status.STARTING).value
    ('waiting', 'on a host')
    """
    if status in BEFORE_STARTING:
        return Phase.WAITING
    if status in STARTED:
        return Phase.RUNNING
    return Phase.SUCCEEDED if status is SUCCEEDED else Phase.FAILED


def merged(
    moves: Iterable[tuple[Move, Style]],
    words: Callable[[Move], str],
    ends: Callable[[Move], tuple[str, str]] | None = None,
) -> tuple[Edge, ...]:
    """One edge for all moves of one style between the same two nodes; its words are theirs, each said once."""
    ends = ends or (lambda move: (move.source, move.destination))
    groups: dict[tuple[str, str, Style], list[Move]] = {}
    for move, style in moves:
        source, destination = ends(move)
        groups.setdefault((source, destination, style), []).append(move)
    return tuple(
        Edge(
            source,
            destination,
            tuple(dict.fromkeys(word for move in group if (word := words(move)))),
            style,
            tuple(group),
        )
        for (source, destination, style), group in groups.items()
    )


def words(move: Move, own: Mapping[tuple[Event, Status], str] | None = None) -> str:
    """
    Few words for a move: a view's own, else everybody's, else what the table says.

    >>> words(MOVES[0])
    'has dependencies'
    >>> words(Move(RUNNING, Event.EXIT_ZERO, RUNNABLE, (), (), ()))
    'exit zero'
    """
    key = (move.event, move.destination)
    return {**_WORDS, **(own or {})}.get(key, move.label.partition(" / ")[0].replace("_", " "))


def lifecycle(table: Iterable[Move] = MOVES) -> Drawing:
    """Every change of status: the whole life of a job on one page."""
    changes = [move for move in table if move.source is not move.destination]
    styled = [(move, Style.FAULT if move.event.kind is Kind.FAULT else Style.PLAIN) for move in changes]
    return Drawing(
        "lifecycle",
        "The life of an AWS Batch job",
        tuple(Node(status, phase(status)) for status in Status),
        merged(styled, words),
        row=_LIFE,
        bar=FAILED,
    )


def cancel(table: Iterable[Move] = MOVES) -> Drawing:
    """What an accepted CancelJob does in each status, and what may happen next."""
    return _request(
        Event.CANCEL,
        "What CancelJob does: it removes what waits, and leaves alone what has started",
        table,
        assumed={"stop_accepted": False, "stop_sent": False, "timed_out": False},
        own={(Event.REMOVE, FAILED): "removed", (Event.PLACE, Status.STARTING): "placement under way"},
        other={(Event.REMOVE, FAILED): "removed at once", (Event.EXIT_RETRY, RUNNABLE): "attempt fails, attempts left"},
    )


def terminate(table: Iterable[Move] = MOVES) -> Drawing:
    """What an accepted TerminateJob does in each status, and what may happen next."""
    return _request(
        Event.TERMINATE,
        "What TerminateJob does: it removes what waits, and stops what has started",
        table,
        assumed={"timed_out": False},
        own={
            (Event.REMOVE, FAILED): "removed",
            (Event.PLACE, Status.STARTING): "placement under way",
            (Event.START, RUNNING): "container came up",
            (Event.ABORT_START, FAILED): "start given up",
            (Event.EXIT_ZERO, SUCCEEDED): "exits 0 before the SIGTERM",
            (Event.EXIT_ZERO, FAILED): "stopped",
            (Event.EXIT_RETRY, FAILED): "stopped",
            (Event.EXIT_FINAL, FAILED): "stopped",
        },
        other={(Event.EXIT_ZERO, SUCCEEDED): "exits 0 on the SIGTERM"},
    )


def retry(table: Iterable[Move] = MOVES) -> Drawing:
    """What the end of an attempt leads to: the events that end one, and the guards that decide."""
    ends = [
        move
        for move in table
        if move.source in STARTED
        and move.source is not move.destination
        and move.event.kind in (Kind.PROCESS, Kind.FAULT)
    ]
    alike: dict[frozenset[tuple[str, Status]], list[Event]] = {}  # events that the same guards send the same way
    for event in dict.fromkeys(move.event for move in ends):
        ways = frozenset((_guard(move), move.destination) for move in ends if move.event == event)
        alike.setdefault(ways, []).append(event)
    nodes: list[Node] = []
    edges: list[Edge] = []
    for events in alike.values():
        name, rows = events[0], [move for move in ends if move.event in events]
        nodes.append(Node(name, Phase.EVENT, (name.says, *(f"or: {event.says}" for event in events[1:]))))
        for source in dict.fromkeys(move.source for move in rows):
            kinds = {move.event.kind for move in rows if move.source is source}
            edges.append(Edge(source, name, (), Style.FAULT if kinds == {Kind.FAULT} else Style.PLAIN, ()))
        edges += merged(
            [(move, Style.PLAIN) for move in rows], _guard, lambda move, name=name: (name, move.destination)
        )
    return Drawing(
        "retry",
        "The end of an attempt: succeed, try again, or fail",
        (
            *(Node(status, phase(status)) for status in STARTED),
            *nodes,
            *(Node(status, phase(status)) for status in (SUCCEEDED, RUNNABLE, FAILED)),
        ),
        tuple(
            Edge(
                e.source,
                e.destination,
                tuple(("or " if i else "") + w for i, w in enumerate(e.words)),
                e.style,
                e.moves,
            )
            for e in edges
        ),
    )


def _guard(move: Move) -> str:
    return ", ".join(atom.label for atom in move.guard)


VIEWS: Mapping[str, Callable[[], Drawing]] = {
    "lifecycle": lifecycle,
    "cancel": cancel,
    "terminate": terminate,
    "retry": retry,
}
"""Every picture, by the name under which the command knows it."""


def _request(
    event: Event,
    title: str,
    table: Iterable[Move],
    *,
    assumed: Mapping[str, bool],
    own: Mapping[tuple[Event, Status], str],
    other: Mapping[tuple[Event, Status], str],
) -> Drawing:
    """
    A life in which one request was accepted: per status, the moves that what it set does not forbid.

    `assumed` are flags of the memory that nothing but other requests would set; faults are left out. `own` words are
    for the readings that are served, `other` words for the moves that need another reading.
    """
    rows = tuple(table)
    usual: list[Move] = []
    unusual: list[Move] = []
    for move in rows:
        if move.source is move.destination or move.source.terminal or move.event.kind is Kind.FAULT:
            continue
        if _follows(rows, event, move, assumed, _DEFAULT):
            usual.append(move)
        elif any(_follows(rows, event, move, assumed, dict(readings)) for readings in valuations()):
            unusual.append(move)
    caused = {  # with its words: of two reasons for one way, only one may be the request
        (move.source, words(move, own))
        for move in usual
        if any(not atom.negated and atom.field in _REQUESTED for atom in move.guard)
    }
    removed = {move.source for move in usual if move.event == Event.REMOVE}
    plain = [(m, Style.EFFECT if (m.source, words(m, own)) in caused else Style.PLAIN) for m in usual]
    others = [(m, Style.READING) for m in unusual if m.event != Event.REMOVE or m.source not in removed]
    return Drawing(
        event,
        title,
        tuple(Node(status, phase(status), _notes(rows, event, status, removed)) for status in Status),
        (
            *merged(plain, lambda move: words(move, own)),
            *merged(others, lambda move: f"{words(move, {**own, **other})} (reading)"),
        ),
        row=_LIFE,
        bar=FAILED,
    )


_REQUESTED = {change.field for change in (to_remove, to_stop, no_retry)}
_DEFAULT: Mapping[str, str] = dict(DEFAULT)


def _set_by(rows: Iterable[Move], event: Event, status: Status, readings: Mapping[str, str]) -> tuple[Assignment, ...]:
    """What the request sets in this status, under these readings."""
    found = (move for move in rows if move.event == event and move.source is status)
    return next((move.effect for move in found if _possible(move, readings)), ())


def _follows(
    rows: Iterable[Move], event: Event, move: Move, assumed: Mapping[str, bool], readings: Mapping[str, str]
) -> bool:
    """Whether a move may come next, once the request was accepted in the move's own source."""
    changes = {change.field: change.value for change in _set_by(rows, event, move.source, readings)}
    return _possible(move, {**readings, **assumed, **changes})


def _possible(move: Move, known: Mapping[str, bool | str | None]) -> bool:
    """Whether no atom of the guard contradicts what is known; what is not known may be either way."""
    return all((known[atom.field] == atom.value) is not atom.negated for atom in move.guard if atom.field in known)


def _notes(rows: Iterable[Move], event: Event, status: Status, removed: Iterable[Status]) -> tuple[str, ...]:
    effects = [move.effect for move in rows if move.event == event and move.source is status]
    if not any(effects):
        return ("nothing changes",) if effects else ()
    served = _set_by(rows, event, status, _DEFAULT)
    if to_remove in served:
        notes = ["leaves the queue" if status in removed else "waits for its dependencies (reading)"]
        shown = (_IS_CANCELLED, _IS_TERMINATED)  # it never runs, so whether it would be retried is nobody's question
    else:
        notes = [f"SIGTERM, {GRACE_S} s, SIGKILL" if to_stop in served else "not touched, goes on"]
        shown = (_OVERRIDDEN, _IS_CANCELLED, _IS_TERMINATED)
    for change, says in shown:
        if change in served:
            notes.append(says if all(change in effect for effect in effects) else f"{says} (reading)")
    return tuple(notes)


_OVERRIDDEN = (no_retry, "retry overridden")
_IS_CANCELLED = (shown_cancelled, shown_cancelled.says)
_IS_TERMINATED = (shown_terminated, shown_terminated.says)
