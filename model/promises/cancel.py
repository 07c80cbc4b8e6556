"""CancelJob: what it stops (all that has not reached STARTING), and what it leaves alone."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="CANCEL-01",
        modality=Modality.MUST,
        confidence="H",
        says="CancelJob takes `jobId` and `reason`, both required; success is HTTP 200 with an empty JSON object.",
        sources=("BC:CancelJobRequest, CancelJobResponse",),
        observed_by="response.",
    ),
    Promise(
        id="CANCEL-02",
        modality=Modality.MUST,
        confidence="H",
        says="A SUBMITTED job for which cancel took effect ends FAILED and never reaches STARTING.",
        sources=("BC:op CancelJob",),
        observed_by="D/E.",
    ),
    Promise(
        id="CANCEL-03",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "A RUNNABLE job: current text says it is cancelled and becomes FAILED. From 2023-03-23 until 2024-08-16 "
            "the text said it stays RUNNABLE until it reaches the head of the queue and then becomes FAILED; old SDK "
            "docs still say so (botocore 1.34.22, boto3 1.33.7, .NET, China pages). Test for eventually FAILED, "
            "never STARTING; do not test for promptness."
        ),
        sources=("HIST:09eb6e290, d8cce8e19", "BC:op CancelJob"),
        observed_by="D `status` over time, `isCancelled`.",
    ),
    Promise(
        id="CANCEL-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A PENDING job whose cancel was accepted is only finished (FAILED) after all jobs it depends on have "
            "completed; it can stay PENDING long after the 200. The note first appeared 2023-07-03."
        ),
        sources=("BC:op CancelJob", "HIST:702172b94"),
        observed_by="D `status`=PENDING with `isCancelled`=true.",
    ),
    Promise(
        id="CANCEL-05",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Between an effective cancel and FAILED the job never enters STARTING or RUNNING, even if its "
            "dependencies all succeed."
        ),
        sources=("derived from CANCEL-02..04",),
        observed_by="E.",
    ),
    Promise(
        id="CANCEL-06",
        modality=Modality.MUST,
        confidence="H",
        says="A STARTING job is not cancelled; it goes on.",
        sources=("BC:op CancelJob", "SEED"),
        observed_by="D.",
    ),
    Promise(
        id="CANCEL-07",
        modality=Modality.MUST,
        confidence="H",
        says="A RUNNING job is not cancelled; its container gets no signal.",
        sources=("BC:op CancelJob", "SEED"),
        observed_by="C no SIGTERM; D runs on.",
    ),
    Promise(
        id="CANCEL-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "The call succeeds even when nothing is cancelled. So a 200 (or an id in the bulk `successful` list) "
            "proves only acceptance."
        ),
        sources=("BC:op CancelJob",),
        observed_by="response vs D.",
    ),
    Promise(
        id="CANCEL-09",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Cancelling a terminal job does not change `status`. Whether `statusReason`, `isCancelled` or "
            "`stoppedAt` change is UNSPECIFIED."
        ),
        sources=("derived from CANCEL-08 and ST-10",),
        observed_by=(
            "D before and after. (EMU:moto keeps cancel harmless but its terminate overwrites `statusReason`, see "
            "EMUL-04.)"
        ),
    ),
    Promise(
        id="CANCEL-10",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Unknown job id: the real TerminateJob answered 200 `{}` to an arbitrary string in 2017, and an AWS "
            "engineer noted the service does this for other such operations; the 2026 bulk text says ids that cannot "
            "be found count as processed successfully. The generic ClientException text mentions invalid "
            "identifiers. Expect 200; accept 400 for malformed ids."
        ),
        sources=("GH:aws/aws-cli#2551", "BC:op CancelJobs", "BC:ClientException"),
        observed_by="response.",
    ),
    Promise(
        id="CANCEL-11",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'Malformed id in the single call: the bulk error table has a code for it ("ValidationException"), the '
            "single operation lists only ClientException and ServerException."
        ),
        sources=("BC:CancelJobsErrorDetail.code", "BC:op CancelJob errors"),
        observed_by="response.",
    ),
    Promise(
        id="CANCEL-12",
        modality=Modality.MUST,
        confidence="M",
        says="Empty-string `jobId` or `reason` is rejected with ClientException.",
        sources=("GH:getmoto/moto#5394 (author checked the SDK against the service), #5779",),
        observed_by="response.",
    ),
    Promise(
        id="CANCEL-13",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`reason` is limited to 1024 characters (documented since 2024-10-31). What an over-long reason produces "
            "is UNSPECIFIED (expect a 400). botocore does not check it."
        ),
        sources=("BC:CancelJobRequest.reason", "HIST:9f96d16a2"),
        observed_by="response; D `statusReason`.",
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
            "BC:CancelJobRequest.reason",
            "CLIENT:nextstrain/cli",
            "CODE:61093569641 (user-written cancel reasons as statusReason, attempts=[])",
        ),
        observed_by="D `statusReason`.",
    ),
    Promise(
        id="CANCEL-15",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "JobSummary `isCancelled` means a cancellation request was accepted, and the member is present only when "
            "true."
        ),
        sources=("BC:JobSummary.isCancelled",),
        observed_by="L.",
    ),
    Promise(
        id="CANCEL-16",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            'JobDetail `isCancelled` is worded as "whether the job is cancelled" (no accepted/only-if-true wording). '
            "Treat absent as false; do not equate with status FAILED."
        ),
        sources=("BC:JobDetail.isCancelled", "BC:JobSummary.isCancelled"),
        observed_by="D vs L for one job.",
    ),
    Promise(
        id="CANCEL-17",
        modality=Modality.MAY,
        confidence="H",
        says="`isCancelled`=true with status PENDING (or RUNNABLE, or SUBMITTED) is a legal observation.",
        sources=("CANCEL-04 + CANCEL-15",),
        observed_by="D/L.",
    ),
    Promise(
        id="CANCEL-18",
        modality=Modality.MUST,
        confidence="H",
        says="A cancelled job is not retried. This sentence has been in the guide since its first commit (2018-02-16).",
        sources=("UG:job_retries", "UG-old:history 6bc5b8e"),
        observed_by="D no RUNNABLE after FAILED; E.",
    ),
    Promise(
        id="CANCEL-19",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "Effect on a STARTING/RUNNING job that has retries left. Reading A (API text): not cancelled, therefore "
            'no effect, therefore a failing attempt is retried. Reading B (SEED): cancel "overrides the retry '
            'strategy", and its conclusion says CancelJob is also for stopping "a job from restarting if failed", '
            "which only has meaning for jobs already started. Test: attempts=2, attempt 1 runs then exits 1; "
            "CancelJob while RUNNING. A gives two attempts, B gives FAILED with one attempt. The reading "
            "`cancel_overrides_retry`: A is no, B is yes."
        ),
        sources=("BC:op CancelJob", "SEED"),
        observed_by="D `attempts` length, `isCancelled`, final `status`.",
    ),
    Promise(
        id="CANCEL-20",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Under reading B, is a RUNNING job that later exits 0 still SUCCEEDED with `isCancelled`=true? Nothing "
            "says otherwise; both flag values must be accepted."
        ),
        sources=("nothing found",),
        observed_by="D.",
    ),
    Promise(
        id="CANCEL-21",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "A job waiting in RUNNABLE for attempt n>1 is cancelled like any RUNNABLE job: it ends FAILED, earlier "
            "attempts stay listed."
        ),
        sources=("derived from ST-09 and BC:op CancelJob",),
        observed_by="D `attempts` length n-1.",
    ),
    Promise(
        id="CANCEL-22",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Race: a cancel sent while RUNNABLE can be processed after the job became STARTING, and is then lost. "
            "Both outcomes (FAILED without attempt; job runs) are legal for a test that cannot see the instant."
        ),
        sources=("derived from CANCEL-03, CANCEL-06", "the request has no precondition member in BC"),
        observed_by="D/E/T timestamps.",
    ),
    Promise(
        id="CANCEL-23",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Repeating CancelJob succeeds and has no further effect; which `reason` is shown after two different "
            "reasons is UNSPECIFIED."
        ),
        sources=("GH:flyteorg/flyteplugins#58 (second call was a no-op in a live check)", "CANCEL-08"),
        observed_by="D `statusReason`.",
    ),
    Promise(
        id="CANCEL-24",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Cancelling an array parent in PENDING makes Batch attempt to cancel all children; the parent is "
            "finished only when all children have completed."
        ),
        sources=("BC:op CancelJob",),
        observed_by="D parent `status`, `arrayProperties.statusSummary`.",
    ),
    Promise(
        id="CANCEL-25",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Children already STARTING or RUNNING: by the state rules they are not cancelled and run on; the array "
            'page says all child jobs are cancelled "with it". Accept natural completion of those children.'
        ),
        sources=("BC:op CancelJob", "UG:array_jobs"),
        observed_by="D children.",
    ),
    Promise(
        id="CANCEL-26",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'Final status of a cancelled parent if every child nevertheless SUCCEEDED: "is cancelled when all child '
            'jobs are completed" suggests FAILED; the aggregation rule ARR-06 suggests SUCCEEDED.'
        ),
        sources=("BC:op CancelJob", "UG:array_jobs"),
        observed_by="D parent.",
    ),
    Promise(
        id="CANCEL-27",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Cancelling one array child moves that child to FAILED without affecting siblings, and makes the parent "
            "FAILED once all children complete."
        ),
        sources=("UG:array_jobs",),
        observed_by="D child/parent.",
    ),
    Promise(
        id="CANCEL-28",
        modality=Modality.MUST,
        confidence="M",
        says="In a SEQUENTIAL array, cancelling child i makes later children fail (their predecessor did not succeed).",
        sources=("derived from UG:array_jobs + UG:job_dependencies",),
        observed_by="D children.",
    ),
    Promise(
        id="CANCEL-29",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            'CancelJob on a multi-node job while its main node is STARTING or RUNNING: by job status it is "not '
            'cancelled"; nothing is said about nodes. In RUNNABLE it behaves as CANCEL-03.'
        ),
        sources=("BC:op CancelJob", "UG:job-lifecycle"),
        observed_by="D.",
    ),
    Promise(
        id="CANCEL-30",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="CancelJob with a node id (`jobId#n`). No source.",
        sources=("nothing found",),
        observed_by="response, D.",
    ),
    Promise(
        id="CANCEL-31",
        modality=Modality.MUST,
        confidence="M",
        says="When a job ends FAILED through cancel, jobs that depend on it fail like for any failed dependency.",
        sources=("derived from UG:job_dependencies",),
        observed_by="D dependents.",
    ),
    Promise(
        id="CANCEL-32",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'The FAILED transition caused by cancel emits a "Batch Job State Change" event with '
            "`detail.status`=FAILED. No event marks acceptance of the request."
        ),
        sources=("UG:batch_job_events",),
        observed_by="E.",
    ),
    Promise(
        id="CANCEL-33",
        modality=Modality.MUST,
        confidence="M",
        says="The API call is recorded in CloudTrail whether or not anything was cancelled.",
        sources=("UG-old:logging-using-cloudtrail (all Batch actions are logged)",),
        observed_by="T.",
    ),
    Promise(
        id="CANCEL-34",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="CancelJob given a service-job id. There is no CancelServiceJob operation in the model.",
        sources=("BC:operation list",),
        observed_by="response.",
    ),
    Promise(
        id="CANCEL-35",
        modality=Modality.MUST,
        confidence="M",
        says="A job cancelled before its first attempt has `attempts`=[] and no `container.exitCode`.",
        sources=("derived from other rules", "CODE:61093569641"),
        observed_by="D.",
    ),
    Promise(
        id="CANCEL-36",
        modality=Modality.MUST,
        confidence="H",
        says="Permission checked is `batch:CancelJob` (also for the bulk form).",
        sources=("BC:op CancelJobs",),
        observed_by="403 / AccessDenied.",
    ),
    Promise(
        id="CANCEL-37",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="After a system cancel (jobStateTimeLimitActions) it is not stated whether `isCancelled` is true.",
        sources=("UG:job_stuck_in_runnable_time_limit_actions",),
        observed_by="D.",
    ),
    Promise(
        id="CANCEL-38",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "If CancelJob hits a non-cancellable RUNNING job, whether its `reason` shows up anywhere in DescribeJobs "
            "is not stated, although the parameter text promises it without exception."
        ),
        sources=("BC:CancelJobRequest.reason", "BC:op CancelJob"),
        observed_by="D `statusReason`.",
    ),
    Promise(
        id="CANCEL-39",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Cancelling the job at the head of a FIFO queue lets the next job advance; the guide recommends this for "
            "blocked queues."
        ),
        sources=("UG:job_stuck_in_runnable_capacity",),
        observed_by="Q snapshot.",
    ),
)
