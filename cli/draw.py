"""`batchproof draw`: the model as pictures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .nothing_done import NothingDone, because
from .output import put

if TYPE_CHECKING:  # whoever draws no picture does not wait for the model
    from ..model.elements import Met
    from ..model.lifecycle import Move

VIEW_NAMES = ("lifecycle", "cancel", "terminate", "retry", "all")
FORMATS = ("svg", "png", "dot", "mermaid", "markdown")
SUFFIXES = {"mermaid": "mmd", "markdown": "md"}


@click.command()
@click.argument("view", type=click.Choice(VIEW_NAMES), default="lifecycle")
@click.option("--format", "form", type=click.Choice(FORMATS), default=None, help="Default: from FILE's name, else svg.")
@click.option(
    "-o", "--output", metavar="FILE|-", default="-", help="Where to, - for standard output. With all: a folder."
)
@click.option(
    "--met",
    "met_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Mark what a run met, from its report.json or from what `judge --met` wrote.",
)
@click.option("--check", is_flag=True, help="Say which of the pictures checked in under diagrams/out are stale.")
@click.option("--write", is_flag=True, help="Draw the pictures under diagrams/out anew.")
def draw(view: str, form: str | None, output: str, met_file: Path | None, check: bool, write: bool) -> None:
    """Draw the life of a job, or a VIEW of it, from the table of moves.

    \b
    lifecycle   every change of status, the whole life at once
    cancel      what CancelJob does in each status
    terminate   what TerminateJob does in each status
    retry       what the end of an attempt leads to
    all         all of them, into the folder that -o names

    The markdown format is the table of moves itself, whatever the view.
    """
    if check and write:
        raise click.UsageError("--check looks and --write writes: give one of them")
    if met_file and (check or write):
        raise click.UsageError(
            "the pictures that are checked in show no run: --met goes with neither --check nor --write"
        )
    met = _met(met_file) if met_file else None
    if check:
        _check()
    elif write:
        _write()
    elif view == "all":
        _draw_all(form or "svg", output, met)
    else:
        _put(_drawn(view, form or _format_of(output), met), output)


def _check() -> None:
    from ..diagrams import checked_in

    wrong = checked_in.stale(checked_in.OUT)
    for line in wrong:
        click.echo(line)
    if wrong:
        raise click.ClickException(
            f"{len(wrong)} of the pictures in {checked_in.OUT} are stale: `batchproof draw --write` mends them"
        )
    click.echo(f"the pictures in {checked_in.OUT} are fresh")


def _write() -> None:
    from ..diagrams import checked_in

    out = checked_in.OUT
    if not (out.parent.parent / "pyproject.toml").is_file():
        raise NothingDone(f"{out} is not in a checkout of batchproof: --write is for those who change the model")
    with _writing(str(out)):
        for path in checked_in.write(out):
            click.echo(path)


def _draw_all(form: str, output: str, met: Mapping[Move, Met] | None) -> None:
    if output == "-":
        raise click.UsageError("several pictures do not fit on standard output: name a folder with -o FOLDER")
    folder = Path(output)
    if folder.exists() and not folder.is_dir():
        raise NothingDone(f"{output} is a file: all pictures together need a folder")
    names = ["moves"] if form == "markdown" else [name for name in VIEW_NAMES if name != "all"]
    with _writing(output):
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            path = folder / f"{name}.{SUFFIXES.get(form, form)}"
            path.write_bytes(_drawn(name, form, met))
            click.echo(path)


def _format_of(output: str) -> str:
    suffix = Path(output).suffix.removeprefix(".") if output != "-" else ""
    by_suffix = {**{form: form for form in FORMATS}, **{suffix: form for form, suffix in SUFFIXES.items()}}
    if suffix and suffix not in by_suffix:
        raise click.UsageError(f"{output} ends in .{suffix}: name the format with --format {'|'.join(FORMATS)}")
    return by_suffix.get(suffix, "svg")


def _met(path: Path) -> Mapping[Move, Met]:
    from ..diagrams.met import met_rows

    try:
        return met_rows(json.loads(path.read_text(encoding="utf-8")))
    except OSError as trouble:
        raise because(trouble) from None
    except (ValueError, RecursionError) as trouble:
        raise NothingDone(f"{path}: {trouble}") from None


def _drawn(view: str, form: str, met: Mapping[Move, Met] | None) -> bytes:
    from ..diagrams.dot import render, to_dot
    from ..diagrams.drawing import VIEWS
    from ..diagrams.markdown import to_markdown
    from ..diagrams.mermaid import to_mermaid
    from ..diagrams.met import with_met

    if form == "markdown":
        return to_markdown(met=met).encode()
    drawing = with_met(VIEWS[view](), met) if met else VIEWS[view]()
    match form:
        case "mermaid":
            return to_mermaid(drawing).encode()
        case "dot":
            return to_dot(drawing).encode()
        case "png":
            return render(to_dot(drawing), "png")
        case _:
            return render(to_dot(drawing), "svg")


@contextmanager
def _writing(place: str) -> Iterator[None]:
    """What cannot be written is said by its place."""
    try:
        yield
    except OSError as failure:
        failure.filename = failure.filename or place
        raise because(failure, "cannot write") from None


def _put(picture: bytes, output: str) -> None:
    if output != "-":
        with _writing(output):
            Path(output).write_bytes(picture)
        click.echo(f"wrote {output}", err=True)
    elif picture.startswith(b"\x89PNG") and sys.stdout.isatty():
        raise NothingDone("a PNG would only garble this terminal: name a file with -o FILE, or pipe it")
    else:
        put(picture)
