"""Every way to get one row of the table wrong is found by the properties and the pinned counts, or makes no difference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from batchproof.model.event import Event
from batchproof.model.explore import explore
from batchproof.model.lifecycle import MOVES
from batchproof.model.machine import Lifecycle
from batchproof.model.properties import ALWAYS, EVENTUALLY, POSSIBLE, SOMETIMES
from batchproof.model.readings import DEFAULT, valuations
from batchproof.model.status import RUNNING

from .mutants import WAYS, Changed, Fate, Mutant, Score, fate, mutants, original, same_lives, score
from .pinned import counted_of, pinned

PAGE = Path(__file__).parents[2] / "docs" / "properties.md"
LONG = {"add a condition", "add an effect"}
"""Ways with more mutants than `make test` has time for: `make soak` plays them."""


def _written(request, shown: str, found: re.Pattern[str]) -> bool:
    """Whether the page has this line; with `--rewrite` it is put in the place of the one that `found` finds."""
    text = PAGE.read_text("utf-8")
    if request.config.getoption("--rewrite"):
        PAGE.write_text(found.sub(lambda _: shown, text, count=1), "utf-8")
        return found.search(text) is not None
    return shown in text.splitlines()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", [pytest.param(way, marks=[pytest.mark.soak] * (way in LONG)) for way in WAYS])
def test_no_mutant_whose_lives_differ_survives(request, way):
    """Who fails here has a row, named below, that could be wrong in this way without anybody noticing."""
    found = score(way)
    assert found.survivors == [], "\n".join(["no property and no count finds:", *found.survivors])
    line = re.compile(rf"^\| {way} \|.*$", re.MULTILINE)
    assert _written(request, found.line, line), (
        f"the page is stale: pytest {Path(__file__).name} --rewrite; {found.line}"
    )


def test_the_page_says_how_many_properties_there_are(request):
    kinds = f"{len(ALWAYS)} always, {len(POSSIBLE)} possible, {len(SOMETIMES)} sometimes, {len(EVENTUALLY)} eventually"
    line = re.compile(r"^\d+ always, .*$", re.MULTILINE)
    assert _written(request, kinds, line), f"the page is stale: it is to say {kinds}"


def test_the_page_has_a_line_for_each_way_and_no_other():
    assert re.findall(r"^\| ([a-z ]+) \| \d+", PAGE.read_text("utf-8"), re.MULTILINE) == list(WAYS)


@pytest.mark.parametrize("attempts", [1, 2, 3])
@pytest.mark.parametrize("readings", list(valuations()), ids=lambda each: " ".join(value for _, value in each))
def test_each_reading_has_as_many_configurations_and_edges_as_were_counted(attempts, readings):
    """What `test_explore.py` pins for the defaults: a row may have changed that only another reading asks for."""
    assert counted_of(explore(attempts, readings)) == pinned(attempts, readings)


def test_a_mutant_that_nothing_finds_is_named_with_its_row():
    mutant = next(each for each in mutants("drop an effect") if each.before[0].event is Event.CANCEL)
    lost = Score("drop an effect", (Fate(mutant, equal=False), Fate(mutant, equal=True)))
    assert lost.survivors == [str(mutant)]
    assert lost.line == "| drop an effect | 2 | 1 | 1 | 0 | 0 | 0 |"
    assert str(mutant) == (
        "SUBMITTED cancel [cancel_overrides_retry = yes] / to be removed, no further attempt, isCancelled -> SUBMITTED "
        "(CANCEL-02 CANCEL-03 CANCEL-15): forgets 'to be removed'"
    )


def test_a_difference_under_one_reading_is_a_difference():
    """Of 24 valuations half tell this one apart; the defaults do not, and the mutant counts all the same."""
    mutant = next(
        each
        for each in mutants("drop an effect")
        if each.before[0].source is RUNNING and each.before[0].event is Event.LOSE_CANCEL
    )
    assert same_lives(original(2, DEFAULT), Changed(mutant))
    found = fate(mutant)
    assert (found.equal, found.by_properties) == (False, True)


def test_lives_are_the_same_although_the_memory_differs():
    """A waiting job that forgets that it no longer waits is in no status that asks; nobody could see it."""
    mutant = next(each for each in mutants("drop an effect") if each.before[0].destination.name == "RUNNABLE")
    assert explore(2, lifecycle=Changed(mutant)).configurations != original(2, DEFAULT).configurations
    assert fate(mutant).equal


@pytest.mark.parametrize("way", WAYS)
def test_a_mutant_is_stepped_as_its_whole_table_says(way):
    """Only the rows in question are asked of a machine of its own: from every configuration that comes to the same."""
    every = mutants(way)
    for mutant in every[:: len(every) // 8]:
        quick, whole = Changed(mutant), Lifecycle(mutant.table)
        for at in original(2, DEFAULT).configurations:
            assert [quick.attempt(at, event) for event in Event] == [whole.attempt(at, event) for event in Event]


@pytest.mark.parametrize("way", WAYS)
def test_every_row_is_changed_in_every_way_that_it_can_be(way):
    """Counted from the table: a row, condition or effect that was left out would have no score."""
    every: list[Mutant] = mutants(way)
    assert len({(each.before, each.after) for each in every}) == len(every)
    assert all(each.before != each.after for each in every)
    about = {move for each in every for move in each.before}
    match way.split()[-1]:
        case "row" | "rows":
            assert about == set(MOVES)
        case "condition" if way != "add a condition":
            assert len(every) == sum(len(move.guard) for move in MOVES)
        case "effect" if way != "add an effect":
            assert len(every) == sum(len(move.effect) for move in MOVES)
        case _:
            assert about == set(MOVES)
