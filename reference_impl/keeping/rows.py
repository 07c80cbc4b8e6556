"""Records as rows of the store, and back: a kind, a key and JSON.

Whatever `records.Record` is a union of can be kept; a record without an `id` is known by its `arn`. A member that a
later version adds needs a default, so that rows of before can still be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, get_args

import msgspec

from ..deciding.archive import is_over, listed_in
from ..deciding.records import Job, Record

Row = tuple[str, str, str, int | None, int | None, str | None, str | None]
"""Kind, key, body, and of a job that is over when it ended, its ordinal, list and status."""

VERSION = 2
"""Raised when rows of before can no longer be read."""

KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Record)}


def key_of(record: Record) -> tuple[str, str]:
    """What names a record among all that are kept."""
    return type(record).__name__, record.id if isinstance(record, Job) else record.arn


def encoded(records: Iterable[tuple[tuple[str, str], Record]]) -> list[Row]:
    """
    Records as rows.

    >>> from ..deciding.records import Environment
    >>> environment = Environment("ce", enabled=True, max_mcpus=None, created={})
    >>> encoded([(key_of(environment), environment)])[0][:3]
    ('Environment', 'ce', '{"arn":"ce","enabled":true,"max_mcpus":null,"created":{},"max_memory_mib":null,"deleted":false,"multinode":true}')
    """
    encode = _encoder.encode
    return [(kind, key, encode(record).decode(), *_found_by(record)) for (kind, key), record in records]


def _found_by(record: Record) -> tuple[int | None, int | None, str | None, str | None]:
    if not isinstance(record, Job) or not is_over(record):
        return None, None, None, None
    ended_ms = record.created_at_ms if record.stopped_at_ms is None else record.stopped_at_ms
    return ended_ms, record.ordinal, listed_in(record), record.status.value


def decoded(kind: str, body: str) -> Record:
    """The record of a row."""
    return _decoder(kind).decode(body)


_encoder = msgspec.json.Encoder()


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(KINDS[kind])
