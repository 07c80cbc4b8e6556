"""The pictures that are checked in under `out/`: what they should be, whether they are, and writing them anew.

Texts are compared byte for byte. An SVG is compared by the hash of the DOT text it was drawn from, since each version
of Graphviz draws a little differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .dot import drawn_from, render, to_dot
from .drawing import VIEWS
from .markdown import to_markdown
from .mermaid import to_mermaid

OUT = Path(__file__).parent / "out"


def texts() -> Mapping[str, str]:
    """Every text file of `out/` by its name, as it should be now."""
    drawings = {name: draw() for name, draw in VIEWS.items()}
    return {
        **{f"{name}.dot": to_dot(drawing) for name, drawing in drawings.items()},
        **{f"{name}.mmd": to_mermaid(drawing) for name, drawing in drawings.items()},
        "moves.md": to_markdown(),
    }


def stale(folder: Path = OUT) -> list[str]:
    """What is wrong in the folder, one line for each file; nothing when all is fresh."""
    expected = texts()
    wanted = {**expected, **{f"{name}.svg": "" for name in VIEWS}}
    wrong = [f"{name} is not generated any more" for name in sorted(_names(folder) - set(wanted))]
    for name in wanted:
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif path.suffix == ".svg":
            if not drawn_from(path.read_text(encoding="utf-8"), expected[f"{path.stem}.dot"]):
                wrong.append(f"{name} was drawn from another {path.stem}.dot")
        elif path.read_text(encoding="utf-8") != expected[name]:
            wrong.append(f"{name} differs from what the model gives")
    return wrong


def write(folder: Path = OUT) -> list[Path]:
    """Write every file of the folder anew; the paths written."""
    folder.mkdir(exist_ok=True)
    written = []
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
        if name.endswith(".dot"):
            picture = folder / f"{Path(name).stem}.svg"
            picture.write_bytes(render(text, "svg"))
            written.append(picture)
    return written


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()} if folder.is_dir() else set()
