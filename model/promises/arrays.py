"""Array jobs: children, and the parent that is derived from them."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="ARR-01",
        modality=Modality.MUST,
        confidence="H",
        says="Size is 2 to 10,000. Size 1 is rejected by the service (reported by two projects).",
        sources=(
            "BC:SubmitJobRequest.arrayProperties",
            "UG:service_limits",
            "GH:opensupplyhub/open-apparel-registry#336",
            "GH:r-lib/revdepcheck#296",
        ),
        observed_by="response.",
    ),
    Promise(
        id="ARR-02",
        modality=Modality.MUST,
        confidence="H",
        says="Child ids are `<parentId>:<index>`, index from 0 to size-1.",
        sources=("UG:array_jobs",),
        observed_by="D/L.",
    ),
    Promise(
        id="ARR-03",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            "Parent status is one of SUBMITTED, PENDING, FAILED, SUCCEEDED. Until 2023 the guide added that it never "
            'is RUNNABLE or RUNNING; the current page lists the four states without the "never". EMU:fakecloud shows '
            'parents RUNNING. Keep "never RUNNABLE/STARTING/RUNNING" as MUST.'
        ),
        sources=("UG:array_jobs", "UG-old:array_jobs", "EMU:fakecloud#1987"),
        observed_by="D/E parent.",
    ),
    Promise(
        id="ARR-04",
        modality=Modality.MUST,
        confidence="H",
        says="The parent becomes PENDING when any child becomes RUNNABLE and stays PENDING while children run.",
        sources=("BC:ListJobsRequest.jobStatus (added 2026-02-03)", "UG:job_states"),
        observed_by="D/L.",
    ),
    Promise(
        id="ARR-05",
        modality=Modality.MUST,
        confidence="M",
        says="Parent SUCCEEDED only if every child SUCCEEDED.",
        sources=("derived from UG:array_jobs",),
        observed_by="D.",
    ),
    Promise(
        id="ARR-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "If any child fails (by itself or by cancel/terminate) the parent fails, and it turns FAILED only when "
            "all children are complete."
        ),
        sources=("UG:array_jobs",),
        observed_by="D parent FAILED implies every child terminal.",
    ),
    Promise(
        id="ARR-07",
        modality=Modality.MUST,
        confidence="M",
        says='Parent `statusReason` is "Array Child Job failed" in that case.',
        sources=("CODE:65728375863", "CODE:61168403053", "CODE:46654903280"),
        observed_by="D.",
    ),
    Promise(
        id="ARR-08",
        modality=Modality.MUST,
        confidence="H",
        says="`arrayProperties.statusSummary` counts children per status and `size` gives the size, on parents.",
        sources=("BC:ArrayPropertiesDetail",),
        observed_by="D.",
    ),
    Promise(
        id="ARR-09",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "`statusSummary` may lag: `statusSummaryLastUpdatedAt` (ms) exists to date it. Do not require sum == "
            "size or agreement with children at each instant; require it once the parent is terminal (M)."
        ),
        sources=("BC:ArrayPropertiesDetail", "HIST:array job visibility change"),
        observed_by="D.",
    ),
    Promise(
        id="ARR-10",
        modality=Modality.MUST,
        confidence="H",
        says="Children carry `arrayProperties.index`.",
        sources=("BC",),
        observed_by="D.",
    ),
    Promise(
        id="ARR-11",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A child's `createdAt` is when the parent spawned it and it entered PENDING, so a child need never show "
            "SUBMITTED."
        ),
        sources=("BC:JobDetail.createdAt",),
        observed_by="D/E child.",
    ),
    Promise(
        id="ARR-12",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "`startedAt` on children: text of 2020-09 to 2024-02 said it is not provided for array or multi-node "
            "children; removed 2024-02-09."
        ),
        sources=("HIST:0406196e1, 0139a6f27",),
        observed_by="D child.",
    ),
    Promise(
        id="ARR-13",
        modality=Modality.MUST,
        confidence="H",
        says="Children share definition, resources, timeout and retry configuration of the parent.",
        sources=("UG:array_jobs",),
        observed_by="D.",
    ),
    Promise(
        id="ARR-14",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`ListJobs(arrayJobId=...)` lists children; without `jobStatus` only RUNNING ones (default filter), and "
            "`filters` do not apply to children."
        ),
        sources=("BC:ListJobsRequest",),
        observed_by="L.",
    ),
    Promise(
        id="ARR-15",
        modality=Modality.MUST,
        confidence="H",
        says="Children get `AWS_BATCH_JOB_ARRAY_INDEX`; the newest guide also lists `AWS_BATCH_JOB_ARRAY_SIZE`.",
        sources=("UG:job_env_vars",),
        observed_by="C.",
    ),
    Promise(
        id="ARR-16",
        modality=Modality.MUST,
        confidence="H",
        says="Tag operations do not accept child ARNs.",
        sources=("BC:op TagResource",),
        observed_by="response.",
    ),
    Promise(
        id="ARR-17",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Parent `startedAt`/`stoppedAt`, parent `container.exitCode`.",
        sources=("nothing found",),
        observed_by="D.",
    ),
    Promise(
        id="ARR-18",
        modality=Modality.MAY,
        confidence="M",
        says="Children can run concurrently and finish in any order unless SEQUENTIAL.",
        sources=("UG:array_jobs",),
        observed_by="E.",
    ),
    Promise(
        id="ARR-19",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "A job waiting on dependencies that is an array: children exist only later, so describing `id:0` early "
            "may return nothing."
        ),
        sources=("derived from ARR-11",),
        observed_by="D.",
    ),
    Promise(
        id="ARR-20",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "How many state-change events the parent emits, and whether SUBMITTED to PENDING for children is one "
            '("events aren\'t created for the initial job submission").'
        ),
        sources=("UG:batch_job_events",),
        observed_by="E.",
    ),
)
