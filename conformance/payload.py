"""What a job of the kit runs: the command to submit, and what the observer then knows about its end.

Three kinds, by what the target can do. *Gated*: a small program that connects to the kit's Unix socket, says that it
runs, reports a SIGTERM, and ends when and how the kit says. *Timed*: a shell command that sleeps and exits, where
the job cannot reach the kit. *Unknown*: the service does not run commands at all, and a job ends as it likes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..model.event import EXITS, Event
from ..model.knowledge import Knowledge


class OnSigterm(StrEnum):
    """What a gated job does when it gets a SIGTERM, after it has reported it."""

    DIE = "die"
    EXIT_ZERO = "zero"
    IGNORE = "ignore"


# The first process of a container ignores a signal that it has no handler for, so each of these has one, and says by its
# exit code what a shell would say of a process that died of it.

# One connection a run of the payload. It says `hello JOB ATTEMPT PID`, then `sigterm`, then `exiting CODE`;
# the kit says `exit CODE`. The end of the connection ends the job, so that nothing outlives a kit that dies.
GATED = """
import os, signal, socket, sys
path, on_sigterm = sys.argv[1:3]
gate = socket.socket(socket.AF_UNIX)
gate.connect(path)
say = lambda text: gate.sendall((text + "\\n").encode())
def leave(code):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say(f"exiting {code}")
    os._exit(code)
def sigterm(*_):
    say("sigterm")
    if on_sigterm == "zero":
        leave(0)
    if on_sigterm == "die":
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        os._exit(143)
signal.signal(signal.SIGTERM, sigterm)
env = os.environ
say(f"hello {env.get('AWS_BATCH_JOB_ID', '?')} {env.get('AWS_BATCH_JOB_ATTEMPT', '0')} {os.getpid()}")
heard = b""
while not heard.endswith(b"\\n"):
    part = gate.recv(64)
    if not part:
        os._exit(99)
    heard += part
leave(int(heard.split()[1]))
""".strip()


@dataclass(frozen=True, slots=True)
class Payload:
    """
    A command, and what it means for the observer.

    `ends` are the codes with which attempt 1, 2, ... will exit; the last one is that of all further attempts.
    `ends_on_sigterm` is how it ends itself when it gets a SIGTERM, where it does.
    """

    command: tuple[str, ...]
    ends: tuple[int, ...]
    knowledge: Knowledge
    gated: bool = False
    ends_on_sigterm: frozenset[Event] | None = None


def gated(socket_path: str, ends: tuple[int, ...], on_sigterm: OnSigterm, exit_events: Mapping[int, Event]) -> Payload:
    """A payload that the gate holds. `exit_events` maps an exit code to the event of the table that it is."""
    # Until it is released only a signal ends it; SIGKILL follows on a SIGTERM that it ignores or is slow to obey.
    killed = frozenset({exit_events.get(137, Event.EXIT_RETRY), exit_events.get(143, Event.EXIT_RETRY)})
    own = frozenset({Event.EXIT_ZERO}) if on_sigterm is OnSigterm.EXIT_ZERO else frozenset()
    return Payload(
        command=(sys.executable, "-I", "-S", "-c", GATED, socket_path, on_sigterm.value),
        ends=ends,
        knowledge=Knowledge(later_exits=frozenset(), stopped_exits=killed | own),
        gated=True,
        ends_on_sigterm=own or None,
    )


def timed(hold_s: float, ends: tuple[int, ...], exit_events: Mapping[int, Event]) -> Payload:
    """A payload that sleeps for `hold_s` in each attempt and then exits with the code of that attempt."""
    cases = "".join(f"{number}) exit {code};; " for number, code in enumerate(ends[:-1], start=1))
    wait = f"trap 'kill $!; exit 143' TERM; sleep {hold_s:g} & wait $!; " if hold_s else ""
    script = f'{wait}case "$AWS_BATCH_JOB_ATTEMPT" in {cases}*) exit {ends[-1]};; esac'
    exits = tuple(frozenset({exit_events[code]}) for code in ends)
    return Payload(
        command=("sh", "-c", script),
        ends=ends,
        knowledge=Knowledge(exits=exits, later_exits=exits[-1], stopped_exits=EXITS, exits_due=not hold_s),
    )


def plain(command: tuple[str, ...], ends: tuple[int, ...], exit_events: Mapping[int, Event]) -> Payload:
    """A command that may exit with any of these codes, in every attempt."""
    exits = frozenset(exit_events[code] for code in ends)
    return Payload(command, ends, Knowledge(later_exits=exits, stopped_exits=EXITS))


def unknown(ends: tuple[int, ...]) -> Payload:
    """A payload for a service that runs nothing: however its jobs end, no entry can have matched."""
    exits = frozenset({Event.EXIT_ZERO, Event.EXIT_RETRY})
    return Payload(
        command=("true",), ends=ends, knowledge=Knowledge(later_exits=exits, stopped_exits=exits, exits_due=False)
    )
