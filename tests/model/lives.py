"""Every life that explains a history, one by one: slow and plain, to hold against what is said of all of them at once.

Written without the monitor: a life is a list of steps of the graph, and the rules of what explains a read are here again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from batchproof.model.elements import Elements
from batchproof.model.event import REQUESTS, Event
from batchproof.model.explore import Graph
from batchproof.model.knowledge import Knowledge
from batchproof.model.monitor.automaton import Reads, Shown


@dataclass(frozen=True)
class Life:
    """Where it has been, what it met, the calls that have yet to act, and the oldest moment that a read may still show."""

    been: tuple[int, ...]
    met: int
    pending: tuple[str, ...] = ()
    seen: int = 0


def lives(
    graph: Graph, elements: Elements, knowledge: Knowledge, reads: Reads, history: list[tuple], *, waits: bool
) -> list[Life]:
    """
    The lives that end with the last thing of a history.

    history   ("called", request), ("answered", request), ("refused", request), or ("saw", Shown, requests made so far)
    """
    start = next(i for i in graph.initial if graph.configurations[i].memory.waits is waits)
    found = [Life((start,), elements.arrived(start))]
    for happening in history:
        found = [
            after
            for life in found
            for moved in _unseen(graph, elements, knowledge, life)
            for after in _explained(graph, reads, moved, happening)
        ]
    return found


def _unseen(graph: Graph, elements: Elements, knowledge: Knowledge, life: Life) -> Iterator[Life]:
    yield life
    at = life.been[-1]
    for event, after in graph.successors[at]:
        pending = life.pending
        if event in REQUESTS:
            if event not in pending:
                continue
            here = pending.index(event)
            pending = (*pending[:here], *pending[here + 1 :])
        elif not knowledge.allows(graph.configurations[at], event):
            continue
        met = life.met | elements.taken(at, event)
        yield from _unseen(
            graph, elements, knowledge, replace(life, been=(*life.been, after), met=met, pending=pending)
        )


def _explained(graph: Graph, reads: Reads, life: Life, happening: tuple) -> Iterator[Life]:
    match happening:
        case "called", request:
            yield replace(life, pending=(*life.pending, Event(request)))
        case "answered", request:
            if request not in life.pending:
                yield life
        case "refused", request:
            if request in life.pending:
                yield replace(life, pending=tuple(each for each in life.pending if each != request))
        case "saw", shown, asked:
            shows = [n for n, at in enumerate(life.been) if _shows(graph, at, shown, asked)]
            if reads is Reads.FRESH and shows[-1:] == [len(life.been) - 1]:
                yield life
            elif reads is Reads.LAGGING and (later := [n for n in shows if n >= life.seen]):
                yield replace(life, seen=later[0])
            elif reads is Reads.UNORDERED and shows:
                yield life


def _shows(graph: Graph, at: int, shown: Shown, asked: frozenset[str]) -> bool:
    status, memory = graph.configurations[at]
    return (
        status is shown.status
        and (not shown.is_cancelled or memory.is_cancelled or "cancel" in asked)
        and (not shown.is_terminated or memory.is_terminated or "terminate" in asked)
    )
