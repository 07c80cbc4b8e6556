"""What runs have written, read from the files that their processes write to."""

from __future__ import annotations

from pathlib import Path

from .host import NO_OUTPUT, Output


def read(file: Path, offset: int, length: int) -> Output:
    """A part of a run's file, as `Host.read` has it."""
    try:
        about = file.stat()
        data = b""
        if length > 0:
            with file.open("rb") as opened:
                opened.seek(offset)
                data = opened.read(length)
    except OSError:
        return NO_OUTPUT
    return Output(data, about.st_size, about.st_mtime_ns // 1_000_000)
