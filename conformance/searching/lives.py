"""Whole lives: random histories, played many at once, and what is broken in one of them made as short as it gets."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..judging.outcome import Interrupted
from ..judging.seen import Seen
from ..judging.tally import Taken
from ..judging.verdict import violation
from ..rules.rule import search
from ..steps.scenario import Scenario
from ..steps.stage import Stage
from .player import Player
from .shortening import shorter
from .stateful import drawn
from .step import History, Step


@search("S2", "Every random history of one job is one that some life of the table explains.")
def every_history_is_explained(stage: Stage) -> list[Seen]:
    """Histories for the target's powers, in a wave: wall time is that of the longest and not the sum of all."""
    profile = stage.profile
    histories = drawn(profile.histories, stage.target.powers, steps=profile.steps, from_seed=profile.seed)
    with stage.target.clock.pool(stage.target.at_once, "history") as wave:
        under_way = [
            wave.submit(_played, stage, history, f"S2.{number}") for number, history in enumerate(histories, start=1)
        ]
        wave.wait(under_way)
    played = [each.result() for each in under_way]
    seen: list[Seen] = []
    broken: dict[tuple[str, ...], tuple[History, str]] = {}
    for number, (history, (record, taken)) in enumerate(zip(histories, played, strict=True), start=1):
        seen.append(record)
        if taken:
            stage.tally.add(taken)
        if (found := violation(record, stage.terms)) is not None:
            known = broken.get(found.breaks)
            if known is None or len(history.steps) < len(known[0].steps):
                broken[found.breaks] = history, f"S2.{number}"
    if profile.shrink:
        for breaks, (history, label) in broken.items():
            seen += _shortened(stage, history, label, breaks)
    return seen


TRIES = 60
"""So many shorter histories are tried for each promise that is broken."""


def _played(stage: Stage, history: History, label: str) -> tuple[Seen, list[Taken]]:
    batch = Scenario(stage, label)
    player = Player(batch)
    try:
        if not stage.interrupted.is_set():
            batch.play("S2", lambda _: player.play(history), steps=msgspec.Raw(msgspec.json.encode(history)))
    except Interrupted:
        pass  # the record says so
    finally:
        batch.close()
    return batch.seen(), player.taken


def _shortened(stage: Stage, history: History, label: str, breaks: tuple[str, ...]) -> list[Seen]:
    """What was played to make a history shorter that breaks these promises: the last that does is the shortest."""
    found: list[Seen] = []

    def fails(steps: Sequence[Step]) -> bool:
        if stage.interrupted.is_set():
            return False
        record, _ = _played(stage, History(tuple(steps)), f"{label}/{len(found) + 1}")
        found.append(record)
        result = violation(record, stage.terms)
        return result is not None and result.breaks == breaks

    shorter(history.steps, fails, TRIES)
    return found
