"""DescribeJobs and ListJobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....model.arrays import parent_and_index
from ....model.limits import DESCRIBED_JOBS
from ....model.status import FAILED, PENDING, RUNNABLE, RUNNING, TERMINAL
from ..claim import Point, accepted, claim, ends, holds, refused, throughout
from ..seen import Call, Detail, Job, Seen
from .showing.jobs import summaries, unwatched
from .showing.lists import Listed, lists


@claim("DESC-01")
def unknown_ids_are_left_out(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    for call in seen.of("describe_jobs"):
        unknown = set(call.arguments["jobs"]) - {job.id if job else ""}
        if unknown and job:
            yield from accepted([call], "an id that no job has beside one that is known, without an error,")
            if isinstance(call.body, dict) and call.says.name == "DONE":
                ids = [detail.get("jobId") for detail in call.said.get("jobs") or ()]
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


@claim("DESC-03")
def children_are_described(seen: Seen) -> Iterator[Point]:
    ended = any(looks[-1].get("status") in TERMINAL for _, looks in unwatched(seen))
    for call in seen.of("describe_jobs"):
        asked = call.arguments["jobs"]
        if any(parent_and_index(id) is None for id in asked):
            continue
        yield from accepted([call], f"DescribeJobs with the ids of {len(asked)} children")
        if call is _last_with(seen, asked) and isinstance(call.body, dict):
            shown = [detail.get("jobId") for detail in call.said.get("jobs") or ()]
            missing, others = set(asked) - set(shown), set(shown) - set(asked)
            yield holds(not others, "children that were asked for", f"{len(others)} others")
            if ended or not missing:  # a parent that has ended has borne them all
                expected = f"all {len(asked)} children of an array"
                yield holds(not missing, expected, f"{len(missing)} left out", rests_on=("deadline",))


def _last_with(seen: Seen, asked: list[str]) -> Call | None:
    return next((c for c in reversed(list(seen.of("describe_jobs", jobs=asked))) if c.says.name == "DONE"), None)


SELECTORS = ("jobQueue", "arrayJobId", "multiNodeJobId")


@claim("LIST-01")
def a_list_has_one_selector(seen: Seen) -> Iterator[Point]:
    for call in seen.of("list_jobs"):
        given = [name for name in SELECTORS if name in call.arguments]
        if len(given) != 1:
            yield from refused([call], f"ListJobs with {' and '.join(given) or 'no selector'}")


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
    if job and job.end:
        for status in TERMINAL:
            those = [listed for listed in lists(seen) if listed.arguments.get("jobStatus") == status and listed.whole]
            if those and status == job.end.status:
                yield from _has(those[-1], job, f"jobStatus {status}")
            elif those:
                yield from _has_not(those[-1], job, f"jobStatus {status}")


def _status(call: Call, job: Job) -> str | None:
    page = call.said.get("jobSummaryList") or ()
    return next((item.get("status") for item in page if item.get("jobId") == job.id), None)


def _complete(pages: list[Call]) -> bool:
    """Whether the last of these pages is the end of its list."""
    return bool(pages) and isinstance(pages[-1].body, dict) and not pages[-1].body.get("nextToken")


def filtered(seen: Seen, name: str, value: str, **more: Any) -> Listed | None:
    """The last whole list with this filter, and with these arguments and no others; None where none came to its end."""
    with_it = {"jobQueue", "filters", *more}
    whole = [
        listed
        for listed in lists(seen)
        if listed.whole
        and listed.filter == (name, value)
        and listed.arguments.keys() == with_it
        and all(listed.arguments[key] == wanted for key, wanted in more.items())
    ]
    return whole[-1] if whole else None


def _has(listed: Listed | None, job: Job, what: str) -> Iterator[Point]:
    if listed is not None:
        observed = f"{len(listed.items)} jobs, not this one"
        yield holds(job.id in listed.ids, f"{what} lists {job.label}", observed, rests_on=("deadline",), job=job.label)


def _has_not(listed: Listed | None, job: Job, what: str) -> Iterator[Point]:
    if listed is not None:
        yield holds(job.id not in listed.ids, f"{what} does not list {job.label}", "it does", job=job.label)


@claim("LIST-03")
def filters_list_every_status(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job or not job.end:
        return
    name = job.arguments["jobName"]
    if listed := filtered(seen, "JOB_NAME", name):
        others = [id for id in listed.ids if id != job.id]
        yield holds(not others, f"the one job named {name}", f"{len(others)} others as well")
        yield from _has(listed, job, f"the name {name}")
    for status in (RUNNABLE, *TERMINAL):
        if status != job.end.status:
            what = f"a filter with its name, with jobStatus {status},"
            yield from _has(filtered(seen, "JOB_NAME", name, jobStatus=str(status)), job, what)


@claim("LIST-04")
def names_match_without_case_or_by_prefix(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job or not job.ended:
        return
    name = job.arguments["jobName"]
    for value in (name.upper(), name[:-4].lower() + "*", name + "*"):
        yield from _has(filtered(seen, "JOB_NAME", value), job, f"{value}, where its name is {name},")
    for value in (name[:-4], name[1:], name[1:] + "*"):  # neither the whole name nor a prefix with its star
        yield from _has_not(filtered(seen, "JOB_NAME", value), job, f"{value}, where its name is {name},")


@claim("LIST-05")
def definitions_match_by_name_prefix_or_arn(seen: Seen) -> Iterator[Point]:
    for job in seen.cast:
        if not job.end:
            continue
        name = job.arguments["jobDefinition"].partition(":")[0]
        arn = job.end.detail.get("jobDefinition") or ""
        for value in (name, name[:-4] + "*", arn):
            yield from _has(filtered(seen, "JOB_DEFINITION", value), job, f"{value} of JOB_DEFINITION")
        other = [listed for listed in lists(seen) if listed.filter[1].startswith("arn:") and listed.filter[1] != arn]
        for listed in (filtered(seen, "JOB_DEFINITION", v) for v in (name.lower(), name[:-4], name[:-4].upper() + "*")):
            if listed is not None:
                what = f"{listed.filter[1]} of JOB_DEFINITION, where the definition is {name},"
                yield from _has_not(listed, job, what)
        for listed in other if arn.startswith("arn:") else ():
            yield from _has_not(listed, job, "the ARN of another revision")


@claim("LIST-06")
def times_of_creation_are_filters(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    if not job or not job.end or not isinstance(created_ms := job.end.detail.get("createdAt"), int):
        return
    for listed in lists(seen):
        name, value = listed.filter
        if name not in ("AFTER_CREATED_AT", "BEFORE_CREATED_AT"):
            continue
        away_ms = int(value) - created_ms
        what = f"{name} {abs(away_ms)} ms {'before' if away_ms < 0 else 'after'} its createdAt"
        if (away_ms < 0) != (name == "AFTER_CREATED_AT"):
            yield from _has_not(listed, job, what)
        elif _last_of_its_kind(listed, seen) and (listed.whole or job.id in listed.ids):
            yield from _has(listed, job, what)


def _last_of_its_kind(listed: Listed, seen: Seen) -> bool:
    return [other for other in lists(seen) if other.filter == listed.filter][-1].answered_ms == listed.answered_ms


@claim("LIST-07")
def filter_names_have_a_case(seen: Seen) -> Iterator[Point]:
    job, other = seen.job("named"), seen.job("other")
    if not job or not job.ended or not other or not other.ended:
        return
    for call in seen.of("list_jobs"):
        for entry in call.arguments.get("filters") or ():
            if entry["name"] != "JOB_NAME" and call.says.name == "REFUSED":
                yield holds(True, f"a refusal of the filter {entry['name']}", "one")
    for listed in lists(seen):
        if listed.filter[0].upper() == "JOB_NAME" != listed.filter[0]:
            # What a filter that there is not does to a list is open, but it may not be what JOB_NAME does.
            alone = listed.whole and set(listed.ids) == {job.id}
            yield holds(not alone, f"{listed.filter[0]} is not JOB_NAME", "it lists the one job of that name")


@claim("LIST-09")
def children_are_not_filtered(seen: Seen) -> Iterator[Point]:
    for call in seen.of("list_jobs"):
        if "arrayJobId" in call.arguments and "filters" in call.arguments and call.says.judged:
            status = call.arguments["jobStatus"]
            wanted = [job for job in seen.cast if job.end and job.end.status == status]
            # A service that refuses a filter here does not apply it either.
            page = call.said.get("jobSummaryList") or ()
            ids = {item.get("jobId") for item in page}
            missing = [job.label for job in wanted if job.id not in ids]
            ended = isinstance(call.body, dict) and not call.said.get("nextToken")
            if call.says.name == "REFUSED" or ended or not missing:
                lost = call.says.name == "DONE" and missing
                expected = "every child of the array, whatever the filter"
                yield holds(not lost, expected, f"without {', '.join(missing)}", rests_on=("monotone_reads",))


@claim("LIST-13")
def running_parents_are_pending(seen: Seen) -> Iterator[Point]:
    children = seen.each("array")
    if not children:
        return
    parent = children[0].id.partition(":")[0]
    for status in (PENDING, RUNNING):
        # A child that was read RUNNING after the list was there runs while it was made.
        those = [
            listed
            for listed in lists(seen)
            if listed.whole
            and listed.arguments.get("jobStatus") == status
            and any(_runs_after(child, listed.answered_ms) for child in children)
        ]
        if those and status == PENDING:
            listed = parent in those[-1].ids
            expected = "the parent under PENDING while its children run"
            yield holds(listed, expected, "it is not there", rests_on=("deadline",))
        elif those:
            yield holds(parent not in those[-1].ids, "no parent under RUNNING", "it is there")


def _runs_after(job: Job, at_ms: int) -> bool:
    return any(look.status == RUNNING and look.began_ms >= at_ms for look in job.looks)


@claim("ERR-06")
def more_than_one_filter_is_refused(seen: Seen) -> Iterator[Point]:
    for call in seen.of("list_jobs"):
        if filters := call.arguments.get("filters"):
            values = max(len(entry["values"]) for entry in filters)
            right = len(filters) == 1 and values == 1
            what = "one filter with one value" if right else f"{len(filters)} filters with up to {values} values"
            yield from (accepted if right else refused)([call], f"ListJobs with {what}")


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


QUIET = ("deadline", "monotone_reads")
"""A list that has come to have a job keeps it."""


@claim("LIST-10")
def pages_cover_everything_once(seen: Seen) -> Iterator[Point]:
    in_pages = [listed for listed in lists(seen) if "maxResults" in listed.arguments]
    for listed in in_pages:
        most = listed.arguments["maxResults"]
        yield holds(max(listed.sizes) <= most, f"at most {most} jobs a page", f"pages of {listed.sizes}")
        if listed.whole:
            ids = listed.ids
            yield holds(len(set(ids)) == len(ids), "each job once", f"{len(ids)} jobs in {listed.sizes}")
            if "filters" in listed.arguments:
                missing = {job.id for job in seen.each()} - set(ids)
                expected = f"all {len(seen.each())} jobs"
                yield holds(not missing, expected, f"{len(missing)} missing in {listed.sizes}", rests_on=QUIET)
    for submitted in seen.of("submit_job"):
        size = (submitted.arguments.get("arrayProperties") or {}).get("size", 0)
        ended = {detail.get("jobId") for detail in _children(seen) if detail.get("status") in TERMINAL}
        if not size or len(ended) < size:
            continue
        for most in dict.fromkeys(listed.arguments["maxResults"] for listed in in_pages):
            those = [
                listed
                for listed in in_pages
                if listed.whole and "arrayJobId" in listed.arguments and listed.arguments["maxResults"] == most
            ]
            if len(those) == len(TERMINAL):
                found = sum(len(listed.ids) for listed in those)
                expected = f"all {size} children, in pages of {most}"
                yield holds(found >= size, expected, f"{found} of them", rests_on=QUIET)


def _children(seen: Seen) -> Iterator[Detail]:
    """The children of arrays, as DescribeJobs showed them."""
    for call in seen.of("describe_jobs"):
        for detail in call.said.get("jobs") or ():
            if parent_and_index(str(detail.get("jobId"))) is not None:
                yield detail


@throughout("LIST-02")
def no_plain_list_has_another_status(seen: Seen) -> Iterator[Point]:
    for listed in lists(seen):
        if not {"jobStatus", "filters"} & listed.arguments.keys():
            others = {str(item.get("status")) for item in listed.items} - {RUNNING}
            if others:
                yield holds(False, "RUNNING jobs only, without jobStatus", f"one that is {' or '.join(sorted(others))}")


@throughout("LIST-12")
def no_summary_shows_a_flag_that_is_false(seen: Seen) -> Iterator[Point]:
    for listed in lists(seen):
        for item in listed.items:
            false = {name: item[name] for name in ("isCancelled", "isTerminated") if name in item and not item[name]}
            if false:
                yield holds(False, "no flag that is false", false)
