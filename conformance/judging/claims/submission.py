"""What SubmitJob refuses, and what it does with the rest."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.limits import (
    ATTEMPT_DURATION_S,
    DEFINITION_PAYLOAD_BYTES,
    JOB_NAME,
    JOB_NAME_CHARACTERS,
    SUBMIT_PAYLOAD_BYTES,
    TAGS,
)
from ..claim import Point, accepted, bound, claim, refused
from ..seen import Seen
from .showing.jobs import starts, unwatched


@claim("ERR-03")
def job_names_are_checked(seen: Seen) -> Iterator[Point]:
    most = JOB_NAME_CHARACTERS.high
    assert most is not None
    for call in seen.of("submit_job"):
        name = call.arguments["jobName"]
        right = len(name) <= most and JOB_NAME.fullmatch(name) is not None
        yield from (accepted if right else refused)([call], "the job name {jobName}")


NOWHERE = "no-such-name-here"
UNKNOWN_REVISION = 1_000_000


@claim("ERR-04")
def unknown_names_are_refused(seen: Seen) -> Iterator[Point]:
    yield from refused(seen.of("submit_job", jobQueue=NOWHERE), "an unknown jobQueue")
    yield from refused(seen.of("submit_job", jobDefinition=NOWHERE), "an unknown jobDefinition")
    gone = [
        call.arguments["jobDefinition"] for call in seen.of("deregister_job_definition") if call.says.name == "DONE"
    ]
    since = min((call.number for call in seen.of("deregister_job_definition")), default=0)
    for call in seen.of("submit_job"):
        named = call.arguments["jobDefinition"]
        if named.endswith(f":{UNKNOWN_REVISION}"):
            yield from refused([call], "an unknown revision of a jobDefinition")
        elif gone and since < call.number and named in (gone[0], gone[0].partition(":")[0]):
            # Whether it counts at once is taken for granted as of other accepted calls.
            yield from refused([call], f"{named!r}, of which no revision is ACTIVE,", rests_on=("prompt_calls",))


@claim("ERR-07")
def large_requests_are_refused(seen: Seen) -> Iterator[Point]:
    for operation, limit, what in (
        ("submit_job", SUBMIT_PAYLOAD_BYTES, "a submission"),
        ("register_job_definition", DEFINITION_PAYLOAD_BYTES, "a job definition"),
    ):
        for call in seen.of(operation):
            length = sum(map(len, (call.arguments.get("parameters") or {}).values()))
            large = length > bound(limit, "high")
            if not large:
                yield from accepted([call], f"{what} of {length} bytes")
            elif operation != "submit_job" or call.says.name == "REFUSED":
                yield from refused([call], f"{what} of {length} bytes")
    for arguments, looks in unwatched(seen):
        length = sum(map(len, arguments["parameters"].values()))
        never = length > bound(SUBMIT_PAYLOAD_BYTES, "high")
        yield from starts(looks, f"{length} bytes of parameters", never=never)


@claim("ST-15")
def too_many_tags_fail_a_job(seen: Seen) -> Iterator[Point]:
    given = next((len(call.arguments["tags"]) for call in seen.of("register_job_definition")), 0)
    for call in seen.of("submit_job"):
        number = given + len(call.arguments["tags"])
        if number <= bound(TAGS, "high") or not call.arguments["propagateTags"]:
            yield from accepted([call], f"a job with {number} tags, its definition's among them,")
    for arguments, looks in unwatched(seen):
        number, propagated = given + len(arguments["tags"]), arguments["propagateTags"]
        what = f"{number} tags, {'' if propagated else 'not '}propagated,"
        yield from starts(looks, what, never=propagated and number > bound(TAGS, "high"))


@claim("TO-01")
def short_timeouts_are_refused(seen: Seen) -> Iterator[Point]:
    least = ATTEMPT_DURATION_S.low
    assert least is not None
    for call in seen.of("submit_job"):
        seconds = (call.arguments.get("timeout") or {}).get("attemptDurationSeconds")
        if seconds is not None:
            yield from (accepted if seconds >= least else refused)([call], f"a timeout of {seconds} seconds")
