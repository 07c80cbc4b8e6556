"""What a job's container gets (variables, parameters, overrides), and the reasons it ends with."""

from __future__ import annotations

from .promise import Modality, Promise

PROMISES = (
    Promise(
        id="ENV-01",
        modality=Modality.MUST,
        confidence="H",
        says="Every container gets AWS_BATCH_JOB_ID, AWS_BATCH_JOB_ATTEMPT, AWS_BATCH_JQ_NAME, AWS_BATCH_CE_NAME.",
        sources=("UG:job_env_vars",),
        observed_by="C.",
    ),
    Promise(
        id="ENV-02",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "Names starting with AWS_BATCH are reserved: not allowed in definitions or overrides. Error text not found."
        ),
        sources=("UG:job_env_vars", "BC:ContainerOverrides.environment"),
        observed_by="response.",
    ),
    Promise(
        id="ENV-03",
        modality=Modality.MUST,
        confidence="H",
        says="Override environment entries replace same-named ones and add new ones.",
        sources=("BC:ContainerOverrides.environment",),
        observed_by="D `container.environment`, C.",
    ),
    Promise(
        id="ENV-04",
        modality=Modality.MUST,
        confidence="H",
        says="`Ref::name` is substituted in the command only; SubmitJob `parameters` beat definition defaults.",
        sources=(
            "UG-old:job_definition_parameters",
            "BC:SubmitJobRequest.parameters",
            "GH:awsdocs/aws-batch-user-guide#24 (documentation writer)",
        ),
        observed_by="C argv; D `parameters`.",
    ),
    Promise(
        id="ENV-05",
        modality=Modality.UNSPECIFIED,
        confidence="M",
        says="A `Ref::x` without any value (literal kept or error); substitution inside a longer argument; escaping.",
        sources=("nothing found", "GH:hammerlab/coclobas#109 (no escape known)"),
        observed_by="C argv.",
    ),
    Promise(
        id="ENV-06",
        modality=Modality.MUST,
        confidence="H",
        says=(
            "A command override replaces the definition's command and may not contain an empty string (\"Command "
            'cannot be empty" / "Command field cannot have empty strings").'
        ),
        sources=("BC:ContainerOverrides.command", "GH:boto/boto3#3612", "GH:kislyuk/aegea#49"),
        observed_by="ClientException.",
    ),
    Promise(
        id="ENV-07",
        modality=Modality.MUST,
        confidence="H",
        says="`vcpus`/`memory` overrides do not override values given through resourceRequirements in the definition.",
        sources=("BC:ContainerOverrides",),
        observed_by="D.",
    ),
    Promise(
        id="ENV-08",
        modality=Modality.MUST,
        confidence="H",
        says="If the definition is named without revision the latest ACTIVE revision is used.",
        sources=("BC:SubmitJobRequest.jobDefinition",),
        observed_by="D `jobDefinition` ARN.",
    ),
    Promise(
        id="ENV-09",
        modality=Modality.MUST,
        confidence="H",
        says=(
            'Container overrides longer than 8192 are refused late: "Container Overrides length must be at most '
            '8192" was seen as the `statusReason` of a FAILED job with no attempts, not as a SubmitJob error.'
        ),
        sources=("CODE:61093569641 (M for the late part)",),
        observed_by="D.",
    ),
    Promise(
        id="ENV-10",
        modality=Modality.MUST,
        confidence="H",
        says="`container.reason` is at most 255 characters.",
        sources=("BC:ContainerDetail.reason",),
        observed_by="D.",
    ),
    Promise(
        id="ENV-11",
        modality=Modality.MAY,
        confidence="M",
        says="FAILED jobs may lack `exitCode` entirely (host lost, never started). Do not treat a missing code as 0.",
        sources=("GH:nextstrain/cli#145", "CLIENT:nextflow-io/nextflow"),
        observed_by="D.",
    ),
    Promise(
        id="ENV-12",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "For multi-container jobs JobDetail.container is empty; per-container results are in `ecsProperties` and "
            "`attempts[].taskProperties`."
        ),
        sources=("BC:JobDetail.container",),
        observed_by="D.",
    ),
    Promise(
        id="ENV-13",
        modality=Modality.MUST,
        confidence="M",
        says=(
            "Match reason texts by prefix and by field; no AWS page promises them stable. A kit should report "
            "unknown texts, not fail on them."
        ),
        sources=("the texts vary: hyphen and en dash, two spellings of cancel",),
        observed_by="D.",
    ),
)
