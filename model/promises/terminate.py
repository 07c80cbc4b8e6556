"""TerminateJob: it cancels what has not reached STARTING and stops what has."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="TERM-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "TerminateJob takes the same members as CancelJob and answers the same empty 200; `reason` is limited "
            "to 1024 characters."
        ),
        sources=(
            Cited("API:TerminateJob", "jobId and reason, both required"),
            Cited("API:TerminateJob", "reason", "This parameter has a limit of 1024 characters."),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="TERM-02",
        modality=Modality.MUST,
        confidence="H",
        says="A STARTING or RUNNING job is stopped and transitions to FAILED.",
        sources=(
            Cited(
                "API:TerminateJob",
                "description",
                "Jobs that are in the STARTING or RUNNING state are terminated, which",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
    ),
    Promise(
        id="TERM-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A job that has not reached STARTING is cancelled, so every rule of CancelJob for SUBMITTED, PENDING "
            "and RUNNABLE applies."
        ),
        sources=(
            Cited(
                "API:TerminateJob", "description", "Jobs that have not progressed to the STARTING state are cancelled."
            ),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TERM-04",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "TerminateJob on a PENDING job with a running dependency can leave it PENDING with `isTerminated` true "
            "until the dependency ends. AWS's texts state the delay only for CancelJob; a project met it on its own "
            "account with TerminateJob."
        ),
        sources=(
            Cited(
                "FILE:vivarium-collective/viva-api:tests/app/test_smoke.py",
                "test_a_failed_cancel_check_keeps_its_evidence",
                "cancel terminated the simulation's job and left the ParCa",
            ),
            Cited("API:CancelJob", "note", "A PENDING job is cancelled after all dependency jobs are completed."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="PENDING while `isTerminated` is true",
    ),
    Promise(
        id="TERM-05",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Termination is asynchronous: after the 200 the job can still be RUNNING for the stop grace period and "
            "more."
        ),
        sources=(
            Cited(
                "FILE:DataBiosphere/toil:src/toil/batchSystems/awsBatch.py",
                "_wait_until_stopped",
                "Wait for a terminated job to actually stop.",
            ),
            Cited(
                "GH:Netflix/metaflow#27",
                "comment of 2019-12-09",
                "it may take 30s (or sometimes slightly more) for a termination",
            ),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the job after the answer",
    ),
    Promise(
        id="TERM-06",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "A job may end SUCCEEDED although TerminateJob returned 200, if it finished before the stop took effect."
        ),
        sources=(
            Cited(
                "GH:Netflix/metaflow#27",
                "comment of 2019-12-09",
                "the termination signal was handled *after* the job succeeded",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="SUCCEEDED, perhaps with `isTerminated` true",
    ),
    Promise(
        id="TERM-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Stopping uses ECS StopTask: SIGTERM, then SIGKILL if the container is still running after the grace time."
        ),
        sources=(
            Cited(
                "ECS:StopTask", "description", "This results in a stop signal value and a default 30-second timeout,"
            ),
            Cited(
                "UG:job_timeouts", "second paragraph", "If the container is still running after 30 seconds, a SIGKILL"
            ),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.CONTAINER,),
        notes="The blog names StopTask; the guide says the same of the stop after a timeout.",
    ),
    Promise(
        id="TERM-08",
        modality=Modality.MUST,
        confidence="H",
        says="A container that exits by itself within the grace time gets no SIGKILL.",
        sources=(
            Cited(
                "ECS:StopTask",
                "description",
                "If the container handles the SIGTERM value gracefully and exits within 30",
            ),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.CONTAINER,),
        shows="no SIGKILL; the exit code is not 137",
    ),
    Promise(
        id="TERM-09",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "How long the grace time is. The blog and the guide say 30 seconds; the service model has a `stopTimeout` "
            "for each container (at least 2 s, on Fargate at most 120 s; 30 s where nothing is set, on EC2 what "
            "`ECS_CONTAINER_STOP_TIMEOUT` says)."
        ),
        sources=(
            Cited(
                "UG:job_timeouts", "second paragraph", "If the container is still running after 30 seconds, a SIGKILL"
            ),
            Cited(
                "API:TaskContainerProperties",
                "stopTimeout",
                "Time duration (in seconds) to wait before the container is forcefully killed",
            ),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.CONTAINER,),
        shows="the time between the two signals",
        notes="30 s is promised only where neither is set.",
    ),
    Promise(
        id="TERM-10",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "The exit code after a termination is whatever the process leaves: 143 (died of SIGTERM), 137 (of "
            "SIGKILL), or any code that a handler chose; it may be absent if no container ran. An out-of-memory "
            "kill gives 137 as well, so an exit code does not identify a termination."
        ),
        sources=(
            Cited("BLOG:cancel-or-terminate"),
            Cited("GH:aws/amazon-ecs-agent#1187"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`container.exitCode`",
        notes=(
            "That a process which dies of signal n shows 128 + n is a convention of POSIX shells. The thread shows "
            "a 137 that an out-of-memory kill left."
        ),
    ),
    Promise(
        id="TERM-11",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "How a terminated job ends whose handler exits 0 within the grace time: TerminateJob says that such a job "
            "moves to FAILED, the page about job states that exit code 0 means success."
        ),
        sources=(
            Cited(
                "API:TerminateJob",
                "description",
                "Jobs that are in the STARTING or RUNNING state are terminated, which",
            ),
            Cited("UG:job_states", "RUNNING", "An exit code of 0 indicates success"),
        ),
        rests_on=("TERM-02", "ST-08"),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`status`, `container.exitCode` 0 and `isTerminated`",
        notes="The reading `exit_zero_after_terminate`; which of the two a service does is reported.",
    ),
    Promise(
        id="TERM-12",
        modality=Modality.MUST,
        confidence="H",
        says="A terminated job is not retried whatever `retryStrategy` or `evaluateOnExit` say.",
        sources=(
            Cited("UG:job_retries", "note", "Jobs that are cancelled or terminated aren't retried."),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        shows="`attempts` stays as it is, and no RUNNABLE follows",
    ),
    Promise(
        id="TERM-13",
        modality=Modality.MUST,
        confidence="M",
        says="`statusReason` of the terminated job is the caller's reason verbatim.",
        sources=(
            Cited(
                "API:TerminateJob", "reason", "This message is returned by future DescribeJobs operations on the job."
            ),
            Cited(
                "FILE:nextstrain/cli:nextstrain/cli/runner/aws_batch/jobs.py", "what tells a job that the user stopped"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason`",
    ),
    Promise(
        id="TERM-14",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`isTerminated` of JobSummary means that a termination request was accepted, and is present only when "
            'true. JobDetail says "whether the job is terminated", which is as open as CANCEL-16.'
        ),
        sources=(
            Cited(
                "API:JobSummary",
                "isTerminated",
                "Indicates whether a termination request has been accepted for the job.",
            ),
            Cited("API:JobDetail", "isTerminated", "Indicates whether the job is terminated."),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
        notes="Both flags came to DescribeJobs on 2022-12-20.",
    ),
    Promise(
        id="TERM-15",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Which flag shows of a job that TerminateJob cancelled before STARTING (`isCancelled`, `isTerminated`, "
            "both) is not stated; what was seen in TERM-04 is `isTerminated`."
        ),
        sources=(
            Cited(
                "API:TerminateJob", "description", "Jobs that have not progressed to the STARTING state are cancelled."
            ),
            Cited(
                "FILE:vivarium-collective/viva-api:tests/app/test_smoke.py",
                "test_the_batch_lister_reports_what_a_matched_job_depends_on",
                '"isTerminated": True, "dependsOn"',
            ),
        ),
        rests_on=("TERM-04",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TERM-16",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Terminating a terminal job succeeds and does not change `status`. Whether other fields change is not "
            "stated."
        ),
        rests_on=("TERM-17", "ST-10"),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Scripts that call it on FAILED jobs are common.",
    ),
    Promise(
        id="TERM-17",
        modality=Modality.MUST,
        confidence="M",
        says="Unknown id: 200 with `{}`.",
        sources=(Cited("GH:aws/aws-cli#2551", "first comment", "Looks like the service is returning a 200"),),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="TERM-18",
        modality=Modality.MAY,
        confidence="M",
        says="Repeat calls succeed.",
        sources=(Cited("GH:flyteorg/flyteplugins#58", "description", "the second call was no-op"),),
        rests_on=("TERM-16", "TERM-17"),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="TERM-19",
        modality=Modality.MAY,
        confidence="L",
        says=(
            "The container may outlive the job: one report of 2017 has a terminated job still running 1.5 hours "
            "later, because Docker could not stop it."
        ),
        sources=(Cited("GH:azavea/raster-vision#107"),),
        observed=(Seen.CONTAINER, Seen.DESCRIBE_JOBS),
        shows="the container against DescribeJobs",
    ),
    Promise(
        id="TERM-20",
        modality=Modality.MUST,
        confidence="H",
        says="Terminating an array parent terminates all its children; parent FAILED once all are complete.",
        sources=(Cited("UG:array_jobs", "last paragraph", "If you cancel or terminate a parent array job, all the"),),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TERM-21",
        modality=Modality.MUST,
        confidence="H",
        says="Terminating one child moves it to FAILED, siblings are not affected, parent later FAILED.",
        sources=(Cited("UG:array_jobs", "last paragraph", "You can cancel or terminate individual child jobs"),),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TERM-22",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Terminating a multi-node job ends the whole job (its status is that of the main node, and when the "
            "main node ends all others are stopped)."
        ),
        sources=(
            Cited(
                "UG:multi-node-parallel-jobs",
                "fourth paragraph",
                "The final job status (SUCCEEDED or FAILED) is determined by the final",
            ),
            Cited(
                "UG:multi-node-parallel-jobs", "second paragraph", "The job is finished only if the main node exits."
            ),
            Cited(
                "UG:mnp-ce", "network interfaces", "To release the elastic network interfaces for a task, terminate the"
            ),
        ),
        rests_on=("MNP-04", "MNP-05"),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the job and its nodes `id#n`",
    ),
    Promise(
        id="TERM-23",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="What TerminateJob does with the id of a node (`jobId#n`).",
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
    ),
    Promise(
        id="TERM-24",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Which signals a termination sends on EKS, and with which grace time: the guide only says that pods are "
            "cleaned up soon after."
        ),
        sources=(Cited("UG:eks-jobs", "important", "AWS Batch cleans up job pods soon after a pod completes"),),
        observed=(Seen.CONTAINER,),
    ),
    Promise(
        id="TERM-25",
        modality=Modality.MUST,
        confidence="M",
        says="Jobs depending on a terminated job fail.",
        sources=(
            Cited(
                "UG:job_dependencies", "opening", "If any of the job dependencies fail, the dependent job automatically"
            ),
        ),
        rests_on=("TERM-02", "DEP-03"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TERM-26",
        modality=Modality.MAY,
        confidence="M",
        says="Terminating in STARTING may leave an attempt entry with no exit code, or none.",
        sources=(Cited("GH:nextstrain/cli#145", "failed jobs without an exit code"),),
        rests_on=("TERM-02", "RETRY-22"),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`attempts`",
    ),
    Promise(
        id="TERM-27",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Whose reason `statusReason` shows when a timeout and a TerminateJob come at the same time.",
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TERM-28",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "CancelJob followed by TerminateJob on a RUNNING job stops it (cancel did nothing). Both flags may then "
            "be true."
        ),
        sources=(
            Cited(
                "API:CancelJob",
                "description",
                "These jobs must be terminated with the TerminateJob or TerminateJobs operation.",
            ),
        ),
        rests_on=("CANCEL-07", "TERM-02"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="TERM-29",
        modality=Modality.MUST,
        confidence="H",
        says="Permission is `batch:TerminateJob`, resource-level on job ARNs.",
        sources=(
            Cited(
                "API:TerminateJobs",
                "description",
                "This operation requires batch:TerminateJob permission for each job in the request.",
            ),
            Cited("GH:aws/amazon-genomics-cli#205"),
        ),
        observed=(Seen.ANSWER,),
        shows="AccessDeniedException",
    ),
    Promise(
        id="TERM-30",
        modality=Modality.MUST,
        confidence="M",
        says=(
            '"Terminated" in other documents can mean a host or a task that the service ended (Spot reclaim, an '
            "update of the compute environment). Those are tried again (RETRY-32) and are no TerminateJob."
        ),
        sources=(
            Cited(
                "UG:infrastructure-updates",
                "job handling during updates, note",
                "To retry jobs that are terminated during an update, configure a",
            ),
            Cited("UG:job_retries", "note", "Jobs that are cancelled or terminated aren't retried."),
        ),
        rests_on=("RETRY-32",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows='`statusReason` begins with "Host EC2", and `isTerminated` is absent',
    ),
    Promise(
        id="TERM-31",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "A hazard of clients: Nextflow (`normaliseJobId`) reduces `id:index` to the id of the parent before it "
            "calls TerminateJob, so killing one task of an array kills the array."
        ),
        sources=(
            Cited(
                "FILE:nextflow-io/nextflow:plugins/nf-amazon/src/main/nextflow/cloud/aws/batch/AwsBatchTaskHandler.groovy",
                "normaliseJobId",
            ),
        ),
        observed=(Seen.CLOUDTRAIL,),
        notes="Whoever replays what clients did must expect calls on the parent.",
    ),
)
