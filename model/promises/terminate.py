"""TerminateJob: it cancels what has not reached STARTING and stops what has."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="TERM-01",
        modality=Modality.MUST,
        confidence="H",
        says="Same request shape and empty 200 as CancelJob; `reason` limited to 1024 characters.",
        sources=("BC:TerminateJobRequest",),
        observed_by="response.",
    ),
    Promise(
        id="TERM-02",
        modality=Modality.MUST,
        confidence="H",
        says="A STARTING or RUNNING job is stopped and transitions to FAILED.",
        sources=("BC:op TerminateJob",),
        observed_by="D/E.",
    ),
    Promise(
        id="TERM-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A job that has not reached STARTING is cancelled (so every CANCEL rule for SUBMITTED/PENDING/RUNNABLE "
            "applies)."
        ),
        sources=("BC:op TerminateJob", "SEED"),
        observed_by="D.",
    ),
    Promise(
        id="TERM-04",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "TerminateJob on a PENDING job with a running dependency can leave it PENDING with `isTerminated`=true "
            "until the dependency ends. Docs state the delay only for CancelJob; a project recorded it live for "
            "TerminateJob."
        ),
        sources=('CODE:69446668703 (test docstring "Found live")', "BC:op CancelJob note"),
        observed_by="D `status`=PENDING, `isTerminated`=true.",
    ),
    Promise(
        id="TERM-05",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Termination is asynchronous: after the 200 the job can still be RUNNING for the stop grace period and "
            "more."
        ),
        sources=("SEED (30 s grace)", "CLIENT:DataBiosphere/toil", "GH:Netflix/metaflow#27"),
        observed_by="D after response.",
    ),
    Promise(
        id="TERM-06",
        modality=Modality.MAY,
        confidence="M",
        says="A job may end SUCCEEDED although TerminateJob returned 200, if it finished before the stop took effect.",
        sources=("GH:Netflix/metaflow#27 (maintainer comment)",),
        observed_by="D `status`=SUCCEEDED, maybe `isTerminated`=true.",
    ),
    Promise(
        id="TERM-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Stopping uses ECS StopTask: SIGTERM, then SIGKILL if the container is still running after the grace time."
        ),
        sources=("SEED", "UG:job_timeouts"),
        observed_by="C.",
    ),
    Promise(
        id="TERM-08",
        modality=Modality.MUST,
        confidence="H",
        says="A container that exits by itself within the grace time gets no SIGKILL.",
        sources=("SEED",),
        observed_by="C; exit code not 137.",
    ),
    Promise(
        id="TERM-09",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "Grace time: SEED and UG:job_timeouts say 30 s flat; the model has a per-container `stopTimeout` (min 2 "
            "s, max 120 s on Fargate, default 30 s, on EC2 default from `ECS_CONTAINER_STOP_TIMEOUT`). Use 30 s only "
            "when neither is set."
        ),
        sources=("SEED", "BC:TaskContainerProperties.stopTimeout"),
        observed_by="C timing.",
    ),
    Promise(
        id="TERM-10",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Exit code after termination is whatever the process leaves: 143 (died of SIGTERM), 137 (SIGKILL), or "
            "any code chosen by a handler; it may be absent if no container ran. 137 is also what an out-of-memory "
            "kill gives, so exit code does not identify termination."
        ),
        sources=("SEED (handler may exit gracefully)", "GH:aws/amazon-ecs-agent#1187 (137 + OOM)", "POSIX convention"),
        observed_by="D `container.exitCode`.",
    ),
    Promise(
        id="TERM-11",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Handler that exits 0 within the grace time: TERM-02 says FAILED, ST-08 says exit 0 means success. Model "
            "both; test and record."
        ),
        sources=("BC:op TerminateJob", "UG:job_states"),
        observed_by="D `status`, `container.exitCode`=0, `isTerminated`.",
    ),
    Promise(
        id="TERM-12",
        modality=Modality.MUST,
        confidence="H",
        says="A terminated job is not retried whatever `retryStrategy` or `evaluateOnExit` say.",
        sources=("UG:job_retries", "SEED"),
        observed_by="D attempts, no new RUNNABLE.",
    ),
    Promise(
        id="TERM-13",
        modality=Modality.MUST,
        confidence="M",
        says="`statusReason` of the terminated job is the caller's reason verbatim.",
        sources=("BC:TerminateJobRequest.reason (returned by DescribeJobs)", "CLIENT:nextstrain/cli"),
        observed_by="D.",
    ),
    Promise(
        id="TERM-14",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "JobSummary `isTerminated` means a termination request was accepted; present only when true. JobDetail "
            'wording is "whether the job is terminated" (same tension as CANCEL-16). Both flags were added to '
            "DescribeJobs on 2022-12-20."
        ),
        sources=("BC:JobSummary", "BC:JobDetail", "HIST"),
        observed_by="L/D.",
    ),
    Promise(
        id="TERM-15",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'For a pre-STARTING job hit by TerminateJob ("cancelled"), which flag is set (`isCancelled`, '
            "`isTerminated`, both) is not stated; TERM-04 evidence shows `isTerminated`."
        ),
        sources=("BC:op TerminateJob", "CODE:69446668703"),
        observed_by="D.",
    ),
    Promise(
        id="TERM-16",
        modality=Modality.MUST,
        confidence="M",
        says="Terminating a terminal job succeeds and does not change `status`. Other fields UNSPECIFIED.",
        sources=("derived from other rules", "common scripts call it on FAILED jobs"),
        observed_by="D.",
    ),
    Promise(
        id="TERM-17",
        modality=Modality.MUST,
        confidence="M",
        says="Unknown id: 200 with `{}`.",
        sources=("GH:aws/aws-cli#2551 (debug log of the HTTP exchange)",),
        observed_by="response.",
    ),
    Promise(
        id="TERM-18",
        modality=Modality.MAY,
        confidence="M",
        says="Repeat calls succeed.",
        sources=("TERM-16, TERM-17", "GH:flyteorg/flyteplugins#58"),
        observed_by="response.",
    ),
    Promise(
        id="TERM-19",
        modality=Modality.MAY,
        confidence="L",
        says=(
            "The container may outlive the job: one report has a terminated job still running 1.5 h later because "
            "Docker could not stop it."
        ),
        sources=("GH:azavea/raster-vision#107 (2017)",),
        observed_by="C vs D.",
    ),
    Promise(
        id="TERM-20",
        modality=Modality.MUST,
        confidence="H",
        says="Terminating an array parent terminates all its children; parent FAILED once all are complete.",
        sources=("UG:array_jobs",),
        observed_by="D.",
    ),
    Promise(
        id="TERM-21",
        modality=Modality.MUST,
        confidence="H",
        says="Terminating one child moves it to FAILED, siblings are not affected, parent later FAILED.",
        sources=("UG:array_jobs",),
        observed_by="D.",
    ),
    Promise(
        id="TERM-22",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Terminating a multi-node job ends the whole job (its status is that of the main node, and when the main "
            "node ends all others are stopped)."
        ),
        sources=("derived from UG:multi-node-parallel-jobs", "UG:mnp-ce"),
        observed_by="D job and `id#n`.",
    ),
    Promise(
        id="TERM-23",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="TerminateJob on a node id `id#n`.",
        sources=("nothing found",),
        observed_by="response, D.",
    ),
    Promise(
        id="TERM-24",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="On EKS the guide gives no signal/grace text for termination (only that pods are cleaned up soon after).",
        sources=("UG:eks-jobs",),
        observed_by="C.",
    ),
    Promise(
        id="TERM-25",
        modality=Modality.MUST,
        confidence="M",
        says="Jobs depending on a terminated job fail.",
        sources=("derived from UG:job_dependencies",),
        observed_by="D.",
    ),
    Promise(
        id="TERM-26",
        modality=Modality.MAY,
        confidence="M",
        says="Terminating in STARTING may leave an attempt entry with no exit code, or none.",
        sources=("derived from other rules", "GH:nextstrain/cli#145 (failed jobs without exit code exist)"),
        observed_by="D `attempts`.",
    ),
    Promise(
        id="TERM-27",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Timeout and TerminateJob racing: which reason wins in `statusReason`.",
        sources=("nothing found",),
        observed_by="D.",
    ),
    Promise(
        id="TERM-28",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "CancelJob followed by TerminateJob on a RUNNING job stops it (cancel did nothing). Both flags may then "
            "be true."
        ),
        sources=("BC:op CancelJob (points to TerminateJob)",),
        observed_by="D.",
    ),
    Promise(
        id="TERM-29",
        modality=Modality.MUST,
        confidence="H",
        says="Permission is `batch:TerminateJob`, resource-level on job ARNs.",
        sources=("BC:op TerminateJobs", "GH:aws/amazon-genomics-cli#205"),
        observed_by="AccessDeniedException.",
    ),
    Promise(
        id="TERM-30",
        modality=Modality.MUST,
        confidence="M",
        says=(
            '"Terminated" in other documents can mean host or task ended by the service (Spot reclaim, '
            "compute-environment infrastructure update). Those are retryable (RETRY-32) and must not be confused "
            "with TerminateJob."
        ),
        sources=("UG:infrastructure-updates", "UG:job_retries"),
        observed_by='D `statusReason` "Host EC2*", `isTerminated` absent.',
    ),
    Promise(
        id="TERM-31",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Client hazard: Nextflow (`normaliseJobId`) reduces `id:index` to the parent id before calling "
            "TerminateJob, so killing one array task kills the array. A kit that replays client traces must expect "
            "parent-level calls."
        ),
        sources=("CLIENT:nextflow-io/nextflow",),
        observed_by="T.",
    ),
)
