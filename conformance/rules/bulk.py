"""CancelJobs and TerminateJobs."""

from __future__ import annotations

from ...model.limits import BULK_JOBS, REASON_CHARACTERS
from ...model.status import PENDING, RUNNING
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import ended_by_it

OPERATIONS = {"cancel": "cancel_jobs", "terminate": "terminate_jobs"}

MALFORMED = ("not/a job id", "no id either")
"""Whatever an id looks like: none has blanks and slashes."""


@rule("BULK-01", "Up to 50 ids and one reason are accepted; without `jobs` or without `reason` the call is refused.")
def up_to_fifty_ids_have_one_reason(batch: Scenario) -> None:
    most = BULK_JOBS.high
    assert most is not None
    ids = [batch.nobodys_id() for _ in range(most)]
    for operation in OPERATIONS.values():
        batch.refusal(operation, jobs=ids[:1], reason=batch.reason)
        batch.refusal(operation, jobs=ids, reason=batch.reason)
        batch.refusal(operation, jobs=ids[:1])
        batch.refusal(operation, reason=batch.reason)


@rule("BULK-02", "The answer is 200 when some of the ids are errors, and when all are.")
def errors_of_ids_are_no_error_of_the_call(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    for request in OPERATIONS:
        batch.bulk(request, [job], ids=MALFORMED[:1])
        batch.bulk(request, [], ids=MALFORMED)


@rule("BULK-04", "Every id is in exactly one of `successful` and `errors`, for both operations.")
def every_id_is_answered_once(batch: Scenario) -> None:
    for request in ("cancel", "terminate"):
        jobs = [batch.submit(), batch.submit()]
        for job in jobs:
            batch.finish(job)
        batch.bulk(request, jobs, ids=[batch.nobodys_id()])


@rule("BULK-03", "`successful` and `errors` are both in the answer.")
def both_lists_are_there(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    batch.bulk("cancel", [job])


@rule("BULK-05", "An id that cannot be found is in `successful`.")
def an_unknown_id_is_successful(batch: Scenario) -> None:
    for request in ("cancel", "terminate"):
        batch.bulk(request, [], ids=[batch.nobodys_id()])


@rule("BULK-06", "A malformed id is in `errors`, with the code ValidationException.")
def a_malformed_id_is_an_error(batch: Scenario) -> None:
    for request in OPERATIONS:
        batch.bulk(request, [], ids=[MALFORMED[0], batch.nobodys_id(), MALFORMED[1]])


@rule("BULK-07", "What is in `errors` carries a documented code.")
def error_codes_are_documented(batch: Scenario) -> None:
    batch.bulk("cancel", [], ids=["not/a job id", ""])


@rule("BULK-09", "Each item of `errors` carries the id as it was sent, a code and a message.")
def error_items_are_complete(batch: Scenario) -> None:
    for request in OPERATIONS:
        batch.bulk(request, [], ids=MALFORMED)


@rule("BULK-11", "The effect on each job is that of the single operation.", (Power.HOLDS_RUNNING,))
def the_effect_is_that_of_the_single_operation(batch: Scenario) -> None:
    first = batch.submit(hold=True, role="running")
    waiting = batch.submit(depends_on=(first,), role="waiting")
    batch.wait(first, RUNNING)
    batch.wait(waiting, PENDING)
    batch.bulk("cancel", [first, waiting])
    batch.release(first, 0)
    batch.finish(first)
    batch.settle(waiting)
    running = batch.submit(hold=True, attempts=2, role="stopped")
    batch.wait(running, RUNNING)
    batch.bulk("terminate", [running])
    batch.settle(running)


@rule(
    "BULK-12",
    "Jobs in several statuses, asked for together: those in `successful` were accepted, each with the effect of its status.",
    (Power.HOLDS_RUNNING,),
)
def every_accepted_job_is_acted_on(batch: Scenario) -> None:
    done = batch.submit(role="done")
    first = batch.submit(hold=True, role="running")
    waiting = [batch.submit(depends_on=(first,), role="waiting") for _ in range(2)]
    stopped = [batch.submit(hold=True, attempts=2, role="stopped") for _ in range(2)]
    batch.finish(done)
    for job in waiting:
        batch.wait(job, PENDING)
    for job in (first, *stopped):
        batch.wait(job, RUNNING)
    batch.bulk("cancel", [done, first, *waiting], ids=[batch.nobodys_id()])
    batch.bulk("terminate", [done, *stopped], ids=[batch.nobodys_id()])
    batch.settle(waiting[0])  # so that also a cancel that acts late has acted
    batch.release(first, 0)
    for job in (first, *waiting, *stopped):
        batch.settle(job)


@rule("BULK-16", "A call that is refused as a whole is a ClientException, with status 400.")
def a_refused_call_is_a_client_exception(batch: Scenario) -> None:
    most = BULK_JOBS.high
    assert most is not None
    ids = [batch.nobodys_id() for _ in range(most + 1)]  # whether one too many is refused is open (BULK-13)
    for operation in OPERATIONS.values():
        batch.refusal(operation, jobs=ids[:1], reason=batch.reason)
        batch.refusal(operation, jobs=ids, reason=batch.reason)
        batch.refusal(operation, jobs=ids[:1], reason="")
        batch.refusal(operation, reason=batch.reason)


@rule("BULK-17", "A `reason` of 1024 characters is accepted, and shown.", (Power.HOLDS_RUNNING,))
def a_long_reason_is_accepted_in_bulk(batch: Scenario) -> None:
    most = REASON_CHARACTERS.high
    assert most is not None
    first = batch.submit(hold=True, role="dependency")
    stopped = batch.submit(hold=True, role="stopped")
    waiting = batch.submit(depends_on=(first,), role="waiting")
    batch.wait(stopped, RUNNING)
    batch.wait(waiting, PENDING)
    batch.bulk("cancel", [waiting], reason="c" * most)
    # Its dependency succeeds: one that fails would give it a reason of its own, where it waits for that (CANCEL-04, DEP-05).
    ended_by_it(batch, waiting, first)
    batch.bulk("terminate", [stopped], reason="t" * most)
    batch.settle(stopped)
