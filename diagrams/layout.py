"""Where the parts of a row picture stand: statuses side by side, the bar below them, arrows that do not cross.

Graphviz's own layouts spread a row unevenly and bend what could be straight, so this module says where each node,
line and label goes, and Graphviz (its engine `nop2`) draws just that. Points, y upwards, the row at y = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from .drawing import Drawing, Edge

NODE_WIDTH = 144
COLUMN = 240  # from one status to the next: room for the words between them
SPREAD = 120  # from the first to the last arrow that leaves one status downwards
NAME_HEIGHT = 46
NOTE_HEIGHT = 13
LINE_HEIGHT = 14
BAR_DROP = 100  # from the row to the bar: room for three lines of words
BAR_HEIGHT = 46
ARROW = 8  # the length of an arrow's head, where the line itself ends


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the picture."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g}"


@dataclass(frozen=True, slots=True)
class Line:
    """Where an edge runs (a cubic Bézier curve and the tip of its arrow), and where its label is."""

    start: Point
    controls: tuple[Point, Point]
    end: Point
    tip: Point
    label: Point


@dataclass(frozen=True, slots=True)
class Layout:
    """Every place of a row picture."""

    nodes: dict[str, Point]
    lines: dict[Edge, Line]
    title: Point
    row_height: float
    bar_width: float


def placed(drawing: Drawing, notes: dict[str, int], words: dict[Edge, tuple[int, float]]) -> Layout:
    """
    The layout of a row picture.

    `notes` counts the lines below each status's name, `words` gives the number of lines and the width of each label.
    """
    assert drawing.row
    assert drawing.bar
    height = NAME_HEIGHT + NOTE_HEIGHT * max(notes[name] for name in drawing.row)
    x: dict[str, int] = {name: index * COLUMN for index, name in enumerate(drawing.row)}
    bar_y = -height / 2 - BAR_DROP - BAR_HEIGHT / 2
    ends = [x[edge.source] for edge in drawing.edges if edge.destination == drawing.bar]
    bar_width = max(ends) - min(ends) + NODE_WIDTH
    lines: dict[Edge, Line] = {}

    for _, several in groupby(_down(drawing), key=lambda edge: edge.source):
        edges = list(several)
        for index, edge in enumerate(edges):
            at = x[edge.source] + (0 if len(edges) == 1 else SPREAD * (index / (len(edges) - 1) - 0.5))
            _, width = words[edge]
            top, bottom = -height / 2, bar_y + BAR_HEIGHT / 2
            lines[edge] = _straight(
                Point(at, top), Point(at, bottom), Point(at + 6 + width / 2, (top + bottom) / 2 + 4)
            )

    for _, several in groupby(_beside(drawing, x), key=lambda edge: frozenset((edge.source, edge.destination))):
        edges = list(several)
        for index, edge in enumerate(edges):
            forward = 1 if x[edge.source] < x[edge.destination] else -1
            y = 0 if len(edges) == 1 else 9 - 18 * index
            room = words[edge][0] * LINE_HEIGHT / 2 + 3
            start = Point(x[edge.source] + forward * NODE_WIDTH / 2, y)
            end = Point(x[edge.destination] - forward * NODE_WIDTH / 2, y)
            lines[edge] = _straight(start, end, Point((start.x + end.x) / 2, y + (room if index == 0 else -room)))

    inner = 0.0
    for edge in _over(drawing, x):
        outer = any(_over_same(edge, other) for other in lines)
        forward = x[edge.source] < x[edge.destination]
        leave, arrive = (30, -34) if forward else ((24, 4) if outer else (-12, 34))
        start = Point(x[edge.source] + leave, height / 2)
        end = Point(x[edge.destination] + arrive, height / 2)
        rise = 96 if outer else 52
        lines[edge] = _arch(start, end, rise, words[edge][0] * LINE_HEIGHT / 2)
        inner = max(inner, rise + words[edge][0] * LINE_HEIGHT)

    return Layout(
        {**{name: Point(at, 0) for name, at in x.items()}, drawing.bar: Point((max(ends) + min(ends)) / 2, bar_y)},
        lines,
        Point((len(drawing.row) - 1) * COLUMN / 2, height / 2 + inner + 46),
        height,
        bar_width,
    )


def _down(drawing: Drawing) -> list[Edge]:
    """The edges from the row to the bar, neighbours first, in the row's order."""
    return sorted((e for e in drawing.edges if e.destination == drawing.bar), key=lambda e: drawing.row.index(e.source))


def _beside(drawing: Drawing, x: dict[str, int]) -> list[Edge]:
    """The edges between neighbours in the row: those that go forward first."""
    found = [e for e in drawing.edges if e.destination in x and abs(x[e.source] - x[e.destination]) == COLUMN]
    return sorted(found, key=lambda e: (min(x[e.source], x[e.destination]), x[e.destination] < x[e.source]))


def _over(drawing: Drawing, x: dict[str, int]) -> list[Edge]:
    """The edges that pass over a status of the row."""
    return [e for e in drawing.edges if e.destination in x and abs(x[e.source] - x[e.destination]) > COLUMN]


def _over_same(edge: Edge, other: Edge) -> bool:
    return (edge.source, edge.destination) == (other.source, other.destination)


def _straight(start: Point, tip: Point, label: Point) -> Line:
    length = abs(tip.x - start.x) + abs(tip.y - start.y)  # it runs along one axis
    unit = Point((tip.x - start.x) / length, (tip.y - start.y) / length)
    end = Point(tip.x - unit.x * ARROW, tip.y - unit.y * ARROW)
    third = Point((end.x - start.x) / 3, (end.y - start.y) / 3)
    controls = (Point(start.x + third.x, start.y + third.y), Point(end.x - third.x, end.y - third.y))
    return Line(start, controls, end, tip, label)


def _arch(start: Point, tip: Point, rise: float, room: float) -> Line:
    """A curve that leaves and arrives from above; its middle is `rise` above its ends."""
    end = Point(tip.x, tip.y + ARROW)
    lean = (tip.x - start.x) * 0.12
    above = tip.y + rise * 4 / 3
    controls = (Point(start.x + lean, above), Point(tip.x - lean / 3, above))
    return Line(start, controls, end, tip, Point((start.x + tip.x) / 2, tip.y + rise + room + 5))
