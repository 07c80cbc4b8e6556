"""CancelJobs and TerminateJobs."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.limits import BULK_JOBS, REASON_CHARACTERS
from ....model.status import FAILED, SUCCEEDED
from ..answers import Meaning, of_item
from ..claim import Point, accepted, bound, claim, ends, holds, refused
from ..seen import Call, Seen

CODES = frozenset({"ValidationException", "ClientException", "ThrottlingException", "ServerException", "AccessDenied"})


def answered(seen: Seen) -> Iterator[tuple[Call, list[str], list[dict]]]:
    """Each bulk call that was answered, with what is in its two lists."""
    for operation in ("cancel_jobs", "terminate_jobs"):
        for call in seen.of(operation):
            if call.says.name == "DONE" and isinstance(call.body, dict):
                yield call, call.said.get("successful") or [], call.said.get("errors") or []


def bulk_calls(seen: Seen) -> Iterator[Call]:
    """Each bulk call, whatever came of it."""
    for operation in ("cancel_jobs", "terminate_jobs"):
        yield from seen.of(operation)


@claim("BULK-01")
def up_to_fifty_ids_have_one_reason(seen: Seen) -> Iterator[Point]:
    for call in bulk_calls(seen):
        missing = next((name for name in ("jobs", "reason") if name not in call.arguments), None)
        if missing:
            # Which check comes first is open (ERR-09): where each job is an error, for want of permission, none was accepted.
            if not (call.said.get("errors") and not call.said.get("successful")):
                yield from refused([call], f"a call without `{missing}`")
        elif len(call.arguments["jobs"]) <= bound(BULK_JOBS, "high"):
            yield from accepted([call], f"a call with {len(call.arguments['jobs'])} ids")


@claim("BULK-02")
def errors_of_ids_are_no_error_of_the_call(seen: Seen) -> Iterator[Point]:
    for call in bulk_calls(seen):
        if call.says.judged:
            yield holds(call.status == 200, "200, and the malformed ids in `errors`", call)


@claim("BULK-04")
def every_id_is_answered_once(seen: Seen) -> Iterator[Point]:
    for call, successful, errors in answered(seen):
        asked = sorted(call.arguments["jobs"])
        told = sorted([*successful, *(str(item.get("job")) for item in errors)])
        yield holds(told == asked, f"each of {asked} once", told)


@claim("BULK-03")
def both_lists_are_there(seen: Seen) -> Iterator[Point]:
    for call, _, _ in answered(seen):
        there = [name for name in ("successful", "errors") if isinstance(call.said.get(name), list)]
        yield holds(len(there) == 2, "successful and errors", there)


@claim("BULK-05")
def an_unknown_id_is_successful(seen: Seen) -> Iterator[Point]:
    known = {job.id for job in seen.cast}
    for call, successful, errors in answered(seen):
        unjudged = {item.get("job") for item in errors if not of_item(str(item.get("code"))).judged}
        for unknown in set(call.arguments["jobs"]) - known - unjudged:
            yield holds(unknown in successful, f"{unknown} in successful", f"successful {successful}, errors {errors}")


@claim("BULK-06")
def a_malformed_id_is_an_error(seen: Seen) -> Iterator[Point]:
    for call, successful, errors in answered(seen):
        codes = {item.get("job"): str(item.get("code")) for item in errors}
        for malformed in (id for id in call.arguments["jobs"] if " " in id):
            code = codes.get(malformed)
            if code is None or of_item(code).judged:  # one that was not looked at may be called anything
                where = "in `successful`" if malformed in successful else "in neither list"
                right = code == "ValidationException"
                yield holds(right, f"{malformed!r} in `errors` with ValidationException", code or where)


@claim("BULK-07")
def error_codes_are_documented(seen: Seen) -> Iterator[Point]:
    for _, _, errors in answered(seen):
        for item in errors:
            if item.get("code") is not None:
                yield holds(item["code"] in CODES, f"one of {', '.join(sorted(CODES))}", item["code"])


@claim("BULK-09")
def error_items_are_complete(seen: Seen) -> Iterator[Point]:
    for call, _, errors in answered(seen):
        for item in errors:
            complete = all(isinstance(item.get(name), str) for name in ("job", "code", "message"))
            yield holds(complete and item["code"] and item["message"], "job, code and message", item)
            yield holds(item.get("job") in call.arguments["jobs"], "an id as it was sent", repr(item.get("job")))


@claim("BULK-11")
def the_effect_is_that_of_the_single_operation(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job("running"), SUCCEEDED, "CancelJobs leaves a RUNNING job alone")
    yield from ends(seen.job("waiting"), FAILED, "CancelJobs drops a PENDING job")
    yield from ends(seen.job("stopped"), FAILED, "TerminateJobs stops a RUNNING job")


@claim("BULK-12")
def every_accepted_job_is_acted_on(seen: Seen) -> Iterator[Point]:
    yield from ends(seen.job("running"), SUCCEEDED, "CancelJobs leaves a RUNNING job alone")
    for job in seen.each("waiting"):
        if job.accepted("cancel"):
            yield from ends(job, FAILED, "CancelJobs drops each PENDING job in `successful`")
    for job in seen.each("stopped"):
        if job.accepted("terminate"):
            yield from ends(job, FAILED, "TerminateJobs stops each RUNNING job in `successful`")


@claim("BULK-16")
def a_refused_call_is_a_client_exception(seen: Seen) -> Iterator[Point]:
    for call in bulk_calls(seen):
        if call.says is Meaning.REFUSED:
            yield holds(call.status == 400 and call.code == "ClientException", "400 ClientException", call)


@claim("BULK-17")
def a_long_reason_is_accepted_in_bulk(seen: Seen) -> Iterator[Point]:
    most = bound(REASON_CHARACTERS, "high")
    for call in bulk_calls(seen):
        yield from accepted([call], f"a reason of {most} characters")
    for role, request in (("waiting", "cancel"), ("stopped", "terminate")):
        job = seen.job(role)
        if job and job.accepted(request) and job.end and job.end.status == FAILED:
            reason, found = request[0] * most, job.end.detail.get("statusReason")
            observed = repr(found) if len(str(found)) < 40 else f"{len(str(found))} characters"
            expected = f"the caller's {most} characters as statusReason"
            yield Point(found == reason, expected, observed, rests_on=("no_faults",), job=job.label)
