"""What SubmitJob refuses, and what it does with the rest."""

from __future__ import annotations

from ...model.limits import (
    ATTEMPT_DURATION_S,
    DEFINITION_PAYLOAD_BYTES,
    JOB_NAME_CHARACTERS,
    SUBMIT_PAYLOAD_BYTES,
    TAGS,
)
from ..judging.claims.submission import UNKNOWN_REVISION
from ..steps.scenario import Scenario
from .rule import rule
from .staging import described, unless_refused


@rule("ERR-03", "Job names have 1 to 128 characters: a letter or digit first, then letters, digits, - and _.")
def job_names_are_checked(batch: Scenario) -> None:
    most = JOB_NAME_CHARACTERS.high
    assert most is not None
    right = ("a" * most, "a", "Z", "0", "1_-")
    too_long = ("a" * (most + 1), "a" * 4 * most)
    for name in (*right, *too_long, "", "-first", "_first", "with space", "dot.ted", "co:lon", "sla/sh", "line\n", "*"):
        batch.refusal("submit_job", **{**batch.submission(), "jobName": name})


@rule("ERR-04", "An unknown queue is refused, and a job definition that is unknown or not ACTIVE any more.")
def unknown_names_are_refused(batch: Scenario) -> None:
    for member in ("jobQueue", "jobDefinition"):
        batch.refusal("submit_job", **{**batch.submission(), member: "no-such-name-here"})
    definition = batch.stage.world.register(batch.calls, batch.named("gone"))
    name = definition.partition(":")[0]
    revisions = (definition, f"{name}:{UNKNOWN_REVISION}")
    for one in revisions:
        batch.refusal("submit_job", **{**batch.submission(), "jobDefinition": one})
    batch.call("deregister_job_definition", jobDefinition=definition)
    for one in (definition, name):
        batch.refusal("submit_job", **{**batch.submission(), "jobDefinition": one})


@rule("ERR-07", "A submission of more than 30 KiB starts no job, and a job definition of more than 24 KiB is refused.")
def large_requests_are_refused(batch: Scenario) -> None:
    # What counts besides the parameters is not said, so none of these is near the bound.
    for most, register in ((SUBMIT_PAYLOAD_BYTES.high, False), (DEFINITION_PAYLOAD_BYTES.high, True)):
        assert most is not None
        for length in (most - 8 * 1024, most + 4 * 1024):
            parameters = {f"p{number}": "x" * 1000 for number in range(length // 1000)}
            if register:
                name = batch.named(f"large-{length}")
                batch.stage.world.may_register(batch.calls, name, parameters=parameters)
            else:
                unless_refused(batch, parameters=parameters)
    described(batch, ended=True)


@rule("ST-15", "With more than 50 tags of job and definition together, propagated, a job fails without an attempt.")
def too_many_tags_fail_a_job(batch: Scenario) -> None:
    most = TAGS.high
    assert most is not None
    tags = lambda word, number: {f"{word}-{n}": "x" for n in range(number)}  # noqa: E731
    definition = batch.stage.world.register(batch.calls, batch.named("tags"), tags=tags("definition", most // 2))
    for number, propagated in ((most // 2, True), (most // 2 + 1, True), (most // 2 + 1, False)):
        # What is wrong with a submission may come at once or late (ERR-09).
        more = {"tags": tags("job", number), "propagateTags": propagated}
        unless_refused(batch, jobDefinition=definition, **more)
    described(batch, ended=True)


@rule("TO-01", "`attemptDurationSeconds` is at least 60.")
def short_timeouts_are_refused(batch: Scenario) -> None:
    least = ATTEMPT_DURATION_S.low
    assert least is not None
    for seconds in (least, least - 1, 1, 0, -least, 1_000_000):
        batch.refusal("submit_job", **batch.submission(), timeout={"attemptDurationSeconds": seconds})
