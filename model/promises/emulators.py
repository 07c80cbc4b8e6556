"""What emulators were seen to do otherwise: not promises of AWS, but first things to look for."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="EMUL-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "moto: ListJobs without a status returns SUCCEEDED jobs (against LIST-02), and a call with no selector "
            "returns an empty list (LIST-01)."
        ),
        sources=(Cited("FILE:getmoto/moto@5.2.5:moto/batch/models.py", "list_jobs"),),
        observed=(Seen.LIST_JOBS,),
        notes="Tried: moto 5.2.5, asked through boto3.",
    ),
    Promise(
        id="EMUL-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "moto, without Docker: accepts 21 dependencies, array size 1, 11 attempts, a timeout of 5 s, an illegal "
            "job name, 101 ids in DescribeJobs, a reason of 2000 characters, and submission to a DISABLED queue. "
            "With Docker job names are checked, but those of one character are refused too (the pattern wants two)."
        ),
        sources=(
            Cited(
                "FILE:getmoto/moto@5.2.5:moto/batch/models.py", "JOB_NAME_REGEX", "^[A-Za-z0-9][A-Za-z0-9_-]{1,127}$"
            ),
        ),
        observed=(Seen.ANSWER,),
        notes="Tried: moto 5.2.5, asked through boto3.",
    ),
    Promise(
        id="EMUL-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "moto: retryStrategy is ignored and not echoed (a failing job with attempts=3 has one attempt); "
            "isCancelled and isTerminated are nowhere; statusReason is empty for failures of dependencies and "
            "arrays."
        ),
        sources=(Cited("FILE:getmoto/moto@5.2.5:moto/batch/models.py", "retry_strategy"),),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Tried: moto 5.2.5, asked through boto3.",
    ),
    Promise(
        id="EMUL-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "moto: TerminateJob on a SUCCEEDED job overwrites its `statusReason`. That is allowed only because "
            "TERM-16 leaves it open."
        ),
        sources=(Cited("FILE:getmoto/moto@5.2.5:moto/batch/models.py", "terminate_job", "job.terminate(reason)"),),
        rests_on=("TERM-16",),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Tried: moto 5.2.5, asked through boto3.",
    ),
    Promise(
        id="EMUL-05",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "moto: unknown ids succeed in cancel and terminate (as CANCEL-10), an empty reason is refused (as "
            "CANCEL-12)."
        ),
        sources=(
            Cited(
                "FILE:getmoto/moto@5.2.5:moto/batch/models.py",
                "cancel_job",
                "is a required field (cannot be an empty string)",
            ),
            Cited("GH:getmoto/moto#5394"),
        ),
        rests_on=("CANCEL-10", "CANCEL-12"),
        observed=(Seen.ANSWER,),
        notes=(
            "Tried: moto 5.2.5, asked through boto3. The pull request asked for an error for unknown ids, which is "
            "not in 5.2.5."
        ),
    ),
    Promise(
        id="EMUL-06",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "moto with Docker: a dependency on an unknown id waits for ever; SEQUENTIAL without a job id would "
            "raise KeyError in the worker thread; N_TO_N is treated as a plain dependency; the status of a parent "
            "is only put together when all children succeeded."
        ),
        sources=(
            Cited(
                "FILE:getmoto/moto@5.2.5:moto/batch/models.py",
                "_wait_for_dependencies",
                "if dependent_id in self.all_jobs:",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Read in the source, not tried.",
    ),
    Promise(
        id="EMUL-07",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'floci: an unknown id raises ClientException "Job not found" (against CANCEL-10 and TERM-17); a cancel '
            "of PENDING takes effect at once (CANCEL-04 allows a delay, so that is right too); TerminateJob sets "
            "FAILED and `stoppedAt` before the container stops; a STARTING job is marked FAILED but its container "
            "is not asked to stop; isCancelled and isTerminated are not set; the length of a reason is checked."
        ),
        sources=(
            Cited("FILE:floci-io/floci:src/main/java/io/github/hectorvent/floci/services/batch/BatchService.java"),
            Cited(
                "GH:floci-io/floci#3922",
                "description",
                "CancelJob fails jobs in SUBMITTED, PENDING, or RUNNABLE while leaving jobs that",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Read in the source, not tried.",
    ),
    Promise(
        id="EMUL-08",
        modality=Modality.MUST,
        confidence="M",
        says="floci: a multi-node job succeeds only if all nodes exit 0 (against MNP-05).",
        sources=(Cited("GH:floci-io/floci#3595"),),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Read in the pull request, not tried.",
    ),
    Promise(
        id="EMUL-09",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "fakecloud: parents of arrays can show RUNNING (against ARR-03); a retry goes from RUNNABLE to "
            'STARTING; the text for a failed dependency is "Dependent job failed".'
        ),
        sources=(
            Cited("GH:faiscadev/fakecloud#1987"),
            Cited("GH:faiscadev/fakecloud#1988", "description", 'the dependent job fails ("Dependent job failed")'),
            Cited(
                "GH:faiscadev/fakecloud#1989",
                "description",
                "on a non-zero container exit, if retryStrategy.attempts remain it records the failed",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Read in the pull requests, not tried.",
    ),
    Promise(
        id="EMUL-10",
        modality=Modality.MUST,
        confidence="M",
        says="LocalStack documents that array jobs run one child after the other only.",
        sources=(Cited("GH:localstack/localstack-docs#709"),),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
)
