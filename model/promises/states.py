"""States and transitions of single jobs: which statuses there are, and what moves a job from one to the next."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="ST-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`status` is exactly one of SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED, FAILED. There is "
            "no CANCELLED or TERMINATED status: both outcomes show as FAILED."
        ),
        sources=("BC:JobStatus", "BC:op CancelJob"),
        observed_by="D/L/E `status`.",
    ),
    Promise(
        id="ST-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A job accepted by SubmitJob begins in SUBMITTED; `createdAt` is the time of the SubmitJob call (plain "
            "jobs and array parents)."
        ),
        sources=("BC:JobDetail.createdAt", "UG:job_states"),
        observed_by="D `createdAt`, `status`.",
    ),
    Promise(
        id="ST-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "When the scheduler evaluates a SUBMITTED job it moves to PENDING if dependencies are outstanding, "
            "otherwise to RUNNABLE."
        ),
        sources=("UG:job_states",),
        observed_by="E first event for the job.",
    ),
    Promise(
        id="ST-04",
        modality=Modality.MUST,
        confidence="H",
        says="PENDING moves to RUNNABLE only after every dependency is satisfied.",
        sources=("UG:job_states", "UG:job_dependencies"),
        observed_by="D of job and its `dependsOn` jobs: never RUNNABLE-or-later while one dependency is not SUCCEEDED.",
    ),
    Promise(
        id="ST-05",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "A RUNNABLE job can stay RUNNABLE without limit when capacity never fits it. So RUNNABLE to STARTING is "
            "not a liveness guarantee."
        ),
        sources=("UG:job_states",),
        observed_by="D.",
    ),
    Promise(
        id="ST-06",
        modality=Modality.MUST,
        confidence="H",
        says="STARTING means the job has been placed on a host and container start-up work is under way.",
        sources=("UG:job_states",),
        observed_by="D `container.taskArn` is available from STARTING on (BC:ContainerDetail.taskArn).",
    ),
    Promise(
        id="ST-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Image pull, EKS init containers and ECS container dependencies are spent in STARTING; the job becomes "
            "RUNNING only once its container is up."
        ),
        sources=("UG:job_states",),
        observed_by="D `startedAt` is the STARTING to RUNNING time.",
    ),
    Promise(
        id="ST-08",
        modality=Modality.MUST,
        confidence="H",
        says="Exit code 0 means success, any other exit code means the attempt failed (single-container ECS job).",
        sources=("UG:job_states", "BC:AttemptContainerDetail.exitCode"),
        observed_by="D `container.exitCode`, `attempts[].container.exitCode`.",
    ),
    Promise(
        id="ST-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A failed attempt with attempts left (and not excluded by a never-retry rule) sends the job back to "
            "RUNNABLE, not to FAILED."
        ),
        sources=("UG:job_states", "UG:job_retries"),
        observed_by="D/E status sequence, `attempts` grows.",
    ),
    Promise(
        id="ST-10",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            'The User Guide defines FAILED as "failed all available attempts" and puts the retry edge on RUNNING; '
            'SEED says a job with a retry strategy can go back to RUNNABLE "after they enter the FAILED state". '
            "Model FAILED as absorbing and treat SEED as talking about the attempt. A conformance kit should flag "
            "FAILED followed by any other status."
        ),
        sources=("UG:job_states", "SEED"),
        observed_by="E stream: is a FAILED event ever followed by RUNNABLE for one jobId?",
    ),
    Promise(
        id="ST-11",
        modality=Modality.MAY,
        confidence="M",
        says='STARTING may go straight back to RUNNABLE: the guide\'s own example retries on "Task failed to start".',
        sources=("UG:job_retries",),
        observed_by="E sequence STARTING, RUNNABLE without RUNNING.",
    ),
    Promise(
        id="ST-12",
        modality=Modality.MAY,
        confidence="M",
        says="STARTING may go to FAILED without RUNNING ever being reported (image pull failure with no retry).",
        sources=("UG-old:best-practices (jobs that fail before the application runs)",),
        observed_by="D `startedAt` absent, `attempts[].startedAt` absent or present (see RETRY-22).",
    ),
    Promise(
        id="ST-13",
        modality=Modality.MAY,
        confidence="H",
        says="A job may go to FAILED from SUBMITTED, PENDING or RUNNABLE without any attempt.",
        sources=(
            "BC:op CancelJob",
            "BC:op TerminateJob",
            "UG:job_dependencies",
            "CODE:61093569641 (fixture of real reasons with attempts: [])",
        ),
        observed_by="D `status`=FAILED with `attempts`=[].",
    ),
    Promise(
        id="ST-14",
        modality=Modality.MUST,
        confidence="H",
        says="A job that fails because its job definition is invalid is not retried.",
        sources=("UG:job_retries",),
        observed_by="D one attempt or none, FAILED.",
    ),
    Promise(
        id="ST-15",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "If job tags plus job-definition tags exceed 50 while tags are propagated, the job is moved to FAILED "
            "(accepted first, failed later)."
        ),
        sources=("BC:SubmitJobRequest.propagateTags",),
        observed_by="SubmitJob 200, then D FAILED.",
    ),
    Promise(
        id="ST-16",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "A poller may miss any intermediate state. A legal poll history is any sequence whose consecutive "
            "members are connected by a path in the table of moves (none, one or several moves)."
        ),
        sources=("derived from other rules", "CLIENT:nextflow-io/nextflow"),
        observed_by="D.",
    ),
    Promise(
        id="ST-17",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "RUNNABLE, STARTING and RUNNING can each be seen several times for one jobId, at most once per attempt "
            "for each of STARTING and RUNNING."
        ),
        sources=("UG:job_states", "UG:job_retries"),
        observed_by="E count of RUNNING events <= `retryStrategy.attempts`.",
    ),
    Promise(
        id="ST-18",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "SUCCEEDED and FAILED jobs stay describable for at least 7 days. Before 2022-10-26 the documented figure "
            'was 24 hours (before 2020-12-11 "24 hours" without "at least"). No upper bound is given.'
        ),
        sources=("UG:job_states", "UG-old:job_states (commits cc35cdd, 7e7efdc)"),
        observed_by="D still returns the job.",
    ),
    Promise(
        id="ST-19",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "After retention the job is simply missing from DescribeJobs results (no error). Clients that map "
            '"missing" to "still running" hang.'
        ),
        sources=("GH:HumanCellAtlas/matrix-service#364", "GH:nextflow-io/nextflow#7301"),
        observed_by="D `jobs` lacks the id.",
    ),
    Promise(
        id="ST-20",
        modality=Modality.MAY,
        confidence="M",
        says="DescribeJobs may return an empty list for a job that SubmitJob just accepted.",
        sources=(
            "GH:Netflix/metaflow#543 and the comment in CLIENT:metaflow batch_client.py",
            "GH:apache/airflow#37552",
        ),
        observed_by="D right after SubmitJob.",
    ),
    Promise(
        id="ST-21",
        modality=Modality.MAY,
        confidence="L",
        says=(
            "One project reported terminal jobs vanishing almost at once in 2017 and moved to events. Treat as "
            "history, but do not assume D is a durable log."
        ),
        sources=("GH:OpenNeuroOrg/openneuro#145",),
        observed_by="D vs E.",
    ),
    Promise(
        id="ST-22",
        modality=Modality.MUST,
        confidence="H",
        says="`startedAt` is the STARTING to RUNNING time in milliseconds; absent before that in published samples.",
        sources=("BC:JobDetail.startedAt", "UG:batch_job_events"),
        observed_by="D/E.",
    ),
    Promise(
        id="ST-23",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "The model marks `startedAt` as a required member of JobDetail (and of DescribeServiceJobResponse), yet "
            "the published RUNNABLE event has none and clients test for its absence. Parsers must tolerate absence "
            "and 0."
        ),
        sources=("BC:JobDetail.required", "UG:batch_job_events", "CLIENT:DataBiosphere/toil"),
        observed_by="D.",
    ),
    Promise(
        id="ST-24",
        modality=Modality.MUST,
        confidence="H",
        says="`stoppedAt` is documented as the RUNNING to terminal time.",
        sources=("BC:JobDetail.stoppedAt",),
        observed_by="D.",
    ),
    Promise(
        id="ST-25",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether `stoppedAt` is set on jobs that never ran (cancelled in RUNNABLE, failed by dependency) is not "
            'stated. Do not use it as the "done" test: CLIENT:metaflow `is_done` does, and one public fixture shows '
            "a RUNNABLE summary that carries `stoppedAt`."
        ),
        sources=("BC", "CLIENT:Netflix/metaflow", 'a public "listJobsToDelete" test fixture (Cellenics API)'),
        observed_by="D/L.",
    ),
    Promise(
        id="ST-26",
        modality=Modality.MUST,
        confidence="M",
        says="For one attempt `createdAt` <= `startedAt` <= `stoppedAt` when all are present.",
        sources=("derived from field definitions",),
        observed_by="D.",
    ),
    Promise(
        id="ST-27",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "After a retry the job-level `startedAt` is that of the latest attempt, so queue-wait must be computed "
            "from `attempts[0].startedAt`."
        ),
        sources=("CODE:61093569641 (measured on a real account by its authors)",),
        observed_by="D.",
    ),
    Promise(
        id="ST-28",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`container.logStreamName` exists from RUNNING on; the log group is `/aws/batch/job`; the stream name "
            "format is documented as subject to change."
        ),
        sources=("UG:job_states",),
        observed_by="D.",
    ),
    Promise(
        id="ST-29",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "`statusReason` may be set on a non-terminal job (a RUNNABLE job blocking its queue carries the block "
            "reason). It may also change or disappear."
        ),
        sources=("UG:job_stuck_in_runnable", "BC:JobDetail.statusReason"),
        observed_by="D/L `statusReason`.",
    ),
    Promise(
        id="ST-30",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "DescribeJobs and ListJobs are not documented as mutually consistent or monotonic; no read-your-writes "
            "promise after CancelJob or TerminateJob."
        ),
        sources=("nothing found in the service model and the API reference", "ST-20"),
        observed_by="D vs L.",
    ),
    Promise(
        id="ST-31",
        modality=Modality.MAY,
        confidence="H",
        says="Jobs on Fargate may be ended by the service after 14 days whatever the timeout says.",
        sources=("BC:op SubmitJob", "UG:job_timeouts"),
        observed_by="D.",
    ),
    Promise(
        id="ST-32",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'The name "PENDING ... dependency on another job or resource" suggests resource dependencies (consumable '
            "resources) could show as PENDING, but no text says which state a job waits in for a consumable "
            "resource."
        ),
        sources=("UG:job_states", "UG:resource-aware-scheduling"),
        observed_by="D while `inUseQuantity` = `totalQuantity`.",
    ),
    Promise(
        id="ST-33",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "SubmitJob has no idempotency token: two identical calls create two jobs, so an SDK retry can duplicate "
            "work."
        ),
        sources=("BC:SubmitJobRequest (no clientToken)", "GH:aws/containers-roadmap#2798"),
        observed_by="two jobIds.",
    ),
    Promise(
        id="ST-34",
        modality=Modality.MUST,
        confidence="H",
        says="A job id never changes across attempts; task ARN and log stream do.",
        sources=("BC:AttemptContainerDetail",),
        observed_by="D `attempts[].container.taskArn`.",
    ),
)
