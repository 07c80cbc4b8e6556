"""The store's own history: a row for each commit of a job, written in the same transaction."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from batchproof.model import arrays
from batchproof.model.machine import LIFECYCLE, Configuration
from batchproof.model.status import STARTED, Status

_COPY = """
    INSERT INTO history (job, at, runs, attempts)
    VALUES (NEW.key, NEW.body -> '$.at', NEW.body ->> '$.runs', NEW.body -> '$.attempts');
"""
HISTORY = f"""
CREATE TABLE IF NOT EXISTS history (seq INTEGER PRIMARY KEY, job TEXT, at TEXT, runs INTEGER, attempts TEXT);
CREATE TRIGGER IF NOT EXISTS begun AFTER INSERT ON record WHEN NEW.kind = 'Job' BEGIN {_COPY} END;
CREATE TRIGGER IF NOT EXISTS moved AFTER UPDATE ON record WHEN NEW.kind = 'Job' BEGIN {_COPY} END;
"""

STOPPED_IN = tuple(
    f"{flag} in {status}"
    for flag in ("isCancelled", "isTerminated")
    for status in (Status.PENDING, Status.RUNNABLE, Status.RUNNING)
)
"""What a load must have met to say something about stops."""


def keep_history(store: Path) -> None:
    """From now on each commit of a job adds a row to `history`."""
    with sqlite3.connect(store, timeout=20) as connection:
        connection.executescript(HISTORY)


def jobs(store: Path) -> set[str]:
    """Every job, child and node that was ever kept."""
    with sqlite3.connect(store) as connection:
        return {job for (job,) in connection.execute("SELECT DISTINCT job FROM history")}


def faults(store: Path, main: int, count: Counter[str]) -> list[str]:
    """What is wrong with it. Of each job with several nodes `main` is the main one; the others are its workers."""
    kept = jobs(store)
    parents = {job.rpartition(":")[0] for job in kept if ":" in job}
    workers = {job for job in kept if "#" in job and not job.endswith(f"#{main}")}
    found: list[str] = []
    last: dict[str, tuple[Configuration, int, list[Any]]] = {}
    with sqlite3.connect(store) as connection:
        rows = connection.execute("SELECT job, at, runs, attempts FROM history ORDER BY seq")
        for job, at_json, runs, attempts_json in rows:
            at, attempts = msgspec.json.decode(at_json, type=Configuration), json.loads(attempts_json)
            before, runs_before, ended = last.get(job, (None, 0, []))
            last[job] = at, runs, attempts
            if before is None:
                continue
            count["moves"] += 1
            if attempts[: len(ended)] != ended:
                found.append(f"{job}: an ended attempt was rewritten, {ended} became {attempts}")
            if job in parents:
                if not _is_way_of_parent(before.status, at.status):
                    found.append(f"{job} went from {before.status} to {at.status}: no parent does")
            elif job in workers and runs > runs_before:
                if before.status in STARTED or at not in reachable(LIFECYCLE.submitted()):
                    found.append(f"{job} began anew from {before} to {at}")
            elif at != before and at not in reachable(before):
                found.append(f"{job} went from {before} to {at}: the table has no such way")
            if job in workers:
                continue
            stopped = before.memory.is_cancelled or before.memory.is_terminated
            if stopped and runs > runs_before:
                found.append(f"{job} had been stopped, and run {runs} began")
            for flag, was, now in (
                ("isCancelled", before.memory.is_cancelled, at.memory.is_cancelled),
                ("isTerminated", before.memory.is_terminated, at.memory.is_terminated),
            ):
                if now and not was:
                    count[f"{flag} in {before.status}"] += 1
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


def _is_way_of_parent(before: Status, after: Status) -> bool:
    """Its status is derived from its children's and is on its way to an end."""
    order = arrays.PARENT_STATUSES
    return before is after or (not before.terminal and after in order and order.index(after) > order.index(before))
