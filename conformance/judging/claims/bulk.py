"""CancelJobs and TerminateJobs."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.status import FAILED, SUCCEEDED
from ..answers import of_item
from ..claim import Point, claim, ends, holds
from ..seen import Call, Seen

CODES = frozenset({"ValidationException", "ClientException", "ThrottlingException", "ServerException", "AccessDenied"})


def answered(seen: Seen) -> Iterator[tuple[Call, list[str], list[dict]]]:
    """Each bulk call that was answered, with what is in its two lists."""
    for operation in ("cancel_jobs", "terminate_jobs"):
        for call in seen.of(operation):
            if call.says.name == "DONE" and isinstance(call.body, dict):
                yield call, call.body.get("successful") or [], call.body.get("errors") or []


@claim("BULK-04")
def every_id_is_answered_once(seen: Seen) -> Iterator[Point]:
    for call, successful, errors in answered(seen):
        asked = sorted(call.arguments["jobs"])
        told = sorted([*successful, *(str(item.get("job")) for item in errors)])
        yield holds(told == asked, f"each of {asked} once", told)


@claim("BULK-03")
def both_lists_are_there(seen: Seen) -> Iterator[Point]:
    for call, _, _ in answered(seen):
        there = [name for name in ("successful", "errors") if isinstance(call.body.get(name), list)]
        yield holds(len(there) == 2, "successful and errors", there)


@claim("BULK-05")
def an_unknown_id_is_successful(seen: Seen) -> Iterator[Point]:
    known = {job.id for job in seen.cast}
    for call, successful, errors in answered(seen):
        unjudged = {item.get("job") for item in errors if not of_item(str(item.get("code"))).judged}
        for unknown in set(call.arguments["jobs"]) - known - unjudged:
            yield holds(unknown in successful, f"{unknown} in successful", f"successful {successful}, errors {errors}")


@claim("BULK-07")
def error_items_are_complete(seen: Seen) -> Iterator[Point]:
    for _, _, errors in answered(seen):
        for item in errors:
            complete = all(item.get(name) is not None for name in ("job", "code", "message"))
            yield holds(complete, "job, code and message", item)
            if complete:
                yield holds(item["code"] in CODES, f"one of {', '.join(sorted(CODES))}", item["code"])


@claim("BULK-11")
def the_effect_is_that_of_the_single_operation(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job("running"), SUCCEEDED, "CancelJobs leaves a RUNNING job alone")
    yield from ends(seen.job("waiting"), FAILED, "CancelJobs drops a PENDING job")
    yield from ends(seen.job("stopped"), FAILED, "TerminateJobs stops a RUNNING job")
