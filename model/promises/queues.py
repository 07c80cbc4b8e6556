"""Queues, compute environments and scheduling."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="Q-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A DISABLED queue accepts no new jobs; jobs already in it can finish (so their transitions continue). "
            "Exact error text not found."
        ),
        sources=("BC:CreateJobQueueRequest.state",),
        observed_by="SubmitJob response; D.",
    ),
    Promise(
        id="Q-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "DeleteJobQueue needs the queue DISABLED first and eventually ends all its jobs. Children of a deleted "
            'queue were seen FAILED with "JobQueue deleted" and `attempts`=[]. The guide\'s CLI recipe tells users to '
            "wait for running jobs first."
        ),
        sources=("BC:op DeleteJobQueue", "CODE:65728375863", "UG:delete-job-queue"),
        observed_by="D.",
    ),
    Promise(
        id="Q-03",
        modality=Modality.MUST,
        confidence="H",
        says="A DISABLED compute environment gets no new placements; STARTING and RUNNING jobs go on.",
        sources=("BC:ComputeEnvironmentDetail.state",),
        observed_by="D.",
    ),
    Promise(
        id="Q-04",
        modality=Modality.MUST,
        confidence="H",
        says="Compute environments of a queue are tried in ascending `order`; at most 3.",
        sources=("BC:ComputeEnvironmentOrder", "UG:service_limits"),
        observed_by="D container instance.",
    ),
    Promise(
        id="Q-05",
        modality=Modality.MUST,
        confidence="H",
        says="Without a scheduling policy a queue is FIFO by submission time.",
        sources=("UG:job_scheduling", "BC:FrontOfQueueDetail"),
        observed_by="Q snapshot.",
    ),
    Promise(
        id="Q-06",
        modality=Modality.MAY,
        confidence="H",
        says="In FIFO a job at the head that cannot be placed blocks those behind it.",
        sources=("UG:job_stuck_in_runnable",),
        observed_by='E "Batch Job Queue Blocked".',
    ),
    Promise(
        id="Q-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Fair-share: order depends on share usage and, within one share, on `schedulingPriority` (higher first, "
            "0..9999)."
        ),
        sources=("BC:SubmitJobRequest.schedulingPriorityOverride", "UG:fair-share-scheduling"),
        observed_by="Q snapshot.",
    ),
    Promise(
        id="Q-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "On fair-share queues `shareIdentifier` is required, on others it must not be given; at most 500 active "
            "identifiers, and a submission that would add one more fails."
        ),
        sources=("BC:SubmitJobRequest.shareIdentifier, CreateJobQueueRequest.schedulingPolicyArn",),
        observed_by="response.",
    ),
    Promise(
        id="Q-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Queue priority orders evaluation of queues that share compute, but does not guarantee that a given job "
            "starts before one in a lower-priority queue."
        ),
        sources=("BC:JobQueueDetail.priority",),
        observed_by="E.",
    ),
    Promise(
        id="Q-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "GetJobQueueSnapshot lists the first 100 RUNNABLE jobs in dispatch order with `earliestTimeAtPosition` "
            "and `lastUpdatedAt`. It is a snapshot, so staleness is legal."
        ),
        sources=("BC:FrontOfQueueDetail",),
        observed_by="Q.",
    ),
    Promise(
        id="Q-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "jobStateTimeLimitActions: state RUNNABLE only; `maxTimeSeconds` 600..86400 (approximate); action CANCEL "
            "for ECS/EKS/Fargate queues, TERMINATE for SageMaker queues."
        ),
        sources=("BC:JobStateTimeLimitAction",),
        observed_by="Q; response.",
    ),
    Promise(
        id="Q-12",
        modality=Modality.MUST,
        confidence="H",
        says="The action needs the job at the head of the queue and the configured reason as its current block reason.",
        sources=("BC:JobStateTimeLimitAction", "UG:job_stuck_in_runnable_time_limit_actions"),
        observed_by="D `statusReason` history.",
    ),
    Promise(
        id="Q-13",
        modality=Modality.MUST,
        confidence="H",
        says='Result: FAILED with "Canceled by JobStateTimeLimit action due to reason: <reason>".',
        sources=("UG:job_stuck_in_runnable_capacity", "UG:job_stuck_in_runnable_misconfiguration"),
        observed_by="D.",
    ),
    Promise(
        id="Q-14",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Reasons usable for actions: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, "
            "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE, MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT. "
            "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED is missing from both lists in the 2026-09 "
            "mirror and listed as supported on the docs.aws.eu copy."
        ),
        sources=("UG:job_stuck_in_runnable_time_limit_actions", "the copy on docs.aws.eu"),
        observed_by="response.",
    ),
    Promise(
        id="Q-15",
        modality=Modality.MUST,
        confidence="H",
        says="No action possible for SERVICE_ROLE_PERMISSIONS, ACTION_REQUIRED, UNDETERMINED.",
        sources=("UG:job_stuck_in_runnable_time_limit_actions", "the copy on docs.aws.eu"),
    ),
    Promise(
        id="Q-16",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "For SageMaker queues the usable reasons are CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, "
            "MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE, MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED."
        ),
        sources=("UG:sm_job_stuck_in_runnable_time_limit_actions",),
        observed_by="response.",
    ),
    Promise(
        id="Q-17",
        modality=Modality.MUST,
        confidence="M",
        says="A job cancelled by a time limit action is not retried (it is cancelled).",
        sources=("derived from UG:job_retries",),
        observed_by="D.",
    ),
    Promise(
        id="Q-18",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Detection needs service-role permissions (autoscaling:DescribeScalingActivities, "
            "ec2:DescribeSpotFleetRequestHistory); without them neither the reason nor the action appears."
        ),
        sources=("UG:job_stuck_in_runnable_capacity",),
        observed_by="absence.",
    ),
    Promise(
        id="Q-19",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Infrastructure update of a compute environment: with terminateJobsOnUpdate=true running jobs are ended "
            "at once; otherwise they get jobExecutionTimeoutMinutes (default 30, 1..7200)."
        ),
        sources=("UG:infrastructure-updates", "BC:UpdatePolicy"),
        observed_by="D.",
    ),
    Promise(
        id="Q-20",
        modality=Modality.MUST,
        confidence="H",
        says="Consumable resources: a job is scheduled only when all required quantities are available.",
        sources=("UG:resource-aware-scheduling",),
        observed_by="DescribeConsumableResource `inUseQuantity` <= total, except after a reduction (Q-22) or deletion.",
    ),
    Promise(
        id="Q-21",
        modality=Modality.MUST,
        confidence="H",
        says="REPLENISHABLE quantities come back when jobs complete; NON_REPLENISHABLE do not.",
        sources=("BC:CreateConsumableResourceRequest",),
        observed_by="`availableQuantity`.",
    ),
    Promise(
        id="Q-22",
        modality=Modality.MAY,
        confidence="H",
        says="Lowering a total below use takes effect gradually as jobs finish.",
        sources=("UG:resource-aware-scheduling-how-to-update-quantity",),
        observed_by="quantities.",
    ),
    Promise(
        id="Q-23",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "After deleting a consumable resource, jobs needing it may still be scheduled for a while; re-creating "
            "it under the same name counts as the same resource."
        ),
        sources=("UG:resource-aware-scheduling-how-to-delete",),
        observed_by="D.",
    ),
    Promise(
        id="Q-24",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether cancelling/terminating frees replenishable quantities at acceptance or at FAILED, and how "
            "retries re-acquire them."
        ),
        sources=("nothing found",),
        observed_by="quantities.",
    ),
    Promise(
        id="Q-25",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Quota-share queues (SageMaker only, up to 20 shares, 1..5 capacity limits each): `quotaShareName` is "
            "required at submit; lowering limits can make running jobs preemptible."
        ),
        sources=("UG:quota-shares", "UG:preemption", "UG:submit-job-quota-share"),
        observed_by="S.",
    ),
    Promise(
        id="Q-26",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Deleting a quota share eventually ends all jobs in it; a DISABLED share takes no new jobs, existing "
            "ones can finish."
        ),
        sources=("BC:op DeleteQuotaShare, CreateQuotaShareRequest.state",),
        observed_by="S.",
    ),
)
