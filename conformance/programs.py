"""What the commands of the kit's jobs do, told from the commands themselves: held at the gate, asleep for a while, or over at once.

Whatever is neither is really run, and takes no time of whoever imagines the rest.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .payload import GATED, OnSigterm

SLEEPS = re.compile(r"sleep (?P<s>[0-9.e+-]+) & wait \$!; ")
CASES = re.compile(r'case "\$AWS_BATCH_JOB_ATTEMPT" in (?P<cases>(?:\d+\) exit \d+;; )*)\*\) exit (?P<last>\d+);; esac')
RUNS_AT_MOST_S = 20
KILLED, STOPPED, NOT_FOUND = 137, 143, 127
"""What a shell says of a process that died of SIGKILL, of SIGTERM, and of a command that there is none of."""


@dataclass(frozen=True, slots=True)
class Program:
    """
    What an attempt's process does.

    held     it says at the gate that it runs, and waits there; else it ends by itself
    after_ms, code   when, and with which exit code, where it ends by itself
    on_sigterm   what it does with a SIGTERM
    """

    held: bool = False
    after_ms: int = 0
    code: int = 0
    on_sigterm: OnSigterm = OnSigterm.DIE


def program(command: Sequence[str], environment: Mapping[str, str]) -> Program:
    """
    What this command does with this environment.

    >>> program(["true"], {}).code, program(["sh", "-c", "exit 3"], {}).code, program(["no-such-command"], {}).code
    (0, 3, 127)
    >>> program(("sh", "-c", 'case "$AWS_BATCH_JOB_ATTEMPT" in 1) exit 4;; *) exit 0;; esac'), {"AWS_BATCH_JOB_ATTEMPT": "1"})
    Program(held=False, after_ms=0, code=4, on_sigterm=<OnSigterm.DIE: 'die'>)
    """
    if GATED in command:
        return Program(held=True, on_sigterm=OnSigterm(command[-1]))
    if list(command) == ["true"]:
        return Program()
    script = command[-1] if len(command) == 3 and tuple(command[:2]) == ("sh", "-c") else ""
    sleeps, cases = SLEEPS.search(script), CASES.search(script)
    if cases and script.endswith(cases[0]):
        codes = dict(re.findall(r"(\d+)\) exit (\d+)", cases["cases"]))
        code = codes.get(environment.get("AWS_BATCH_JOB_ATTEMPT", ""), cases["last"])
        return Program(after_ms=round(float(sleeps["s"]) * 1000) if sleeps else 0, code=int(code))
    return Program(code=_really(command, environment))


def _really(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        done = subprocess.run(
            command,
            env={"PATH": os.environ.get("PATH", os.defpath), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=RUNS_AT_MOST_S,
            check=False,
        )
    except FileNotFoundError:
        return NOT_FOUND
    except subprocess.TimeoutExpired:
        return KILLED
    return done.returncode if done.returncode >= 0 else 128 - done.returncode
