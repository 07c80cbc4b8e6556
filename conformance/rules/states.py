"""States, their order, their times, and dependencies."""

from __future__ import annotations

from ...model.limits import DEPENDENCIES
from ...model.status import FAILED, PENDING, RUNNABLE, RUNNING, SUCCEEDED, Status
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule

CLOCKS_DIFFER_MS = 1000


@rule("ST-01", "`status` is one of the seven, in DescribeJobs and in ListJobs.")
def status_is_one_of_the_seven(batch: Scenario) -> None:
    job = batch.submit()
    detail = batch.finish(job)
    summary = batch.summary(job)
    shown = {detail["status"], (summary or {}).get("status", detail["status"])}
    batch.expect(shown <= set(Status.__members__), f"one of {', '.join(Status)}", sorted(shown))


@rule("ST-02", "SubmitJob answers with the job's id and name; `createdAt` is the time of the call, in milliseconds.")
def created_at_is_the_time_of_submission(batch: Scenario) -> None:
    request = batch.submission()
    answer = batch.call("submit_job", **request)
    batch.expect(answer.get("jobName") == request["jobName"], f"jobName {request['jobName']}", answer.get("jobName"))
    batch.expect(bool(answer.get("jobId")), "a jobId", answer.get("jobId"))
    first, second = batch.submit(jobName="first"), batch.submit(jobName="second")
    one, two = batch.finish(first), batch.finish(second)
    batch.expect(one["jobName"] == "first", "jobName first", one["jobName"])
    created = one.get("createdAt"), two.get("createdAt")
    in_ms = all(isinstance(at, int) and 10**12 < at < 10**13 for at in created)
    batch.expect(in_ms, "createdAt in milliseconds since 1970", created)
    assert created[0] is not None
    assert created[1] is not None
    # Two submissions from one thread: their times are in order, give or take what the clocks of two hosts may differ.
    in_order = created[0] <= created[1] + CLOCKS_DIFFER_MS
    batch.expect(in_order, "createdAt of the job submitted later is not the earlier one", created)


@rule("ST-04", "A job becomes RUNNABLE only after every job that it depends on has SUCCEEDED.", (Power.GATE,))
def pending_waits_for_every_dependency(batch: Scenario) -> None:
    one, two = batch.submit(hold=True), batch.submit(hold=True)
    job = batch.submit(depends_on=(one, two))
    batch.wait(job, PENDING)
    batch.release(one, 0)
    batch.finish(one)
    batch.settle(job)
    batch.expect(job.status is PENDING, "PENDING while a dependency runs", job.status)
    batch.release(two, 0)
    batch.finish(two)
    detail = batch.finish(job)
    batch.expect(detail["status"] == SUCCEEDED, "SUCCEEDED after its dependencies", detail["status"])


@rule("DEP-03", "When a dependency fails, the job fails by itself, without an attempt.", (Power.HOLDS_RUNNING,))
def a_failed_dependency_fails_its_dependents(batch: Scenario) -> None:
    first = batch.submit(hold=True, ends=(1,))
    job = batch.submit(depends_on=(first,), attempts=3)
    batch.wait(job, PENDING)
    batch.release(first)
    batch.finish(first)
    detail = batch.settle(job)
    batch.expect(detail["status"] == FAILED, "FAILED after its dependency failed", detail["status"])
    batch.expect(not detail.get("attempts"), "no attempts", detail.get("attempts"))


@rule("DEP-07", "A dependency that is tried again has not failed: its dependents stay PENDING.", (Power.GATE,))
def a_retried_dependency_has_not_failed(batch: Scenario) -> None:
    first = batch.submit(hold=True, attempts=2, ends=(1, 0))
    job = batch.submit(depends_on=(first,))
    batch.wait(job, PENDING)
    batch.release(first)
    if first.wait(lambda: len(first.began()) > 1, batch.target.deadline_s * 4):
        batch.settle(job)
        batch.expect(job.status is PENDING, "PENDING while its dependency is tried again", job.status)
        batch.release(first)
    batch.finish(first)
    detail = batch.finish(job)
    if first.status is SUCCEEDED:
        batch.expect(detail["status"] == SUCCEEDED, "SUCCEEDED after its dependency's second attempt", detail["status"])


@rule("DEP-01", "Up to 20 dependencies are accepted; more are refused.")
def too_many_dependencies_are_refused(batch: Scenario) -> None:
    most = DEPENDENCIES.high
    assert most is not None
    first = batch.submit()
    batch.finish(first)
    refusal = batch.refusal("submit_job", **batch.submission(), dependsOn=[{"jobId": first.id}] * most)
    batch.expect(refusal is None, f"{most} dependencies are accepted", refusal)
    refusal = batch.refusal("submit_job", **batch.submission(), dependsOn=[{"jobId": first.id}] * (most + 1))
    batch.expect(refusal is not None, f"{most + 1} dependencies are refused", "SubmitJob accepted them")


