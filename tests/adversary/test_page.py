"""docs/adversary.md is true: its table is that of the code, its modes and rules exist, its fixture works."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from generated import held

from batchproof.conformance.adversary.about import legal_by, table
from batchproof.conformance.adversary.composition import MODES, mode_of
from batchproof.model.promises import PROMISES

PAGE = Path(__file__).parents[2] / "docs" / "adversary.md"


def test_the_table_of_modes_is_that_of_the_code(request):
    how = "pytest tests/adversary/test_page.py --rewrite"
    held(PAGE, "modes", table(), rewrite=request.config.getoption("--rewrite"), how=how)


def test_the_table_says_all_of_every_mode():
    rows = {row.split("`")[1]: row for row in table().splitlines()[2:]}
    assert list(rows) == [mode.name for mode in MODES]
    for mode in MODES:
        assert rows[mode.name].count(" | ") == 4
        for text in (
            mode.takes_away,
            mode.why,
            mode.touches,
            *legal_by(mode),
            *(each.name for each in mode.parameters()),
        ):
            assert text in rows[mode.name]


def test_its_modes_and_rules_exist():
    text = PAGE.read_text("utf-8")
    for setting in re.findall(r"--mode (\S+?)[`\s]", text):
        if not setting.startswith("NAME"):
            mode_of(setting)
    assert set(re.findall(r"\b[A-Z]+-\d\d\b", text)) <= set(PROMISES)


@pytest.mark.slow
def test_the_fixture_of_the_page_works(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    (tmp_path / "test_mine.py").write_text(code, "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
