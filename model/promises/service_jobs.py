"""Service jobs (SAGEMAKER_TRAINING): a life of their own, with SCHEDULED and preemption."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="SVC-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Statuses add SCHEDULED between RUNNABLE and STARTING. PENDING is in the enum but not in the mapping "
            "table (no dependencies exist for service jobs)."
        ),
        sources=("BC:ServiceJobStatus", "UG:service-job-status"),
        observed_by="S.",
    ),
    Promise(
        id="SVC-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Path: SUBMITTED, RUNNABLE, SCHEDULED (handed to SageMaker), STARTING (downloading), RUNNING (training "
            "and uploading), SUCCEEDED or FAILED."
        ),
        sources=("UG:service-job-status", "UG:service-job-submit"),
        observed_by="S.",
    ),
    Promise(
        id="SVC-03",
        modality=Modality.MAY,
        confidence="H",
        says="SCHEDULED can go back to RUNNABLE on capacity problems.",
        sources=("BC:LatestServiceJobAttempt",),
        observed_by="S.",
    ),
    Promise(
        id="SVC-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Capacity failures are retried automatically until capacity exists and do not use up `attempts`. Older "
            "training jobs that failed so are deleted on a best-effort basis, the newest is kept."
        ),
        sources=("UG:service-job-retries",),
        observed_by="S `attempts`, `latestAttempt`.",
    ),
    Promise(
        id="SVC-05",
        modality=Modality.MUST,
        confidence="H",
        says="`attempts` (1..10, required) is the total including the first.",
        sources=("UG:service-job-retries", "BC:ServiceJobRetryStrategy"),
        observed_by="S.",
    ),
    Promise(
        id="SVC-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`evaluateOnExit` only has `onStatusReason` and `action`; up to 5 entries per the guide. Default when "
            "nothing matches is UNSPECIFIED here (the catch-all example suggests retry)."
        ),
        sources=("BC:ServiceJobEvaluateOnExit", "UG:service-job-retries"),
        observed_by="S.",
    ),
    Promise(
        id="SVC-07",
        modality=Modality.MUST,
        confidence="H",
        says='Reasons from SageMaker start with "Received status from SageMaker: ".',
        sources=("UG:service-job-retries",),
        observed_by="S `statusReason`.",
    ),
    Promise(
        id="SVC-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "TerminateServiceJob stops the job and the SageMaker training job behind it. There is no cancel "
            "operation for service jobs."
        ),
        sources=("UG:terminate-service-jobs", "BC:op list"),
        observed_by="S `isTerminated`, status FAILED.",
    ),
    Promise(
        id="SVC-09",
        modality=Modality.MUST,
        confidence="H",
        says="A training job stopped from the SageMaker side (Stopped) maps to FAILED.",
        sources=("UG:service-job-status",),
        observed_by="S.",
    ),
    Promise(
        id="SVC-10",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether a terminated service job is exempt from retry, and TerminateServiceJob on SUBMITTED/RUNNABLE: "
            "no text (container rule is the natural analogue)."
        ),
        sources=("BC:op TerminateServiceJob (one sentence)",),
        observed_by="S.",
    ),
    Promise(
        id="SVC-11",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Preemption (quota shares only): a SCHEDULED, STARTING or RUNNING job may be stopped for a RUNNABLE one "
            "and goes back to RUNNABLE."
        ),
        sources=("UG:preemption",),
        observed_by="S, E.",
    ),
    Promise(
        id="SVC-12",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Preempted jobs are re-queued without limit unless `preemptionRetriesBeforeTermination` is set; 0 means "
            "FAILED at the first preemption."
        ),
        sources=("UG:preemption", "BC:ServiceJobPreemptionConfiguration"),
        observed_by="S `preemptionSummary`.",
    ),
    Promise(
        id="SVC-13",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Whether preempted attempts count against `attempts` or appear in `attempts` (they have their own list).",
        sources=("BC:ServiceJobPreemptionSummary",),
        observed_by="S.",
    ),
    Promise(
        id="SVC-14",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Preemption emits "Batch Service Job Preemption Started" (`detail.status` still the old one, reason '
            '"PREEMPTION_IN_PROGRESS: ...") and "... Completed" (with summary, status RUNNABLE in the sample).'
        ),
        sources=("UG:batch-service-job-preemption-events",),
        observed_by="E.",
    ),
    Promise(
        id="SVC-15",
        modality=Modality.MUST,
        confidence="H",
        says="`serviceRequestPayload` is not validated at submission, so payload errors surface later as job failures.",
        sources=("UG:service-job-submit",),
        observed_by="S FAILED.",
    ),
    Promise(
        id="SVC-16",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            '`clientToken`: identical resubmission is "rejected" for SubmitServiceJob, but succeeds without a second '
            "effect for UpdateConsumableResource (token valid 8 h)."
        ),
        sources=("BC:SubmitServiceJobRequest", "BC:UpdateConsumableResourceRequest"),
        observed_by="response.",
    ),
    Promise(
        id="SVC-17",
        modality=Modality.MUST,
        confidence="H",
        says="Without `timeoutConfig` the underlying service's default timeout applies. No minimum is documented.",
        sources=("BC:SubmitServiceJobRequest.timeoutConfig, ServiceJobTimeout",),
        observed_by="S.",
    ),
    Promise(
        id="SVC-18",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'jobStateTimeLimitActions on such queues can only be TERMINATE; result text "Terminated by '
            'JobStateTimeLimit action due to reason: ...".'
        ),
        sources=("BC:JobStateTimeLimitAction", "UG:sm_job_stuck_in_runnable_capacity"),
        observed_by="S.",
    ),
    Promise(
        id="SVC-19",
        modality=Modality.MUST,
        confidence="H",
        says="Time in SCHEDULED accumulates across submissions for comparison with `maxTimeSeconds`.",
        sources=("UG:sm_job_stuck_in_runnable_capacity",),
        observed_by="S.",
    ),
    Promise(
        id="SVC-20",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "UpdateServiceJob changes `schedulingPriority` (0..9999) after submission and can affect preemption of "
            "running jobs."
        ),
        sources=("BC:UpdateServiceJobRequest", "UG:preemption"),
        observed_by="S.",
    ),
    Promise(
        id="SVC-21",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "ListServiceJobs defaults to RUNNING like ListJobs and adds the QUOTA_SHARE_NAME filter; up to 100 per "
            "page."
        ),
        sources=("BC:ListServiceJobsRequest",),
        observed_by="L.",
    ),
    Promise(
        id="SVC-22",
        modality=Modality.MUST,
        confidence="H",
        says="Limits: request 30 KiB, payload 10 KiB, 5 submissions per second per account.",
        sources=("UG:service_limits",),
        observed_by="response.",
    ),
)
