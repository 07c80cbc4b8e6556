"""What must hold when all is over, read from the store's own history, from the attempts' files and from /proc."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from batchproof.model.machine import LIFECYCLE, Configuration
from batchproof.reference_impl import marks

HISTORY = """
CREATE TABLE IF NOT EXISTS history (seq INTEGER PRIMARY KEY, job TEXT, at TEXT, attempts TEXT);
CREATE TRIGGER IF NOT EXISTS begun AFTER INSERT ON record WHEN NEW.kind = 'Job' BEGIN
    INSERT INTO history (job, at, attempts) VALUES (NEW.key, NEW.body -> '$.at', NEW.body -> '$.attempts');
END;
CREATE TRIGGER IF NOT EXISTS moved AFTER UPDATE ON record WHEN NEW.kind = 'Job' BEGIN
    INSERT INTO history (job, at, attempts) VALUES (NEW.key, NEW.body -> '$.at', NEW.body -> '$.attempts');
END;
"""


def keep_history(store: Path) -> None:
    """From now on each commit of a job adds a row to `history`, in the same transaction."""
    with sqlite3.connect(store, timeout=20) as connection:
        connection.executescript(HISTORY)


def faults(data: Path, runs: Path, accepted: dict[str, str], shown: list[dict[str, Any]]) -> tuple[list[str], Counter]:
    """What is wrong, in lines for a person; and what was counted."""
    count: Counter[str] = Counter(accepted=len(accepted))
    found: list[str] = []
    jobs = {job["jobId"]: job for job in shown}
    found += [f"{job} was acknowledged and is lost" for job in accepted if job not in jobs]
    for job in jobs.values():
        if job["status"] not in ("SUCCEEDED", "FAILED"):
            found.append(f"{job['jobId']} ({accepted[job['jobId']]}) never ended: {job['status']}")
        for number, attempt in enumerate(job["attempts"], start=1):
            found += _attempt(runs, job, accepted[job["jobId"]], number, attempt, count)
    ran = Counter(file.name.rpartition(".")[0] for file in runs.iterdir())
    found += [f"{job} has {ran[job]} attempts on file, {len(jobs[job]['attempts'])} in its record"
              for job in jobs if ran[job] > len(jobs[job]["attempts"])]  # fmt: skip
    found += _histories(data / "state.sqlite", count)
    found += _left(data, jobs)
    return found, count


def _attempt(
    runs: Path, job: dict[str, Any], kind: str, number: int, attempt: dict[str, Any], count: Counter
) -> list[str]:
    name = f"{job['jobId']}.{number}"
    file = runs / name
    lines = file.read_text().splitlines() if file.exists() else []
    code = attempt["container"].get("exitCode")
    count["attempts"] += 1
    if lines.count("begin") > 1:
        return [f"{name} ({kind}) ran {lines.count('begin')} times"]
    written = [int(line.split()[1]) for line in lines if line.startswith("end")]
    if code is None:
        count["lost hosts"] += 1
        count["lost hosts that had ended"] += bool(written)
        if job.get("isTerminated") and attempt["statusReason"] == "enough":
            return []  # a lost host, too, but the caller's reason goes first
        if not attempt["statusReason"].startswith("Host EC2"):
            return [f"{name} ({kind}) has no exit code and the reason {attempt['statusReason']!r}"]
    elif written and code != written[0]:
        if not (code in (137, 143) and job.get("isTerminated")):
            return [f"{name} ({kind}) exited {written[0]} and shows {code}"]
    elif not written and code not in (137, 143):
        return [f"{name} ({kind}) shows {code} and never came to its end"]
    return []


def _histories(store: Path, count: Counter) -> list[str]:
    found = []
    last: dict[str, tuple[Configuration, list[Any]]] = {}
    with sqlite3.connect(store) as connection:
        for job, at_json, attempts_json in connection.execute("SELECT job, at, attempts FROM history ORDER BY seq"):
            at, attempts = msgspec.json.decode(at_json, type=Configuration), json.loads(attempts_json)
            if job in last:
                before, ended = last[job]
                count["moves"] += 1
                if at != before and at not in reachable(before):
                    found.append(f"{job} went from {before} to {at}: the table has no such way")
                if attempts[: len(ended)] != ended:
                    found.append(f"{job}: an ended attempt was rewritten, {ended} became {attempts}")
            last[job] = at, attempts
    return found


@cache
def reachable(at: Configuration) -> frozenset[Configuration]:
    """One commit may hold several moves of a job, so all that the table leads to is allowed."""
    seen, todo = set(), [at]
    while todo:
        for _, after in LIFECYCLE.successors(todo.pop()):
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return frozenset(seen)


def _left(data: Path, jobs: dict[str, Any]) -> list[str]:
    wanted = {marks.mark_of(str(data), job, number): job for job in jobs for number in range(1, 12)}
    return [f"of {wanted[mark]} processes {pids} are left" for mark, pids in marks.living(wanted).items()]
