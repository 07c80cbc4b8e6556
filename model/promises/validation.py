"""What requests are refused, and what DescribeJobs and ListJobs answer."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="ERR-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Modelled errors of every job operation: ClientException (HTTP 400) and ServerException (HTTP 500). "
            "Authorization failures come as AccessDeniedException, seen with HTTP 403. Throttling shows as 429 to "
            "clients."
        ),
        sources=("BC", "GH:aws/amazon-genomics-cli#205", "GH:JuliaCloud/AWS.jl#617", "CLIENT:Netflix/metaflow"),
        observed_by="response.",
    ),
    Promise(
        id="ERR-02",
        modality=Modality.MAY,
        confidence="M",
        says=(
            'Messages are often wrapped: "Error executing request, Exception : <text>, RequestId: <uuid>". The same '
            "checks have also been seen unwrapped. Match the inner text."
        ),
        sources=("GH:base2genomics/batchit#13", "GH:aws-samples/aws-genomics-workflows#84"),
        observed_by="response.",
    ),
    Promise(
        id="ERR-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'jobName: up to 128 characters, first alphanumeric, then letters, digits, `-`, `_`. Violation: "Job name '
            'should match valid pattern". (Historic pattern 2017: `^[a-zA-Z0-9_]+$`.)'
        ),
        sources=(
            "BC:SubmitJobRequest.jobName",
            "GH:fluidattacks/makes#697",
            "GH:opensupplyhub/open-apparel-registry#2007",
        ),
        observed_by="response.",
    ),
    Promise(
        id="ERR-04",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'Unknown queue: "JobQueue <name> not found." Unknown or inactive definition: "JobDefinition name <n> '
            'does not exist or is not in ACTIVE status".'
        ),
        sources=("GH:base2genomics/batchit#13", "GH:aws-samples/aws-genomics-workflows#84"),
        observed_by="response.",
    ),
    Promise(
        id="ERR-05",
        modality=Modality.MUST,
        confidence="M",
        says='More than 100 ids in DescribeJobs: ClientException "Maximum number of jobs supported is  100".',
        sources=("BC:DescribeJobsRequest", "CODE:66956302363"),
        observed_by="response.",
    ),
    Promise(
        id="ERR-06",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'ListJobs with two filters: "Only one filter key-value pair can be specified."; one filter with two '
            'values: "Filter cannot take more than one value." although the shape allows a list.'
        ),
        sources=("GH:boto/boto3#3978", "GH:aws/aws-cli#7982", "BC:KeyValuesPair"),
        observed_by="response.",
    ),
    Promise(
        id="ERR-07",
        modality=Modality.MUST,
        confidence="H",
        says="Limits: SubmitJob payload 30 KiB, definition 24 KiB, 50 submissions/s, 1,000,000 jobs in SUBMITTED.",
        sources=("UG:service_limits",),
        observed_by="response.",
    ),
    Promise(
        id="ERR-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "botocore checks none of these: String, Integer and list shapes carry no bounds (only ClientRequestToken "
            "1..64 and JobExecutionTimeoutMinutes 1..7200 do). A kit can send out-of-range values unmodified."
        ),
        sources=("BC",),
    ),
    Promise(
        id="ERR-09",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Order of validation when several things are wrong, and which checks are synchronous (SubmitJob 400) or "
            "late (job FAILED, see ST-15, ENV-09)."
        ),
        sources=("nothing found",),
        observed_by="response vs D.",
    ),
    Promise(
        id="DESC-01",
        modality=Modality.MUST,
        confidence="M",
        says="Unknown ids are left out of the result, no error.",
        sources=(
            "GH:HumanCellAtlas/matrix-service#364",
            "CLIENT:nextstrain/cli",
            "CLIENT:nextflow-io/nextflow",
            "CLIENT:DataBiosphere/toil",
        ),
        observed_by="D.",
    ),
    Promise(
        id="DESC-02",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Result order, duplicate ids, empty `jobs` list, ARNs instead of ids.",
        sources=("nothing found",),
        observed_by="D.",
    ),
    Promise(
        id="DESC-03",
        modality=Modality.MUST,
        confidence="H",
        says="Child ids `id:i` and node ids `id#n` can be described.",
        sources=("UG:array_jobs", "UG:multi-node-parallel-jobs"),
        observed_by="D.",
    ),
    Promise(
        id="DESC-04",
        modality=Modality.MUST,
        confidence="M",
        says="DescribeJobs has no resource-level permission.",
        sources=("GH:awslabs/visual-asset-management-system#305",),
        observed_by="IAM.",
    ),
    Promise(
        id="LIST-01",
        modality=Modality.MUST,
        confidence="H",
        says="Exactly one of jobQueue, arrayJobId, multiNodeJobId.",
        sources=("BC:op ListJobs",),
        observed_by="response.",
    ),
    Promise(
        id="LIST-02",
        modality=Modality.MUST,
        confidence="H",
        says="Without `jobStatus` only RUNNING jobs are returned.",
        sources=("BC:ListJobsRequest.jobStatus",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "With `filters`, `jobStatus` is ignored and all statuses are returned; exception: SHARE_IDENTIFIER may "
            "be combined with `jobStatus` (since 2026-02-11)."
        ),
        sources=("BC", "HIST"),
        observed_by="L.",
    ),
    Promise(
        id="LIST-04",
        modality=Modality.MUST,
        confidence="H",
        says="JOB_NAME is case-insensitive, a final `*` makes it a prefix match.",
        sources=("BC",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-05",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "JOB_DEFINITION is case-sensitive; a name matches all revisions, a final `*` is a prefix, an ARN selects "
            "one revision and takes no `*`."
        ),
        sources=("BC",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-06",
        modality=Modality.MUST,
        confidence="H",
        says="BEFORE_CREATED_AT / AFTER_CREATED_AT take milliseconds since epoch as strings.",
        sources=("BC",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-07",
        modality=Modality.MUST,
        confidence="H",
        says="Filter names are case-sensitive.",
        sources=("BC:KeyValuesPair",),
        observed_by="response.",
    ),
    Promise(
        id="LIST-08",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "Order: with a filter, newest `createdAt` first; with JOB_NAME the results are also said to be grouped "
            'by job name "and version". Without a filter no order is stated.'
        ),
        sources=("BC:ListJobsRequest.filters",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-09",
        modality=Modality.MUST,
        confidence="H",
        says="Filters do not apply to children of arrays or MNP jobs.",
        sources=("BC",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Pages: up to 1000 with a status (or with neither parameter), up to 100 with filters; `nextToken` is "
            "opaque and null at the end."
        ),
        sources=("BC:ListJobsRequest.maxResults",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-11",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Listing all jobs takes one call per status, so a job that moves between calls can be missed or seen twice."
        ),
        sources=("GH:aws/aws-sdk-js-v3#2584",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-12",
        modality=Modality.MUST,
        confidence="H",
        says="JobSummary `isCancelled`/`isTerminated` are present only when true.",
        sources=("BC:JobSummary",),
        observed_by="L.",
    ),
    Promise(
        id="LIST-13",
        modality=Modality.MUST,
        confidence="H",
        says="Running array parents are found under PENDING.",
        sources=("BC:ListJobsRequest.jobStatus",),
        observed_by="L.",
    ),
)
