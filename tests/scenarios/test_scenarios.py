"""Every scenario, on the engine alone and over HTTP with real processes: the same text, and the same result."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from scenarios.on_engine import OnEngine
from scenarios.over_http import OverHttp, unplayable
from scenarios.script import parse, readings, written

from batchproof.model.readings import valuation
from batchproof.reference_impl.serving import running
from batchproof.reference_impl.settings import Settings

SCENARIOS = sorted(Path(__file__).parent.glob("*.txt"))
GROUPS = (
    "states",
    "cancel",
    "terminate",
    "retry",
    "timeouts",
    "dependencies",
    "arrays",
    "multinode",
    "queues",
    "shares",
    "limits",
    "consumables",
)


@pytest.fixture(scope="module")
def served():
    """The URL of a server with these readings; each is started once."""
    urls: dict[tuple[tuple[str, str], ...], str] = {}
    with ExitStack() as servers:

        def started(chosen: dict[str, str]) -> str:
            answers = valuation(chosen)
            if answers not in urls:
                urls[answers] = servers.enter_context(running(Settings(readings=answers)))
            return urls[answers]

        yield started


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_on_the_engine_alone(path, request):
    """Compared as text, every status of every job included. `--rewrite` stores what the engine did."""
    before = path.read_text()
    blocks = parse(before)
    player = OnEngine(readings(blocks))
    for block in blocks:
        if block.commands:
            block.result = player.play(block)
    after = written(blocks)
    if request.config.getoption("--rewrite"):
        path.write_text(after)
    else:
        assert after == before


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_over_http_with_real_processes(path, served, tmp_path):
    """Polls may miss a status on the way, and must see no other; where each block leaves every job is the same."""
    blocks = parse(path.read_text())
    if (why := unplayable(blocks)) is not None:
        pytest.skip(why)
    player = OverHttp(served(readings(blocks)), tmp_path)
    try:
        for block in blocks:
            player.play(block)
    finally:
        player.release()


def test_every_group_of_rules_has_scenarios():
    assert {path.stem.partition("_")[0] for path in SCENARIOS} == set(GROUPS)


def test_a_scenario_is_written_as_it_was_read():
    """Otherwise `--rewrite` would change more than results."""
    for path in SCENARIOS:
        assert written(parse(path.read_text())) == path.read_text()
