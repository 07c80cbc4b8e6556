"""The ways in: make and its targets, what CI runs, and the pins that make two set-ups alike."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return {_plain(name): version for name, version in (line.split("==") for line in lines if line)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _needed(name: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> set[str]:
    """The installed packages that a package asks for, and those that they ask for."""
    if (name, extras) in seen or not _installed(name):  # not installed: wanted on another system only
        return set()
    seen.add((name, extras))
    found = {name}
    for text in metadata.requires(name) or []:
        match = re.match(r"([\w.-]+)\s*(?:\[([^\]]*)\])?[^;]*(?:;(.*))?", text)
        assert match
        asked = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", match[3] or "")
        if not asked or asked[1] in extras:
            more = frozenset(extra.strip() for extra in (match[2] or "").split(",") if extra.strip())
            found |= _needed(_plain(match[1]), more, seen)
    return found


def _installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def test_all_that_is_installed_is_pinned():
    """What a package asks for in turn, too: otherwise tomorrow's set-up is not today's."""
    wanted = _needed("batchproof", frozenset({"dev", "moto"}), set()) - {"batchproof"}
    assert len(wanted) > 40, "the walk found too little to be true"
    assert {"setuptools", "pyright", "botocore", "transitions"} <= set(_pins())
    assert wanted - set(_pins()) == set()


def test_constraints_only_pin():
    """A line that names an index or a file would tie the repository to one machine."""
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.]+", line)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_make_lists_its_targets():
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = set(re.findall(r"make ([a-z-]+) ", done.stdout))
    phony = next(line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if line.startswith(".PHONY:"))
    assert listed == set(phony.split()[1:])


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_make_conformance_and_make_test_do_what_is_promised():
    plan = {
        target: subprocess.run(
            ["make", "--no-print-directory", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for target in ("conformance", "test")
    }
    assert plan["conformance"].splitlines()[-1] == ".venv/bin/python -m batchproof.cli.main check reference"
    order = [line for line in plan["test"].splitlines() if "-m pip" not in line and ".venv/bin/python -m" in line]
    assert [line.split(" -m ")[1].split()[0] for line in order] == ["ruff", "ruff", "pyright", "pytest"]


PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*"), ROOT / "Makefile"]
PAGES += [path for folder in ("cli", "conformance", "reference_impl") for path in ROOT.glob(f"{folder}/**/*.py")]


def _installs(text: str) -> list[list[str]]:
    """The arguments of every `pip install` in a text."""
    return [re.split(r"[\s'\"]+", found) for found in re.findall(r"pip install +([^`\n;&|]*)", text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nobody_is_told_to_install_by_our_name_or_a_copy(page):
    """No index has a batchproof of ours, and a copy in .venv would be checked instead of the checkout from then on."""
    for words in _installs(page.read_text("utf-8")) if page.is_file() else []:
        assert [word for word in words if word.startswith("batchproof")] == []
        for before, word in zip(["", *words], words, strict=False):
            assert not word.startswith(".") or before in ("-e", "--editable")


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
@pytest.mark.parametrize("arguments", [("moto",), ("conformance", "CHECK=moto --rule RETRY-03")], ids=" ".join)
def test_make_installs_moto_beside_the_checkout(arguments):
    """Where everything is ready, too: nothing says that the moto which is there is the one that is wanted."""
    command = ["make", "--no-print-directory", "-n", "-W", "pyproject.toml", *arguments]
    plan = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert '--editable ".[moto]"' in plan


def test_ci_runs_make_test_and_make_soak():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text("utf-8")
    assert script.read_text("utf-8").splitlines()[-2:] == ["make test", "make soak"]
    subprocess.run(["bash", "-n", script], check=True)


def test_the_version_is_in_the_changelog():
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
