"""Dependencies: which jobs wait for which, and how a failure travels."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="DEP-01",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'At most 20 dependencies; the refusal that was seen reads "Job cannot have more than 20 dependencies". '
            "(Until 2017 the text said 100.)"
        ),
        sources=(
            Cited("API:SubmitJob", "dependsOn", "A job can depend upon a maximum of 20 jobs."),
            Cited("UG:service_limits", "table", "Maximum number of job dependencies for a job"),
            Cited("GH:OpenNeuroOrg/openneuro#100"),
            Cited("GH:boto/boto3#1038", "opening post", "A job can depend upon a maximum of 100 jobs."),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="DEP-02",
        modality=Modality.MUST,
        confidence="H",
        says="A job runs only after all its dependencies SUCCEEDED.",
        sources=(
            Cited("UG:job_dependencies", "opening", "When you do so, the AWS Batch scheduler ensures that your job"),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
        shows="the dependent's RUNNABLE comes after the last dependency's SUCCEEDED",
    ),
    Promise(
        id="DEP-03",
        modality=Modality.MUST,
        confidence="H",
        says="If any dependency fails, the dependent goes from PENDING to FAILED by itself, without an attempt.",
        sources=(
            Cited(
                "UG:job_dependencies", "opening", "If any of the job dependencies fail, the dependent job automatically"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-04",
        modality=Modality.MUST,
        confidence="M",
        says="The failure of a dependency goes on along a chain: what depends on a job that failed for it fails, too.",
        rests_on=("DEP-03",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-05",
        modality=Modality.MUST,
        confidence="L",
        says=(
            'The `statusReason` of a job whose dependency failed contains "Dependent Job failed" (third-party handlers '
            "match on it)."
        ),
        sources=(
            Cited("LOST:failure-lambda", 'a condition on "Dependent Job failed"'),
            Cited("LOST:job-detail", 'a label for "Dependent Job failed"'),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`statusReason`",
        notes="Only other people's programs that look for the text say so.",
    ),
    Promise(
        id="DEP-06",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says=(
            "When a dependent fails: at the first failed dependency, or after all have completed. The note about "
            "cancel (CANCEL-04) waits for all; the page about dependencies does not say."
        ),
        sources=(
            Cited(
                "UG:job_dependencies", "opening", "If any of the job dependencies fail, the dependent job automatically"
            ),
            Cited("API:CancelJob", "note", "A PENDING job is cancelled after all dependency jobs are completed."),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="with one dependency that failed and one that runs for long",
    ),
    Promise(
        id="DEP-07",
        modality=Modality.MUST,
        confidence="M",
        says="A dependency that is retried is not failed; dependents stay PENDING until its final state.",
        rests_on=("ST-09", "RETRY-26"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-08",
        modality=Modality.MUST,
        confidence="M",
        says="A dependency already SUCCEEDED at submit time is satisfied.",
        rests_on=("ST-03",),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-09",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "Whether a dependency that is FAILED already when the job is submitted is refused, or accepted and the job "
            "then FAILED."
        ),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
    ),
    Promise(
        id="DEP-10",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says="What an unknown, expired or malformed id of a dependency brings. (moto waits for ever.)",
        sources=(
            Cited(
                "FILE:getmoto/moto@5.2.5:moto/batch/models.py",
                "_wait_for_dependencies",
                "if dependent_id in self.all_jobs:",
            ),
        ),
        observed=(Seen.ANSWER, Seen.DESCRIBE_JOBS),
    ),
    Promise(
        id="DEP-11",
        modality=Modality.MAY,
        confidence="H",
        says=(
            "Dependencies may cross job queues: the service model recommends them to order jobs of queues with "
            "different priority."
        ),
        sources=(
            Cited("API:JobQueueDetail", "priority", "You can use job dependencies to control the order for jobs from"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-12",
        modality=Modality.MUST,
        confidence="H",
        says="`SEQUENTIAL` without a job id on an array job orders its own children from index 0.",
        sources=(
            Cited(
                "API:SubmitJob", "dependsOn", "You can specify a SEQUENTIAL type dependency without specifying a job ID"
            ),
            Cited(
                "UG:array_jobs",
                "dependencies",
                "You can specify a SEQUENTIAL type dependency (without specifying a job ID)",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the children",
    ),
    Promise(
        id="DEP-13",
        modality=Modality.CONFLICTING,
        confidence="H",
        says=(
            'What lets child i+1 go: one sentence of the page about arrays says that the previous child "must '
            'succeed", the next says that it "can\'t start until" it "finishes".'
        ),
        sources=(
            Cited("UG:array_jobs", "dependencies", "For example, if you submit an array job with an array"),
            Cited("UG:array_jobs", "dependencies", "Job A:1 can't start until job A:0 finishes."),
            Cited(
                "GH:aws/containers-roadmap#2183",
                "opening post",
                "the completion of the queue is dependent on every job being",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="what a failing child 0 brings",
        notes="Decided here: succeed, as a user of the service reported it.",
    ),
    Promise(
        id="DEP-14",
        modality=Modality.MUST,
        confidence="H",
        says="`N_TO_N` with a job id: child i waits for child i of each such dependency.",
        sources=(
            Cited("API:SubmitJob", "dependsOn", "In that case, each index child of this job must wait for"),
            Cited("UG:array_jobs", "dependencies", "That way, each index child of this job must wait for"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-15",
        modality=Modality.MUST,
        confidence="M",
        says="With N_TO_N the failure of child i of the dependency fails only child i of the dependent.",
        rests_on=("DEP-03", "DEP-14"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-16",
        modality=Modality.UNSPECIFIED,
        confidence="H",
        says="What N_TO_N means between arrays of different sizes, or with a job that is no array.",
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="DEP-17",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "What `SEQUENTIAL` with a job id means, and a job id with no type. One project's jobs have `{jobId, type: "
            "SEQUENTIAL}` as a plain dependency."
        ),
        sources=(
            Cited(
                "FILE:vivarium-collective/viva-api:tests/app/test_smoke.py",
                "test_the_batch_lister_reports_what_a_matched_job_depends_on",
                '"dependsOn": [{"jobId": "parca", "type": "SEQUENTIAL"}]',
            ),
            Cited("API:JobDependency", "type"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="`dependsOn`",
    ),
    Promise(
        id="DEP-18",
        modality=Modality.MUST,
        confidence="M",
        says="A plain dependency on an array parent waits for the whole array to succeed.",
        sources=(
            Cited(
                "UG:example_array_job", "JobE", "A final, non-array job that performs some simple cleanup operations"
            ),
        ),
        rests_on=("ARR-05", "DEP-02"),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="DEP-19",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="Whether a job can depend on a child (`id:3`) or a node (`id#1`).",
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="DEP-20",
        modality=Modality.MUST,
        confidence="H",
        says="A dependency is named by a job's id; names are not accepted.",
        sources=(
            Cited("API:JobDependency", "jobId", "The job ID of the AWS Batch job that's associated with this"),
            Cited("GH:boto/boto3#1038", "first comment", 'It appears the "or names" bit is just wrong'),
            Cited("COMMIT:boto/botocore@6c8649717", "the wording is corrected"),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="DEP-21",
        modality=Modality.MUST,
        confidence="H",
        says='There is no "after any outcome" dependency.',
        sources=(
            Cited("API:JobDependency", "type"),
            Cited(
                "GH:awsdocs/aws-batch-user-guide#32",
                "title",
                "The dependent job only runs when the independent job succeeds.",
            ),
        ),
        notes="The values of `type` are N_TO_N and SEQUENTIAL.",
    ),
    Promise(
        id="DEP-22",
        modality=Modality.MUST,
        confidence="M",
        says="Cycles cannot be built: an id exists only after submission.",
        sources=(Cited("API:SubmitJob", "jobId in the response"),),
        rests_on=("DEP-20",),
    ),
    Promise(
        id="DEP-23",
        modality=Modality.MUST,
        confidence="H",
        says="Dependencies are echoed in `dependsOn` of DescribeJobs and events.",
        sources=(
            Cited("API:JobDetail", "dependsOn", "A list of job IDs that this job depends on."),
            Cited("UG:batch_job_events", "example event", '"dependsOn"'),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.EVENTS),
    ),
    Promise(
        id="DEP-24",
        modality=Modality.MAY,
        confidence="M",
        says="A guide of third parties swaps the meanings of the two types, so such guides decide nothing.",
        sources=(
            Cited(
                "WEB:oneuptime.com/blog/post/2026-02-12-configure-aws-batch-job-dependencies/view",
                "Dependency Types",
                "The dependent job waits for ALL children of the dependency array",
            ),
            Cited("API:SubmitJob", "dependsOn", "In that case, each index child of this job must wait for"),
        ),
    ),
)
