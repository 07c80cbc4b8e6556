"""Scheduling policies: how a queue shares its room among share identifiers."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from ...model.limits import COMPUTE_RESERVATION, SHARE_DECAY_S, SHARES, WEIGHT_FACTOR
from ..deciding import arns
from ..deciding.messages import Put
from ..deciding.records import Policy
from ..http import wire
from ..http.call import Call, asks, shows
from ..http.errors import ClientException
from .pages import page
from .queues import check_name
from .tag_limits import check_tags

SHARE_PATTERN = re.compile(r"[A-Za-z0-9]{1,255}\*?")


@asks
async def create(call: Call, request: Any) -> Any:
    wire.required(request, "name")
    name = check_name(request.name, "name")
    wire.not_served(request, "quotaSharePolicy")
    arn = arns.of(call.region, f"scheduling-policy/{name}")
    if arn in call.ledger.policies:
        raise ClientException(f"Object already exists: name {name} is taken by {arn}")
    created = {"name": name, "arn": arn, "fairsharePolicy": _fair(request), "tags": check_tags(request.tags)}
    await call.ask(lambda number: Put(number, Policy(arn, created)))
    return wire.reply_type("CreateSchedulingPolicy")(name=name, arn=arn)


@asks
async def update(call: Call, request: Any) -> Any:
    """Queues go by the new policy at once."""
    policy = _known(call, request)
    wire.not_served(request, "quotaSharePolicy")
    changed = {**policy.created}
    if request.fairsharePolicy is not None:
        changed["fairsharePolicy"] = _fair(request)
    await call.ask(lambda number: Put(number, replace(policy, created=changed)))
    return wire.reply_type("UpdateSchedulingPolicy")()


@asks
async def delete(call: Call, request: Any) -> Any:
    """Not while a queue goes by it."""
    policy = _known(call, request)
    for queue in call.ledger.queues.values():
        if queue.policy == policy.arn:
            raise ClientException(
                f"Cannot delete, found existing JobQueue relationship: {queue.name} goes by {policy.arn}"
            )
    await call.ask(lambda number: Put(number, replace(policy, deleted=True)))
    return wire.reply_type("DeleteSchedulingPolicy")()


@shows
async def describe(call: Call, request: Any) -> Any:
    """Those named; unknown ones are left out."""
    if request.arns is None:
        raise ClientException("arns is required, and it is absent")
    known = (call.ledger.policies.get(arn) for arn in dict.fromkeys(request.arns) if arns.region(arn) == call.region)
    return wire.reply_type("DescribeSchedulingPolicies")(
        schedulingPolicies=[wire.filled("SchedulingPolicyDetail", policy.created) for policy in known if policy]
    )


@shows
async def list_policies(call: Call, request: Any) -> Any:
    here = [arn for arn in call.ledger.policies if arns.region(arn) == call.region]
    shown, token = page(here, request)
    listing = wire.shape("SchedulingPolicyListingDetail")
    return wire.reply_type("ListSchedulingPolicies")(
        schedulingPolicies=[listing(arn=arn) for arn in shown], nextToken=token
    )


def _known(call: Call, request: Any) -> Policy:
    wire.required(request, "arn")
    policy = call.ledger.policies.get(request.arn)
    if policy is None or arns.region(policy.arn) != call.region:
        raise ClientException(f"arn is {request.arn[:200]!r}: there is no such scheduling policy")
    return policy


def _fair(request: Any) -> dict[str, Any]:
    fair, field = request.fairsharePolicy, "fairsharePolicy"
    if fair is None:
        return {}
    if fair.shareDecaySeconds is not None:
        SHARE_DECAY_S.check(fair.shareDecaySeconds, f"{field}.shareDecaySeconds")
    if fair.computeReservation is not None:
        COMPUTE_RESERVATION.check(fair.computeReservation, f"{field}.computeReservation")
    SHARES.check(len(fair.shareDistribution or ()), f"{field}.shareDistribution")
    for index, entry in enumerate(fair.shareDistribution or ()):
        at = f"{field}.shareDistribution[{index}]."
        wire.required(entry, "shareIdentifier", field=at)
        if not SHARE_PATTERN.fullmatch(entry.shareIdentifier):
            raise ClientException(
                f"{at}shareIdentifier is {entry.shareIdentifier[:300]!r}: 1 to 255 letters and digits are allowed, and a * behind"
            )
        low, high = WEIGHT_FACTOR
        if entry.weightFactor is not None and not low <= entry.weightFactor <= high:
            raise ClientException(f"{at}weightFactor is {entry.weightFactor}: it must be between {low} and {high}")
    return wire.plain(fair)
