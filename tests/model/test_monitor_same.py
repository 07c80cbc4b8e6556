"""The monitor and a plain one, in which a belief is a set of points, come to the same after everything that happens."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from wrong_servers.tables import TABLES

from batchproof.model.machine import LIFECYCLE, Lifecycle
from batchproof.model.monitor import Monitor
from batchproof.model.readings import READINGS

from . import plain_monitor, walk

WALKS, STEPS = 300, 60


class Both:
    """Feeds both, and holds them against each other."""

    compared: Counter[str] = Counter()

    def __init__(self, **terms: Any) -> None:
        self._fast, self._plain = Monitor(**terms), plain_monitor.Monitor(**terms)

    @property
    def verdict(self) -> Any:
        return self._fast.verdict

    @property
    def readings(self) -> Any:
        return self._fast.readings

    @property
    def knowledge(self) -> Any:
        return self._fast.knowledge

    def mark(self) -> tuple[int, object]:
        return self._fast.mark(), self._plain.mark()

    def saw(self, shown: Any, *, since: tuple[int, object] | None = None, **more: Any) -> None:
        fast, plain = since if since is not None else (None, None)
        self._fast.saw(shown, since=fast, **more)
        self._plain.saw(shown, since=plain, **more)
        self._hold("saw")

    def __getattr__(self, name: str) -> Any:
        def feed(*arguments: Any, **more: Any) -> None:
            getattr(self._fast, name)(*arguments, **more)
            getattr(self._plain, name)(*arguments, **more)
            self._hold(name)

        return feed

    def _hold(self, name: str) -> None:
        fast, plain = self._fast.verdict, self._plain.verdict
        assert fast == plain, name
        if fast is None:
            assert self._fast.readings == self._plain.readings
            assert self._fast.allowed() == self._plain.allowed()
        Both.compared[name] += 1
        Both.compared["violations"] += fast is not None


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> type[Both]:
    monkeypatch.setattr(walk, "Monitor", Both)
    Both.compared.clear()
    return Both


def lives(lifecycle: Lifecycle) -> None:
    for seed in range(WALKS):
        chance = random.Random(f"same {seed}")
        walk.Walk(chance, lifecycle, free_readings=len(READINGS) if seed % 20 == 0 else seed % 4 == 0).run(STEPS)


def test_on_lives_of_the_table(both):
    """Whatever may be concluded after each step is the same, to the last line of what a read may show."""
    lives(LIFECYCLE)
    assert both.compared["saw"] > WALKS
    assert min(both.compared[what] for what in ("called", "answered", "refused", "began", "signalled", "knows")) > 10


def test_on_lives_of_wrong_tables(both):
    """And so is what no life explains."""
    for name in ("cancel stops", "one attempt too many", "terminate does not override the strategy"):
        lives(Lifecycle(TABLES[name]))
    assert both.compared["violations"] > 10
