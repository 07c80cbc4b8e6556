"""A drawing as DOT text, and that text rendered as SVG or PNG.

The text is the same everywhere, so it is compared byte for byte. What Graphviz makes of it differs from version to
version, so a rendered SVG carries the hash of its text instead.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from html import escape
from textwrap import wrap
from typing import Literal

from ..model.elements import Met
from .drawing import Drawing, Edge, Node, Phase, Style
from .layout import BAR_HEIGHT, NODE_WIDTH, Layout, Line, placed

# Verdana and DejaVu Sans are equally wide, so text that Graphviz measured with one is still centred in the other.
_FONT = "Verdana,DejaVu Sans,Helvetica,Arial,sans-serif"
_INK = "#1f2933"
_GAP = '<font point-size="5">&#160;</font><br/>'
_CHARACTER = 6.6  # points that a letter of a label takes at most

_FILL = {
    Phase.WAITING: ("#e6eef8", "#4a6fa5"),
    Phase.RUNNING: ("#fff2cc", "#b7860b"),
    Phase.SUCCEEDED: ("#dcf2e1", "#2e7d4f"),
    Phase.FAILED: ("#fbe2e1", "#b3362e"),
    Phase.EVENT: ("#ffffff", "#9aa5b1"),
}
_LINE = {
    Style.PLAIN: ("solid", "#52606d", _INK, 1.2),
    Style.EFFECT: ("bold", "#b3362e", "#b3362e", 2.2),
    Style.READING: ("dotted", "#7b4fa3", "#7b4fa3", 1.8),
    Style.FAULT: ("dashed", "#7b8794", "#52606d", 1.2),
}
_MET = {
    Met.SURELY: ("bold", "#2e7d4f", "surely met", 2.2),
    Met.POSSIBLY: ("dashed", "#b7860b", "in part, or possibly", 1.8),
    Met.NOT: ("dotted", "#7b8794", "not met", 1.2),
}


def to_dot(drawing: Drawing) -> str:
    """
    The drawing as DOT text.

    >>> from .drawing import lifecycle
    >>> to_dot(lifecycle()).splitlines()[0]
    'digraph lifecycle {'
    """
    return _row(drawing) if drawing.row else _layered(drawing)


def _row(drawing: Drawing) -> str:
    """Statuses side by side, everything in the place that `layout` gives it."""
    nodes = {node.name: node for node in drawing.nodes}
    notes = {node.name: _wrapped(node.notes, 20) for node in drawing.nodes}
    words = {edge: _wrapped(edge.words, _room(edge, drawing)) for edge in drawing.edges}
    layout = placed(
        drawing,
        {name: len(lines) for name, lines in notes.items()},
        {edge: (len(lines), _CHARACTER * max(map(len, lines), default=0)) for edge, lines in words.items()},
    )
    return _text(
        drawing,
        "layout=nop2, splines=true, pad=0.3, bgcolor=white",
        [f'title [shape=plain, style="", fontsize=20, pos="{layout.title}", label={_title(drawing)}]']
        + [_placed_node(nodes[name], notes[name], layout, drawing) for name in nodes]
        + [_placed_edge(edge, words[edge], layout.lines[edge], drawing) for edge in drawing.edges],
    )


def _room(edge: Edge, drawing: Drawing) -> int:
    """How many characters fit on a line of this edge's label."""
    if edge.destination == drawing.bar:
        return 17
    return 13 if abs(drawing.row.index(edge.source) - drawing.row.index(edge.destination)) == 1 else 15


def _placed_node(node: Node, notes: list[str], layout: Layout, drawing: Drawing) -> str:
    bar = node.name == drawing.bar
    width, height = (layout.bar_width, BAR_HEIGHT) if bar else (NODE_WIDTH, layout.row_height)
    return (
        f"{node.name} [{_coloured(node)}, label={_label(node.name, notes)}, "
        f'pos="{layout.nodes[node.name]}", fixedsize=true, width={width / 72:.3f}, height={height / 72:.3f}]'
    )


def _placed_edge(edge: Edge, words: list[str], line: Line, drawing: Drawing) -> str:
    down = edge.destination == drawing.bar
    where = f'pos="e,{line.tip} {line.start} {line.controls[0]} {line.controls[1]} {line.end}", lp="{line.label}"'
    return f"{edge.source} -> {edge.destination} [{_drawn(edge, words, left=down)}, {where}]"


def _layered(drawing: Drawing) -> str:
    """From left to right, placed by Graphviz."""
    return _text(
        drawing,
        f"rankdir=LR, ranksep=0.5, nodesep=0.35, pad=0.3, bgcolor=white, labelloc=t, fontsize=20, label={_title(drawing)}",
        [
            f"{node.name} [{_coloured(node)}, label={_label(_shown(node), _wrapped(node.notes, 34))}]"
            for node in drawing.nodes
        ]
        + [
            f"{edge.source} -> {edge.destination} [{_drawn(edge, _wrapped(edge.words, 36), pad=5)}]"
            for edge in drawing.edges
        ],
    )


