"""Array jobs: children, and the parent that is derived from them."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="ARR-01",
        modality=Modality.MUST,
        confidence="H",
        says="The size is 2 to 10,000. The service refuses size 1, as two projects report.",
        sources=(
            Cited("API:SubmitJob", "arrayProperties", "The array size can be between 2 and 10,000."),
            Cited("UG:service_limits", "table", "Maximum array size for array jobs"),
            Cited("GH:opensupplyhub/open-apparel-registry#336"),
            Cited("GH:r-lib/revdepcheck#296"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ARR-02",
        modality=Modality.MUST,
        confidence="H",
        says="Child ids are `<parentId>:<index>`, index from 0 to size-1.",
        sources=(
            Cited("UG:array_jobs", "third paragraph", "However, the array index for the child job is appended to"),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
    ),
    Promise(
        id="ARR-03",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "A parent is SUBMITTED, PENDING, FAILED or SUCCEEDED. Until 2023 the guide added that it never is "
            'RUNNABLE or RUNNING; the page of today lists the four without the "never". An emulator (fakecloud) '
            "shows parents RUNNING."
        ),
        sources=(
            Cited(
                "UG:array_jobs", "fourth paragraph", "The parent array job can enter a SUBMITTED, PENDING, FAILED, or"
            ),
            Cited("UG-old:array_jobs", "a sentence that older versions had"),
            Cited("GH:faiscadev/fakecloud#1987"),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        shows="the parent",
        notes="Decided here: never RUNNABLE, STARTING or RUNNING.",
    ),
    Promise(
        id="ARR-04",
        modality=Modality.MUST,
        confidence="H",
        says="The parent becomes PENDING when any child becomes RUNNABLE and stays PENDING while children run.",
        sources=(
            Cited("API:ListJobs", "jobStatus", "Array job parents are updated to PENDING when any child job is"),
            Cited("UG:job_states", "PENDING", "Array job parents are updated to PENDING when any child job"),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.LIST_JOBS),
        notes="In the service model since 2026-02-03.",
    ),
    Promise(
        id="ARR-05",
        modality=Modality.MUST,
        confidence="M",
        says="A parent is SUCCEEDED only if every child is SUCCEEDED.",
        sources=(Cited("UG:array_jobs", "last paragraph", "However, if a child array job fails"),),
        rests_on=("ARR-06",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ARR-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "If any child fails (by itself or by cancel/terminate) the parent fails, and it turns FAILED only when "
            "all children are complete."
        ),
        sources=(
            Cited("UG:array_jobs", "last paragraph", "In this scenario, the parent job transitions to FAILED when all"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="a FAILED parent has only terminal children",
    ),
    Promise(
        id="ARR-07",
        modality=Modality.MUST,
        confidence="M",
        says='The `statusReason` of such a parent (ARR-06) is "Array Child Job failed".',
        sources=(
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "test_a_job_that_did_not_test_capacity_establishes_nothing",
                '"Array Child Job failed"',
            ),
            Cited(
                "FILE:fireheartjerry/pneuma-lab:tests/cloud/test_ephemeral_runner.py",
                "a FAILED parent",
                '"statusReason": "Array Child Job failed"',
            ),
            Cited("LOST:failure-lambda", 'a condition on "Array Child Job failed"'),
        ),
        rests_on=("ARR-06",),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason`",
    ),
    Promise(
        id="ARR-08",
        modality=Modality.MUST,
        confidence="H",
        says="`arrayProperties.statusSummary` counts children per status and `size` gives the size, on parents.",
        sources=(
            Cited(
                "API:ArrayPropertiesDetail",
                "statusSummary",
                "A summary of the number of array job children in each available",
            ),
            Cited("API:ArrayPropertiesDetail", "size", "The size of the array job."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ARR-09",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "`statusSummary` may lag: `statusSummaryLastUpdatedAt` (ms) dates it. That its sum is the size, or that "
            "it agrees with the children, need not be so at each instant; it is expected once the parent is "
            "terminal."
        ),
        sources=(
            Cited(
                "API:ArrayPropertiesDetail",
                "statusSummaryLastUpdatedAt",
                "The Unix timestamp (in milliseconds) for when the statusSummary was last updated.",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ARR-10",
        modality=Modality.MUST,
        confidence="H",
        says="Children carry `arrayProperties.index`.",
        sources=(Cited("API:ArrayPropertiesDetail", "index", "This parameter is returned for array job children."),),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ARR-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A child's `createdAt` is when the parent spawned it and it entered PENDING, so a child need never show "
            "SUBMITTED."
        ),
        sources=(Cited("API:JobDetail", "createdAt", "For array child jobs, this is when the child job was spawned"),),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        shows="the child",
    ),
    Promise(
        id="ARR-12",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Whether `startedAt` is shown for children: from 2020-09 to 2024-02 the text said that it is not provided "
            "for children of array or multi-node jobs; since 2024-02-09 it does not."
        ),
        sources=(
            Cited("COMMIT:boto/botocore@0406196e1", "2020-09: not provided for children"),
            Cited("COMMIT:boto/botocore@0139a6f27", "2024-02-09: the sentence is gone"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the child",
    ),
    Promise(
        id="ARR-13",
        modality=Modality.MUST,
        confidence="H",
        says="Children share definition, resources, timeout and retry configuration of the parent.",
        sources=(
            Cited("UG:array_jobs", "opening", "An array job is a job that shares common parameters, such"),
            Cited("API:SubmitJob", "timeout", "For array jobs, child jobs have the same timeout configuration as the"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ARR-14",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`ListJobs(arrayJobId=...)` lists children; without `jobStatus` only those that are RUNNING, and "
            "`filters` do not apply to children."
        ),
        sources=(
            Cited("API:ListJobs", "arrayJobId", "Specifying an array job ID with this parameter lists all child jobs"),
            Cited("API:ListJobs", "jobStatus", "If you don't specify a status, only RUNNING jobs are returned."),
            Cited("API:ListJobs", "filters", "The filter doesn't apply to child jobs in an array or multi-node"),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="ARR-15",
        modality=Modality.MUST,
        confidence="H",
        says="Children get `AWS_BATCH_JOB_ARRAY_INDEX`; the newest guide also lists `AWS_BATCH_JOB_ARRAY_SIZE`.",
        sources=(
            Cited("UG:job_env_vars", "AWS_BATCH_JOB_ARRAY_INDEX", "This variable is only set in child array jobs."),
            Cited(
                "UG:job_env_vars", "AWS_BATCH_JOB_ARRAY_SIZE", "This variable is set to the size of the parent array"
            ),
        ),
        observed=(Seen.CONTAINER,),
    ),
    Promise(
        id="ARR-16",
        modality=Modality.MUST,
        confidence="H",
        says="Tag operations do not accept child ARNs.",
        sources=(
            Cited(
                "API:TagResource",
                "description",
                "ARNs for child jobs of array and multi-node parallel (MNP) jobs aren't",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ARR-17",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="What `startedAt`, `stoppedAt` and `container.exitCode` of a parent show.",
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ARR-18",
        modality=Modality.MAY,
        confidence="M",
        says="Children can run concurrently and finish in any order unless SEQUENTIAL.",
        sources=(Cited("UG:array_jobs", "opening", "It runs as a collection of related yet separate basic jobs"),),
        observed=(Seen.EVENTS,),
    ),
    Promise(
        id="ARR-19",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "While an array waits for what it depends on its children do not exist, so describing `id:0` early may "
            "return nothing."
        ),
        rests_on=("ARR-11",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ARR-20",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "How many state change events the parent makes, and whether a child's way from SUBMITTED to PENDING is "
            'one ("Events aren\'t created for the initial job submission").'
        ),
        sources=(Cited("UG:batch_job_events", "note", "Events aren't created for the initial job submission."),),
        observed=(Seen.EVENTS,),
    ),
)
