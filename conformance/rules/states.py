"""States, their order, their times, and dependencies."""

from __future__ import annotations

from ...model.limits import DEPENDENCIES
from ...model.status import PENDING, RUNNABLE, RUNNING
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import described, ended


@rule("ST-01", "`status` is one of the seven, in DescribeJobs and in ListJobs.")
def status_is_one_of_the_seven(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    batch.summary(job)


@rule("ST-02", "SubmitJob answers with the job's id and name; `createdAt` is the time of the call, in milliseconds.")
def created_at_is_the_time_of_submission(batch: Scenario) -> None:
    first = batch.submit(jobName=batch.named("first"), role="first")
    second = batch.submit(jobName=batch.named("second"), role="second")
    batch.finish(first)
    batch.finish(second)


@rule("ST-04", "A job becomes RUNNABLE only after every job that it depends on has SUCCEEDED.", (Power.GATE,))
def pending_waits_for_every_dependency(batch: Scenario) -> None:
    one, two = (batch.submit(hold=True, role="dependency") for _ in range(2))
    job = batch.submit(depends_on=(one, two))
    batch.wait(job, PENDING)
    batch.release(one, 0)
    batch.finish(one)
    batch.settle(job)
    batch.release(two, 0)
    batch.finish(two)
    batch.finish(job)


@rule("DEP-07", "A dependency that is tried again has not failed: its dependents stay PENDING.", (Power.GATE,))
def a_retried_dependency_has_not_failed(batch: Scenario) -> None:
    first = batch.submit(hold=True, attempts=2, ends=(1, 0), role="dependency")
    job = batch.submit(depends_on=(first,))
    batch.wait(job, PENDING)
    batch.release(first)
    if first.wait(lambda: 2 in first.began() or first.ended or first.failing, batch.target.patience_s):
        batch.settle(job)
        if not first.ended:
            batch.release(first)
    batch.finish(first)
    batch.finish(job)


@rule("DEP-01", "Up to 20 dependencies are accepted; more are refused.")
def too_many_dependencies_are_refused(batch: Scenario) -> None:
    most = DEPENDENCIES.high
    assert most is not None
    first = batch.submit(role="dependency")
    batch.finish(first)
    for number in (most, most + 1):
        batch.refusal("submit_job", **batch.submission(), dependsOn=[{"jobId": first.id}] * number)


@rule("DEP-23", "Dependencies are echoed in `dependsOn`, each with its type.")
def dependencies_are_echoed(batch: Scenario) -> None:
    first, second = (batch.submit(role="dependency") for _ in range(2))
    batch.finish(first)
    batch.finish(second)
    batch.finish(batch.submit(depends_on=(first, second)))
    arrays = [batch.submit_unwatched(arrayProperties={"size": 2})]
    for entry in ({"jobId": arrays[0], "type": "N_TO_N"}, {"type": "SEQUENTIAL"}):
        batch.submit_unwatched(arrayProperties={"size": 2}, dependsOn=[{"jobId": first.id}, entry])
    described(batch)


@rule("ST-08", "Exit code 0 means SUCCEEDED, any other FAILED, and the code is shown.", (Power.RUNS,))
def the_exit_code_decides(batch: Scenario) -> None:
    for job in [batch.submit(ends=(code,), role=f"exits {code}") for code in (0, 1, 3, 255)]:
        batch.finish(job)


@rule("ST-10", "Nothing follows SUCCEEDED or FAILED.", (Power.RUNS,))
def the_end_is_the_end(batch: Scenario) -> None:
    jobs = [batch.submit(ends=(0,)), batch.submit(ends=(1,))]
    for job in jobs:
        batch.finish(job)
    batch.canary()
    for job in jobs:
        batch.read(job)


@rule("ST-18", "A job that has ended stays describable: for seven days on AWS, here as long as the run takes.")
def what_has_ended_stays_describable(batch: Scenario) -> None:
    job = batch.submit()
    batch.finish(job)
    batch.canary()
    for _ in range(5):
        batch.read(job)


@rule("ST-22", "`startedAt` is when the job became RUNNING, and absent before.", (Power.GATE, Power.HOLDS_RUNNABLE))
def started_at_begins_with_running(batch: Scenario) -> None:
    queue, _ = batch.stage.world.narrow_queue()
    holder = batch.submit(queue=queue, hold=True, role="holder")
    batch.wait(holder, RUNNING)
    job = batch.submit(queue=queue, behind=holder)
    batch.wait(job, RUNNABLE)
    batch.release(holder)
    batch.finish(job)


@rule("ST-26", "createdAt <= startedAt <= stoppedAt.", (Power.RUNS,))
def the_times_are_in_order(batch: Scenario) -> None:
    batch.finish(batch.submit())


@rule("ST-24", "`stoppedAt` is shown once a job that ran has ended.", (Power.RUNS,))
def stopped_at_is_shown_at_the_end(batch: Scenario) -> None:
    batch.finish(batch.submit())


@rule("ST-33", "Two identical submissions make two jobs.")
def submissions_are_not_merged(batch: Scenario) -> None:
    for _ in range(2):
        batch.submit(jobName=batch.named("same"), role="same")


@rule("ST-28", "`container.logStreamName` is there from RUNNING on.", (Power.HOLDS_RUNNING,))
def the_log_stream_is_shown(batch: Scenario) -> None:
    job = batch.submit(hold=True)
    batch.wait(job, RUNNING)
    batch.read(job)
    batch.release(job, 0)
    batch.finish(job)


@rule("ST-34", "Each attempt has a task and a log stream of its own; the id of the job stays.", (Power.FAILS,))
def each_attempt_has_a_task_of_its_own(batch: Scenario) -> None:
    ended(batch, attempts=3, ends=(1,))
