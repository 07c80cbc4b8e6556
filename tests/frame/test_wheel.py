"""The wheel holds what the folders hold: a subpackage or a data file that nobody listed would be missing in silence."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("cli", "conformance", "diagrams", "model", "reference_impl")
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The tree, copied: building leaves `build/` behind, from which a later wheel would take files long deleted."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=NOT_SHIPPED)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(copy) -> set[str]:
    """The names in the wheel, without its metadata."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist"), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (copy / "dist").glob("*.whl")
    return {name for name in zipfile.ZipFile(path).namelist() if ".dist-info/" not in name}


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_folders_and_nothing_else(copy, wheel):
    tree = {
        f"batchproof/{path.relative_to(copy).as_posix()}"
        for folder in FOLDERS
        for path in (copy / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"missing in the wheel": tree - wheel, "only in the wheel": wheel - tree} == {
        "missing in the wheel": set(),
        "only in the wheel": set(),
    }


def test_every_folder_with_python_files_is_a_listed_package():
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = set(tomllib.load(file)["tool"]["setuptools"]["packages"])
    found = {
        f"batchproof.{'.'.join(path.parent.relative_to(ROOT).parts)}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
    }
    assert listed == found


def test_every_package_has_an_init_that_says_what_it_is():
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            init = path.parent / "__init__.py"
            assert init.is_file(), f"{path.parent} has no __init__.py"
