"""Imports point at the model: `reference_impl -> model <- conformance`, `diagrams -> model`, and `cli` on top.

Read from the source with `ast`, so that a late import inside a function counts too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
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
ALSO: dict[str, set[str]] = {
    # A target of the kit that is the server: kit and server share a process there, and a time.
    "reference_impl/simulation/": {"conformance"},
}
"""Files, and folders with a slash behind them, that may import more; each with its reason."""

ROOMS = {
    "conformance": {
        "adversary": set(),
        "power": set(),
        "payload": set(),
        "programs": {"payload"},
        "timing": set(),
        "judging": set(),
        "depth": set(),
        "asked": {"depth", "power"},
        "targets": {"adversary", "asked", "demon", "judging", "power", "timing"},
        "steps": {"depth", "judging", "payload", "power", "targets", "timing.clock"},
        "rules": {"judging", "payload", "power", "steps"},
        "searching": {"judging", "payload", "power", "rules", "steps", "timing.clock"},
        "demon": {"payload", "programs"},
        "register": {"rules", "searching"},
        "promised": {"judging", "register"},
        "report": {"asked", "judging", "power", "promised", "register", "searching"},
        "lifecycle": {"asked", "judging", "register", "searching", "steps", "targets"},
        "replaying": {"asked", "judging", "register", "report", "rules.rule", "run", "searching", "steps.stage"},
        "run": {
            "asked", "depth", "judging", "power", "register", "report", "rules.rule", "searching", "steps", "targets",
            "timing.clock",
        },
    },
    "reference_impl": {
        "clock": set(),
        "crash_points": set(),
        "locks": set(),
        "removal": set(),
        "lateness": set(),
        "data_folder": {"locks", "removal"},
        "deciding": set(),
        "exploring": {"deciding"},
        "keeping": {"crash_points", "deciding.archive", "deciding.records"},
        "running": {"crash_points", "data_folder", "deciding.messages", "deciding.reasons", "locks", "removal"},
        "event_file": set(),
        "located": set(),
        "events": {"deciding", "event_file", "keeping.store"},
        "shell": {"clock", "deciding", "keeping.store", "running.host"},
        "http": {"deciding", "events", "shell"},
        "operations": {"deciding", "http"},
        "logs": {"deciding", "http", "running.host"},
        "quickstart": {"deciding", "http"},
        "settings": {"data_folder", "deciding.engine", "events", "http", "lateness", "running"},
        "lives": {
            "clock", "data_folder", "deciding", "event_file", "events", "http", "keeping", "lateness", "logs", "operations",
            "running.host", "settings", "shell",
        },
        "serving": {
            "data_folder", "deciding", "event_file", "http", "lateness", "lives", "operations", "quickstart", "running.host",
            "running.slow_host", "settings", "shell",
        },
        "foreground": {"data_folder", "event_file", "keeping.store", "running.accounts", "serving", "settings"},
        "simulation": {
            "clock", "deciding", "events", "http", "keeping.store", "located", "logs", "operations", "running.host", "settings",
            "shell",
        },
    },
}  # fmt: skip
"""Of a folder: its rooms, which are folders and single files, and what of the others each may import."""

# A model that could read a clock or a file could not be enumerated: what it may have is listed, not what it may not.
PURE = {
    "__future__",
    "bisect",
    "collections",
    "copy",
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
PURE_DECISIONS = {
    "__future__",
    "bisect",
    "collections",
    "dataclasses",
    "hashlib",  # names that are the same whenever they are asked for
    "heapq",
    "itertools",
    "math",
    "msgspec",
    "typing",
}
RECORDS_ONLY = PURE | {"gzip", "hashlib", "importlib", "msgspec", "pathlib"}
"""A verdict is a function of a record: whoever judges knows no service, no clock and no thread."""
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


def names(source: str, path: str) -> Iterator[str]:
    """Everything that a file imports, by its full name: `from ..model.status import Status` is `model.status.Status`."""
    package = Path(path).parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("batchproof.") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else []))).removeprefix("batchproof.")
            yield from (f"{module}.{alias.name}" if module else alias.name for alias in node.names)


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


def impurities(source: str, path: str, pure: set[str]) -> set[str]:
    """What a file imports or calls that is none of these pure modules, and no module of its own folder or of the model."""
    outside = {module.split(".")[0] for module in imported(source, path)} - {"model", Path(path).parts[0]}
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return (outside - pure) | (calls & IMPURE_CALLS)


@pytest.mark.parametrize("path", [path for path in FILES if of(path).startswith("model/")], ids=of)
def test_the_model_has_no_clock_and_does_no_io(path):
    also = {"transitions"} if of(path) == "model/machine.py" else set()
    assert impurities(path.read_text("utf-8"), of(path), PURE | also) == set()


@pytest.mark.parametrize("path", [path for path in FILES if of(path).startswith("reference_impl/deciding/")], ids=of)
def test_what_decides_has_no_clock_and_does_no_io(path):
    """So it can be played again, on any machine and in any time: a simulation and a crash test rest on that."""
    assert impurities(path.read_text("utf-8"), of(path), PURE_DECISIONS) == set()


@pytest.mark.parametrize("path", [path for path in FILES if of(path).startswith("reference_impl/exploring/")], ids=of)
def test_what_explores_has_no_clock_and_does_no_io(path):
    """A number of states that is pinned must not hang on when or where it was counted."""
    assert impurities(path.read_text("utf-8"), of(path), PURE_DECISIONS | {"enum", "functools", "types"}) == set()


@pytest.mark.parametrize("path", [path for path in FILES if of(path).startswith("conformance/judging/")], ids=of)
def test_whoever_judges_knows_records_only(path):
    """So that a file can be judged for ever, and a run is judged as its file is."""
    assert impurities(path.read_text("utf-8"), of(path), RECORDS_ONLY - {"threading"}) == set()


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import threading",
        "import boto3",
        "from botocore.exceptions import ClientError",
        "from time import time_ns",
        "import os",
        "import random",
        "import asyncio",
        "from datetime import datetime",
        "from pathlib import Path",
        "import uuid",
        "import importlib",
        "def late():\n    import sqlite3",
        "def late():\n    return open('file')",
        "print('decided')",
    ],
)
@pytest.mark.parametrize(
    ("path", "pure"),
    [
        ("model/machine.py", PURE - {"threading"}),
        ("reference_impl/deciding/engine.py", PURE_DECISIONS),
        ("conformance/judging/verdict.py", RECORDS_ONLY - {"threading", "pathlib", "importlib"}),
    ],
)
def test_no_impurity_escapes(source, path, pure):
    assert impurities(source, path, pure)


def trespasses(source: str, path: str) -> set[str]:
    """What a file in one of the rooms imports from others that its room may not."""
    folder, *inside = Path(path).with_suffix("").parts
    room, rooms = inside[0], ROOMS[folder]
    found = set()
    for module in names(source, path):
        if module.startswith(f"{folder}."):
            wanted = module.removeprefix(f"{folder}.")
            may = (room, *rooms.get(room, ()))
            if not any(wanted == allowed or wanted.startswith(f"{allowed}.") for allowed in may):
                found.add(wanted)
    return found


ROOMED = [path for path in FILES if path.parts[len(ROOT.parts)] in ROOMS and path.name != "__init__.py"]


@pytest.mark.parametrize("path", ROOMED, ids=of)
def test_a_room_imports_only_what_its_stage_needs(path):
    assert trespasses(path.read_text("utf-8"), of(path)) == set()


FORBIDDEN = [
    (folder, room, other)
    for folder, rooms in ROOMS.items()
    for room, may in rooms.items()
    for other in rooms
    if other != room and not any(allowed.split(".")[0] == other for allowed in may)
]


@pytest.mark.parametrize(("folder", "room", "other"), FORBIDDEN)
def test_no_way_into_a_forbidden_room_escapes(folder, room, other):
    """Each arrow that the table does not have is seen to fail: by module, by name, from a deeper folder, and late."""
    is_folder = (ROOT / folder / room).is_dir()
    path, up = (f"{folder}/{room}/a.py", "..") if is_folder else (f"{folder}/{room}.py", ".")
    assert trespasses(f"from {up}{other} import thing", path) == {f"{other}.thing"}
    assert trespasses(f"from {up}{other}.part import thing", path) == {f"{other}.part.thing"}
    assert trespasses(f"from {up} import {other}", path) == {other}
    assert trespasses(f"def late():\n    from {up}{other} import thing", path)
    assert trespasses(f"import batchproof.{folder}.{other}", path) == {other}
    if is_folder:
        assert trespasses(f"from ...{other} import thing", f"{folder}/{room}/deep/a.py") == {f"{other}.thing"}


def test_a_part_of_a_room_is_no_way_into_the_rest():
    """Whoever may know the protocol of hosts may not know the one that needs Linux."""
    assert trespasses("from ..running.host import Host", "reference_impl/logs/streams.py") == set()
    assert trespasses("from ..running.processes import Processes", "reference_impl/logs/streams.py")
    assert trespasses("from .running import processes", "reference_impl/shell.py")
    assert trespasses("from ..deciding.engine import Engine", "reference_impl/running/processes.py")


@pytest.mark.parametrize("folder", ROOMS)
def test_the_rooms_are_those_that_are_there_and_there_is_no_circle(folder):
    here = {path.stem for path in (ROOT / folder).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert here - {"__init__"} == ROOMS[folder].keys()
    TopologicalSorter({room: {name.split(".")[0] for name in may} for room, may in ROOMS[folder].items()}).prepare()


@pytest.mark.parametrize("folder", ROOMS)
def test_no_room_may_import_what_it_does_not(folder):
    """A table that allows more than is needed would let in what nobody has decided on."""
    used: dict[str, set[str]] = {room: set() for room in ROOMS[folder]}
    for path in ROOMED:
        if of(path).startswith(f"{folder}/"):
            room = path.relative_to(ROOT / folder).with_suffix("").parts[0]
            used[room] |= {name.removeprefix(f"{folder}.") for name in names(path.read_text("utf-8"), of(path))}
    idle = {
        (room, allowed)
        for room, may in ROOMS[folder].items()
        for allowed in may
        if not any(name == allowed or name.startswith(f"{allowed}.") for name in used[room])
    }
    assert idle == set()


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
    for place, more in ALSO.items():
        inside = [path for path in FILES if of(path) == place or (place.endswith("/") and of(path).startswith(place))]
        used = set[str]().union(*(folders(path.read_text("utf-8"), of(path)) for path in inside))
        assert more <= used, f"{place} does not import {more - used}"
    assert not any("cli" in allowed(of(path)) for path in FILES if not of(path).startswith("cli/"))


def test_no_module_imports_itself_by_any_way():
    """Also not under TYPE_CHECKING: two files that need each other are one idea in two places."""
    modules = {}
    for path in FILES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    arrows = {
        module: {
            wanted if wanted in modules else wanted.rpartition(".")[0]
            for wanted in names(path.read_text("utf-8"), of(path))
            if wanted in modules or wanted.rpartition(".")[0] in modules
        }
        - {module}
        for module, path in modules.items()
    }
    TopologicalSorter(arrows).prepare()


def test_folders_and_files_stay_small():
    """A folder is read at a glance, and so is a file; data may be long."""
    for folder in {path.parent for path in FILES}:
        assert len(list(folder.glob("*.py"))) <= 20, f"{folder} has too many files"
    everything = [*FILES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    for path in everything:
        if not of(path).startswith("model/promises/"):
            lines = len(path.read_text("utf-8").splitlines())
            assert lines <= 400, f"{of(path)} has {lines} lines: which two things is it?"