def _text(drawing: Drawing, attributes: str, statements: list[str]) -> str:
    head = [
        f'graph [fontname="{_FONT}", fontcolor="{_INK}", {attributes}]',
        f'node [shape=box, style="rounded,filled", fontname="{_FONT}", fontsize=14, fontcolor="{_INK}", margin="0.16,0.1"]',
        f'edge [fontname="{_FONT}", fontsize=11, arrowsize=0.8]',
    ]
    return "\n".join([f"digraph {drawing.name} {{", *(f"  {line}" for line in head + statements), "}", ""])


def _title(drawing: Drawing) -> str:
    """The name of the picture, and below it what its colours and lines mean."""
    legend = [
        f'<font color="{_FILL[phase][1]}">■</font> {phase.value}'
        for phase in Phase
        if phase is not Phase.EVENT and any(node.phase is phase for node in drawing.nodes)
    ]
    marks = [
        f'<font color="{colour}">{line}: {says}</font>'
        for met, (line, colour, says, _) in _MET.items()
        if any(edge.met is met for edge in drawing.edges)
    ]
    legend += marks or [
        f'<font color="{_LINE[style][1]}">{_LINE[style][0]}: {style.value}</font>'
        for style in Style
        if style is not Style.PLAIN and any(edge.style is style for edge in drawing.edges)
    ]
    below = f'<font point-size="12">{" &#160; ".join(legend)}</font>'
    return f"<<b>{escape(drawing.title)}</b><br/>{_GAP}{below}<br/>{_GAP}>"


def _coloured(node: Node) -> str:
    fill, line = _FILL[node.phase]
    return f'fillcolor="{fill}", color="{line}"'


def _shown(node: Node) -> str:
    return "" if node.phase is Phase.EVENT else node.name


def _label(name: str, notes: list[str]) -> str:
    below = "<br/>".join(f'<font point-size="10.5">{escape(note)}</font>' for note in notes)
    if not name:
        return f"<{below}>"
    return f"<<b>{escape(name)}</b>{'<br/>' + _GAP if below else ''}{below}>"


def _drawn(edge: Edge, words: list[str], *, left: bool = False, pad: int = 0) -> str:
    style, colour, ink, width = _LINE[edge.style]
    if edge.met:
        style, colour, _, width = _MET[edge.met]
        ink = colour
    lines = "<br/>".join(escape(line) for line in words)
    least = f' width="{_CHARACTER * max(map(len, words), default=0):.0f}"' if left else ""
    cell = f'<td align="left" balign="left">{lines}</td>' if left else f"<td>{lines}</td>"
    table = f'<table border="0" cellborder="0" cellspacing="0" cellpadding="{pad}"{least}><tr>{cell}</tr></table>'
    label = f"label=<{table}>, " if words else ""
    rules = f'tooltip="{" ".join(edge.rules)}", ' if edge.rules else ""
    return f'{label}{rules}style={style}, color="{colour}", fontcolor="{ink}", penwidth={width:g}'


def _wrapped(texts: tuple[str, ...], characters: int) -> list[str]:
    return [line for text in texts for line in wrap(text, characters, break_long_words=False)]


def render(dot: str, form: Literal["svg", "png"]) -> bytes:
    """The picture that Graphviz makes of a DOT text: with `dot` where it is installed, else with pygraphviz's own."""
    drawn = _with_dot(dot, form) if shutil.which("dot") else _without_dot(dot, form)
    return _signed(drawn, dot) if form == "svg" else drawn


def _with_dot(dot: str, form: str) -> bytes:
    from graphviz import Source  # late: whoever draws no picture does not wait for it

    return Source(dot).pipe(format=form, quiet=True)


def _without_dot(dot: str, form: str) -> bytes:
    """In a process of its own: the library speaks its mind on standard error, which nobody wants unless it fails."""
    engine = "nop2" if "layout=nop2" in dot else "dot"
    command = [sys.executable, "-c", _PYGRAPHVIZ, engine, form]
    done = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"Graphviz drew no {form}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


_PYGRAPHVIZ = """\
import sys
from pygraphviz import AGraph

graph = AGraph(string=sys.stdin.buffer.read().decode())
graph.layout(sys.argv[1])
sys.stdout.buffer.write(graph.draw(format=sys.argv[2], prog="nop2" if sys.argv[1] == "nop2" else None))
"""


def _signed(svg: bytes, dot: str) -> bytes:
    return svg.rstrip() + f"\n{_mark(dot)}\n".encode()


def drawn_from(svg: str, dot: str) -> bool:
    """Whether an SVG of ours was rendered from this text, by whichever version of Graphviz."""
    return _mark(dot) in svg


def _mark(dot: str) -> str:
    return f"<!-- sha256 of the DOT text: {sha256(dot.encode()).hexdigest()} -->"
