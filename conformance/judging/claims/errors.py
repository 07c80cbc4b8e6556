"""How a service answers what it cannot serve.

Every operation may answer 500, so one such answer says nothing. The same ill-formed request that is never answered
otherwise, while well-formed ones of the same operation always are, says that it is the request which the service
cannot bear. Where faults come by chance, that happens to a kind of request less than once in ten thousand runs, at any rate
of faults, and to all of them together less than once in a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....model.limits import ARRAY_SIZE, ATTEMPTS, DESCRIBED_JOBS, JOB_NAME
from ..answers import Meaning
from ..claim import Point, claim, holds, throughout
from ..happenings import as_operation
from ..seen import Call, Seen

TRIES = 5
"""So often the same ill-formed request has to be left without a judgement."""

BETWEEN = 3
"""So many well-formed requests of the same operation have to be answered between two of them."""

NOWHERE = "no-such-name-here"


@claim("ERR-01")
def ill_formed_requests_are_answered(seen: Seen) -> Iterator[Point]:
    by_operation: dict[str, list[Call]] = {}
    for call in seen.calls:
        by_operation.setdefault(call.operation, []).append(call)
    for operation, calls in by_operation.items():
        for kind in dict.fromkeys(kind for call in calls if (kind := ill_formed(call))):
            ill = [call for call in calls if ill_formed(call) == kind]
            if any(call.says.judged for call in ill):
                yield holds(True, "an answer", "one")
            elif _cannot_bear(kind, calls):
                what = f"{as_operation(operation)} with {kind} is answered with an error of the client's"
                yield holds(
                    False, what, f"{ill[-1]}, {len(ill)} times, and each other {as_operation(operation)} is answered"
                )


def _cannot_bear(kind: str, calls: list[Call]) -> bool:
    """Whether this was broken off often enough, and between two of that other calls were answered, all of them."""
    broken, since = 0, BETWEEN
    for call in calls:
        if ill_formed(call) == kind:
            if call.says in (Meaning.THROTTLED, Meaning.UNSENT):
                continue
            if not _broken_off(call) or since < BETWEEN:
                return False
            broken, since = broken + 1, 0
        elif not ill_formed(call):
            if call.says is Meaning.FAULT:
                return False
            since += call.says.judged
    return broken >= TRIES


def ill_formed(call: Call) -> str:
    """What is wrong with a call, in words; empty where nothing is."""
    given = call.arguments
    match call.operation:
        case "describe_jobs" if len(given["jobs"]) > (DESCRIBED_JOBS.high or 0):
            return f"{len(given['jobs'])} ids"
        case "list_jobs" if "jobQueue" in given and "arrayJobId" in given:
            return "both jobQueue and arrayJobId"
        case "cancel_job" | "terminate_job" if not given["reason"]:
            return "an empty reason"
        case "submit_job":
            return _ill_submitted(given)
    return ""


def _ill_submitted(given: dict) -> str:
    if NOWHERE in (given["jobQueue"], given["jobDefinition"]):
        return f"the {'jobQueue' if given['jobQueue'] == NOWHERE else 'jobDefinition'} {NOWHERE!r}"
    if JOB_NAME.fullmatch(given["jobName"]) is None:
        return f"the jobName {given['jobName']!r}"
    for member, name, limit in (("retryStrategy", "attempts", ATTEMPTS), ("arrayProperties", "size", ARRAY_SIZE)):
        value = (given.get(member) or {}).get(name)
        if value is not None and not (limit.low or value) <= value <= (limit.high or value):
            return f"{member}.{name} {value}"
    return ""


def _broken_off(call: Call) -> bool:
    """Whether the service answered with a fault of its own, or closed the connection; a timeout is neither."""
    if call.says is not Meaning.FAULT:
        return False
    return call.status >= 500 or (call.status == 0 and "Timeout" not in str(call))


OF_JOBS = frozenset(
    {"submit_job", "describe_jobs", "list_jobs", "cancel_job", "terminate_job", "cancel_jobs", "terminate_jobs"}
)

CODES = frozenset({"ClientException", "ValidationError", "ValidationException", "MalformedHttpRequestException"})
"""What Batch calls a request that cannot be served, and the words that every service of AWS has for one that it cannot read."""

TOO_LARGE = 413


@throughout("ERR-01")
def a_refusal_is_a_client_exception(seen: Seen) -> Iterator[Point]:
    for call in seen.calls:
        if call.operation in OF_JOBS and call.says is Meaning.REFUSED and call.status != TOO_LARGE:
            expected = f"{as_operation(call.operation)} refuses with ClientException and HTTP 400"
            right = call.status == 400 and call.code in CODES
            yield holds(
                right, expected, str(call) if call.code in CODES else f"{call}, with code {call.code or 'none'}"
            )
