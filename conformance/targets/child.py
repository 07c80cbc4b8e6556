"""A server as a child process on a loopback port: started, awaited, and gone with the kit."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence


class DidNotStart(Exception):
    """The child ended, or said nothing useful in time; the text has its last words."""


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    url: str | None = None,
    env: Mapping[str, str] | None = None,
    within_s: float = 60.0,
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """
    Start a server, wait until it accepts connections, and stop it at the end.

    Where `url` is not known before, the server is told `--ready-fd N`, and writes its URL there; else it is tried until
    something listens. The child's standard input is a pipe that ends with us, and is its reason to stop.
    """
    told, telling = -1, []
    if url is None:
        told, tells = os.pipe()
        command, telling = [*command, "--ready-fd", str(tells)], [tells]
    child = subprocess.Popen(
        command,
        pass_fds=telling,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **(env or {})},
        start_new_session=True,  # Ctrl-C is for the kit, which stops its servers in order
    )
    for descriptor in telling:
        os.close(descriptor)
    words: deque[str] = deque(maxlen=30)

    def listen() -> None:
        assert child.stdout
        for line in child.stdout:
            words.append(line.rstrip())

    reader = threading.Thread(target=listen, name="server output", daemon=True)
    reader.start()
    try:
        if url is None:
            url = _said(told, within_s)
            if not url:
                reader.join(timeout=1)  # its last words may be on their way
                raise DidNotStart(_last_words(command, child, words))
        else:
            _wait_for_port(url, child, within_s, lambda: _last_words(command, child, words))
        yield url, child
    finally:
        _stop(child)
        reader.join(timeout=5)


def free_port() -> int:
    """A port of the loopback interface on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _said(told: int, within_s: float) -> str:
    """The line that comes from this descriptor in time; nothing where whoever holds the other end is gone before."""
    with os.fdopen(told) as line:
        readable, _, _ = select.select([line], [], [], within_s)
        return line.readline().strip() if readable else ""


def _wait_for_port(url: str, child: subprocess.Popen[str], within_s: float, why: Callable[[], str]) -> None:
    host, _, port = url.removeprefix("http://").rpartition(":")
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s and child.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.05)  # nothing tells when another process begins to listen
    raise DidNotStart(why())


def _stop(child: subprocess.Popen[str]) -> None:
    if child.stdin:
        with contextlib.suppress(OSError):
            child.stdin.close()
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()


def _last_words(command: Sequence[str], child: subprocess.Popen[str], words: deque[str]) -> str:
    state = "is still running" if child.poll() is None else f"ended with status {child.returncode}"
    said = "\n  ".join(words) or "(it said nothing)"
    return f"{' '.join(command[:4])} did not start: it {state}. It said:\n  {said}"
