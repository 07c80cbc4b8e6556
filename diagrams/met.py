"""A drawing with what a run met in it: `batchproof draw --met report.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..model.elements import Met
from ..model.lifecycle import MOVES, Move
from .drawing import Drawing


def met_rows(data: Any) -> dict[Move, Met]:
    """
    What a report says of each row of the table; rows are found by what they say, not by their place.

    Raises ValueError where it is no report, or one about another table.

    >>> met_rows({"met": {}})
    Traceback (most recent call last):
    ...
    ValueError: it does not say of each row whether it was met: it has no met.rows
    """
    rows = data.get("met") if isinstance(data, dict) else None
    rows = rows.get("rows") if isinstance(rows, dict) else None
    if not isinstance(rows, list):
        raise ValueError("it does not say of each row whether it was met: it has no met.rows")
    said: dict[tuple[str, str, tuple[str, ...], str], Met] = {}
    for row in rows:
        try:
            said[row["source"], row["event"], tuple(row["guard"]), row["destination"]] = Met(row["met"])
        except (TypeError, KeyError, ValueError) as reason:
            raise ValueError(f"met.rows has something that is no row: {reason!r}") from None
    found: dict[Move, Met] = {}
    for move in MOVES:
        key = (move.source.value, move.event.value, tuple(atom.label for atom in move.guard), move.destination.value)
        if key not in said:
            raise ValueError(f"it is about another table: it has no row {move.source} {move.label}")
        found[move] = said[key]
    return found


def with_met(drawing: Drawing, rows: Mapping[Move, Met]) -> Drawing:
    """The drawing with each arrow marked by what was met of its rows."""
    edges = tuple(replace(edge, met=_of(rows[move] for move in edge.moves)) for edge in drawing.edges)
    return replace(drawing, title=f"{drawing.title}: what was met", edges=edges)


def _of(rows: Iterable[Met]) -> Met | None:
    """One word for an arrow: surely where that is so of all its rows, not where it is so of all; None without rows."""
    found = set(rows)
    if len(found) > 1:
        return Met.POSSIBLY
    return found.pop() if found else None
