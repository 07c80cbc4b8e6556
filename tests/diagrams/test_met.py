"""A picture of what a run met: every arrow says what was met of its rows, and a report of another table is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from batchproof.cli.draw import draw
from batchproof.diagrams.drawing import lifecycle
from batchproof.diagrams.markdown import to_markdown
from batchproof.diagrams.met import met_rows, with_met
from batchproof.model.elements import Met
from batchproof.model.lifecycle import MOVES


def _report(met: dict[int, str]) -> dict:
    return {
        "met": {
            "rows": [
                {
                    "source": move.source,
                    "event": move.event,
                    "guard": [atom.label for atom in move.guard],
                    "destination": move.destination,
                    "met": met.get(number, "not"),
                }
                for number, move in enumerate(MOVES)
            ]
        }
    }


def test_an_arrow_is_met_surely_where_all_of_its_rows_are():
    edges = lifecycle().edges
    several = next(edge for edge in edges if len(edge.moves) > 1)
    first, *_ = (MOVES.index(move) for move in several.moves)
    all_of_them = {MOVES.index(move): "surely" for move in several.moves}
    for met, expected in (({}, Met.NOT), ({first: "surely"}, Met.POSSIBLY), (all_of_them, Met.SURELY)):
        drawn = with_met(lifecycle(), met_rows(_report(met)))
        assert drawn.edges[edges.index(several)].met is expected


@pytest.mark.parametrize("form", ["dot", "mermaid", "markdown", "svg"])
def test_every_format_shows_it(form: str, tmp_path: Path):
    few, file = {MOVES.index(lifecycle().edges[0].moves[0]): "surely"}, tmp_path / "report.json"
    pictures = []
    for met in ({}, few):
        file.write_text(json.dumps(_report(met)))
        done = CliRunner().invoke(draw, ["--format", form, "--met", str(file)])
        assert done.exit_code == 0, done.output
        pictures.append(done.stdout)
    plain = CliRunner().invoke(draw, ["--format", form]).stdout
    assert len({plain, *pictures}) == 3


def test_the_table_as_text_says_it_of_each_row():
    table = to_markdown(met=met_rows(_report({0: "possibly"}))).splitlines()
    assert table[4].endswith("| rules | met |")
    assert table[6].endswith("| possibly |")
    assert table[7].endswith("| not |")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "Expecting property name"),
        ('{"format": 3}', "it has no met.rows"),
        ('{"met": {"rows": [3]}}', "something that is no row"),
        ('{"met": {"rows": []}}', "it is about another table"),
    ],
)
def test_what_is_no_report_is_said(text: str, says: str, tmp_path: Path):
    file = tmp_path / "report.json"
    file.write_text(text)
    done = CliRunner().invoke(draw, ["--met", str(file)])
    assert done.exit_code == 2
    assert says in done.output
