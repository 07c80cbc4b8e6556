"""`batchproof adversary` as a child process."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adversary.upstreams import BATCHPROOF


@dataclass
class Command:
    """One that runs, and the URL that it wrote to its descriptor."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def end(self, number: int = signal.SIGINT) -> tuple[str, str]:
        """End it by a signal; gives what it printed, and what it complained of."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=5)


@contextmanager
def adversary(*flags: str, env: dict[str, str] | None = None) -> Iterator[Command]:
    ready, write = os.pipe()
    process = subprocess.Popen(
        [*BATCHPROOF, "adversary", *flags, "--port", "0", "--ready-fd", str(write)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=(write,),
        env={**os.environ, **(env or {})},
    )
    os.close(write)
    try:
        with os.fdopen(ready) as opened:
            url = opened.readline().strip()
        assert url, process.communicate(timeout=10)[1]
        yield Command(process, url)
    finally:
        process.kill()
        process.wait(10)


def refused(*flags: str, env: dict[str, str] | None = None) -> str:
    """What is said in one line when nothing is done."""
    done = subprocess.run(
        [*BATCHPROOF, "adversary", *flags],
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]
