"""States and transitions of single jobs: which statuses there are, and what moves a job from one to the next."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="ST-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`status` is exactly one of SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED, FAILED. There "
            "is no CANCELLED or TERMINATED status: both outcomes show as FAILED."
        ),
        sources=(
            Cited("API:JobDetail", "status"),
            Cited(
                "API:CancelJob", "description", "Jobs that are in a SUBMITTED, PENDING, or RUNNABLE state are cancelled"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS, Seen.EVENTS),
        notes="The seven values are the Valid Values of `status`; an eighth does not exist in the service model.",
    ),
    Promise(
        id="ST-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A job accepted by SubmitJob begins in SUBMITTED; `createdAt` is the time of the SubmitJob call (plain "
            "jobs and array parents)."
        ),
        sources=(
            Cited("API:JobDetail", "createdAt", "For non-array jobs and parent array jobs, this is when the job"),
            Cited("UG:job_states", "opening", "When you submit a job to an AWS Batch job queue"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`createdAt` and `status` right after SubmitJob",
    ),
    Promise(
        id="ST-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "When the scheduler evaluates a SUBMITTED job it moves to PENDING if dependencies are outstanding, "
            "otherwise to RUNNABLE."
        ),
        sources=(Cited("UG:job_states", "SUBMITTED", "If there are dependencies, the job is moved to PENDING."),),
        observed=(Seen.EVENTS,),
        shows="the first event of the job",
    ),
    Promise(
        id="ST-04",
        modality=Modality.MUST,
        confidence="H",
        says="PENDING moves to RUNNABLE only after every dependency is satisfied.",
        sources=(
            Cited("UG:job_states", "PENDING", "After the dependencies are satisfied, the job is moved to RUNNABLE."),
            Cited("UG:job_dependencies", "opening", "When you do so, the AWS Batch scheduler ensures that your job"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the job is never RUNNABLE or later while one job of its `dependsOn` is not SUCCEEDED",
    ),
    Promise(
        id="ST-05",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "A RUNNABLE job can stay RUNNABLE without limit when capacity never fits it. So RUNNABLE to STARTING is "
            "not a liveness guarantee."
        ),
        sources=(
            Cited(
                "UG:job_states",
                "RUNNABLE",
                "However, jobs can remain in this state indefinitely when sufficient resources are",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ST-06",
        modality=Modality.MUST,
        confidence="H",
        says="STARTING means the job has been placed on a host and container start-up work is under way.",
        sources=(
            Cited("UG:job_states", "STARTING", "These jobs have been scheduled to a host"),
            Cited(
                "API:ContainerDetail",
                "taskArn",
                "Each container attempt receives a task ARN when they reach the STARTING",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`container.taskArn` is there from STARTING on",
    ),
    Promise(
        id="ST-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Image pull, EKS init containers and ECS container dependencies are spent in STARTING; the job becomes "
            "RUNNING only once its container is up."
        ),
        sources=(
            Cited("UG:job_states", "STARTING", "Image pull duration, Amazon EKS initContainer completion duration"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`startedAt` is the moment between STARTING and RUNNING",
    ),
    Promise(
        id="ST-08",
        modality=Modality.MUST,
        confidence="H",
        says="Exit code 0 means success, any other exit code means the attempt failed (single-container ECS job).",
        sources=(
            Cited("UG:job_states", "RUNNING", "An exit code of 0 indicates success"),
            Cited("API:AttemptContainerDetail", "exitCode", "A non-zero exit code is considered failed."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`container.exitCode` and `attempts[].container.exitCode`",
    ),
    Promise(
        id="ST-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A failed attempt with attempts left (and not excluded by a never-retry rule) sends the job back to "
            "RUNNABLE, not to FAILED."
        ),
        sources=(
            Cited("UG:job_states", "RUNNING", "If the job associated with a failed attempt has any remaining"),
            Cited(
                "UG:job_retries",
                "the example below the retry strategy",
                "Then, the job is placed back in the RUNNABLE state.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        shows="the statuses one after the other; `attempts` grows",
    ),
    Promise(
        id="ST-10",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            'The User Guide defines FAILED as having "failed all available attempts" and lets a retry begin in '
            'RUNNING. The AWS HPC blog says that a job with a retry strategy can go back to RUNNABLE "after they '
            'enter the FAILED state".'
        ),
        sources=(
            Cited("UG:job_states", "FAILED", "The job has failed all available attempts."),
            Cited("BLOG:cancel-or-terminate", "on retries", "after they enter the FAILED state"),
        ),
        observed=(Seen.EVENTS,),
        shows="whether FAILED is ever followed by RUNNABLE for one job id",
        notes=(
            "Decided here: FAILED is final, and the blog speaks of the attempt. FAILED that is followed by any "
            "other status is reported."
        ),
    ),
    Promise(
        id="ST-11",
        modality=Modality.MAY,
        confidence="M",
        says=('STARTING may go straight back to RUNNABLE: the guide\'s own example retries on "Task failed to start".'),
        sources=(Cited("UG:job_retries", "the example of evaluateOnExit", '"onStatusReason": "Task failed to start"'),),
        observed=(Seen.EVENTS,),
        shows="STARTING, then RUNNABLE, without RUNNING between them",
    ),
    Promise(
        id="ST-12",
        modality=Modality.MAY,
        confidence="M",
        says="STARTING may go to FAILED without RUNNING ever being reported (image pull failure with no retry).",
        sources=(
            Cited(
                "UG:bestpractice7",
                "jobs fail before the application runs",
                "Some jobs might fail because of a DockerTimeoutError error",
            ),
        ),
        rests_on=("RETRY-22",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`startedAt` is absent; `attempts[].startedAt` is absent or present",
    ),
    Promise(
        id="ST-13",
        modality=Modality.MAY,
        confidence="H",
        says="A job may go to FAILED from SUBMITTED, PENDING or RUNNABLE without any attempt.",
        sources=(
            Cited(
                "API:CancelJob", "description", "Jobs that are in a SUBMITTED, PENDING, or RUNNABLE state are cancelled"
            ),
            Cited(
                "API:TerminateJob", "description", "Jobs that have not progressed to the STARTING state are cancelled."
            ),
            Cited(
                "UG:job_dependencies", "opening", "If any of the job dependencies fail, the dependent job automatically"
            ),
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "refused, a FAILED job with an empty attempts",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="FAILED with an empty `attempts`",
    ),
    Promise(
        id="ST-14",
        modality=Modality.MUST,
        confidence="H",
        says="A job that fails because its job definition is invalid is not retried.",
        sources=(Cited("UG:job_retries", "note", "Also, jobs that fail because of an invalid job definition aren't"),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="FAILED with one attempt or none",
    ),
    Promise(
        id="ST-15",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "If job tags plus job-definition tags exceed 50 while tags are propagated, the job is moved to FAILED "
            "(accepted first, failed later)."
        ),
        sources=(Cited("API:SubmitJob", "propagateTags", "If the total number of combined tags from the job and job"),),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
        shows="SubmitJob is accepted, and the job is FAILED later",
    ),
    Promise(
        id="ST-16",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "A poller may miss any intermediate state. A legal poll history is any sequence whose consecutive "
            "members are connected by a path in the table of moves (none, one or several moves)."
        ),
        sources=(
            Cited(
                "FILE:nextflow-io/nextflow:plugins/nf-amazon/src/main/nextflow/cloud/aws/batch/AwsBatchTaskHandler.groovy",
                "the look at a job's status",
            ),
        ),
        rests_on=("ST-03", "ST-04", "ST-06", "ST-07", "ST-08", "ST-09"),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Any client that polls meets this. Nextflow's is written so that RUNNING need never be seen.",
    ),
    Promise(
        id="ST-17",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "RUNNABLE, STARTING and RUNNING can each be seen several times for one jobId, at most once per attempt "
            "for each of STARTING and RUNNING."
        ),
        sources=(
            Cited("UG:job_states", "RUNNING", "If the job associated with a failed attempt has any remaining"),
            Cited("UG:job_retries", "opening", "When a job is submitted to a job queue and placed into"),
        ),
        observed=(Seen.EVENTS,),
        shows="there are no more RUNNING events than `retryStrategy.attempts`",
    ),
    Promise(
        id="ST-18",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "SUCCEEDED and FAILED jobs stay describable for at least 7 days. Before 2022-10-26 the documented "
            'figure was 24 hours (before 2020-12-11 "24 hours" without "at least"). No upper bound is given.'
        ),
        sources=(
            Cited(
                "UG:job_states", "SUCCEEDED and FAILED", "The job state for FAILED jobs is persisted in AWS Batch for"
            ),
            Cited("COMMIT:awsdocs/aws-batch-user-guide@cc35cdd", "an older wording"),
            Cited("COMMIT:awsdocs/aws-batch-user-guide@7e7efdc", "an older wording"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the job is still returned",
    ),
    Promise(
        id="ST-19",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "After retention the job is simply missing from DescribeJobs results (no error). Clients that map "
            '"missing" to "still running" hang.'
        ),
        sources=(
            Cited(
                "GH:HumanCellAtlas/matrix-service#364",
                "opening post",
                "From that point on querying its state just returns nothing",
            ),
            Cited("GH:nextflow-io/nextflow#7301"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`jobs` lacks the id",
    ),
    Promise(
        id="ST-20",
        modality=Modality.MAY,
        confidence="M",
        says="DescribeJobs may return an empty list for a job that SubmitJob just accepted.",
        sources=(
            Cited(
                "GH:Netflix/metaflow#543", "description", "It seems that the response for describe_jobs could be empty"
            ),
            Cited(
                "FILE:Netflix/metaflow:metaflow/plugins/aws/batch/batch_client.py",
                "the comment above its handling of an empty answer",
            ),
            Cited("GH:apache/airflow#37552", "description", "if there is a delay in AWS to register job information"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="right after SubmitJob",
    ),
    Promise(
        id="ST-21",
        modality=Modality.MAY,
        confidence="L",
        says=(
            "One project reported in 2017 that terminal jobs vanished from DescribeJobs almost at once, and moved "
            "to events: DescribeJobs is no durable log."
        ),
        sources=(Cited("GH:OpenNeuroOrg/openneuro#145"),),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        shows="DescribeJobs against the events of the same job",
        notes="An old report, kept as history: today's guide promises 7 days (ST-18).",
    ),
    Promise(
        id="ST-22",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`startedAt` is when the job went from STARTING to RUNNING, in milliseconds since 1970. The published "
            "samples have none before that."
        ),
        sources=(
            Cited(
                "API:JobDetail",
                "startedAt",
                "More specifically, it's when the job transitioned from the STARTING state to",
            ),
            Cited("UG:batch_job_events", "example event"),
            Cited(
                "GH:getmoto/moto#2202",
                "description",
                "it doesn't return 'startedAt' from describe_jobs for not-yet-started jobs",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
    ),
    Promise(
        id="ST-23",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "The service model marks `startedAt` as a required member of JobDetail (and of the answer of "
            "DescribeServiceJob), yet the published RUNNABLE event has none, and clients test for its absence."
        ),
        sources=(
            Cited("API:JobDetail", "startedAt"),
            Cited("UG:batch_job_events", "example event"),
            Cited(
                "FILE:DataBiosphere/toil:src/toil/batchSystems/awsBatch.py",
                "_get_runtime",
                "Job has no known start time",
            ),
            Cited(
                "GH:getmoto/moto#2202",
                "description",
                "it doesn't return 'startedAt' from describe_jobs for not-yet-started jobs",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        notes="A client must bear that it is absent, and that it is 0.",
    ),
    Promise(
        id="ST-24",
        modality=Modality.MUST,
        confidence="H",
        says="`stoppedAt` is documented as when the job went from RUNNING to its final status.",
        sources=(
            Cited(
                "API:JobDetail",
                "stoppedAt",
                "More specifically, it's when the job transitioned from the RUNNING state to",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ST-25",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether `stoppedAt` is set on jobs that never ran (cancelled in RUNNABLE, failed by a dependency) is "
            "not stated."
        ),
        sources=(
            Cited("API:JobDetail", "stoppedAt"),
            Cited("LOST:cellenics", "a RUNNABLE summary that carries `stoppedAt`"),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
        notes="So it is no test of whether a job has ended, though clients use it as one (Metaflow's `is_done`).",
    ),
    Promise(
        id="ST-26",
        modality=Modality.MUST,
        confidence="M",
        says="For one attempt `createdAt` <= `startedAt` <= `stoppedAt` when all are present.",
        sources=(Cited("API:JobDetail", "createdAt, startedAt, stoppedAt"),),
        rests_on=("ST-22", "ST-24"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ST-27",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "After a retry the `startedAt` of the job is that of the latest attempt, so the time that it waited is "
            "counted to `attempts[0].startedAt`."
        ),
        sources=(
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "retried",
                "is the second attempt's, so measuring from that spans the whole",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="Reported by the authors of a test about their own account.",
    ),
    Promise(
        id="ST-28",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`container.logStreamName` exists from RUNNING on; the log group is `/aws/batch/job`; the stream name "
            "format is documented as subject to change."
        ),
        sources=(
            Cited("UG:job_states", "RUNNING", "After a job reaches the RUNNING status, you can programmatically"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ST-29",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "`statusReason` may be set on a non-terminal job (a RUNNABLE job blocking its queue carries the block "
            "reason). It may also change or disappear."
        ),
        sources=(
            Cited(
                "UG:job_stuck_in_runnable",
                "second paragraph",
                "The same reason is also updated into the statusReason field",
            ),
            Cited(
                "API:JobDetail",
                "statusReason",
                "A short, human-readable string to provide more details for the current status",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
        shows="`statusReason` of a RUNNABLE job",
    ),
    Promise(
        id="ST-30",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "That DescribeJobs and ListJobs agree with each other, never go back, and show a CancelJob or TerminateJob "
            "at once is not documented."
        ),
        rests_on=("ST-20",),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
        shows="DescribeJobs against ListJobs",
        notes="Nothing was found about it in the service model or the API reference.",
    ),
    Promise(
        id="ST-31",
        modality=Modality.MAY,
        confidence="H",
        says="Jobs on Fargate may be ended by the service after 14 days whatever the timeout says.",
        sources=(
            Cited("API:SubmitJob", "description", "Jobs that run on Fargate resources can't be guaranteed to run for"),
            Cited("UG:job_timeouts", "important", "Jobs that run on Fargate resources can't expect to run for"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ST-32",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'The name "PENDING ... dependency on another job or resource" suggests resource dependencies '
            "(consumable resources) could show as PENDING, but no text says which state a job waits in for a "
            "consumable resource."
        ),
        sources=(
            Cited("UG:job_states", "PENDING", "A job that resides in the queue and isn't yet able to"),
            Cited("UG:resource-aware-scheduling", "opening"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the status while all of a resource is in use",
    ),
    Promise(
        id="ST-33",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "SubmitJob has no idempotency token: two identical calls create two jobs, so an SDK retry can duplicate "
            "work."
        ),
        sources=(
            Cited("API:SubmitJob", "the request has no clientToken"),
            Cited(
                "GH:aws/containers-roadmap#2798",
                "opening post",
                "the same job with same request id is getting triggered twice",
            ),
        ),
        observed=(Seen.ANSWER,),
        shows="two job ids",
    ),
    Promise(
        id="ST-34",
        modality=Modality.MUST,
        confidence="H",
        says="A job id never changes across attempts; task ARN and log stream do.",
        sources=(
            Cited(
                "API:AttemptContainerDetail",
                "taskArn",
                "Each container attempt receives a task ARN when they reach the STARTING",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`attempts[].container.taskArn`",
    ),
)
