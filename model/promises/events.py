"""EventBridge events and CloudTrail records."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="EVT-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Every state change of a submitted job creates a "Batch Job State Change" event, source `aws.batch`; '
            "the initial submission creates none."
        ),
        sources=(
            Cited(
                "UG:batch_job_events", "opening", "Anytime that an existing (previously submitted) job changes states"
            ),
            Cited("UG:batch_job_events", "note", "Events aren't created for the initial job submission."),
        ),
        observed=(Seen.EVENTS,),
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
        sources=(
            Cited(
                "UG:batch_job_events", "example event", "Job state change events are delivered in the following format."
            ),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="EVT-03",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "The sample of 2023 has a map of `tags` (with an entry `resourceArn`), today's sample has none; events "
            "of service jobs leave out `tags` and the payload, and say so."
        ),
        sources=(
            Cited("UG-old:batch_cwe_events", "sample with tags"),
            Cited("UG:batch_job_events", "example event"),
            Cited(
                "UG:service-job-events",
                "example event",
                "The tags and serviceRequestPayload fields are not included in the event detail.",
            ),
        ),
        observed=(Seen.EVENTS,),
        notes="Here `tags` may be there or not.",
    ),
    Promise(
        id="EVT-04",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether the detail of an event has `isCancelled`, `isTerminated` and `statusReason`: no sample has them "
            "but for `statusReason` in that of the blocked queue; programs of third parties do read "
            "`detail.statusReason` of FAILED."
        ),
        sources=(
            Cited("UG:batch_job_events", "example event"),
            Cited("UG:batch-job-queue-blocked-events", "example event", '"statusReason": "blocked-reason"'),
            Cited("LOST:failure-lambda", "reads detail.statusReason"),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="EVT-05",
        modality=Modality.MUST,
        confidence="H",
        says="Consumers must accept unknown fields and new event types.",
        sources=(
            Cited(
                "UG:batch_cwe_events",
                "note",
                "If you're programmatically deserializing event JSON data, make sure that your application",
            ),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="EVT-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'A job found blocking its queue creates "Batch Job Queue Blocked": `resources` = [job ARN, queue ARN], '
            "`detail.status`=RUNNABLE, `detail.statusReason` = the reason."
        ),
        sources=(
            Cited(
                "UG:batch-job-queue-blocked-events",
                "opening",
                "Anytime that AWS Batch detects a job in the RUNNABLE state and",
            ),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="EVT-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Other detail-types: "Batch Service Job State Change", "Batch Service Job Queue Blocked" (resource: '
            'only the service job), "Batch Service Job Preemption Started", "Batch Service Job Preemption '
            'Completed".'
        ),
        sources=(
            Cited("UG:service-job-events", "example event"),
            Cited(
                "UG:batch-service-job-preemption-events",
                "opening",
                "Preemption events are published whenever a preemption sequence starts or",
            ),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="EVT-08",
        modality=Modality.MAY,
        confidence="M",
        says=(
            "Events can be lost, arrive twice or out of order, so what is concluded rests on the set of statuses "
            "and on `attempts`, not on the order of arrival."
        ),
        sources=(Cited("GH:aws-samples/aws-batch-runtime-monitoring#17"),),
        observed=(Seen.EVENTS,),
        notes=(
            "A general property of EventBridge, which was not read again here; one monitoring project saw SUCCEEDED "
            "as the last event with nothing of the attempts in it."
        ),
    ),
    Promise(
        id="EVT-09",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "The statuses that the events of one job show are a path of the table of moves, but for what is lost or "
            "out of order."
        ),
        rests_on=("ST-16", "EVT-01"),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="EVT-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'CloudTrail records Batch API calls with `eventSource` "batch.amazonaws.com", `eventName` the '
            "operation, `requestParameters` in the lower-camel names of the API."
        ),
        sources=(
            Cited("UG:understanding-service-name-entries", "example", '"eventSource": "batch.amazonaws.com"'),
            Cited(
                "UG:service-name-info-in-cloudtrail",
                "third paragraph",
                "All AWS Batch actions are logged by CloudTrail",
            ),
        ),
        observed=(Seen.CLOUDTRAIL,),
    ),
    Promise(
        id="EVT-11",
        modality=Modality.MUST,
        confidence="H",
        says="The records in CloudTrail's files are in no order; `eventTime` orders them.",
        sources=(
            Cited(
                "UG:understanding-service-name-entries",
                "opening",
                "CloudTrail log files aren't an ordered stack trace of the public API",
            ),
        ),
        observed=(Seen.CLOUDTRAIL,),
    ),
    Promise(
        id="EVT-12",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "What `responseElements` of CancelJob and TerminateJob are (null or {}), and whether what the system does "
            "itself (time limit, timeout) is recorded."
        ),
        observed=(Seen.CLOUDTRAIL,),
        notes="No sample was found.",
    ),
)
