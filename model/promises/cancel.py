"""CancelJob: what it stops (all that has not reached STARTING), and what it leaves alone."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="CANCEL-01",
        modality=Modality.MUST,
        confidence="H",
        says="CancelJob takes `jobId` and `reason`, both required; success is HTTP 200 with an empty JSON object.",
        sources=(
            Cited("API:CancelJob", "jobId and reason, both required"),
            Cited("API:CancelJob", "sample response"),
        ),
        observed=(Seen.ANSWER,),
        notes=(
            "The page contradicts itself: its Response Elements speak of an empty HTTP body, its sample response is {}."
        ),
    ),
    Promise(
        id="CANCEL-02",
        modality=Modality.MUST,
        confidence="H",
        says="A SUBMITTED job for which cancel took effect ends FAILED and never reaches STARTING.",
        sources=(
            Cited(
                "API:CancelJob", "description", "Jobs that are in a SUBMITTED, PENDING, or RUNNABLE state are cancelled"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
    ),
    Promise(
        id="CANCEL-03",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "A RUNNABLE job: today's text says that it is cancelled and becomes FAILED. From 2023-03-23 until "
            "2024-08-16 the text said that it stays RUNNABLE until it reaches the head of the queue, and becomes "
            "FAILED then; copies of that text are still around (botocore 1.34.22, boto3 1.33.7, .NET, the pages for "
            "China)."
        ),
        sources=(
            Cited(
                "API:CancelJob", "description", "Jobs that are in a SUBMITTED, PENDING, or RUNNABLE state are cancelled"
            ),
            Cited(
                "COMMIT:boto/botocore@09eb6e290",
                "2023-03-23: the job stays RUNNABLE until it reaches the head of the queue",
            ),
            Cited("COMMIT:boto/botocore@d8cce8e19", "2024-08-16: back to today's text"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`status` over time, and `isCancelled`",
        notes=(
            "Both texts agree that it ends FAILED and never gets to STARTING; only that is checked, and not how soon."
        ),
    ),
    Promise(
        id="CANCEL-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A PENDING job whose cancel was accepted is only finished (FAILED) after all jobs that it depends on "
            "have completed; it can stay PENDING long after the 200."
        ),
        sources=(
            Cited("API:CancelJob", "note", "A PENDING job is cancelled after all dependency jobs are completed."),
            Cited("COMMIT:boto/botocore@702172b94", "2023-07-03: the note appears"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="PENDING while `isCancelled` is true",
        notes="The note first appeared on 2023-07-03.",
    ),
    Promise(
        id="CANCEL-05",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Between an effective cancel and FAILED the job never enters STARTING or RUNNING, even if its "
            "dependencies all succeed."
        ),
        rests_on=("CANCEL-02", "CANCEL-03", "CANCEL-04"),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="CANCEL-06",
        modality=Modality.MUST,
        confidence="H",
        says="A STARTING job is not cancelled; it goes on.",
        sources=(
            Cited(
                "API:CancelJob",
                "description",
                "Jobs that progressed to the STARTING or RUNNING state aren't cancelled.",
            ),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the job goes on",
    ),
    Promise(
        id="CANCEL-07",
        modality=Modality.MUST,
        confidence="H",
        says="A RUNNING job is not cancelled; its container gets no signal.",
        sources=(
            Cited(
                "API:CancelJob",
                "description",
                "Jobs that progressed to the STARTING or RUNNING state aren't cancelled.",
            ),
            Cited("BLOG:cancel-or-terminate"),
        ),
        observed=(Seen.CONTAINER, Seen.DESCRIBE_JOBS),
        shows="no SIGTERM arrives, and the job runs on",
    ),
    Promise(
        id="CANCEL-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "The call succeeds even when nothing is cancelled. So a 200 (or an id in the bulk `successful` list) "
            "proves only acceptance."
        ),
        sources=(
            Cited(
                "API:CancelJob",
                "description",
                "However, the API operation still succeeds, even if no job is cancelled.",
            ),
        ),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
        shows="the answer against what becomes of the job",
    ),
    Promise(
        id="CANCEL-09",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Cancelling a terminal job does not change `status`. Whether `statusReason`, `isCancelled` or "
            "`stoppedAt` change is not stated."
        ),
        rests_on=("CANCEL-08", "ST-10"),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the job before and after the call",
    ),
    Promise(
        id="CANCEL-10",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "What an unknown job id brings. TerminateJob answered 200 `{}` to an arbitrary string in 2017, and an AWS "
            "engineer noted that the service does so for other such operations; the bulk text of 2026 says that ids "
            "which cannot be found count as processed. The general text about ClientException speaks of invalid "
            "identifiers."
        ),
        sources=(
            Cited("GH:aws/aws-cli#2551", "first comment", "Looks like the service is returning a 200"),
            Cited("API:CancelJobs", "description", "Jobs that can't be found are treated as successfully processed."),
            Cited("API:CancelJob", "ClientException", "Another cause is specifying an identifier that's not valid."),
        ),
        observed=(Seen.ANSWER,),
        notes="Expected here is 200; a 400 for a malformed id is accepted.",
    ),
    Promise(
        id="CANCEL-11",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "What a malformed id brings in the single call. The errors of the bulk operation have a code for it "
            "(ValidationException), the single operation lists only ClientException and ServerException."
        ),
        sources=(
            Cited(
                "API:CancelJobsErrorDetail",
                "code",
                "ValidationException – A job identifier in the request is malformed or isn't",
            ),
            Cited("API:CancelJob", "Errors: ClientException and ServerException"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="CANCEL-12",
        modality=Modality.MUST,
        confidence="M",
        says="Empty-string `jobId` or `reason` is rejected with ClientException.",
        sources=(
            Cited(
                "GH:getmoto/moto#5394", "review thread", "if you call it with empty strings it raises a ClientException"
            ),
            Cited("GH:getmoto/moto#5779"),
        ),
        observed=(Seen.ANSWER,),
        notes="The author of the pull request tried it against the service.",
    ),
    Promise(
        id="CANCEL-13",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`reason` is limited to 1024 characters. What a longer one brings is not stated (a 400 is to be "
            "expected); botocore does not check it."
        ),
        sources=(
            Cited("API:CancelJob", "reason", "This parameter has a limit of 1024 characters."),
            Cited("COMMIT:boto/botocore@9f96d16a2", "2024-10-31: the limit appears"),
        ),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
        shows="the answer, and `statusReason`",
        notes="Documented since 2024-10-31.",
    ),
    Promise(
        id="CANCEL-14",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "The reason is returned by later DescribeJobs calls for the job. The field is not named; in practice it "
            "is `statusReason`, verbatim."
        ),
        sources=(
            Cited("API:CancelJob", "reason", "This message is returned by future DescribeJobs operations on the job."),
            Cited(
                "FILE:nextstrain/cli:nextstrain/cli/runner/aws_batch/jobs.py", "what tells a job that the user stopped"
            ),
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "the reasons of cancelled jobs",
                "Cancelled by ericrcwu001: g6e.12xlarge capacity unavailable",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason`",
    ),
    Promise(
        id="CANCEL-15",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "JobSummary `isCancelled` means a cancellation request was accepted, and the member is present only "
            "when true."
        ),
        sources=(
            Cited(
                "API:JobSummary",
                "isCancelled",
                "Indicates whether a cancellation request has been accepted for the job.",
            ),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="CANCEL-16",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            '`isCancelled` of JobDetail is worded as "whether the job is cancelled"; it says neither that a request '
            "was accepted nor that it is only present when true."
        ),
        sources=(
            Cited("API:JobDetail", "isCancelled", "Indicates whether the job is cancelled."),
            Cited(
                "API:JobSummary",
                "isCancelled",
                "Indicates whether a cancellation request has been accepted for the job.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
        shows="DescribeJobs against ListJobs for one job",
        notes="An absent one counts as false here, and says nothing about FAILED.",
    ),
    Promise(
        id="CANCEL-17",
        modality=Modality.MAY,
        confidence="H",
        says="`isCancelled`=true with status PENDING (or RUNNABLE, or SUBMITTED) is a legal observation.",
        rests_on=("CANCEL-04", "CANCEL-15"),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
    ),
    Promise(
        id="CANCEL-18",
        modality=Modality.MUST,
        confidence="H",
        says="A cancelled job is not retried.",
        sources=(
            Cited("UG:job_retries", "note", "Jobs that are cancelled or terminated aren't retried."),
            Cited(
                "COMMIT:awsdocs/aws-batch-user-guide@6bc5b8e", "2018-02-16: the guide's first commit has the sentence"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        shows="no RUNNABLE after FAILED",
        notes="The sentence has stood in the guide since its first commit (2018-02-16).",
    ),
    Promise(
        id="CANCEL-19",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "What CancelJob does to a STARTING or RUNNING job that has attempts left. The API reference: such a job "
            'is not cancelled, so a failing attempt is tried again. The AWS HPC blog: cancel "overrides the retry '
            'strategy", and is also for stopping "a job from restarting if failed", which only means something for '
            "a job that has started."
        ),
        sources=(
            Cited(
                "API:CancelJob",
                "description",
                "Jobs that progressed to the STARTING or RUNNING state aren't cancelled.",
            ),
            Cited("BLOG:cancel-or-terminate", "on CancelJob", "overrides the retry strategy"),
            Cited("BLOG:cancel-or-terminate", "conclusion", "a job from restarting if failed"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the length of `attempts`, `isCancelled` and the status at the end",
        notes=(
            "The reading `cancel_overrides_retry`: the blog is yes, the API reference is no. What tells them apart: "
            "a job with attempts=2 is cancelled while attempt 1 runs, which then exits 1. Two attempts are no; "
            "FAILED after one is yes."
        ),
    ),
    Promise(
        id="CANCEL-20",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "If a cancel overrides the retry strategy of a RUNNING job (CANCEL-19): is that job still SUCCEEDED, "
            "with `isCancelled` true, when it exits 0? Nothing says otherwise, and either value of the flag is "
            "accepted."
        ),
        rests_on=("CANCEL-19",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="CANCEL-21",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "A job waiting in RUNNABLE for attempt n>1 is cancelled like any RUNNABLE job: it ends FAILED, earlier "
            "attempts stay listed."
        ),
        sources=(
            Cited(
                "API:CancelJob", "description", "Jobs that are in a SUBMITTED, PENDING, or RUNNABLE state are cancelled"
            ),
        ),
        rests_on=("ST-09",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`attempts` has n-1 entries",
    ),
    Promise(
        id="CANCEL-22",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "A cancel that is sent while the job is RUNNABLE can be processed after it became STARTING, and is then "
            "lost. Both ends (FAILED without an attempt; the job runs) are right where nobody can see the moment."
        ),
        sources=(Cited("API:CancelJob", "the request has no member that states a precondition"),),
        rests_on=("CANCEL-03", "CANCEL-06"),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS, Seen.CLOUDTRAIL),
        shows="the times in DescribeJobs, in the events and in CloudTrail",
    ),
    Promise(
        id="CANCEL-23",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Repeating CancelJob succeeds and has no further effect; which of two different reasons is shown is not "
            "stated."
        ),
        sources=(Cited("GH:flyteorg/flyteplugins#58", "description", "the second call was no-op"),),
        rests_on=("CANCEL-08",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason`",
    ),
    Promise(
        id="CANCEL-24",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Cancelling an array parent in PENDING makes Batch attempt to cancel all children; the parent is "
            "finished only when all children have completed."
        ),
        sources=(Cited("API:CancelJob", "note", "When you try to cancel an array parent job in PENDING,"),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`status` and `arrayProperties.statusSummary` of the parent",
    ),
    Promise(
        id="CANCEL-25",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Children that are STARTING or RUNNING when their parent is cancelled: by the rules for statuses they "
            'are not cancelled and run on; the page about arrays says that all child jobs are cancelled "with it".'
        ),
        sources=(
            Cited(
                "API:CancelJob",
                "description",
                "Jobs that progressed to the STARTING or RUNNING state aren't cancelled.",
            ),
            Cited("UG:array_jobs", "last paragraph", "If you cancel or terminate a parent array job, all the"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the children",
        notes="Here such a child may run to its own end.",
    ),
    Promise(
        id="CANCEL-26",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'How a cancelled parent ends all of whose children SUCCEEDED nevertheless: "is cancelled when all child '
            'jobs are completed" suggests FAILED, how parents follow from their children (ARR-06) suggests SUCCEEDED.'
        ),
        sources=(
            Cited("API:CancelJob", "note", "The array parent job is cancelled when all child jobs are completed."),
            Cited("UG:array_jobs", "last paragraph", "In this scenario, the parent job transitions to FAILED when all"),
        ),
        rests_on=("ARR-06",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the parent",
    ),
    Promise(
        id="CANCEL-27",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Cancelling one array child moves that child to FAILED without affecting siblings, and makes the parent "
            "FAILED once all children complete."
        ),
        sources=(Cited("UG:array_jobs", "last paragraph", "You can cancel or terminate individual child jobs"),),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the child and its parent",
    ),
    Promise(
        id="CANCEL-28",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "In a SEQUENTIAL array, cancelling child i makes later children fail (their predecessor did not succeed)."
        ),
        sources=(Cited("UG:array_jobs", "dependencies", "For example, if you submit an array job with an array"),),
        rests_on=("CANCEL-27", "DEP-12", "DEP-03"),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the children",
    ),
    Promise(
        id="CANCEL-29",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'What CancelJob does to a multi-node job whose main node is STARTING or RUNNING: by its status it is "not '
            'cancelled"; nothing is said about nodes. In RUNNABLE it behaves as CANCEL-03.'
        ),
        sources=(
            Cited(
                "API:CancelJob",
                "description",
                "Jobs that progressed to the STARTING or RUNNING state aren't cancelled.",
            ),
            Cited(
                "UG:job-lifecycle", "second paragraph", "The main node is a single subtask that AWS Batch monitors to"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="CANCEL-30",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="What CancelJob does with the id of a node (`jobId#n`).",
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
    ),
    Promise(
        id="CANCEL-31",
        modality=Modality.MUST,
        confidence="M",
        says="When a job ends FAILED through cancel, jobs that depend on it fail like for any failed dependency.",
        sources=(
            Cited(
                "UG:job_dependencies", "opening", "If any of the job dependencies fail, the dependent job automatically"
            ),
        ),
        rests_on=("CANCEL-02", "DEP-03"),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the jobs that depend on it",
    ),
    Promise(
        id="CANCEL-32",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'The FAILED transition caused by cancel emits a "Batch Job State Change" event with '
            "`detail.status`=FAILED. No event marks acceptance of the request."
        ),
        sources=(
            Cited(
                "UG:batch_job_events", "opening", "Anytime that an existing (previously submitted) job changes states"
            ),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="CANCEL-33",
        modality=Modality.MUST,
        confidence="M",
        says="The API call is recorded in CloudTrail whether or not anything was cancelled.",
        sources=(
            Cited(
                "UG:service-name-info-in-cloudtrail",
                "third paragraph",
                "All AWS Batch actions are logged by CloudTrail",
            ),
        ),
        observed=(Seen.CLOUDTRAIL,),
    ),
    Promise(
        id="CANCEL-34",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="What CancelJob does with the id of a service job. An operation CancelServiceJob does not exist.",
        sources=(Cited("API:TerminateServiceJob", "description"),),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="CANCEL-35",
        modality=Modality.MUST,
        confidence="M",
        says="A job cancelled before its first attempt has `attempts`=[] and no `container.exitCode`.",
        sources=(
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "refused, a FAILED job with an empty attempts",
            ),
        ),
        rests_on=("CANCEL-03", "ST-13"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="CANCEL-36",
        modality=Modality.MUST,
        confidence="H",
        says="Permission checked is `batch:CancelJob` (also for the bulk form).",
        sources=(
            Cited(
                "API:CancelJobs",
                "description",
                "This operation requires batch:CancelJob permission for each job in the request.",
            ),
        ),
        observed=(Seen.ANSWER,),
        shows="an error that says AccessDenied",
    ),
    Promise(
        id="CANCEL-37",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Whether `isCancelled` is true after the service itself cancelled a job (jobStateTimeLimitActions).",
        sources=(
            Cited(
                "UG:job_stuck_in_runnable_time_limit_actions",
                "note",
                "Currently, for job queues connected to Amazon ECS, Amazon EKS, or Fargate",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="CANCEL-38",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether the `reason` of a CancelJob that left a RUNNING job alone shows anywhere in DescribeJobs is "
            "not stated, although the text about the parameter promises it without exception."
        ),
        sources=(
            Cited("API:CancelJob", "reason", "This message is returned by future DescribeJobs operations on the job."),
            Cited(
                "API:CancelJob",
                "description",
                "Jobs that progressed to the STARTING or RUNNING state aren't cancelled.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason`",
    ),
    Promise(
        id="CANCEL-39",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Cancelling the job at the head of a FIFO queue lets the next job advance; the guide recommends this "
            "for blocked queues."
        ),
        sources=(
            Cited(
                "UG:job_stuck_in_runnable_capacity",
                "insufficient instance capacity",
                "Manually canceling the job will allow the subsequent job to",
            ),
        ),
        observed=(Seen.QUEUES,),
        shows="the queue's snapshot",
    ),
)
