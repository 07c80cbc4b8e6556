"""A scenario as text: what is done, and below a line of dashes what came of it, block by block.

    submit first
    submit second after=first
    ----
    first   SUBMITTED -> RUNNABLE
    second  SUBMITTED -> PENDING

What can be done:

    reading NAME=VALUE                     before all else: the service's answer to an open question
    submit NAME [OPTION...]                after=a,b  n_to_n=a  sequential  array=SIZE  nodes=N  main=I  attempts=N  timeout=SECONDS
                                           on_exit=4*:EXIT  on_status="Host EC2*:RETRY"  on_reason=*:EXIT  broken
    run NAME [exit=CODE]                   it is placed and starts; with exit= it ends as well
    place NAME, start NAME                 the same in two steps
    exit NAME CODE                         its process ends
    cancel NAME REASON, terminate NAME REASON
    lose NAME                              the host under it goes away
    advance SECONDS                        time passes

    environment NAME [vcpus=N] [memory=MIB] [disabled]       a compute environment that jobs share, new or changed
    queue NAME on=a,b [priority=N] [disabled]                a queue that jobs share, new or changed
          [weights=SHARE:WEIGHT,...] [limit=REASON:SECONDS]  with shares, with an action on jobs that are blocked
    consumable NAME total=N [spent]                          a consumable resource, new or changed; `spent`: for good
    delete QUEUE
    submit NAME queue=Q ...                vcpus=N  memory=MIB  share=S  priority=N  consumes=NAME:QUANTITY

A job that names a queue starts when the service places it there. Any other job has a queue and a compute environment of its own, in which there is no room but while `run` or `place` asks for it.
A child is called `array:3`, a node `job#1`; nodes start when their main node does. A process takes no notice of SIGTERM: `exit` says when and how it ends.

A result has one line for each job of which something changed: the statuses it went through, and what else DescribeJobs
shows of it now that it did not show before. A shared queue's line says who waits in it, in the order of its snapshot, and
that of a consumable resource how much of it is in use.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

RULE = "----"
WITH_OPTIONS = ("submit", "run", "environment", "queue", "consumable")


@dataclass(frozen=True)
class Command:
    """One line that does something. `words` are those after the name that are no options, in one text."""

    verb: str
    name: str
    words: str
    options: tuple[tuple[str, str], ...]

    def option(self, name: str, default: str = "") -> str:
        return dict(self.options).get(name, default)

    def names(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, self.option(name).split(",")))

    def number(self, name: str) -> int | None:
        return int(self.option(name)) if self.option(name) else None


@dataclass
class Block:
    """Lines as written, the commands among them, and the result that is stored for them."""

    lines: list[str] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    result: list[str] = field(default_factory=list)


def parse(text: str) -> list[Block]:
    """The blocks of a scenario. Every block but one that only has comments ends with a result."""
    blocks = [Block()]
    in_result = False
    for line in text.splitlines():
        if line == RULE:
            in_result = True
        elif in_result and line.strip():
            blocks[-1].result.append(line)
        else:
            if in_result:
                blocks.append(Block())
                in_result = False
            blocks[-1].lines.append(line)
            if line.strip() and not line.startswith("#"):
                blocks[-1].commands.append(_command(line))
    return blocks


def written(blocks: Iterable[Block]) -> str:
    """The text of these blocks."""
    lines: list[str] = []
    for block in blocks:
        lines += block.lines
        if block.commands and not all(command.verb == "reading" for command in block.commands):
            lines += [RULE, *block.result]
    return "\n".join(lines) + "\n"


def readings(blocks: Iterable[Block]) -> dict[str, str]:
    found = [command for block in blocks for command in block.commands if command.verb == "reading"]
    return {name: value for command in found for name, _, value in [command.name.partition("=")]}


def _command(line: str) -> Command:
    verb, name, *rest = [*shlex.split(line), ""][:2] + shlex.split(line)[2:]
    if verb in ("cancel", "terminate"):
        return Command(verb, name, " ".join(rest), ())
    options = tuple((word.split("=", 1) + ["yes"])[:2] for word in rest if verb in WITH_OPTIONS)
    words = "" if verb in WITH_OPTIONS else " ".join(rest)
    return Command(verb, name, words, tuple((key, value) for key, value in options))


def whole(name: str) -> str:
    """The job that a child or a node is part of."""
    return re.split("[:#]", name)[0]


def front(names: Iterable[str]) -> Seen:
    """What is shown of a shared queue: who waits in it, in order."""
    return Seen(" ".join(["waiting:", *names]) if names else "nobody waits")


def used(in_use: int, total: int) -> Seen:
    """What is shown of a consumable resource."""
    return Seen(f"{in_use} of {total} in use")


class Seen(NamedTuple):
    """What is shown of a job at one moment, or of something that jobs share."""

    status: str
    reason: str | None = None
    attempts: int = 0
    cancelled: bool = False
    terminated: bool = False
    signalled: bool = False
    summary: tuple[tuple[str, int], ...] = ()


def news(before: Seen | None, now: Seen) -> str:
    """What else is shown of a job now that was not shown before."""
    old = before or Seen("")
    found: list[str] = []
    if now.reason and now.reason != old.reason:
        found.append(f'"{re.sub(r"i-[0-9a-f]+", "i-...", now.reason)}"')
    if now.attempts != old.attempts:
        found.append(f"attempts {now.attempts}")
    for name, value, known in (
        ("isCancelled", now.cancelled, old.cancelled),
        ("isTerminated", now.terminated, old.terminated),
        ("SIGTERM", now.signalled, old.signalled),
    ):
        if value and not known:
            found.append(name)
    if now.summary != old.summary:
        found.append("children " + " ".join(f"{count} {status}" for status, count in now.summary))
    return ", ".join(found)


def told(path: Mapping[str, list[str]], before: Mapping[str, Seen], now: Mapping[str, Seen]) -> list[str]:
    """The result of a block: `path` has the statuses each job was seen in, the one it had before included."""
    lines: list[tuple[str, str]] = []
    for name, seen in now.items():
        more = news(before.get(name), seen)
        if name not in path:  # what jobs share goes through no statuses
            if before.get(name) != seen:
                lines.append((name, seen.status))
        elif more or name not in before or len(path[name]) > 1:
            lines.append((name, " -> ".join(path[name]) + (f"   {more}" if more else "")))
    width = max((len(name) for name, _ in lines), default=0)
    return [f"{name:<{width}}  {text}" for name, text in lines]


def expected(line: str) -> tuple[str, list[str], str]:
    """A line of a result: the job, its statuses, and what else is shown."""
    name, text = line.split(None, 1)
    path, _, more = text.partition("   ")
    return name, path.split(" -> "), more.strip()


def weights(command: Command) -> list[dict[str, Any]]:
    """shareDistribution as AWS takes it."""
    pairs = [entry.split(":") for entry in command.names("weights")]
    return [{"shareIdentifier": share, "weightFactor": float(weight)} for share, weight in pairs]


def limits(command: Command) -> list[dict[str, Any]]:
    """jobStateTimeLimitActions as AWS takes them."""
    if not command.option("limit"):
        return []
    reason, _, seconds = command.option("limit").rpartition(":")
    return [{"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": int(seconds), "action": "CANCEL"}]


def needs(command: Command) -> list[tuple[str, int]]:
    """What a job consumes, with quantities."""
    pairs = [entry.split(":") for entry in command.names("consumes")]
    return [(name, int(quantity)) for name, quantity in pairs]
