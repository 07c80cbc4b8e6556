"""Tags: of queues, compute environments, definitions and jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from ...model.limits import TAGS
from ..deciding import arns
from ..deciding.messages import Input, JobTagged, Put
from ..deciding.records import Consumable, Definition, Policy, Queue
from ..http import wire
from ..http.call import Call, asks, shows
from ..http.errors import ClientException
from .environments import environment_of
from .tag_limits import check_tags


class Tagged(NamedTuple):
    """Something that has tags, and the input by which it gets others."""

    tags: Mapping[str, str]
    put: Callable[[int, dict[str, str]], Input]


@asks
async def tag(call: Call, request: Any) -> Any:
    """Adds tags, and changes those of the same key."""
    found = _found(call, request)
    if request.tags is None:
        raise ClientException("tags is required, and it is absent")
    check_tags(request.tags)
    await _give(call, found, {**found.tags, **request.tags})
    return wire.reply_type("TagResource")()


@asks
async def untag(call: Call, request: Any) -> Any:
    """Takes tags away; a key that is not there is no error."""
    found = _found(call, request)
    if not request.tagKeys:
        raise ClientException("tagKeys is required, and it is absent")
    TAGS.check(len(request.tagKeys), "tagKeys")
    await _give(call, found, {key: value for key, value in found.tags.items() if key not in request.tagKeys})
    return wire.reply_type("UntagResource")()


@shows
async def list_tags(call: Call, request: Any) -> Any:
    return wire.reply_type("ListTagsForResource")(tags=dict(_found(call, request).tags))


async def _give(call: Call, found: Tagged, tags: dict[str, str]) -> None:
    TAGS.check(len(tags), "tags")
    await call.ask(lambda number: found.put(number, tags))


def _found(call: Call, request: Any) -> Tagged:
    wire.required(request, "resourceArn")
    arn: str = request.resourceArn
    kind, _, name = arn.removeprefix(arns.of(call.region, "")).partition("/")
    ledger = call.ledger
    if arn == arns.of(call.region, f"{kind}/{name}"):
        if kind == "job" and (":" in name or "#" in name):
            raise ClientException(f"resourceArn is {arn[:200]!r}: children and nodes have no tags")  # ARR-16
        if kind == "job" and (job := ledger.job(call.region, name)) is not None:
            return Tagged(job.order.members.get("tags") or {}, lambda n, tags: JobTagged(n, name, tags))
        if (room := ledger.environments.get(arn)) is not None:  # a tag may say how much memory it has
            return Tagged(room.created["tags"], lambda n, tags: Put(n, environment_of({**room.created, "tags": tags})))
        for records, member in (
            (ledger.queues, "created"),
            (ledger.policies, "created"),
            (ledger.consumables, "created"),
            (ledger.definitions, "registered"),
        ):
            if arn in records:
                return _as_shown(records[arn], member)
    raise ClientException(f"resourceArn is {arn[:200]!r}: there is no such resource")


def _as_shown(record: Queue | Policy | Consumable | Definition, member: str) -> Tagged:
    """Tags that stand in the member of a record which is shown to callers."""
    shown = getattr(record, member)
    return Tagged(shown.get("tags", {}), lambda n, tags: Put(n, replace(record, **{member: {**shown, "tags": tags}})))
