"""EventBridge events and CloudTrail records."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="EVT-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Every state change of a submitted job creates a "Batch Job State Change" event, source `aws.batch`; the '
            "initial submission creates none."
        ),
        sources=("UG:batch_job_events",),
        observed_by="E.",
    ),
    Promise(
        id="EVT-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`resources` holds the job ARN; `detail` resembles a JobDetail: jobArn, jobName, jobId, jobQueue, "
            "status, attempts, createdAt, retryStrategy (with `evaluateOnExit`: []), dependsOn, jobDefinition, "
            "parameters, container, propagateTags, platformCapabilities."
        ),
        sources=("UG:batch_job_events",),
        observed_by="E.",
    ),
    Promise(
        id="EVT-03",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "The 2023 sample has a `tags` map (with a `resourceArn` entry), the current sample has no `tags`; "
            "service-job events explicitly omit `tags` and the payload. Treat as optional."
        ),
        sources=("UG-old:batch_cwe_events", "UG:batch_job_events", "UG:service-job-events"),
        observed_by="E.",
    ),
    Promise(
        id="EVT-04",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "`isCancelled`, `isTerminated`, `statusReason` in the event detail: in no sample except `statusReason` "
            "in the blocked event; third-party handlers do read `detail.statusReason` on FAILED."
        ),
        sources=("UG:batch_job_events", "UG:batch-job-queue-blocked-events", "CODE:46654903280"),
        observed_by="E.",
    ),
    Promise(
        id="EVT-05",
        modality=Modality.MUST,
        confidence="H",
        says="Consumers must accept unknown fields and new event types.",
        sources=("UG-old:batch_cwe_events",),
        observed_by="E.",
    ),
    Promise(
        id="EVT-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'A job found blocking its queue creates "Batch Job Queue Blocked": `resources` = [job ARN, queue ARN], '
            "`detail.status`=RUNNABLE, `detail.statusReason` = the reason."
        ),
        sources=("UG:batch-job-queue-blocked-events",),
        observed_by="E.",
    ),
    Promise(
        id="EVT-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Other detail-types: "Batch Service Job State Change", "Batch Service Job Queue Blocked" (resource: only '
            'the service job), "Batch Service Job Preemption Started", "Batch Service Job Preemption Completed".'
        ),
        sources=("UG:service-job-events", "UG:batch-service-job-preemption-events"),
        observed_by="E.",
    ),
    Promise(
        id="EVT-08",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Events can be lost, duplicated or reordered; build the oracle on the set of states plus `attempts`, not "
            "on arrival order. General EventBridge property, not re-read here; one monitoring project saw a last "
            "event of SUCCEEDED with an empty `attempts`-derived field."
        ),
        sources=("GH:aws-samples/aws-batch-runtime-monitoring#17",),
        observed_by="E.",
    ),
    Promise(
        id="EVT-09",
        modality=Modality.MUST,
        confidence="M",
        says="Event-visible status sequence of one job is a path of the table of moves (modulo loss and reordering).",
        sources=("derived from other rules",),
        observed_by="E.",
    ),
    Promise(
        id="EVT-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'CloudTrail records Batch API calls with `eventSource` "batch.amazonaws.com", `eventName` the operation, '
            "`requestParameters` in the lower-camel names of the API."
        ),
        sources=("UG-old:logging-using-cloudtrail", "CODE:65720523266 (SubmitJob record: responseElements.jobId)"),
        observed_by="T.",
    ),
    Promise(
        id="EVT-11",
        modality=Modality.MUST,
        confidence="H",
        says="CloudTrail files are not ordered; use `eventTime`.",
        sources=("UG-old:logging-using-cloudtrail",),
        observed_by="T.",
    ),
    Promise(
        id="EVT-12",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "`responseElements` of CancelJob/TerminateJob (null or {}), and whether system actions (time limit, "
            "timeout) are recorded. No sample found."
        ),
        sources=("nothing found",),
        observed_by="T.",
    ),
)
