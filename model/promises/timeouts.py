"""Timeouts: when an attempt has run for too long, and what then happens to it."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="TO-01",
        modality=Modality.MUST,
        confidence="H",
        says="`attemptDurationSeconds` is at least 60. Text of the rejection was not found. botocore does not check.",
        sources=("BC:JobTimeout",),
        observed_by="response.",
    ),
    Promise(
        id="TO-02",
        modality=Modality.MUST,
        confidence="H",
        says="The clock starts at the attempt's `startedAt`; time in STARTING does not count.",
        sources=("UG:job_states", "UG:job_timeouts"),
        observed_by="D.",
    ),
    Promise(
        id="TO-03",
        modality=Modality.MUST,
        confidence="H",
        says="Each attempt has its own countdown.",
        sources=("UG:job_timeouts",),
        observed_by="D attempts.",
    ),
    Promise(
        id="TO-04",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Batch never ends an attempt for timeout earlier than `attemptDurationSeconds` after its `startedAt` "
            "(safety reading)."
        ),
        sources=("derived from other rules",),
        observed_by="D `stoppedAt` - `startedAt`.",
    ),
    Promise(
        id="TO-05",
        modality=Modality.MAY,
        confidence="H",
        says=(
            'It can end later: best effort, "a few seconds", and many simultaneous timeouts are worked off first-in '
            "first-out in batches. So the upper bound is not fixed."
        ),
        sources=("UG:job_timeouts",),
        observed_by="D.",
    ),
    Promise(
        id="TO-06",
        modality=Modality.MUST,
        confidence="H",
        says="A job ended by timeout is FAILED and not retried, attempts left or not.",
        sources=("UG:job_timeouts", "BC:SubmitJobRequest.timeout"),
        observed_by="D.",
    ),
    Promise(
        id="TO-07",
        modality=Modality.MUST,
        confidence="H",
        says="Enforcement is SIGTERM, 30 s, SIGKILL (see TERM-09 for `stopTimeout`).",
        sources=("UG:job_timeouts",),
        observed_by="C.",
    ),
    Promise(
        id="TO-08",
        modality=Modality.MUST,
        confidence="H",
        says="There is no default timeout and no maximum.",
        sources=("UG:job_timeouts",),
    ),
    Promise(
        id="TO-09",
        modality=Modality.MUST,
        confidence="H",
        says="SubmitJob's timeout overrides the job definition's.",
        sources=("BC:SubmitJobRequest.timeout",),
        observed_by="D `timeout`.",
    ),
    Promise(
        id="TO-10",
        modality=Modality.MUST,
        confidence="H",
        says="Array: applies to each child, the parent has none.",
        sources=("UG:array_jobs", "BC:JobTimeout"),
        observed_by="D.",
    ),
    Promise(
        id="TO-11",
        modality=Modality.MUST,
        confidence="H",
        says="Multi-node: applies to the whole job, not to nodes.",
        sources=("BC:JobTimeout", "UG:job-lifecycle"),
        observed_by="D.",
    ),
    Promise(
        id="TO-12",
        modality=Modality.MUST,
        confidence="M",
        says='`statusReason` is "Job attempt duration exceeded timeout".',
        sources=(
            "CODE:61093569641",
            "CODE:61168403053",
            "EMU:fakecloud#1989 (third parties quoting real accounts)",
            "not in AWS text",
        ),
        observed_by="D.",
    ),
    Promise(
        id="TO-13",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Whether `isTerminated` is set by a timeout.",
        sources=("nothing found",),
        observed_by="D.",
    ),
    Promise(
        id="TO-14",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Process exits 0 on the timeout's SIGTERM: same tension as TERM-11.",
        sources=("UG:job_timeouts", "UG:job_states"),
        observed_by="D.",
    ),
    Promise(
        id="TO-15",
        modality=Modality.MUST,
        confidence="M",
        says="An `evaluateOnExit` entry that RETRYs on the timeout reason has no effect.",
        sources=("derived from TO-06",),
        observed_by="D.",
    ),
    Promise(
        id="TO-16",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "A process may finish by itself after the deadline but before enforcement; then its own exit code "
            "decides, and a failing attempt may be retried."
        ),
        sources=("derived from TO-05", "UG:job_timeouts"),
        observed_by="D.",
    ),
)
