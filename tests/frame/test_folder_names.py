"""`make` works wherever the checkout is put. CI runs everything in a folder with a blank; here is what costs little."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = ("Makefile", "pyproject.toml", "constraints.txt", "README.md", "LICENSE")
FOLDERS = ("cli", "conformance", "diagrams", "model", "reference_impl")
UNUSUAL = 'it\'s a "q" $HOME \\ `x` ünï; & # % ' + "x" * 150

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="no make here")


def _checkout(place: Path) -> Path:
    place.mkdir(parents=True)
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in NAMED:
        shutil.copy(ROOT / name, place / name)
    return place


def _make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`make`, as from a shell: this run of the tests may be a child of another make."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES")
    }
    python = f"PYTHON={os.path.realpath(sys.executable)}"
    command = ["make", "--no-print-directory", *arguments, python]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, env=kept, timeout=200)


@pytest.mark.slow
def test_make_works_in_a_folder_of_any_name(tmp_path):
    """
    The set-up, and a check with real processes. So that it costs seconds and no network, the environment is a new one that
    finds what is installed here; batchproof itself is installed into it, and is the one that runs.
    """
    checkout = _checkout(tmp_path / UNUSUAL / "batch proof")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=checkout, check=True)
    (packages,) = (checkout / ".venv" / "lib").glob("python*/site-packages")
    (packages / "zz_what_is_here.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    done = _make(checkout, "conformance", "CHECK=reference --rule CANCEL-07")
    verdict = done.stdout.splitlines()[-1]
    assert " conform, 0 diverge, 0 inconclusive, 0 not supported: reference CONFORMS, having met " in verdict, done
    where = [str(checkout / ".venv" / "bin" / "python"), "-c", "import batchproof.cli; print(*batchproof.cli.__path__)"]
    assert subprocess.run(where, capture_output=True, text=True, check=True).stdout == f"{checkout / 'cli'}\n"


@pytest.mark.parametrize("target", ["conformance", "test"])
def test_a_colon_is_refused_in_one_line(tmp_path, target):
    """Python makes no virtual environment there, for it separates the folders of PATH."""
    checkout = _checkout(tmp_path / "a:b")
    done = _make(checkout, target)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2
    assert f"{checkout} has a colon in its name, and Python makes no venv in such a folder" in line
    assert not (checkout / ".venv").exists()


def test_make_runs_no_script_of_an_environment_by_its_name():
    """Its first line names an interpreter, and that of a folder with a blank, or over 127 characters long, is none."""
    lines = (line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if not line.startswith("#"))
    assert set(re.findall(r"/bin/([\w-]+)", "\n".join(lines))) == {"python"}


def test_ci_runs_in_a_folder_with_a_blank(tmp_path):
    """What .ci/run does before it calls make, in a checkout of two files."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / ".venv").mkdir()
    (tmp_path / "Makefile").write_text("test:\n\t@pwd; ls -A; exit 3\n")
    free = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }  # as from no make
    done = subprocess.run([tmp_path / ".ci" / "run"], capture_output=True, text=True, timeout=60, env=free)
    where, *files = done.stdout.splitlines()
    assert where.endswith("/batch proof")
    assert files == [".ci", "Makefile"]
    assert done.returncode == 2
    assert not Path(where).exists()
