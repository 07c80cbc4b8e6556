"""Queues, compute environments and scheduling."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="Q-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A DISABLED queue accepts no new jobs; jobs already in it can finish, so their transitions go on. In "
            "which words it refuses was not found."
        ),
        sources=(Cited("API:CreateJobQueue", "state", "If the job queue state is DISABLED, new jobs can't be added"),),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
        shows="the answer of SubmitJob, and the jobs that were there",
    ),
    Promise(
        id="Q-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "DeleteJobQueue needs the queue DISABLED first, and eventually ends all its jobs. Children of a deleted "
            'queue were seen FAILED with "JobQueue deleted" and an empty `attempts`. The guide\'s steps for the '
            "CLI tell users to wait for running jobs first."
        ),
        sources=(
            Cited(
                "API:DeleteJobQueue", "description", "All jobs in the queue are eventually terminated when you delete a"
            ),
            Cited(
                "FILE:fireheartjerry/pneuma-lab:tests/cloud/test_ephemeral_runner.py",
                "children of a deleted queue",
                '"statusReason": "JobQueue deleted"',
            ),
            Cited("UG:delete-job-queue", "AWS CLI", "Wait for any running jobs to complete, then delete the job"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="Q-03",
        modality=Modality.MUST,
        confidence="H",
        says="A DISABLED compute environment gets no new placements; STARTING and RUNNING jobs go on.",
        sources=(
            Cited(
                "API:ComputeEnvironmentDetail",
                "state",
                "Jobs in a STARTING or RUNNING state continue to progress normally.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="Q-04",
        modality=Modality.MUST,
        confidence="H",
        says="Compute environments of a queue are tried in ascending `order`; at most 3.",
        sources=(
            Cited("API:ComputeEnvironmentOrder", "order", "Compute environments are tried in ascending order."),
            Cited("UG:service_limits", "table", "Maximum number of compute environments for each job queue"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the container instance",
    ),
    Promise(
        id="Q-05",
        modality=Modality.MUST,
        confidence="H",
        says="Without a scheduling policy a queue is FIFO by submission time.",
        sources=(
            Cited("UG:job_scheduling", "opening", "If you don’t specify a scheduling policy when you create a job"),
            Cited(
                "API:FrontOfQueueDetail",
                "jobs",
                "For first-in-first-out (FIFO) job queues, jobs are ordered based on their submission",
            ),
        ),
        observed=(Seen.QUEUES,),
        shows="the queue's snapshot",
    ),
    Promise(
        id="Q-06",
        modality=Modality.MAY,
        confidence="H",
        says="In FIFO a job at the head that cannot be placed blocks those behind it.",
        sources=(
            Cited(
                "UG:job_stuck_in_runnable",
                "second paragraph",
                "If AWS Batch detects that you have a RUNNABLE job at the",
            ),
        ),
        observed=(Seen.EVENTS,),
        shows='the event "Batch Job Queue Blocked"',
    ),
    Promise(
        id="Q-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "With a fair-share policy the order depends on how much each share uses and, within one share, on "
            "`schedulingPriority` (higher first, 0 to 9999)."
        ),
        sources=(
            Cited(
                "API:SubmitJob",
                "schedulingPriorityOverride",
                "Jobs with a higher scheduling priority are scheduled before jobs with a",
            ),
            Cited(
                "UG:fair-share-scheduling",
                "opening",
                "Fair-share scheduling provides a set of controls to help schedule",
            ),
        ),
        observed=(Seen.QUEUES,),
        shows="the queue's snapshot",
    ),
    Promise(
        id="Q-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "On fair-share queues `shareIdentifier` is required, on others it must not be given; at most 500 active "
            "identifiers, and a submission that would add one more fails."
        ),
        sources=(
            Cited(
                "API:SubmitJob",
                "shareIdentifier",
                "Don't specify this parameter if the job queue doesn't have a fair-share",
            ),
            Cited(
                "API:CreateJobQueue",
                "schedulingPolicyArn",
                "When the limit has been reached, submissions of any jobs that add",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="Q-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Queue priority orders evaluation of queues that share compute, but does not guarantee that a given job "
            "starts before one in a lower-priority queue."
        ),
        sources=(
            Cited(
                "API:JobQueueDetail",
                "priority",
                "Job queue priority doesn't guarantee that a particular job executes before a",
            ),
        ),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="Q-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "GetJobQueueSnapshot lists the first 100 RUNNABLE jobs in the order of their dispatch, with "
            "`earliestTimeAtPosition` and `lastUpdatedAt`. It is a snapshot, so it may be stale."
        ),
        sources=(
            Cited(
                "API:GetJobQueueSnapshot", "description", "The first 100 RUNNABLE jobs in the job queue are listed in"
            ),
            Cited(
                "API:FrontOfQueueDetail",
                "lastUpdatedAt",
                "The Unix timestamp (in milliseconds) for when each of the first 100",
            ),
        ),
        observed=(Seen.QUEUES,),
    ),
    Promise(
        id="Q-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "jobStateTimeLimitActions: only the state RUNNABLE; `maxTimeSeconds` 600 to 86400, approximately; the "
            "action is CANCEL for queues of ECS, EKS and Fargate, TERMINATE for those of SageMaker."
        ),
        sources=(
            Cited("API:JobStateTimeLimitAction", "state", "The only supported value is RUNNABLE."),
            Cited(
                "API:JobStateTimeLimitAction",
                "maxTimeSeconds",
                "The minimum value is 600 (10 minutes) and the maximum value is",
            ),
        ),
        observed=(Seen.ANSWER, Seen.QUEUES),
    ),
    Promise(
        id="Q-12",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "The action needs the job at the head of the queue and the configured reason as its current block reason."
        ),
        sources=(
            Cited(
                "API:JobStateTimeLimitAction",
                "description",
                "Specifies an action that AWS Batch will take after the job has",
            ),
            Cited(
                "UG:job_stuck_in_runnable_time_limit_actions",
                "third paragraph",
                "When a job has been in a RUNNABLE state with the",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason` over time",
    ),
    Promise(
        id="Q-13",
        modality=Modality.MUST,
        confidence="H",
        says='The job ends FAILED with "Canceled by JobStateTimeLimit action due to reason: <reason>".',
        sources=(
            Cited("UG:job_stuck_in_runnable_capacity", "list", "Canceled by JobStateTimeLimit action due to reason"),
            Cited(
                "UG:job_stuck_in_runnable_misconfiguration",
                "list",
                "Canceled by JobStateTimeLimit action due to reason",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="Q-14",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Which reasons a time limit action can be for: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, "
            "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE, MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT. "
            "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED is in neither list of the guide of 2026-09, and "
            "in the list of those that work in the copy for the European cloud."
        ),
        sources=(
            Cited(
                "UG:job_stuck_in_runnable_time_limit_actions",
                "list",
                "The following statusReason values support jobStateTimeLimitActions:",
            ),
            Cited("WEB:docs.aws.eu/batch/latest/userguide/job_stuck_in_runnable_time_limit_actions.html"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="Q-15",
        modality=Modality.MUST,
        confidence="H",
        says="No time limit action can be for SERVICE_ROLE_PERMISSIONS, ACTION_REQUIRED or UNDETERMINED.",
        sources=(
            Cited(
                "UG:job_stuck_in_runnable_time_limit_actions",
                "list",
                "The following statusReason values do not support jobStateTimeLimitActions and require",
            ),
        ),
    ),
    Promise(
        id="Q-16",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "For SageMaker queues the usable reasons are CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY, "
            "MISCONFIGURATION:SERVICE_ENVIRONMENT_MAX_RESOURCE, MISCONFIGURATION:QUOTA_MANAGEMENT_LIMIT_EXCEEDED."
        ),
        sources=(
            Cited(
                "UG:sm_job_stuck_in_runnable_time_limit_actions",
                "list",
                "The following reason values support jobStateTimeLimitActions:",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="Q-17",
        modality=Modality.MUST,
        confidence="M",
        says="A job cancelled by a time limit action is not retried (it is cancelled).",
        sources=(Cited("UG:job_retries", "note", "Jobs that are cancelled or terminated aren't retried."),),
        rests_on=("Q-12", "CANCEL-18"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="Q-18",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Detection needs service-role permissions (autoscaling:DescribeScalingActivities, "
            "ec2:DescribeSpotFleetRequestHistory); without them neither the reason nor the action appears."
        ),
        sources=(
            Cited(
                "UG:job_stuck_in_runnable_capacity", "note", "If you use the SLR or the managed policy, you must add"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="that neither is there",
    ),
    Promise(
        id="Q-19",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Infrastructure update of a compute environment: with terminateJobsOnUpdate=true running jobs are ended "
            "at once; otherwise they get jobExecutionTimeoutMinutes (default 30, 1..7200)."
        ),
        sources=(
            Cited(
                "UG:infrastructure-updates",
                "job handling during updates",
                "When you set terminateJobsOnUpdate=true, running jobs are terminated immediately",
            ),
            Cited("API:UpdatePolicy", "jobExecutionTimeoutMinutes", "The default value is 30."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="Q-20",
        modality=Modality.MUST,
        confidence="H",
        says="Consumable resources: a job is scheduled only when all the quantities that it needs are available.",
        sources=(
            Cited(
                "UG:resource-aware-scheduling",
                "fourth paragraph",
                "Batch keeps track of how many consumable resources are available for the",
            ),
        ),
        observed=(Seen.ANSWER,),
        shows=(
            "`inUseQuantity` of DescribeConsumableResource is not above the total, but after a reduction (Q-22) or "
            "a deletion"
        ),
    ),
    Promise(
        id="Q-21",
        modality=Modality.MUST,
        confidence="H",
        says="REPLENISHABLE quantities come back when jobs complete; NON_REPLENISHABLE do not.",
        sources=(
            Cited(
                "API:CreateConsumableResource",
                "resourceType",
                "Indicates whether the resource is available to be re-used after a job",
            ),
        ),
        observed=(Seen.ANSWER,),
        shows="`availableQuantity` of DescribeConsumableResource",
    ),
    Promise(
        id="Q-22",
        modality=Modality.MAY,
        confidence="H",
        says="Lowering a total below use takes effect gradually as jobs finish.",
        sources=(
            Cited(
                "UG:resource-aware-scheduling-how-to-update-quantity",
                "second paragraph",
                "If there are units in use, Batch reduces the available quantity",
            ),
        ),
        observed=(Seen.ANSWER,),
        shows="the quantities of DescribeConsumableResource",
    ),
    Promise(
        id="Q-23",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "After deleting a consumable resource, jobs needing it may still be scheduled for a while; re-creating "
            "it under the same name counts as the same resource."
        ),
        sources=(
            Cited(
                "UG:resource-aware-scheduling-how-to-delete",
                "opening",
                "Once a consumable resource is deleted, there may be a gap",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="Q-24",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether a cancel or terminate frees replenishable quantities when it is accepted or when the job is "
            "FAILED, and how retries take them again."
        ),
        observed=(Seen.ANSWER,),
        shows="the quantities of DescribeConsumableResource",
    ),
    Promise(
        id="Q-25",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Queues with quota shares (only for SageMaker; up to 20 shares, 1 to 5 capacity limits each): "
            "`quotaShareName` must be given when a job is submitted; lowering limits can make running jobs "
            "preemptible."
        ),
        sources=(
            Cited("UG:quota-shares", "opening", "A maximum of 20 can be attached to any job queue."),
            Cited(
                "UG:preemption",
                "cross-share preemption",
                "Administrators lowering a quota share's capacity limits can also make",
            ),
            Cited(
                "UG:submit-job-quota-share", "opening", "Quota management job queues require that all jobs specify a"
            ),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
    Promise(
        id="Q-26",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Deleting a quota share eventually ends all jobs in it; a DISABLED share takes no new jobs, existing "
            "ones can finish."
        ),
        sources=(
            Cited(
                "API:DeleteQuotaShare",
                "description",
                "All jobs in the share are eventually terminated when you delete a",
            ),
            Cited("API:CreateQuotaShare", "state", "If the quota share is DISABLED, new jobs won't be accepted but"),
        ),
        observed=(Seen.SERVICE_JOBS,),
    ),
)
