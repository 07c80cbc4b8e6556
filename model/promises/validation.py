"""What requests are refused, and what DescribeJobs and ListJobs answer."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="ERR-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Errors that the service model gives every job operation: ClientException (HTTP 400) and "
            "ServerException (HTTP 500). A lack of permission comes as AccessDeniedException, seen with HTTP 403. "
            "Throttling shows as 429 to clients."
        ),
        sources=(
            Cited("API:CancelJob", "Errors: ClientException (400) and ServerException (500)"),
            Cited("GH:aws/amazon-genomics-cli#205"),
            Cited("GH:JuliaCloud/AWS.jl#617"),
            Cited("GH:ASFHyP3/hyp3#1676", "opening post", "Too Many Requests (Service: AWSBatch; Status Code: 429"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ERR-02",
        modality=Modality.MAY,
        confidence="M",
        says=(
            'Messages are often wrapped: "Error executing request, Exception : <text>, RequestId: <uuid>". The same '
            "checks have also been seen without it, so only the text inside counts."
        ),
        sources=(
            Cited(
                "GH:boto/boto3#3978",
                "opening post",
                "Error executing request, Exception : Only one filter key-value pair can",
            ),
            Cited(
                "GH:aws-samples/aws-genomics-workflows#84",
                "opening post",
                "when calling the SubmitJob operation: JobDefinition name nextflow does not",
            ),
            Cited("GH:base2genomics/batchit#13", "opening post", "JobQueue x-job-queue not found."),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ERR-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "jobName: up to 128 characters, the first a letter or digit, then letters, digits, `-`, `_`. The "
            'refusal reads "Job name should match valid pattern". (The pattern of 2017 was `^[a-zA-Z0-9_]+$`.)'
        ),
        sources=(
            Cited("API:SubmitJob", "jobName", "It can be up to 128 letters long."),
            Cited("GH:fluidattacks/makes#697"),
            Cited("GH:opensupplyhub/open-apparel-registry#2007"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ERR-04",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'Unknown queue: "JobQueue <name> not found." Unknown or inactive definition: "JobDefinition name <n> '
            'does not exist or is not in ACTIVE status".'
        ),
        sources=(
            Cited("GH:base2genomics/batchit#13", "opening post", "JobQueue x-job-queue not found."),
            Cited(
                "GH:aws-samples/aws-genomics-workflows#84",
                "opening post",
                "JobDefinition name nextflow does not exist or is not in",
            ),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ERR-05",
        modality=Modality.MUST,
        confidence="M",
        says='More than 100 ids in DescribeJobs: ClientException "Maximum number of jobs supported is  100".',
        sources=(
            Cited("API:DescribeJobs", "jobs", "A list of up to 100 job IDs."),
            Cited("GH:pegasus-isi/pegasus#2086", "title", "Maximum number of jobs supported is 100"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ERR-06",
        modality=Modality.MUST,
        confidence="M",
        says=(
            'ListJobs with two filters: "Only one filter key-value pair can be specified."; one filter with two '
            'values: "Filter cannot take more than one value." although the shape allows a list.'
        ),
        sources=(
            Cited("GH:boto/boto3#3978", "opening post", "Only one filter key-value pair can be specified."),
            Cited("GH:aws/aws-cli#7982", "opening post", "Filter cannot take more than one value."),
            Cited("API:ListJobs", "filters", "Only one filter can be used at a time."),
            Cited("API:KeyValuesPair", "values", "The filter values."),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ERR-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Limits: 30 KiB of payload for SubmitJob, 24 KiB for a definition, 50 submissions a second, 1,000,000 "
            "jobs in SUBMITTED."
        ),
        sources=(
            Cited("UG:service_limits", "table", "Maximum job payload size"),
            Cited("GH:ASFHyP3/hyp3#3041", "opening post", "Job size must be less than 30 KiB"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ERR-08",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "botocore checks none of these: strings, integers and lists of the service model carry no bounds (only "
            "ClientRequestToken, 1 to 64, and JobExecutionTimeoutMinutes, 1 to 7200, do), so values out of range "
            "reach the service."
        ),
        sources=(Cited("FILE:boto/botocore:botocore/data/batch/2016-08-10/service-2.json.gz"),),
    ),
    Promise(
        id="ERR-09",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "In which order things are checked when several are wrong, and which of them come at once (SubmitJob "
            "answers 400) or late (the job is FAILED: ST-15, ENV-09)."
        ),
        rests_on=("ST-15", "ENV-09"),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
        shows="the answer, or what becomes of the job",
    ),
    Promise(
        id="DESC-01",
        modality=Modality.MUST,
        confidence="M",
        says="Unknown ids are left out of the result, no error.",
        sources=(
            Cited(
                "GH:HumanCellAtlas/matrix-service#364",
                "opening post",
                "From that point on querying its state just returns nothing",
            ),
            Cited(
                "FILE:DataBiosphere/toil:src/toil/batchSystems/awsBatch.py",
                "_wait_until_stopped",
                "Job no longer exists at all",
            ),
            Cited(
                "FILE:nextflow-io/nextflow:plugins/nf-amazon/src/main/nextflow/cloud/aws/batch/AwsBatchTaskHandler.groovy",
                "the look at a job's status",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DESC-02",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "In which order the jobs of the answer stand, and what becomes of an id that is given twice, of an empty "
            "list `jobs`, and of ARNs instead of ids."
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DESC-03",
        modality=Modality.MUST,
        confidence="H",
        says="DescribeJobs takes ids of children (`id:i`) and of nodes (`id#n`).",
        sources=(
            Cited("UG:array_jobs", "third paragraph", "However, the array index for the child job is appended to"),
            Cited(
                "UG:multi-node-parallel-jobs",
                "fourth paragraph",
                "You can address nodes using the #N notation (starting with 0).",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DESC-04",
        modality=Modality.MUST,
        confidence="M",
        says="DescribeJobs has no resource-level permission.",
        sources=(Cited("GH:awslabs/visual-asset-management-system#305"),),
        observed=(Seen.ANSWER,),
        shows="what IAM policies grant",
    ),
    Promise(
        id="LIST-01",
        modality=Modality.MUST,
        confidence="H",
        says="Exactly one of jobQueue, arrayJobId, multiNodeJobId.",
        sources=(Cited("API:ListJobs", "description", "You must specify only one of the following items:"),),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="LIST-02",
        modality=Modality.MUST,
        confidence="H",
        says="ListJobs without `jobStatus` lists RUNNING jobs only.",
        sources=(Cited("API:ListJobs", "jobStatus", "If you don't specify a status, only RUNNING jobs are returned."),),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-03",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "With `filters`, `jobStatus` is ignored and jobs of all statuses are returned; only SHARE_IDENTIFIER "
            "may be combined with `jobStatus`."
        ),
        sources=(
            Cited(
                "API:ListJobs",
                "jobStatus",
                "If the filters parameter is specified, the jobStatus parameter is ignored and",
            ),
        ),
        observed=(Seen.LIST_JOBS,),
        notes="That SHARE_IDENTIFIER may be combined is new since 2026-02-11.",
    ),
    Promise(
        id="LIST-04",
        modality=Modality.MUST,
        confidence="H",
        says="JOB_NAME is case-insensitive, a final `*` makes it a prefix match.",
        sources=(
            Cited("API:ListJobs", "filters", "JOB_NAME The value of the filter is a case-insensitive match for the"),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-05",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "JOB_DEFINITION is case-sensitive; a name matches all revisions, a final `*` is a prefix, an ARN "
            "selects one revision and takes no `*`."
        ),
        sources=(
            Cited("API:ListJobs", "filters", "JOB_DEFINITION The value for the filter is the name or Amazon Resource"),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-06",
        modality=Modality.MUST,
        confidence="H",
        says="BEFORE_CREATED_AT / AFTER_CREATED_AT take milliseconds since epoch as strings.",
        sources=(
            Cited(
                "API:ListJobs", "filters", "The value is a string representation of the number of milliseconds since"
            ),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-07",
        modality=Modality.MUST,
        confidence="H",
        says="Filter names are case-sensitive.",
        sources=(Cited("API:KeyValuesPair", "name", "Filter names are case sensitive."),),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="LIST-08",
        modality=Modality.CONFLICTING,
        confidence="M",
        says=(
            "In which order jobs are listed: with a filter, the newest `createdAt` first; with JOB_NAME the results "
            'are also said to be grouped by job name "and version". For a list without a filter no order is stated.'
        ),
        sources=(
            Cited("API:ListJobs", "filters", "The results are sorted by the createdAt field, with the most recent"),
            Cited("API:ListJobs", "filters", "When the JOB_NAME filter is used, the results are grouped by the"),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-09",
        modality=Modality.MUST,
        confidence="H",
        says="Filters do not apply to children of array or multi-node jobs.",
        sources=(Cited("API:ListJobs", "filters", "The filter doesn't apply to child jobs in an array or multi-node"),),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-10",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Pages: up to 1000 with a status (or with neither parameter), up to 100 with filters; `nextToken` tells "
            "nothing but where to go on, and is null at the end."
        ),
        sources=(
            Cited(
                "API:ListJobs",
                "maxResults",
                "When this parameter is used, ListJobs returns up to maxResults results in",
            ),
            Cited("API:ListJobs", "nextToken", "This value is null when there are no more results to return."),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-11",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Listing all jobs takes one call per status, so a job that moves between calls can be missed or seen twice."
        ),
        sources=(
            Cited("GH:aws/aws-sdk-js-v3#2584", "opening post", "This means that to list all jobs you need to do"),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-12",
        modality=Modality.MUST,
        confidence="H",
        says="`isCancelled` and `isTerminated` of JobSummary are present only when true.",
        sources=(
            Cited("API:JobSummary", "isCancelled", "This field is only present when the value is true."),
            Cited("API:JobSummary", "isTerminated", "This field is only present when the value is true."),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
    Promise(
        id="LIST-13",
        modality=Modality.MUST,
        confidence="H",
        says="Running array parents are found under PENDING.",
        sources=(
            Cited("API:ListJobs", "jobStatus", "To view these jobs, filter by PENDING status until all child jobs"),
        ),
        observed=(Seen.LIST_JOBS,),
    ),
)
