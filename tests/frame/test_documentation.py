"""What is written is true: examples run, links lead somewhere, public names are explained, nothing local leaks out."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
PACKAGES = tuple(f"batchproof.{name}" for name in ("model", "diagrams", "reference_impl", "conformance", "cli"))
MODEL = sorted((ROOT / "model").rglob("*.py"))


def _modules() -> list[str]:
    names = []
    for package in PACKAGES:
        names.append(package)
        names += [info.name for info in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")]
    return names


@pytest.mark.parametrize("name", _modules())
def test_examples_in_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_walk_finds_the_examples():
    """Otherwise the test above would be content with nothing."""
    modules = [importlib.import_module(name) for name in _modules()]
    examples = sum(len(test.examples) for module in modules for test in doctest.DocTestFinder().find(module))
    assert "batchproof.model.promises.promise" in _modules()
    written = [
        path
        for folder in ROOT.glob("[a-z]*/")
        if folder.name not in {"tests", "build"}
        for path in folder.rglob("*.py")
    ]
    walked = {importlib.import_module(name).__file__ for name in _modules()}
    assert {str(path) for path in written if ">>> " in path.read_text("utf-8")} <= walked
    assert examples > 30


def _names(path: Path) -> list[tuple[str, bool]]:
    """The module, its public classes and its public functions, each with whether it has a docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    found = [(path.name, ast.get_docstring(tree) is not None)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            found.append((node.name, ast.get_docstring(node) is not None))
    return found


@pytest.mark.parametrize("path", MODEL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_public_name_of_the_model_is_explained(path):
    assert [name for name, explained in _names(path) if not explained] == []


def _targets(text: str) -> list[str]:
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = re.findall(r"\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)", text)
    return found + re.findall(r"(?:src|href)=\"([^\"]+)\"", text)


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ +(.+?) *$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path, text: str) -> list[str]:
    """The relative links of a page that lead nowhere."""
    broken = []
    for target in _targets(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name) if name else page
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in _anchors(path.read_text("utf-8"))):
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page):
    assert broken_links(page, page.read_text("utf-8")) == []


def test_a_broken_link_is_found():
    page = ROOT / "CONTRIBUTING.md"
    text = '[a](LICENSE) [b](nowhere.md) <img src="diagrams/out/none.svg"> [c](https://example.org/x) [d](#no-such-heading)'
    assert broken_links(page, text) == ["nowhere.md", "#no-such-heading", "diagrams/out/none.svg"]


# Put together here, so that this file does not find itself.
LEAKS = re.compile(
    "|".join(
        (
            r"(?<![\w.~-])/" + "work/",
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            "artifact" + "ory",
            "dev" + r"pi\b",
            r"--(?:extra-)?" + "index-url",
            "far" + "m-",
        )
    ),
    re.IGNORECASE,
)


def _repository() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:  # an unpacked archive
        hidden = {".venv", "__pycache__", ".git"}
        paths = [path for path in ROOT.rglob("*") if not hidden & set(path.parts)]
    return [path for path in paths if path.is_file()]


def test_nothing_of_our_own_machines_is_in_the_repository():
    """Neither a path of the place where it was written, nor the host from which its packages came."""
    leaks = {}
    for path in _repository():
        found = LEAKS.search(path.read_bytes().decode("utf-8", errors="replace"))
        if found:
            leaks[path.relative_to(ROOT).as_posix()] = found[0]
    assert leaks == {}


@pytest.mark.parametrize("text", ["cd /" + "work/main", "https://py" + "pi.org/simple", "from far" + "m-3"])
def test_a_leak_is_found(text):
    assert LEAKS.search(text)
