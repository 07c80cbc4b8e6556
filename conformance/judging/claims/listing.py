"""DescribeJobs and ListJobs."""

from __future__ import annotations

from collections.abc import Iterator

from ....model.limits import DESCRIBED_JOBS
from ....model.status import FAILED, RUNNING
from ..claim import Point, accepted, claim, ends, holds, refused
from ..seen import Call, Job, Seen
from .showing import summaries


@claim("DESC-01")
def unknown_ids_are_left_out(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    for call in seen.of("describe_jobs"):
        unknown = set(call.arguments["jobs"]) - {job.id if job else ""}
        if unknown and job:
            yield from accepted([call], "an id that no job has beside one that is known, without an error,")
            if isinstance(call.body, dict) and call.says.name == "DONE":
                ids = [detail.get("jobId") for detail in call.body.get("jobs") or ()]
                yield holds(not unknown & set(ids), "nothing for the id that no job has", ids)
                yield holds(job.id in ids, f"the one job {job.id}", ids, rests_on=("monotone_reads",))


@claim("ERR-05")
def too_many_ids_are_refused(seen: Seen) -> Iterator[Point]:
    most = DESCRIBED_JOBS.high
    assert most is not None
    for call in seen.of("describe_jobs"):
        number = len(call.arguments["jobs"])
        if number >= most:
            yield from (accepted if number <= most else refused)([call], f"DescribeJobs with {number} ids")


@claim("LIST-01")
def a_list_has_one_selector(seen: Seen) -> Iterator[Point]:
    selectors = ("jobQueue", "arrayJobId", "multiNodeJobId")
    without = [call for call in seen.of("list_jobs") if not any(name in call.arguments for name in selectors)]
    yield from refused(without, "ListJobs without a selector")


NARROWED = {"jobStatus", "filters", "arrayJobId", "multiNodeJobId"}
"""What makes a list another one than that of the RUNNING jobs. The kit itself looks for a job by its name, where nobody
knows whether SubmitJob made it."""


@claim("LIST-02")
def the_default_is_running(seen: Seen) -> Iterator[Point]:
    # Other scenarios' jobs come and go here; this one has ended, and was asked for by nobody. A list that lags behind may
    # still show it RUNNING.
    job, running = seen.job("ended"), seen.job("running")
    plain = [call for call in seen.of("list_jobs") if call.says.name == "DONE" and not NARROWED & set(call.arguments)]
    if job and plain:
        shown = [status for call in plain if (status := _status(call, job)) not in (None, RUNNING)]
        yield holds(not shown, "RUNNING jobs only", f"a job that is {', '.join(map(str, shown))}")
    if running and running.status == RUNNING and _complete(plain):
        listed = any(_status(call, running) for call in plain)
        expected = "a list with a job that is RUNNING"
        yield holds(listed, expected, "the list does not have it", rests_on=("deadline",))


def _status(call: Call, job: Job) -> str | None:
    page = call.body.get("jobSummaryList") or () if isinstance(call.body, dict) else ()
    return next((item.get("status") for item in page if item.get("jobId") == job.id), None)


def _complete(pages: list[Call]) -> bool:
    """Whether the last of these pages is the end of its list."""
    return bool(pages) and isinstance(pages[-1].body, dict) and not pages[-1].body.get("nextToken")


def _named(seen: Seen, value: str) -> list[list[str]] | None:
    """What each whole list of the jobs with this name had, page after page; None where no list came to its end."""
    lists: list[list[str]] = []
    ids: list[str] = []
    for call in seen.of("list_jobs"):
        if not any(value in (entry.get("values") or ()) for entry in call.arguments.get("filters") or ()):
            continue
        if "maxResults" in call.arguments or call.says.name != "DONE" or not isinstance(call.body, dict):
            continue
        if "nextToken" not in call.arguments:
            ids = []
        ids = [*ids, *(item.get("jobId") for item in call.body.get("jobSummaryList") or ())]
        if not call.body.get("nextToken"):
            lists.append(ids)
    return lists or None


@claim("LIST-03")
def filters_list_every_status(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if job and job.ended and (lists := _named(seen, job.arguments["jobName"])):
        name, ids = job.arguments["jobName"], lists[-1]
        others = [id for id in ids if id != job.id]
        yield holds(not others, f"the one job named {name}", f"{len(others)} others as well")
        yield holds(
            job.id in ids, f"the one job named {name}", f"{len(ids)} jobs, not this one", rests_on=("deadline",)
        )


@claim("LIST-04")
def names_match_without_case_or_by_prefix(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job or not job.ended:
        return
    name = job.arguments["jobName"]
    for value in (name.upper(), name[:-4].lower() + "*"):
        if lists := _named(seen, value):
            listed = job.id in lists[-1]
            observed = f"{len(lists[-1])} jobs, not this one"
            yield holds(listed, f"{value} lists the job named {name}", observed, rests_on=("deadline",))
    for value in (name[:-4], name[1:]):  # neither the whole name nor a prefix with its star
        if lists := _named(seen, value):
            yield holds(job.id not in lists[-1], f"{value} does not list the job named {name}", "it does")


@claim("LIST-12")
def summaries_show_flags_only_when_true(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job:
        return
    found = summaries(seen, job)
    for summary in found:
        false = {
            name: summary[name] for name in ("isCancelled", "isTerminated") if name in summary and not summary[name]
        }
        yield holds(not false, "no flag that is false", false)
    request = job.accepted("terminate")
    if request and job.end and job.end.status == FAILED and any(s.get("status") == FAILED for s in found):
        shown = any(summary.get("isTerminated") for summary in found)
        yield holds(shown, "isTerminated true", "absent", rests_on=("deadline",))
    if request:
        yield from ends(job, FAILED, "because it was terminated")


@claim("LIST-10")
def pages_cover_everything_once(seen: Seen) -> Iterator[Point]:
    wanted = sorted(job.id for job in seen.each())
    pages = [call for call in seen.of("list_jobs", maxResults=2) if call.says.name == "DONE"]
    bodies = [call.body for call in pages if isinstance(call.body, dict)]
    sizes = [len(body.get("jobSummaryList") or ()) for body in bodies]
    if sizes:
        yield holds(max(sizes) <= 2, "at most 2 jobs a page", f"pages of {sizes}")
    if _complete(pages):
        ids = sorted(item.get("jobId") for body in bodies for item in body.get("jobSummaryList") or ())
        yield holds(len(set(ids)) == len(ids), "each job once", f"{len(ids)} jobs in {sizes}")
        missing = set(wanted) - set(ids)
        yield holds(
            not missing, f"all {len(wanted)} jobs", f"{len(missing)} missing in {sizes}", rests_on=("deadline",)
        )
