"""The demon's lives, fed to the monitor without boto3: each is explained, and one that oversteps is not."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from batchproof.conformance.demon import life
from batchproof.conformance.demon.choices import Choices, Freely
from batchproof.conformance.demon.watching import QUICK, Watch, drawn
from batchproof.model.event import FAULTS, Event
from batchproof.model.lifecycle import MOVES
from batchproof.model.machine import Lifecycle
from batchproof.model.monitor.automaton import Reads
from batchproof.model.status import FAILED, RUNNING

LIVES = 300  # `make soak` takes more: this many are enough to meet nearly every row


def watched(seed: int) -> Watch:
    """One life, everything about which follows from the seed."""
    chance = random.Random(seed)
    return Watch(Choices(chance), drawn(chance)).run()


def shortest_failing(watches: list[Watch]) -> Watch | None:
    return min((watch for watch in watches if watch.failing), key=lambda watch: len(watch.story), default=None)


@pytest.mark.parametrize("lives", [LIVES, pytest.param(3_000, marks=pytest.mark.soak)])
def test_every_life_that_the_demon_makes_is_explained(lives):
    """The demon is right by definition, so an accusation is a fault of the monitor: the shortest one is shown."""
    watches = [watched(seed) for seed in range(lives)]
    wrongly = shortest_failing(watches)
    assert wrongly is None, f"the monitor is wrong about this life:\n{wrongly}"

    met = Counter(event for watch in watches for _, event in watch.choices.taken)
    assert set(Event) - set(met) == set(), "the lives show less than they say"


@pytest.mark.parametrize("seed", [125303, 128967, 144245, 175049])
def test_what_said_itself_how_it_ends_is_not_let_go_any_more(seed):
    """
    The four lives of the first 100,000 that were not explained: an attempt had said that it exits 0, and was then told to
    exit otherwise, which it never read. What it said itself stands.
    """
    assert not watched(seed).failing


def test_the_same_seed_makes_the_same_life():
    """A failure that does not come again is no use to anybody."""
    assert [str(watched(seed)) for seed in range(20)] == [str(watched(seed)) for seed in range(20)]


OVERSTEPS = {
    "a table whose cancel fails a RUNNING job": Lifecycle(
        replace(move, destination=FAILED) if (move.source, move.event) == (RUNNING, Event.CANCEL) else move
        for move in MOVES
    ),
    "a table that tries again after a terminate": Lifecycle(
        replace(move, guard=tuple(atom for atom in move.guard if "retry_overridden" not in atom.name))
        for move in MOVES
        if not (
            move.event is Event.EXIT_RETRY and any(a.name == "retry_overridden" and not a.negated for a in move.guard)
        )
    ),
}


@pytest.mark.parametrize("wrong", OVERSTEPS)
def test_a_demon_that_runs_a_wrong_table_is_found_out(monkeypatch, wrong):
    """Otherwise the silence of the monitor would mean nothing."""
    monkeypatch.setattr(life, "LIFECYCLE", OVERSTEPS[wrong])
    assert shortest_failing([watched(seed) for seed in range(LIVES)]) is not None


def test_a_demon_that_takes_longer_than_it_declares_is_found_out():
    """What is due is put off to the last moment that is declared, and one that is declared too short is overstepped."""
    freely = Freely(QUICK)
    short = replace(QUICK, evaluate=400, dependencies=450, place=350, start=500, remove=300, stop=250, exit=200)

    def watch(seed: int) -> Watch:
        one = Watch(Choices(random.Random(seed)), freely)
        one.monitor.bounds = short
        return one.run()

    assert shortest_failing([watch(seed) for seed in range(LIVES)]) is not None


def test_faults_and_old_reads_come_only_where_they_are_declared():
    """A demon that declares nothing shows how things are, and loses no host."""
    watches = [Watch(Choices(random.Random(seed)), Freely(QUICK, Reads.FRESH)).run() for seed in range(100)]
    assert shortest_failing(watches) is None
    assert not {event for watch in watches for _, event in watch.choices.taken} & FAULTS
