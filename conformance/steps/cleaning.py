"""Takes back what a run has made and did not end itself, as after kill -9: from the list that it left on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from ..judging.outcome import Absent, Refusal, Unclear
from ..targets.client import client
from ..timing.clock import REAL
from .calls import Calls
from .deleting import AT_ONCE, deleted, done
from .made import Made
from .recorder import Recorder, header
from .wire import Wire

OVER = "batchproof: the run that submitted it is over"


class NoList(ValueError):
    """The file is no list of what a run made; the text says why."""


@dataclass
class Left:
    """What a list has that is not known to be gone: ids by name, or "" where the answer was never heard."""

    url: str | None = None
    region: str = ""
    queue: str | None = None
    things: dict[tuple[str, str], str] = field(default_factory=dict)


def left_of(path: Path) -> Left:
    """
    What is left of a run, by its list.

    Raises NoList, and OSError where it cannot be read.
    """
    left = Left()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            match entry["what"]:
                case "at":
                    left.url, left.region, left.queue = entry["url"], entry["region"], entry["queue"]
                case "will":
                    left.things.setdefault((entry["kind"], entry["name"]), "")
                case "is":
                    left.things[entry["kind"], entry["name"]] = entry["id"]
                case "gone":
                    left.things.pop((entry["kind"], entry["name"]), None)
        except (ValueError, KeyError, TypeError, RecursionError) as reason:
            raise NoList(f"{path}:{number} is not a line of a list of what a run made: {reason!r}") from None
    return left


def cleaned(path: Path, *, profile: str | None = None, ca_bundle: str | None = None) -> tuple[list[str], list[str]]:
    """
    End the jobs and delete what else a run has made, and nothing else; what was done is added to the list.

    Returns what is gone now and what is still there, one line each.
    """
    left = left_of(path)
    api = client(left.url, left.region or None, profile=profile, ca_bundle=ca_bundle)
    made = Made(path)
    wire = Wire(api, Recorder(header(left.url or "aws")))
    calls = Calls(
        wire, made, "clean-up", patience_s=60, interrupted=REAL.event("the clean-up to be interrupted"), closing=True
    )
    gone: list[str] = []
    there: list[str] = []
    try:
        for kind in ("job", "job queue", "compute environment", "job definition", *AT_ONCE):
            for name, id in [(n, id) for (k, n), id in left.things.items() if k == kind]:
                if _taken_back(calls, kind, name, id, left):
                    made.gone(kind, name)
                    gone.append(f"{kind} {name}")
                else:
                    there.append(f"{kind} {name}{f' ({id})' if id else ''}")
    finally:
        made.close(keep=True)
    return gone, there


def _taken_back(calls: Calls, kind: str, name: str, id: str, left: Left) -> bool:
    try:
        match kind:
            case "job":
                ids = [id] if id else _named(calls, name, left)
                ended = [done(calls, "terminate_job", jobId=one, reason=OVER) for one in ids]
                return all(ended)
            case "job queue" if not calls.every("describe_job_queues", jobQueues=[name]):
                return True  # it is gone already
            case "compute environment" if not calls.every("describe_compute_environments", computeEnvironments=[name]):
                return True
            case "scheduling policy":
                return bool(id) and deleted(calls, kind, id)
            case _:
                return deleted(calls, kind, name)
    except (Refusal, Unclear, Absent):  # nobody could say
        return False


def _named(calls: Calls, name: str, left: Left) -> list[str]:
    """The ids of the jobs of this name in the run's queues."""
    queues = {*(n for k, n in left.things if k == "job queue"), *([left.queue] if left.queue else [])}
    filters = [{"name": "JOB_NAME", "values": [name]}]
    there = [item for queue in queues for item in calls.every("list_jobs", jobQueue=queue, filters=filters)]
    return [item["jobId"] for item in there if item.get("jobName") == name]
