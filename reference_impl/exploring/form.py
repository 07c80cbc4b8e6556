"""Copies of a running engine, and its normal form: equal forms behave alike whatever comes.

A form leaves out what nothing depends on: when things happened, except how long a run with a timeout has been going on, and
what is found from records anyway. Worlds name their jobs themselves, so ids are normal already.
"""

from __future__ import annotations

from collections import defaultdict, deque
from enum import Enum
from types import FunctionType, MethodType
from typing import Any

import msgspec

from ...model.machine import Lifecycle
from ...model.monitor import Monitor
from ..deciding.archive import NoArchive
from ..deciding.engine import Engine
from ..deciding.records import Job, Record

_SHARED = (str, int, float, bool, type(None), bytes, tuple, frozenset, Enum, FunctionType, type)
_SHARED += (msgspec.Struct, Lifecycle, NoArchive)
"""What never changes, so that copies may have it in common; a lifecycle changes only in what it knows by heart."""


def copied(thing: Any, memo: dict[int, Any] | None = None) -> Any:
    """A copy that shares nothing with `thing` that can change. Faster than `copy.deepcopy`, and knows what cannot."""
    if isinstance(thing, _SHARED) or getattr(getattr(thing, "__dataclass_params__", None), "frozen", False):
        return thing
    memo = {} if memo is None else memo
    if id(thing) in memo:
        return memo[id(thing)]
    if isinstance(thing, Monitor):
        memo[id(thing)] = twin = thing.branch()
        return twin
    if isinstance(thing, dict):
        twin: Any = defaultdict(thing.default_factory) if isinstance(thing, defaultdict) else type(thing)()
        memo[id(thing)] = twin
        for key, value in thing.items():
            twin[key] = copied(value, memo)
        return twin
    if isinstance(thing, list | set | deque):
        memo[id(thing)] = twin = type(thing)(copied(one, memo) for one in thing)
        return twin
    if isinstance(thing, MethodType):
        raise TypeError(f"{thing!r} may hold on to what it was made of: it cannot be copied")
    twin = object.__new__(type(thing))
    memo[id(thing)] = twin
    members = vars(thing) if hasattr(thing, "__dict__") else {name: getattr(thing, name) for name in thing.__slots__}
    for name, value in members.items():
        object.__setattr__(twin, name, copied(value, memo))
    return twin


def of_record(record: Record | None, now_ms: int) -> Any:
    """A record without what nothing depends on."""
    if not isinstance(record, Job):
        return record
    run = record.run
    age_ms = None
    if run is not None and run.started_at_ms is not None and record.order.timeout_s is not None:
        age_ms = min(now_ms - run.started_at_ms, record.order.timeout_s * 1000)
    return (
        record.id,
        record.ordinal,
        record.at,
        None if run is None else (run.number, run.attempt, run.environment, run.started_at_ms is None, age_ms),
        record.runs,
        record.status_reason,
        record.cancel_reason,
        record.terminate_reason,
        [(one.number, one.exit_code, one.status_reason, one.reason) for one in record.attempts],
    )


def of_engine(engine: Engine) -> Any:
    """
    All on which it depends what an engine does next.

    Why a queue's first job is blocked is in its record; since when matters only to queues with time limit actions, which no
    world has.
    """
    ledger, now_ms = engine.ledger, engine.changes.now_ms
    books = vars(engine.dependencies.books)
    waiting = {name for name, job in ledger.jobs.items() if not job.status.terminal}
    lines = {name: vars(line)["_waiting"] for name, line in vars(engine.capacity)["_lines"].items()}
    dependents = {name: [one for one in others if one in waiting] for name, others in books["_dependents"].items()}
    return (
        [of_record(job, now_ms) for job in ledger.oldest_first()],
        [*ledger.queues.values(), *ledger.environments.values(), *ledger.consumables.values()],
        {
            name: sorted((job_id, entry.key) for job_id, entry in waits.items())
            for name, waits in lines.items()
            if waits
        },
        {name: (room.enabled, room.max_mcpus, room.used_mcpus) for name, room in engine.capacity.rooms.items()},
        {name: sorted(others) for name, others in books["_outstanding"].items() if name in waiting},
        sorted(books["_failed"] & waiting),
        {name: others for name, others in dependents.items() if others},
        [*engine.changes.ended, *engine.changes.news],
    )


def packed(form: Any) -> bytes:
    """The same bytes for equal forms."""
    return _ENCODER.encode(form)


_ENCODER = msgspec.msgpack.Encoder(order="deterministic", enc_hook=list)
