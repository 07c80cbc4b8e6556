"""Kills the server, the launcher, the anchor or several of them, at random and at named points, while jobs run.

    python -m tests.crash --kills 200 --jobs 1000

Exit status 0 when all that `verdict.py` asks for holds.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from batchproof.reference_impl import crash_points
from tests.crash import history, victims
from tests.crash.load import Load
from tests.crash.verdict import Verdict
from tests.crash.witness import Witness

SINGLE = ("server", "launcher", "anchor")
SEVERAL = (("server", "launcher"), ("server", "anchor"), ("launcher", "anchor"), ("server", "launcher", "anchor"))
POINTS = (
    "server-before-commit",
    "server-after-commit",
    "server-before-kept",
    "launcher-before-intent",
    "launcher-after-intent",
    "launcher-after-spawn",
    "launcher-after-start",
    "launcher-exit-seen",
    "launcher-exit-written",
    "anchor-before-record",
    "anchor-after-record",
)
"""Those of the anchor are passed only when it has inherited something: the launcher is killed beside."""


ENOUGH_JOBS = 500
"""From so many on a load must have met every case of a stop."""

BLIND = ("launcher+anchor", "server+launcher+anchor", "anchor-before-record", "anchor-after-record")
"""After these nobody may have seen how a process ended."""


class Trial:
    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self.data, self.runs, self.points = folder / "data", folder / "runs", folder / "points"
        for part in (self.data, self.runs, self.points):
            part.mkdir()
        if arguments.user:  # its jobs write down what they do
            folder.chmod(0o755)
            self.runs.chmod(0o777)
        self.chance = random.Random(arguments.seed)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.kills, self.jobs = arguments.kills, arguments.jobs
        self.flags = [
            f"--{name}={value}" for name in ("table", "server", "user") if (value := getattr(arguments, name))
        ]
        self.log = (folder / "log").open("w+")
        self.load = Load(self.port, self.runs, arguments.jobs, random.Random(arguments.seed + 1))
        self.witness = Witness(self.load, random.Random(arguments.seed + 2))
        self.hits: Counter[str] = Counter()
        self.server: subprocess.Popen[bytes]
        self.ending = False

    def run(self) -> list[str]:
        self.start()
        while not self.load.call("describejobdefinitions", {})["jobDefinitions"]:
            time.sleep(0.02)  # the server answers before it has made all that --quickstart makes
        self.load.prepare()
        history.keep_history(self.data / "state.sqlite")
        submitter = threading.Thread(target=self.submit, daemon=True)
        submitter.start()
        keeper = threading.Thread(target=self.keep_serving, daemon=True)
        keeper.start()
        self.witness.start()
        self.kill_around()
        while not self.load.done.wait(0.1):
            pass
        shown = self.ended()
        self.ending = True
        self.witness.stop()
        keeper.join()
        self.server.terminate()
        wrong = [] if self.server.wait(30) == 0 else ["the last server did not stop in order"]
        end_s = time.monotonic() + 5
        while (left := victims.left(self.data)) and time.monotonic() < end_s:
            time.sleep(0.01)
        wrong += [f"of the launcher processes {left} are left"] if left else []
        wrong += self.said()
        verdict = Verdict(self.data, self.runs, self.load, {job["jobId"]: job for job in shown})
        wrong += [*self.load.wrong, *self.witness.wrong, *verdict.faults()]
        count = verdict.count
        print("killed:", ", ".join(f"{name} {times}" for name, times in sorted(self.hits.items())))
        print("seen:", ", ".join(f"{times} {name}" for name, times in count.items()))
        print(f"shown: {self.witness.looks} jobs, looked at while processes were killed")
        if count["lost hosts"] and not any(hit in self.hits for hit in BLIND):
            wrong.append(f"{count['lost hosts']} hosts were lost, though somebody was always there to see the exits")
        if self.jobs >= ENOUGH_JOBS:
            wrong += [f"the load had no stop that is {case}" for case in history.STOPPED_IN if not count[case]]
        return wrong

    def said(self) -> list[str]:
        """A process that is killed says nothing; whatever was said is a fault."""
        self.log.seek(0)
        return [*self.log.read().splitlines()[-20:], *(self.data / "launcher" / "log").read_text().splitlines()[-20:]]

    def start(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", str(self.port), "--data", str(self.data),
             "--quickstart", "--grace-s", "0.5", *self.flags],
            env={**os.environ, crash_points.VARIABLE: str(self.points)},
            stdout=subprocess.DEVNULL,
            stderr=self.log,
        )  # fmt: skip

    def submit(self) -> None:
        try:
            self.load.submit_all(self.pace)
        finally:
            self.load.done.set()

    def pace(self, submitted: int) -> None:
        """The load and the kills are to end together, whichever is faster."""
        while submitted * self.kills > (sum(self.hits.values()) + 1) * self.jobs:
            time.sleep(0.01)
        time.sleep(self.chance.random() * 0.1)

    def keep_serving(self) -> None:
        while not self.ending:
            if self.server.poll() is not None:
                self.start()
            time.sleep(0.01)

    def kill_around(self) -> None:
        while (done := sum(self.hits.values())) < self.kills:
            time.sleep(self.chance.random() * 0.3)
            if done * self.jobs > (len(self.load.accepted) + 1) * self.kills:
                continue  # the load has to come along
            if self.chance.random() < 0.5:
                self.strike(*self.chance.choice([*((name,) for name in SINGLE), *SEVERAL]))
            else:
                self.lay(self.chance.choice(POINTS))

    def strike(self, *names: str) -> None:
        found = {
            "server": [self.server.pid],
            "launcher": victims.launchers(self.data),
            "anchor": victims.anchors(self.data),
        }
        if victims.kill([pid for name in names for pid in found[name]]):
            self.hits["+".join(names)] += 1

    def lay(self, point: str) -> None:
        """Whoever passes the point dies there. Nobody may pass it in time; then it is taken away."""
        file = self.points / point
        file.touch()
        if point.startswith("anchor"):
            self.strike("launcher")
        end_s = time.monotonic() + 1
        while file.exists() and time.monotonic() < end_s:
            time.sleep(0.01)
        if not file.exists():
            self.hits[point] += 1
        with suppress(FileNotFoundError):
            file.unlink()

    def ended(self) -> list[dict]:
        """All jobs once they have ended, or as they are after a minute without one more that has."""
        ids = list(self.load.ids())
        left, end_s = len(ids) + 1, 0.0
        while True:
            shown = self.load.describe(ids)
            still = sum(job["status"] not in ("SUCCEEDED", "FAILED") for job in shown)
            if still < left:
                left, end_s = still, time.monotonic() + 60
            if not still or time.monotonic() > end_s:
                return shown
            time.sleep(0.2)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--user", metavar="NAME", help="run the jobs as this account")
    parser.add_argument("--table", metavar="MODULE:NAME", help="a wrong table: the verdict must find it")
    parser.add_argument("--server", metavar="MODULE:NAME", help="a wrong server: the verdict must find it")
    parser.add_argument("--keep", action="store_true", help="leave the folder for a look")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="batchproof-crash-"))
    begun_s = time.monotonic()
    trial = Trial(folder, arguments)
    try:
        found = trial.run()
    finally:
        trial.ending = True
        trial.server.kill()
    for line in found[:50]:
        print(line)
    print(f"{arguments.jobs} jobs, {sum(trial.hits.values())} kills, seed {arguments.seed}, "
          f"{time.monotonic() - begun_s:.0f} s: {len(found)} faults")  # fmt: skip
    if arguments.keep or found:
        print(f"see {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