@rule("DEP-23", "Dependencies are echoed in `dependsOn`.")
def dependencies_are_echoed(batch: Scenario) -> None:
    first = batch.submit()
    batch.finish(first)
    job = batch.submit(depends_on=(first,))
    on = [item.get("jobId") for item in batch.finish(job).get("dependsOn", [])]
    batch.expect(on == [first.id], f"dependsOn with jobId {first.id}", on)


@rule("ST-08", "Exit code 0 means SUCCEEDED, any other FAILED, and the code is shown.", (Power.RUNS,))
def the_exit_code_decides(batch: Scenario) -> None:
    jobs = {code: batch.submit(ends=(code,)) for code in (0, 1, 3, 255)}
    for code, job in jobs.items():
        detail = batch.finish(job)
        wanted = SUCCEEDED if code == 0 else FAILED
        batch.expect(detail["status"] == wanted, f"{wanted} after exit code {code}", detail["status"])
        shown = (detail.get("container") or {}).get("exitCode")
        batch.expect(shown == code, f"container.exitCode {code}", shown)


@rule("ST-10", "Nothing follows SUCCEEDED or FAILED.", (Power.RUNS,))
def the_end_is_the_end(batch: Scenario) -> None:
    jobs = [batch.submit(ends=(0,)), batch.submit(ends=(1,))]
    ends = [batch.finish(job)["status"] for job in jobs]
    batch.canary()
    for job, end in zip(jobs, ends, strict=True):
        again = batch.read(job)["status"]
        batch.expect(again == end, f"{end} for ever", f"{end} -> {again}")


@rule("ST-22", "`startedAt` is when the job became RUNNING, and absent before.", (Power.GATE, Power.HOLDS_RUNNABLE))
def started_at_begins_with_running(batch: Scenario) -> None:
    queue, _ = batch.stage.world.narrow_queue()
    holder = batch.submit(queue=queue, hold=True)
    batch.wait(holder, RUNNING)
    job = batch.submit(queue=queue, behind=holder)
    early = batch.wait(job, RUNNABLE)
    batch.expect(not early.get("startedAt"), "no startedAt while RUNNABLE", early.get("startedAt"))
    batch.release(holder)
    detail = batch.finish(job)
    started = detail.get("startedAt")
    batch.expect(isinstance(started, int) and started > 10**12, "startedAt in milliseconds", started)
    batch.expect(started >= detail["createdAt"], f"startedAt from createdAt {detail['createdAt']} on", started)


@rule("ST-26", "createdAt <= startedAt <= stoppedAt.", (Power.RUNS,))
def the_times_are_in_order(batch: Scenario) -> None:
    detail = batch.finish(batch.submit())
    times = [detail[name] for name in ("createdAt", "startedAt", "stoppedAt") if detail.get(name)]
    batch.expect(times == sorted(times), "createdAt <= startedAt <= stoppedAt", times)


@rule("ST-24", "`stoppedAt` is shown once a job that ran has ended.", (Power.RUNS,))
def stopped_at_is_shown_at_the_end(batch: Scenario) -> None:
    stopped = batch.finish(batch.submit()).get("stoppedAt")
    batch.expect(isinstance(stopped, int) and stopped > 10**12, "stoppedAt in milliseconds", stopped)


@rule("ST-33", "Two identical submissions make two jobs.")
def submissions_are_not_merged(batch: Scenario) -> None:
    first, second = batch.submit(jobName="same"), batch.submit(jobName="same")
    batch.expect(first.id != second.id, "two job ids", f"{first.id} twice")


@rule(
    "ENV-01",
    "A job gets AWS_BATCH_JOB_ID, AWS_BATCH_JOB_ATTEMPT, AWS_BATCH_JQ_NAME and AWS_BATCH_CE_NAME.",
    (Power.RUNS,),
)
def the_variables_are_set(batch: Scenario) -> None:
    # The job itself looks, and says by its exit code what is missing.
    names = ("AWS_BATCH_JOB_ID", "AWS_BATCH_JOB_ATTEMPT", "AWS_BATCH_JQ_NAME", "AWS_BATCH_CE_NAME")
    tests = "; ".join(f'[ -n "${name}" ] || exit {20 + number}' for number, name in enumerate(names))
    job = batch.submit_shell(tests, may_exit=tuple(range(20, 24)))
    code = (batch.finish(job).get("container") or {}).get("exitCode")
    missing = names[code - 20] if isinstance(code, int) and 20 <= code < 24 else None
    batch.expect(missing is None, "all four variables", f"{missing} is not set")


@rule("ENV-03", "Environment entries of SubmitJob reach the job.", (Power.RUNS,))
def overridden_environment_reaches_the_job(batch: Scenario) -> None:
    job = batch.submit_shell('[ "$KIT" = "a b" ] || exit 20', may_exit=(20,), environment={"KIT": "a b"})
    code = (batch.finish(job).get("container") or {}).get("exitCode")
    batch.expect(code != 20, "KIT='a b' in the job's environment", "the job did not find it")
