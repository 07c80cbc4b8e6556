"""The two C programs beside this file, compiled anew for each run.

`load` is the load: small, so that on a machine with few cores it takes little from what it measures, and always the
same, so that figures of two machines can be compared. `spawn_loop` is what the throughput of jobs is held against.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


class NoCompiler(Exception):
    """Nothing can be measured without the two programs."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of a load. `refused` are answers with another status than 200."""

    answers: int
    refused: int
    seconds: float
    median_us: int
    p99_us: int

    @property
    def per_s(self) -> float:
        return self.answers / self.seconds


@dataclass(frozen=True, slots=True)
class Load:
    """Requests for one port, on their way."""

    process: subprocess.Popen[str]

    def wait(self) -> Answers:
        """What came of it. A refused request spoils a measurement, so there is none then."""
        out, _ = self.process.communicate()
        if self.process.returncode != 0:
            raise RuntimeError("the load could not be sent; what it said stands above")
        answers = Answers(**json.loads(out))
        if answers.refused:
            raise RuntimeError(f"{answers.refused} of {answers.answers} requests were refused")
        return answers


class Programs:
    """Compiled into `folder`. Raises NoCompiler where there is no `cc`."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise NoCompiler("nothing is measured: the load is a C program, and there is no C compiler (cc) here")
        self._folder = folder
        self._files = 0
        for name in ("load", "spawn_loop"):
            subprocess.run([compiler, "-O2", "-o", str(folder / name), str(HERE / f"{name}.c")], check=True)

    def spawned_per_s(self, count: int, at_once: int, program: str) -> float:
        """How many processes a second one loop of posix_spawn and waitpid starts and reaps."""
        command = [str(self._folder / "spawn_loop"), str(count), str(at_once), program]
        return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)

    def parallel_per_s(self, count: int, at_once: int, program: str) -> float | None:
        """The same through GNU parallel, which writes each end to a job log; None where it is not installed."""
        parallel = shutil.which("parallel")
        if parallel is None:
            return None
        self._files += 1
        log = self._folder / f"joblog-{self._files}"
        command = [parallel, "--will-cite", "--jobs", str(at_once), "--joblog", str(log), program, "#"]
        began_s = time.monotonic()
        subprocess.run(command, input="\n" * count, text=True, check=True)
        per_s = count / (time.monotonic() - began_s)
        ends = [line.split("\t")[6] for line in log.read_text("utf-8").splitlines()[1:]]
        if ends != ["0"] * count:
            raise RuntimeError(f"{len(ends)} of {count} jobs are in {log}, or one has not ended with 0")
        return per_s

    def load(
        self,
        port: int,
        requests: Iterable[bytes],
        *,
        connections: int,
        count: int = 0,
        s: float = 0.0,
        pause_us: int = 0,
    ) -> Load:
        """
        Send these requests in turn, `count` of them in all or for so many seconds.

        `pause_us` is waited before each; it is meant for one connection, since all wait then.
        """
        self._files += 1
        file = self._folder / f"requests-{self._files}"
        file.write_bytes(b"".join(b"%d\n%b" % (len(request), request) for request in requests))
        command = [self._folder / "load", str(port), str(connections), str(count), str(s), str(pause_us), file]
        return Load(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
