"""The drawings as text and as pictures, the pictures that are checked in, and the command that draws them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from batchproof.cli.draw import VIEW_NAMES, draw
from batchproof.diagrams import checked_in
from batchproof.diagrams.dot import drawn_from, render, to_dot
from batchproof.diagrams.drawing import VIEWS, lifecycle
from batchproof.diagrams.layout import COLUMN, NODE_WIDTH, placed
from batchproof.diagrams.markdown import to_markdown
from batchproof.diagrams.mermaid import to_mermaid
from batchproof.model.lifecycle import MOVES
from batchproof.model.status import Status

SVG = "{http://www.w3.org/2000/svg}"


def test_the_pictures_that_are_checked_in_are_fresh():
    assert checked_in.stale() == [], "run `batchproof draw --write`, look at the pictures and commit them"


@pytest.mark.parametrize("name", ["lifecycle.dot", "cancel.mmd", "moves.md", "retry.svg"])
def test_a_stale_picture_is_noticed(tmp_path, name):
    checked_in.write(tmp_path)
    assert checked_in.stale(tmp_path) == []
    path = tmp_path / name
    path.write_text(path.read_text("utf-8").replace("RUNNABLE", "QUEUED").replace("sha256 of the DOT", "hash"), "utf-8")
    assert [line.split()[0] for line in checked_in.stale(tmp_path)] == [name]


def test_a_missing_and_a_forgotten_picture_are_noticed(tmp_path):
    checked_in.write(tmp_path)
    (tmp_path / "cancel.svg").rename(tmp_path / "old.svg")
    assert checked_in.stale(tmp_path) == ["old.svg is not generated any more", "cancel.svg is missing"]


@pytest.mark.parametrize("name", VIEWS)
def test_an_svg_is_xml_on_white_with_every_status(name):
    drawing = VIEWS[name]()
    dot = to_dot(drawing)
    svg = render(dot, "svg").decode()
    tree = ElementTree.fromstring(svg)
    assert tree.tag == f"{SVG}svg"
    assert any(shape.get("fill") == "white" for shape in tree.iter(f"{SVG}polygon")), "readable on a dark page too"
    written = {text.text for text in tree.iter(f"{SVG}text")}
    assert {node.name for node in drawing.nodes if node.name in Status.__members__} <= written
    assert drawn_from(svg, dot)
    assert not drawn_from(svg, dot + " ")


def test_a_png_is_a_png():
    assert render(to_dot(lifecycle()), "png").startswith(b"\x89PNG\r\n\x1a\n")


def test_what_graphviz_cannot_read_is_an_error_that_says_so():
    if shutil.which("dot"):
        pytest.skip("the graphviz package has an error of its own")
    with pytest.raises(RuntimeError, match="Graphviz drew no svg"):
        render("digraph {", "svg")


def test_drawing_twice_gives_the_same_text():
    assert to_dot(lifecycle()) == to_dot(lifecycle())
    assert to_mermaid(lifecycle()) == to_mermaid(lifecycle())


@pytest.mark.parametrize("name", VIEWS)
def test_mermaid_declares_every_node_before_it_is_used(name):
    drawing = VIEWS[name]()
    lines = to_mermaid(drawing).splitlines()
    assert lines[:4] == ["---", f'title: "{drawing.title}"', "---", "stateDiagram-v2"]
    declared = [match[1] for line in lines if (match := re.fullmatch(r' +state "[^"]+" as (\w+)', line))]
    assert declared == [node.name for node in drawing.nodes]
    used = {end for line in lines if "-->" in line for end in re.split(r" --> | : ", line.strip())[:2]}
    assert used - {"[*]"} <= set(declared)
    assert not [line for line in lines[3:] if ";" in line or "#" in line.partition(" : ")[2]]


def test_mermaid_says_which_edge_is_a_fault():
    assert "    STARTING --> RUNNABLE : fault<br/>start fails<br/>host lost" in to_mermaid(lifecycle()).splitlines()


def test_markdown_has_every_row_of_the_table():
    rows = [line for line in to_markdown().splitlines() if line.startswith("| ") and "---" not in line]
    assert len([row for row in rows if row.count(" | ") == 5]) == len(MOVES) + 1
    assert "| RUNNING | exit_retry | attempts left, retry not overridden | RUNNABLE |  | ST-09 RETRY-09 |" in rows


def test_markdown_of_another_table_is_another():
    assert to_markdown(MOVES[:1]) != to_markdown(MOVES[:2])


@pytest.mark.parametrize("name", ["lifecycle", "cancel", "terminate"])
def test_the_row_is_even_and_what_goes_down_goes_straight(name):
    drawing = VIEWS[name]()
    edges = drawing.edges
    layout = placed(drawing, {n.name: len(n.notes) for n in drawing.nodes}, dict.fromkeys(edges, (1, 60.0)))
    places = [layout.nodes[status] for status in drawing.row]
    assert {b.x - a.x for a, b in pairwise(places)} == {COLUMN}
    for edge in edges:
        line = layout.lines[edge]
        if edge.destination == drawing.bar:
            assert line.start.x == line.end.x == line.tip.x
            assert abs(line.start.x - layout.nodes[edge.source].x) < NODE_WIDTH / 2


def test_no_two_arrows_share_a_place():
    for view in ("lifecycle", "cancel", "terminate"):
        drawing = VIEWS[view]()
        layout = placed(drawing, {n.name: len(n.notes) for n in drawing.nodes}, dict.fromkeys(drawing.edges, (1, 60.0)))
        tips = [line.tip for line in layout.lines.values()]
        labels = [line.label for line in layout.lines.values()]
        assert len(layout.lines) == len(drawing.edges)
        assert len(set(tips)) == len(tips)
        assert len(set(labels)) == len(labels)


def _run(*arguments: str):
    return CliRunner().invoke(draw, arguments)


def test_the_command_knows_the_views_that_exist():
    """Written out there, so that --help does not import the model."""
    assert (*VIEWS, "all") == VIEW_NAMES


def test_the_command_draws_to_standard_output():
    assert _run().stdout.rstrip().endswith("-->")
    assert _run("cancel", "--format", "dot").stdout == to_dot(VIEWS["cancel"]())
    assert _run("retry", "--format", "mermaid").stdout == to_mermaid(VIEWS["retry"]())
    assert _run("--format", "markdown").stdout == to_markdown()
    assert _run("--format", "png").stdout_bytes.startswith(b"\x89PNG")


def test_the_command_tells_the_format_by_the_file_name(tmp_path):
    path = tmp_path / "life.mmd"
    assert _run("-o", str(path)).exit_code == 0
    assert path.read_text("utf-8") == to_mermaid(lifecycle())


def test_the_command_draws_all_into_a_folder(tmp_path):
    done = _run("all", "--format", "dot", "-o", str(tmp_path / "new" / "folder"))
    assert done.exit_code == 0
    assert sorted(path.stem for path in (tmp_path / "new" / "folder").iterdir()) == sorted(VIEWS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sideways"], "'sideways' is not one of 'lifecycle', 'cancel', 'terminate', 'retry', 'all'"),
        (["--format", "gif"], "'gif' is not one of 'svg', 'png', 'dot', 'mermaid', 'markdown'"),
        (["-o", "life.gif"], "life.gif ends in .gif: name the format with --format svg|png|dot|mermaid|markdown"),
        (["all"], "name a folder with -o FOLDER"),
        (["-o", "/nowhere/life.svg"], "cannot write /nowhere/life.svg: No such file or directory"),
        (["--check", "--write"], "give one of them"),
    ],
)
def test_what_the_command_cannot_do_names_the_value_and_the_choices(arguments, says):
    done = _run(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr


def test_the_command_refuses_to_garble_a_terminal():
    ours, its = os.openpty()
    command = "from batchproof.cli.draw import draw; draw(['--format', 'png'])"
    with os.fdopen(ours, "rb"), os.fdopen(its, "wb") as terminal:
        done = subprocess.run([sys.executable, "-c", command], stdout=terminal, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"name a file with -o FILE" in done.stderr


def test_check_says_what_is_stale_and_fails(tmp_path, monkeypatch):
    checked_in.write(tmp_path)
    monkeypatch.setattr(checked_in, "OUT", tmp_path)
    assert _run("--check").exit_code == 0
    (tmp_path / "moves.md").write_text("old", "utf-8")
    done = _run("--check")
    assert done.exit_code == 1
    assert "moves.md differs from what the model gives" in done.stdout


def test_write_is_refused_outside_a_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(checked_in, "OUT", tmp_path / "diagrams" / "out")
    done = _run("--write")
    assert done.exit_code == 2
    assert "is not in a checkout" in done.stderr
