"""Dependencies between jobs, and between jobs and arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ....model.dependencies import DEPENDENCY_FAILED
from ....model.status import FAILED, STARTED, SUCCEEDED
from ..answers import Meaning
from ..claim import Point, attempts, claim, ends, holds
from ..seen import Job, Seen
from .showing.jobs import fails_with


def started_before(job: Job, moment_ms: float) -> list[str]:
    """What shows that a job had started by then, in words; nothing where it waited."""
    shown = [look.status for look in job.looks if look.status in (*STARTED, SUCCEEDED) and look.saw.at_ms < moment_ms]
    return shown + [f"attempt {began.attempt} runs" for began in job.began if began.at_ms < moment_ms]


def waits_on(seen: Seen, job: Job) -> list[Job]:
    """The jobs of the scenario that this one was submitted to wait for."""
    ids = {entry.get("jobId") for entry in job.arguments.get("dependsOn") or ()}
    return [other for other in seen.cast if other.id in ids]


@claim("DEP-03")
def a_failed_dependency_fails_its_dependents(seen: Seen) -> Iterator[Point]:
    for job in seen.each():
        on = waits_on(seen, job)
        if all(other.end for other in on):
            for failed in (other for other in on if other.end and other.end.status == FAILED):
                yield from fails_with(job, failed)
                if job.end and job.end.status == FAILED:
                    tries = attempts(job.end.detail)
                    yield Point(not tries, "no attempts", str(tries), job=job.label)


@claim("DEP-08")
def what_has_succeeded_before_is_met(seen: Seen) -> Iterator[Point]:
    if _all_are(seen.each("before"), SUCCEEDED):
        for job in seen.each("after"):
            yield from ends(job, SUCCEEDED, "for all that it depends on has")


@claim("DEP-04")
def a_failure_goes_on_along_a_chain(seen: Seen) -> Iterator[Point]:
    links = seen.each("link")
    for before, job in pairwise(links[1:]):  # the first that waits is DEP-03's
        yield from fails_with(job, before)


@claim("DEP-05")
def it_says_that_its_dependency_failed(seen: Seen) -> Iterator[Point]:
    job, first = seen.job(), seen.job("dependency")
    if first and first.status == FAILED and job and job.end and job.end.status == FAILED:
        found = str(job.end.detail.get("statusReason") or "")
        said, expected = DEPENDENCY_FAILED.casefold() in found.casefold(), f"statusReason with {DEPENDENCY_FAILED!r}"
        yield Point(said, expected, repr(found), rests_on=("no_faults",), job=job.label)


@claim("DEP-15")
def a_failed_child_fails_the_one_of_its_index(seen: Seen) -> Iterator[Point]:
    for before, child in zip(seen.each("one"), seen.each("other"), strict=False):
        if before.status == FAILED:
            yield from fails_with(child, before)
        elif before.status == SUCCEEDED:
            yield from is_there(child, before, seen)
            yield from ends(child, SUCCEEDED, "after the child of its index, whatever became of the others")


@claim("DEP-18")
def a_job_waits_for_the_whole_array(seen: Seen) -> Iterator[Point]:
    for role in ("succeeds", "fails"):
        children, job = seen.each(f"array that {role}"), seen.job(f"after one that {role}")
        if not job or len(children) < 2 or not children[-1].let_go:
            continue
        early = started_before(job, children[-1].let_go[0].at_ms)
        yield holds(not early, "it waits while a child of the array runs", ", ".join(early))
        if _all_are(children, SUCCEEDED):
            yield from ends(job, SUCCEEDED, "after the whole array")
        for child in children:
            yield from fails_with(job, child)


def is_there(job: Job, before: Job, seen: Seen) -> Iterator[Point]:
    """
    What waited for a job that has succeeded, and for nothing else, is shown once it has to be STARTING.

    A child need not be there before: its array may make it when it starts.
    """
    ended = next((look for look in before.looks if look.status == SUCCEEDED), None)
    if ended is None:
        return
    bounds = seen.bounds
    due_ms = ended.saw.at_ms + bounds.dependencies + bounds.evaluate + bounds.place + 2 * bounds.longest + bounds.lag
    for call in seen.of("describe_jobs"):
        if call.says.name == "DONE" and job.id in call.arguments["jobs"] and call.sent_ms > due_ms:
            shown = job.id in [detail.get("jobId") for detail in call.said.get("jobs") or ()]
            expected = f"{job.id} is shown: {before.id}, for which alone it waits, has succeeded"
            yield holds(shown, expected, "DescribeJobs does not know it", rests_on=("deadline",), job=job.label)


def _all_are(jobs: Iterable[Job], status: str) -> bool:
    return all(job.status == status for job in jobs)


@claim("DEP-20")
def a_name_is_no_id(seen: Seen) -> Iterator[Point]:
    first = seen.job("named")
    if not first:
        return
    for call in seen.of("submit_job"):
        if not any(
            entry.get("jobId") == first.arguments.get("jobName") for entry in call.arguments.get("dependsOn") or ()
        ):
            continue
        if call.says is Meaning.REFUSED:
            yield holds(True, "a dependency by name is refused", call)
        elif call.says is Meaning.DONE and first.let_go and isinstance(call.body, dict):
            id, let_go_ms = call.said.get("jobId"), first.let_go[0].at_ms
            shown = [
                (look.answered_ms, job.get("status"))
                for look in seen.of("describe_jobs")
                for job in look.said.get("jobs") or ()
                if job.get("jobId") == id
            ]
            after = [status for at_ms, status in shown if at_ms > let_go_ms and status in (*STARTED, SUCCEEDED)]
            if after:
                observed = f"it waited for the job of that name, and was {after[0]} when that had succeeded"
                yield holds(False, "a dependency by name is not accepted", observed)
