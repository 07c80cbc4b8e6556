"""Tables that are wrong on purpose, for servers that must do what these say: `--table wrong_tables:NAME`."""

from __future__ import annotations

from dataclasses import replace

from batchproof.model.lifecycle import MOVES, Move
from batchproof.model.memory import attempts_left, to_stop
from batchproof.model.status import FAILED, RUNNABLE, RUNNING


def _changed(change) -> tuple[Move, ...]:
    return tuple(changed for move in MOVES if (changed := change(move)) is not None)


CANCEL_STOPS = _changed(
    lambda move: (
        replace(move, effect=(*move.effect, to_stop)) if (move.source, move.event) == (RUNNING, "cancel") else move
    )
)
"""CancelJob on a RUNNING job stops it: SIGTERM is really sent."""

CANCEL_FAILS = _changed(
    lambda move: replace(move, destination=FAILED) if (move.source, move.event) == (RUNNING, "cancel") else move
)
"""CancelJob on a RUNNING job shows FAILED at once, while its process runs."""

NO_REMOVAL = _changed(lambda move: None if (move.source, move.event) == (RUNNABLE, "remove") else move)
"""A cancelled RUNNABLE job is not removed, and not placed either."""

CANCEL_FORGOTTEN = tuple(replace(move, guard=move.guard[:1]) if move.event == "choose" else move for move in NO_REMOVAL)
"""A cancelled RUNNABLE job is placed and runs."""

ONE_MORE = _changed(
    lambda move: (
        replace(move, destination=RUNNABLE) if move.event == "exit_retry" and ~attempts_left in move.guard else move
    )
)
"""A job that fails is tried again when no attempt is left."""

TABLES = {"one more": ONE_MORE}
