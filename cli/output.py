"""Standard output whose failing is told apart from every other failure."""

from __future__ import annotations

import io
import os
import sys


class OutputLost(BaseException):
    """
    What was printed did not arrive: the reader has gone, or the disk is full. `failure` says which.

    Nobody on the way may take it for a fault of a service, or for a reader who has seen enough; so it is no Exception.
    """

    def __init__(self, failure: OSError) -> None:
        super().__init__(str(failure))
        self.failure = failure


class _Output(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as failure:
            raise OutputLost(failure) from None

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as failure:
            raise OutputLost(failure) from None


def guard() -> None:
    """Have standard output raise OutputLost, and print what its encoding lacks as an escape instead of failing."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # one was closed: a file of ours must not take its place
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    was = sys.stdout if isinstance(sys.stdout, io.TextIOWrapper) else None
    sys.stdout = _Output(
        io.BufferedWriter(io.FileIO(1, "w", closefd=False)),
        encoding=was.encoding if was else None,
        errors="backslashreplace",
        line_buffering=was is not None and bool(was.line_buffering or was.write_through),
    )
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", errors="backslashreplace", closefd=False)


def put(data: bytes) -> None:
    """Write what is no text."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as failure:
        raise OutputLost(failure) from None


def end() -> None:
    """Write what is left, or throw it away, so that the end of the process does not stumble over it again."""
    try:
        sys.stdout.flush()
    except OutputLost:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
