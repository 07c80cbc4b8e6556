"""Imports point at the model: `reference_impl -> model <- conformance`, `diagrams -> model`, and `cli` on top.

Read from the source with `ast`, so that a late import inside a function counts too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MAY_IMPORT = {
    "model": {"model"},
    "diagrams": {"diagrams", "model"},
    "reference_impl": {"reference_impl", "model"},
    "conformance": {"conformance", "model"},
    "cli": {"cli", "conformance", "diagrams", "model", "reference_impl"},
}
ALSO = {
    "conformance/targets/simulation.py": {"reference_impl"},  # it is the engine under a virtual clock
    "conformance/mutants.py": {"reference_impl"},  # servers that run a wrong table
    "conformance/demon.py": {"reference_impl"},  # a server that always chooses the worst it may
    "conformance/report/": {"diagrams"},  # a report shows pictures
    "reference_impl/console/": {"diagrams"},  # so does the live page
}

# A model that could read a clock or a file could not be enumerated: what it may have is listed, not what it may not.
PURE = {
    "__future__",
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "heapq",
    "itertools",
    "math",
    "operator",
    "re",
    "threading",  # machine.py's lock, nothing that waits
    "types",
    "typing",
}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}

FILES = sorted(path for folder in MAY_IMPORT for path in (ROOT / folder).rglob("*.py"))


def imported(source: str, path: str) -> Iterator[str]:
    """
    Every module that a file imports; ours by their path from the root, as `model.status`.

    `path` is the file's path from the root, such as `diagrams/dot.py`.
    """
    package = Path(path).parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.removeprefix("batchproof.")
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").removeprefix("batchproof.")
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            if len(base) + bool(node.module) == 0:  # `from .. import model`: the names are the folders
                yield from (alias.name for alias in node.names)
            else:
                yield ".".join((*base, *([node.module] if node.module else [])))


def folders(source: str, path: str) -> set[str]:
    return {module.split(".")[0] for module in imported(source, path)} & set(MAY_IMPORT)


def allowed(path: str) -> set[str]:
    extra = (more for start, more in ALSO.items() if path == start or (start.endswith("/") and path.startswith(start)))
    return MAY_IMPORT[Path(path).parts[0]].union(*extra)


def of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=of)
def test_imports_point_at_the_model(path):
    assert folders(path.read_text("utf-8"), of(path)) <= allowed(of(path))


@pytest.mark.parametrize("path", FILES, ids=of)
def test_inside_the_packages_our_imports_are_relative(path):
    """An absolute one would make an editor, or pyright, look for a folder that does not exist."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        assert not [name for name in names if name.split(".")[0] in {"batchproof", *MAY_IMPORT}]


@pytest.mark.parametrize("path", FILES, ids=of)
def test_only_the_machine_knows_transitions(path):
    if of(path) != "model/machine.py":
        assert "transitions" not in {module.split(".")[0] for module in imported(path.read_text("utf-8"), of(path))}


@pytest.mark.parametrize("path", [path for path in FILES if of(path).startswith("model/")], ids=of)
def test_the_model_has_no_clock_and_does_no_io(path):
    source = path.read_text("utf-8")
    outside = {module.split(".")[0] for module in imported(source, of(path))} - {"model"}
    assert outside - PURE <= ({"transitions"} if of(path) == "model/machine.py" else set())
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & IMPURE_CALLS


@pytest.mark.parametrize(
    ("source", "path", "found"),
    [
        ("from ..model.status import Status", "diagrams/dot.py", {"model"}),
        ("from ...reference_impl.deciding.engine import Engine", "conformance/targets/moto.py", {"reference_impl"}),
        ("from .. import diagrams", "model/machine.py", {"diagrams"}),
        ("def late():\n    from ...conformance import judge", "reference_impl/deciding/engine.py", {"conformance"}),
        ("import batchproof.cli.main", "model/status.py", {"cli"}),
        ("from . import rules", "conformance/judge.py", {"conformance"}),
        ("import json", "conformance/judge.py", set()),
    ],
)
def test_no_way_to_import_escapes(source, path, found):
    assert folders(source, path) == found


def test_exceptions_are_no_wider_than_they_say():
    assert "reference_impl" in allowed("conformance/targets/simulation.py")
    assert "reference_impl" not in allowed("conformance/targets/reference.py")
    assert "diagrams" in allowed("conformance/report/page.py")
    assert "diagrams" not in allowed("conformance/judge.py")
    assert not any("cli" in allowed(of(path)) for path in FILES if not of(path).startswith("cli/"))
