"""Random histories alone, without a rule that looks there, find faults that show in few of them: at every seed, not at one."""

from __future__ import annotations

import pytest
from simulation.playing import checked
from wrong_servers.rare import RARE
from wrong_servers.tables import TABLES

SEEDS = (1, 2)
HISTORIES = 500
"""Within so many each of these faults is found. At seeds 3 to 5 they were too, on 2026-11-29; that takes ten minutes more."""


def found(folder, name: str, seed: int, histories: int) -> str:
    """What diverges of S2 on this server; empty where nothing does."""
    option, module = ("--table", "tables:TABLES") if name in TABLES else ("--server", "servers:SERVERS")
    serve = ("--serve-option", option, "--serve-option", f"wrong_servers.{module}[{name}]")
    done = checked(folder, seed, "--rule", "S2", "--histories", str(histories), "--shrink", "record", *serve)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout if done.returncode else ""


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", RARE)
def test_it_is_found_at_every_seed(tmp_path, name):
    """The first hundred are drawn the same where five hundred are, so most runs end with them."""
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        assert found(folder, name, seed, 100) or found(folder, name, seed, HISTORIES), f"seed {seed}"


def test_the_right_server_is_not_accused(tmp_path):
    """Else what is found above would mean nothing."""
    done = checked(tmp_path, 1, "--rule", "S2", "--histories", "100", "--shrink", "record")
    assert done.returncode == 0, done.stdout
