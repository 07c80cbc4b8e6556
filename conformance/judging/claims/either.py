"""What holds for CancelJob and TerminateJob alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ....model.status import FAILED, TERMINAL, Status
from ..claim import Point, accepted, attempts, claim, ends, holds, shown
from ..seen import Seen


def _of_both(cancel: str, terminate: str, *, breaks: str = ""):
    """Register one claim over the request under two ids."""

    def register(function):
        claim(cancel, breaks=breaks)(partial(function, request="cancel"))
        claim(terminate, breaks=breaks)(partial(function, request="terminate"))
        return function

    return register


@_of_both("CANCEL-01", "TERM-01")
def it_answers_nothing(seen: Seen, request: str) -> Iterator[Point]:
    for call in seen.of(f"{request}_job"):
        if call.says.judged:
            empty = call.status == 200 and (call.body is None or isinstance(call.body, dict))
            yield holds(empty, "200 {}", f"{call} {call.body}")


@_of_both("CANCEL-03", "TERM-03")
def what_waits_never_starts(seen: Seen, request: str) -> Iterator[Point]:
    for job in seen.cast:
        if not job.accepted(request):
            continue
        most = 1 if job.submitted.role == "between attempts" else 0
        yield from ends(job, FAILED, "and was never STARTING again" if most else "and was never STARTING")
        if job.end:
            # Where a request acts later than its answer, or a full queue starts a job all the same, it may have had one.
            tries, facts = len(attempts(job.end.detail)), ("prompt_calls", "capacity")
            observed = f"{tries} attempts"
            yield Point(tries <= most, f"{most or 'no'} attempt", observed, rests_on=facts, job=job.label)


@_of_both("CANCEL-09", "TERM-16", breaks="ST-01")
def a_finished_job_stays_as_it_is(seen: Seen, request: str) -> Iterator[Point]:
    yield from accepted(seen.of(f"{request}_job"), f"{request.title()}Job on a finished job")
    job = seen.job()
    ended = next((look for look in job.looks if look.status in TERMINAL), None) if job else None
    if job and job.last and ended and job.accepted(request):
        # Reads may go back to a status before the end; any other word is one that the job came to.
        other = job.status != ended.status and job.status not in set(Status) - set(TERMINAL)
        odd = ("ST-01",) if job.status not in Status.__members__ else ()
        yield Point(not other, f"{ended.status} as before", shown(job), job=job.label, breaks=odd)
        yield from ends(job, ended.status, "as before")


@_of_both("CANCEL-10", "TERM-17")
def an_unknown_id_is_no_error(seen: Seen, request: str) -> Iterator[Point]:
    known = {job.id for job in seen.cast}
    unknown = [call for call in seen.of(f"{request}_job") if call.arguments.get("jobId") not in known]
    yield from accepted(unknown, "200: an unknown id is no error, and so")
