"""What a submission asks of a queue beside vCPUs: a share and a place in it, and consumable resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.limits import ACTIVE_SHARES, SCHEDULING_PRIORITY, SHARE_IDENTIFIER
from ..deciding.records import Queue
from ..http import wire
from ..http.call import Call
from ..http.errors import ClientException
from .consumables import requirements


def fair_share(call: Call, request: Any, queue: Queue, registered: Mapping[str, Any]) -> tuple[str, int]:
    """The share identifier, required in a fair-share queue and forbidden in any other (Q-08), and the priority in it."""
    share, priority = request.shareIdentifier, request.schedulingPriorityOverride
    if priority is not None:
        SCHEDULING_PRIORITY.check(priority, "schedulingPriorityOverride")
    if queue.policy is None:
        if share is not None:
            raise ClientException(f"shareIdentifier is given, and JobQueue {queue.name} has no scheduling policy")
        return "", 0
    if share is None:
        raise ClientException(f"shareIdentifier is required in JobQueue {queue.name}, which has a scheduling policy")
    if not SHARE_IDENTIFIER.fullmatch(share):
        raise ClientException(
            f"shareIdentifier is {share[:300]!r}: 1 to 255 letters and digits are allowed, and a * behind"
        )
    active = call.ledger.shares.get(queue.arn, {})
    if share not in active and len(active) >= ACTIVE_SHARES:
        raise ClientException(
            f"shareIdentifier is {share!r}: {ACTIVE_SHARES} others are active in {queue.name} already"
        )
    return share, registered.get("schedulingPriority", 0) if priority is None else priority


def consumption(
    call: Call, request: Any, registered: Mapping[str, Any]
) -> tuple[tuple[tuple[str, int], ...], Mapping[str, Any] | None]:
    """What the job consumes, by ARN, and as it is shown: the override as a whole, else what the definition says."""
    field = "consumableResourcePropertiesOverride"
    given = request.consumableResourcePropertiesOverride
    if given is None:
        field, shown = "consumableResourceProperties", registered.get("consumableResourceProperties")
        given = None if shown is None else wire.converted("ConsumableResourceProperties", shown)
    return requirements(call, given, field), None if given is None else wire.plain(given)
