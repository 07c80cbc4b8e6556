"""What a job's container gets (variables, parameters, overrides), and the reasons it ends with."""

from __future__ import annotations

from ..sources import Cited
from .promise import Modality, Promise, Seen

PROMISES = (
    Promise(
        id="ENV-01",
        modality=Modality.MUST,
        confidence="H",
        says="Every container gets AWS_BATCH_JOB_ID, AWS_BATCH_JOB_ATTEMPT, AWS_BATCH_JQ_NAME, AWS_BATCH_CE_NAME.",
        sources=(
            Cited("UG:job_env_vars", "list", "The following environment variables are available in job containers:"),
        ),
        observed=(Seen.CONTAINER,),
    ),
    Promise(
        id="ENV-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Names that start with AWS_BATCH are reserved: they are not allowed in definitions or overrides. In "
            "which words they are refused was not found."
        ),
        sources=(
            Cited("UG:job_env_vars", "opening", "You can't use this prefix for your own variables in job"),
            Cited("API:ContainerOverrides", "environment", 'Environment variables cannot start with "AWS_BATCH".'),
        ),
        observed=(Seen.ANSWER,),
    ),
    Promise(
        id="ENV-03",
        modality=Modality.MUST,
        confidence="H",
        says="Override environment entries replace same-named ones and add new ones.",
        sources=(
            Cited(
                "API:ContainerOverrides",
                "environment",
                "You can add new environment variables, which are added to the container",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS, Seen.CONTAINER),
        shows="`container.environment`, and the variables themselves",
    ),
    Promise(
        id="ENV-04",
        modality=Modality.MUST,
        confidence="H",
        says="`Ref::name` is substituted in the command only; SubmitJob `parameters` beat definition defaults.",
        sources=(
            Cited(
                "UG:job_definition_parameters",
                "Parameters",
                "When you register a job definition, you can use parameter substitution placeholders",
            ),
            Cited(
                "API:SubmitJob",
                "parameters",
                "Parameters in a SubmitJob request override any corresponding parameter defaults from the",
            ),
            Cited("GH:awsdocs/aws-batch-user-guide#24"),
        ),
        observed=(Seen.CONTAINER, Seen.DESCRIBE_JOBS),
        shows="the arguments of the process, and `parameters`",
    ),
    Promise(
        id="ENV-05",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says=(
            "What becomes of a `Ref::x` for which no value is given (kept as it stands, or an error), of one inside a "
            "longer argument, and how one is written that is meant literally."
        ),
        sources=(Cited("GH:hammerlab/coclobas#109"),),
        observed=(Seen.CONTAINER,),
        shows="the arguments of the process",
        notes="The thread knows of no way to write one literally.",
    ),
    Promise(
        id="ENV-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A command override replaces the definition's command and may not contain an empty string (\"Command "
            'cannot be empty" / "Command field cannot have empty strings").'
        ),
        sources=(
            Cited("API:ContainerOverrides", "command", "This parameter can't contain an empty string."),
            Cited(
                "GH:boto/boto3#3612", "opening post", "when calling the SubmitJob operation: Command cannot be empty"
            ),
            Cited("GH:kislyuk/aegea#49", "opening post", "Command field cannot have empty strings"),
        ),
        observed=(Seen.ANSWER,),
        shows="ClientException",
    ),
    Promise(
        id="ENV-07",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "`vcpus`/`memory` overrides do not override values given through resourceRequirements in the definition."
        ),
        sources=(
            Cited(
                "API:ContainerOverrides", "vcpus", "For jobs that run on Amazon EC2 resources, it overrides the vcpus"
            ),
            Cited(
                "API:ContainerOverrides", "memory", "For jobs that run on Amazon EC2 resources, it overrides the memory"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ENV-08",
        modality=Modality.MUST,
        confidence="H",
        says="If the definition is named without revision the latest ACTIVE revision is used.",
        sources=(
            Cited(
                "API:SubmitJob", "jobDefinition", "If the revision is not specified, then the latest active revision is"
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        shows="the ARN in `jobDefinition`",
    ),
    Promise(
        id="ENV-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Container overrides longer than 8192 are refused late: "Container Overrides length must be at most '
            '8192" was seen as the `statusReason` of a FAILED job with no attempts, not as an error of SubmitJob.'
        ),
        sources=(
            Cited("GH:ASFHyP3/hyp3#3041", "opening post", "Container Overrides length must be at most 8192"),
            Cited("GH:Netflix/metaflow#1482", "title", "Container Overrides length must be at most 8192"),
            Cited(
                "FILE:edu-llm/platform@75f610c094ad161769763d3af1655c6ef0cdaee5:tests/test_placement_verdicts.py",
                "test_a_job_that_did_not_test_capacity_establishes_nothing",
                "Container Overrides length must be at most 8192",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
        notes="No text of AWS has it; three projects met it on their own accounts.",
    ),
    Promise(
        id="ENV-10",
        modality=Modality.MUST,
        confidence="H",
        says="`container.reason` is at most 255 characters.",
        sources=(
            Cited(
                "API:ContainerDetail",
                "reason",
                "A short (255 max characters) human-readable string to provide additional details for",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ENV-11",
        modality=Modality.MAY,
        confidence="M",
        says="FAILED jobs may lack `exitCode` entirely (host lost, never started); a missing code is not 0.",
        sources=(
            Cited("GH:nextstrain/cli#145"),
            Cited(
                "FILE:nextflow-io/nextflow:plugins/nf-amazon/src/main/nextflow/cloud/aws/batch/AwsBatchTaskHandler.groovy"
            ),
            Cited(
                "FILE:DataBiosphere/toil:src/toil/batchSystems/awsBatch.py",
                "_get_exit_code",
                "EXIT_STATUS_UNAVAILABLE_VALUE if it cannot be gotten",
            ),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ENV-12",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "For multi-container jobs JobDetail.container is empty; per-container results are in `ecsProperties` "
            "and `attempts[].taskProperties`."
        ),
        sources=(
            Cited("API:JobDetail", "container", "If the details are for a multiple-container job, this object will be"),
        ),
        observed=(Seen.DESCRIBE_JOBS,),
    ),
    Promise(
        id="ENV-13",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "The texts of reasons are matched by their beginning and by the field in which they stand; no page of "
            "AWS promises that they stay as they are."
        ),
        sources=(
            Cited(
                "UG:job_stuck_in_runnable_capacity",
                "list, with a hyphen",
                "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill",
            ),
            Cited(
                "UG:job_stuck_in_runnable_misconfiguration",
                "list, with a dash",
                "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – Batch service role",
            ),
        ),
        rests_on=("RETRY-17",),
        observed=(Seen.DESCRIBE_JOBS,),
        notes=(
            "They vary among the pages: hyphen and dash, two spellings of cancel. An unknown text is reported here "
            "and is no failure."
        ),
    ),
)
