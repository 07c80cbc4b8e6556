"""Whole lives: random histories, played many at once, and what is broken in one of them made as short as it gets."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from ..judging.outcome import Interrupted
from ..judging.seen import Seen
from ..judging.tally import Taken
from ..judging.verdict import LIVES, fault, faults
from ..rules.rule import search
from ..steps.scenario import Scenario
from ..steps.stage import Stage
from .found import Fault, Found, histories
from .player import Player
from .shortening import shorter
from .stateful import drawn
from .step import History, Step


@search(LIVES, "Every random history of one job is one that some life of the table explains.")
def every_history_is_explained(stage: Stage) -> list[Seen]:
    """Histories for the target's powers, in a wave: wall time is that of the longest and not the sum of all."""
    profile = stage.profile
    plans = drawn(profile.histories, stage.target.powers, steps=profile.steps, from_seed=profile.seed)
    stage.tally.wanted += profile.histories
    labelled = [(f"{LIVES}.{number}", history) for number, history in enumerate(plans, start=1)]
    with stage.target.clock.pool(stage.target.wave, "history") as wave:
        played = wave.map(lambda each: play(stage, *each), labelled)
        for _, taken in played:
            if taken:
                stage.tally.add(taken)
        seen = [record for record, _ in played]
        if profile.shrink:
            found = histories(seen, stage.terms)
            first = sorted(found, key=lambda what: len(found[what][0].begun.steps))[:FAULTS]
            for records in wave.map(lambda what: _shortened(stage, what, found[what]), first):
                seen += records
    return stage.recorder.in_order(seen)


TRIES, FAULTS, BUDGET_S = 60, 12, 60.0
"""So many shorter histories are tried for each fault, of so many faults, and none is begun after so long."""

AGAIN, FIRST = 4, 5
"""So many times more a history has to show it, and of so many histories one is looked for that does."""


def play(stage: Stage, label: str, history: History) -> tuple[Seen, list[Taken]]:
    """Play a history in a scenario of its own: what the record has of it, and what its steps did."""
    batch = Scenario(stage, label)
    player = Player(batch)
    try:
        if not stage.interrupted.is_set():
            steps = msgspec.Raw(msgspec.json.encode(history))
            with batch.playing(LIVES, steps, begun=lambda: player.begun):
                player.play(history)
    except Interrupted:
        pass  # the record says so
    finally:
        batch.close()
    return batch.seen(), player.taken


def _shortened(stage: Stage, what: Fault, found: Sequence[Found]) -> list[Seen]:
    """What was played to make a history shorter that shows this fault each time: what comes of luck helps nobody."""
    records: list[Seen] = []
    until_s = time.monotonic() + BUDGET_S

    def shows(label: str, history: History) -> bool:
        record, _ = play(stage, label, history)
        records.append(record)
        return any(fault(result) == what for result in faults(record, stage.terms))

    def fails(steps: Sequence[Step]) -> bool:
        if stage.interrupted.is_set() or time.monotonic() > until_s:
            return False
        history, label = History(tuple(steps)), f"{'-'.join(dict.fromkeys((LIVES, *what)))}-{len(records) + 1}"
        if not shows(label, history):
            return False
        with stage.target.clock.pool(AGAIN, "again") as again:
            return all(again.map(lambda number: shows(f"{label}.{number}", history), range(1, AGAIN + 1)))

    first = next((each for each in found[:FIRST] if fails(each.begun.steps)), None)
    if first is not None:
        shorter(first.begun.steps, fails, TRIES)
    return records
