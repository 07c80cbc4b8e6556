"""Timeouts: when an attempt has run for too long, and what then happens to it."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="TO-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`attemptDurationSeconds` is at least 60. In which words less is refused was not found; botocore does "
            "not check it."
        ),
        sources=(
            Cited("API:JobTimeout", "attemptDurationSeconds", "The minimum value for the timeout is 60 seconds."),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="TO-02",
        modality=Modality.MUST,
        confidence="H",
        says="The clock starts at the attempt's `startedAt`; time in STARTING does not count.",
        sources=(
            Cited("UG:job_states", "STARTING", "STARTING is not included in timeouts; duration starts at RUNNING."),
            Cited(
                "UG:job_timeouts",
                "second paragraph",
                "When this number of seconds has passed following the job attempt's",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-03",
        modality=Modality.MUST,
        confidence="H",
        says="Each attempt has its own countdown.",
        sources=(Cited("UG:job_timeouts", "after the note", "If a job attempt fails on its own, then it can"),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the attempts",
    ),
    Promise(
        id="TO-04",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Batch never ends an attempt for its timeout earlier than `attemptDurationSeconds` after its `startedAt`."
        ),
        rests_on=("TO-02",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`stoppedAt` minus `startedAt`",
    ),
    Promise(
        id="TO-05",
        modality=Modality.MAY,
        confidence="H",
        says=(
            'A job can be ended later than its timeout says: at best effort, "a few seconds", and many simultaneous '
            "timeouts are worked off first in, first out, in batches. So no upper bound is fixed."
        ),
        sources=(Cited("UG:job_timeouts", "best effort", "Timeout terminations are handled on a best-effort basis."),),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-06",
        modality=Modality.MUST,
        confidence="H",
        says="A job ended by timeout is FAILED and not retried, attempts left or not.",
        sources=(
            Cited("UG:job_timeouts", "after the note", "If a job is terminated for exceeding the timeout duration, it"),
            Cited("API:SubmitJob", "timeout", "If a job is terminated due to a timeout, it isn't retried."),
            Cited(
                "UG:submit_job",
                "execution timeout",
                "If an attempt exceeds the timeout duration, it's stopped and moves",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-07",
        modality=Modality.MUST,
        confidence="H",
        says="A timeout is enforced by SIGTERM, 30 s, SIGKILL (TERM-09 says what `stopTimeout` means for that).",
        sources=(
            Cited(
                "UG:job_timeouts",
                "second paragraph",
                "On the compute resource, your job's container receives a SIGTERM",
            ),
        ),
        observed=(Seen.CONTAINER,),
    ),
    Promise(
        id="TO-08",
        modality=Modality.MUST,
        confidence="H",
        says="There is no default timeout and no maximum.",
        sources=(
            Cited("UG:job_timeouts", "important", "By default, AWS Batch doesn't have a job timeout."),
            Cited("UG:job_timeouts", "note", "There's no maximum timeout value for an AWS Batch job."),
        ),
    ),
    Promise(
        id="TO-09",
        modality=Modality.MUST,
        confidence="H",
        says="SubmitJob's timeout overrides the job definition's.",
        sources=(
            Cited(
                "API:SubmitJob",
                "timeout",
                "This configuration overrides any timeout configuration specified in the job definition.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`timeout`",
    ),
    Promise(
        id="TO-10",
        modality=Modality.MUST,
        confidence="H",
        says="In an array the timeout applies to each child, and the parent has none.",
        sources=(
            Cited("UG:array_jobs", "second paragraph", "The parent array job does not have a timeout."),
            Cited(
                "API:JobTimeout",
                "attemptDurationSeconds",
                "For array jobs, the timeout applies to the child jobs, not to",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-11",
        modality=Modality.MUST,
        confidence="H",
        says="In a multi-node job the timeout applies to the whole job, not to its nodes.",
        sources=(
            Cited(
                "API:JobTimeout",
                "attemptDurationSeconds",
                "For multi-node parallel (MNP) jobs, the timeout applies to the whole job,",
            ),
            Cited(
                "UG:job-lifecycle",
                "second paragraph",
                "The timeout value specified in the attemptDurationSeconds parameter applies to the whole",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-12",
        modality=Modality.MUST,
        confidence="M",
        says='The `statusReason` of a job that its timeout ended is "Job attempt duration exceeded timeout".',
        sources=(
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "test_a_job_that_started_is_a_placement_whatever_it_did_next",
                "Job attempt duration exceeded",
            ),
            Cited("GH:faiscadev/fakecloud#1989", "description", "an overrunning container fails the job with"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason`",
        notes="No text of AWS has it: the authors of the test quote their own account, the emulator copies it.",
    ),
    Promise(
        id="TO-13",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Whether `isTerminated` is set by a timeout.",
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-14",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether a process that exits 0 on the SIGTERM of its timeout has succeeded or failed. It is as open as "
            "TERM-11."
        ),
        sources=(
            Cited(
                "UG:job_timeouts",
                "second paragraph",
                "On the compute resource, your job's container receives a SIGTERM",
            ),
            Cited("UG:job_states", "RUNNING", "An exit code of 0 indicates success"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-15",
        modality=Modality.MUST,
        confidence="M",
        says="An `evaluateOnExit` entry that says RETRY for the reason of a timeout has no effect.",
        rests_on=("TO-06",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TO-16",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "A process may finish by itself after the deadline but before enforcement; then its own exit code "
            "decides, and a failing attempt may be retried."
        ),
        sources=(Cited("UG:job_timeouts", "after the note", "If a job attempt fails on its own, then it can"),),
        rests_on=("TO-05",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
)
