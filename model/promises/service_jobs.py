"""Service jobs (SAGEMAKER_TRAINING): a life of their own, with SCHEDULED and preemption."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="SVC-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "SCHEDULED is added between RUNNABLE and STARTING. PENDING is a value of the status but not in the "
            "guide's table (service jobs have no dependencies)."
        ),
        sources=(
            Cited("API:DescribeServiceJob", "status"),
            Cited(
                "UG:service-job-status",
                "opening",
                "While service jobs share most states with container jobs, they introduce the",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "The way: SUBMITTED, RUNNABLE, SCHEDULED (handed to SageMaker), STARTING (downloading), RUNNING "
            "(training and uploading), SUCCEEDED or FAILED."
        ),
        sources=(
            Cited("UG:service-job-status", "table"),
            Cited(
                "UG:service-job-submit",
                "service job submission workflow",
                "If capacity is available, the job moves to SCHEDULED",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-03",
        modality=Modality.MAY,
        confidence="H",
        says="SCHEDULED can go back to RUNNABLE on capacity problems.",
        sources=(
            Cited(
                "API:LatestServiceJobAttempt",
                "description",
                "A Service job can transition from SCHEDULED back to RUNNABLE state when",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-04",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Capacity failures are retried automatically until capacity exists and do not use up `attempts`. Older "
            "training jobs that failed so are deleted on a best-effort basis, the newest is kept."
        ),
        sources=(
            Cited(
                "UG:service-job-retries",
                "note",
                "These capacity-based retries don't consume your configured retry attempts.",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
        shows="`attempts` and `latestAttempt`",
    ),
    Promise(
        id="SVC-05",
        modality=Modality.MUST,
        confidence="H",
        says="`attempts` (1..10, required) is the total including the first.",
        sources=(
            Cited("UG:service-job-retries", "important", "The attempts value represents the total number of times the"),
            Cited("API:ServiceJobRetryStrategy", "attempts", "You can specify between 1 and 10 attempts."),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "An entry of `evaluateOnExit` of a service job only has `onStatusReason` and `action`; the guide says up "
            "to 5 entries. What happens when none matches is not stated (the catch-all of the example suggests a "
            "retry)."
        ),
        sources=(
            Cited(
                "API:ServiceJobEvaluateOnExit",
                "action",
                "The action to take if the service job exits with the specified",
            ),
            Cited(
                "UG:service-job-retries",
                "retry configuration with evaluateOnExit",
                "The evaluateOnExit array can contain up to 5 retry strategies",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-07",
        modality=Modality.MUST,
        confidence="H",
        says='Reasons from SageMaker start with "Received status from SageMaker: ".',
        sources=(
            Cited(
                "UG:service-job-retries",
                "status reason pattern matching",
                "For service jobs, status messages from SageMaker AI are prefixed with",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
        shows="`statusReason`",
    ),
    Promise(
        id="SVC-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "TerminateServiceJob stops the job and the SageMaker training job behind it. There is no cancel "
            "operation for service jobs."
        ),
        sources=(
            Cited(
                "UG:terminate-service-jobs",
                "last paragraph",
                "When you terminate a service job, AWS Batch stops the job",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
        shows="`isTerminated`, and FAILED",
    ),
    Promise(
        id="SVC-09",
        modality=Modality.MUST,
        confidence="H",
        says="A training job stopped from the SageMaker side (Stopped) maps to FAILED.",
        sources=(
            Cited(
                "UG:service-job-status", "table", "SageMaker Training job was manually stopped using StopTrainingJob."
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-10",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether a terminated service job is exempt from retries, and what TerminateServiceJob does in "
            "SUBMITTED or RUNNABLE: one sentence is all there is (the rules for container jobs are the natural "
            "guess)."
        ),
        sources=(Cited("API:TerminateServiceJob", "description", "Terminates a service job in a job queue."),),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-11",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Preemption (quota shares only): a SCHEDULED, STARTING or RUNNING job may be stopped for a RUNNABLE one "
            "and goes back to RUNNABLE."
        ),
        sources=(
            Cited(
                "UG:preemption", "opening", "Quota management is the only AWS Batch scheduling algorithm to incorporate"
            ),
        ),
        observed=(Seen.SERVICE_JOBS, Seen.EVENTS),
    ),
    Promise(
        id="SVC-12",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Preempted jobs are re-queued without limit unless `preemptionRetriesBeforeTermination` is set; 0 means "
            "FAILED at the first preemption."
        ),
        sources=(
            Cited(
                "UG:preemption", "preemption retries", "The default is for preempted jobs to be re-queued as RUNNABLE"
            ),
            Cited(
                "API:ServiceJobPreemptionConfiguration",
                "preemptionRetriesBeforeTermination",
                "If this field is unset, preempted jobs will be requeued an unlimited",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
        shows="`preemptionSummary`",
    ),
    Promise(
        id="SVC-13",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether preempted attempts count against `attempts` or appear in `attempts` (they have their own list)."
        ),
        sources=(
            Cited(
                "API:ServiceJobPreemptionSummary",
                "recentPreemptedAttempts",
                "A list of the most recent preemption attempts for the service job.",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-14",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Preemption emits "Batch Service Job Preemption Started" (`detail.status` still the old one, reason '
            '"PREEMPTION_IN_PROGRESS: ...") and "... Completed" (with summary, status RUNNABLE in the sample).'
        ),
        sources=(
            Cited(
                "UG:batch-service-job-preemption-events",
                "opening",
                "Preemption events are published whenever a preemption sequence starts or",
            ),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="SVC-15",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`serviceRequestPayload` is not validated at submission, so payload errors surface later as job failures."
        ),
        sources=(
            Cited(
                "UG:service-job-submit",
                "service job submission workflow",
                "The serviceRequestPayload is passed through without validation.",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
        shows="FAILED",
    ),
    Promise(
        id="SVC-16",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            '`clientToken`: identical resubmission is "rejected" for SubmitServiceJob, but succeeds without a '
            "second effect for UpdateConsumableResource (token valid 8 h)."
        ),
        sources=(
            Cited(
                "API:SubmitServiceJob",
                "clientToken",
                "If this parameter is specified and two submit requests with identical payloads",
            ),
            Cited(
                "API:UpdateConsumableResource",
                "clientToken",
                "Both requests will succeed, but the update will only happen once.",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="SVC-17",
        modality=Modality.MUST,
        confidence="H",
        says="Without `timeoutConfig` the underlying service's default timeout applies. No minimum is documented.",
        sources=(
            Cited(
                "API:SubmitServiceJob",
                "timeoutConfig",
                "If none is specified, AWS Batch defers to the default timeout of",
            ),
            Cited(
                "API:ServiceJobTimeout",
                "attemptDurationSeconds",
                "The maximum duration in seconds that a service job attempt can run.",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-18",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'jobStateTimeLimitActions on such queues can only be TERMINATE; result text "Terminated by '
            'JobStateTimeLimit action due to reason: ...".'
        ),
        sources=(
            Cited(
                "API:JobStateTimeLimitAction",
                "action",
                "For job queues connected to a SAGEMAKER_TRAINING service environment, the only supported",
            ),
            Cited(
                "UG:sm_job_stuck_in_runnable_capacity", "list", "Terminated by JobStateTimeLimit action due to reason"
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-19",
        modality=Modality.MUST,
        confidence="H",
        says="Time in SCHEDULED accumulates across submissions for comparison with `maxTimeSeconds`.",
        sources=(
            Cited(
                "UG:sm_job_stuck_in_runnable_capacity",
                "insufficient instance capacity",
                "In both cases, the time the corresponding AWS Batch job spent",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-20",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "UpdateServiceJob changes `schedulingPriority` (0..9999) after submission and can affect preemption of "
            "running jobs."
        ),
        sources=(
            Cited(
                "API:UpdateServiceJob",
                "schedulingPriority",
                "The minimum supported value is 0 and the maximum supported value is",
            ),
            Cited(
                "UG:preemption",
                "preemption selection algorithm",
                "You can use the UpdateServiceJob API call to update the schedulingPriority of",
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-21",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "ListServiceJobs defaults to RUNNING like ListJobs and adds the QUOTA_SHARE_NAME filter; up to 100 per "
            "page."
        ),
        sources=(
            Cited(
                "API:ListServiceJobs",
                "jobStatus",
                "The exceptions are the SHARE_IDENTIFIER filter and QUOTA_SHARE_NAME filter, which can be",
            ),
            Cited("API:ListServiceJobs", "maxResults", "This value can be between 1 and 100."),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="SVC-22",
        modality=Modality.MUST,
        confidence="H",
        says="Limits: request 30 KiB, payload 10 KiB, 5 submissions per second per account.",
        sources=(Cited("UG:service_limits", "table", "Maximum job service request payload size"),),
        observed=(Seen.ANSWER,),
    ),
)
