"""Servers that get wrong what a job has from its definition, and what SubmitJob lays over that."""

from __future__ import annotations

from batchproof.model.limits import CONTAINER_REASON_CHARACTERS, Limit
from batchproof.reference_impl.deciding import engine
from batchproof.reference_impl.http import wire
from batchproof.reference_impl.operations import containers, definitions, submission

from .defining import (
    VARIABLES,
    asked,
    breaks,
    described,
    handles,
    of_run,
    without,
)


@breaks("ENV-01", reach=VARIABLES)
@of_run
def only_the_first_attempt_knows_its_environment(variables, order, run):
    """From the second attempt on AWS_BATCH_CE_NAME is missing."""
    return variables if run.attempt == 1 else without(variables, "AWS_BATCH_CE_NAME")


@breaks("ENV-01", reach=VARIABLES)
@of_run
def a_job_is_told_the_arn_of_its_queue(variables, order, run):
    """AWS_BATCH_JQ_NAME is an ARN."""
    return {**variables, "AWS_BATCH_JQ_NAME": order.queue}


@breaks("ENV-02", reach=VARIABLES)
@asked("RegisterJobDefinition")
def definitions_may_set_reserved_variables(request):
    """RegisterJobDefinition drops reserved names instead of refusing them."""
    container = request.containerProperties
    if container and container.environment:
        container.environment = [entry for entry in container.environment if not entry.name.startswith("AWS_BATCH")]


@breaks("ENV-02", reach=VARIABLES)
def a_reserved_word_anywhere_in_a_name_is_refused(parts):
    """NOT_AWS_BATCH is refused as well."""
    right = containers.check_environment

    def check_environment(environment, field):
        right(environment, field)
        for entry in environment or ():
            if "AWS_BATCH" in entry.name:
                raise definitions.ClientException(f"{field}: {entry.name} is reserved")

    containers.check_environment = check_environment
    return parts


def _overridden(change):
    """A server that lays overrides over a definition's container in its own way: it changes what comes of it."""

    def server(parts):
        right = containers._overridden

        def overridden(properties, overrides):
            return change(right(properties, overrides), properties, overrides)

        containers._overridden = overridden
        return parts

    server.__name__, server.__doc__ = change.__name__, change.__doc__
    return server


@breaks("ENV-03", reach=VARIABLES)
@_overridden
def environments_are_replaced_as_a_whole(container, properties, overrides):
    """A submission with an environment takes away that of the definition."""
    if overrides is not None and overrides.environment:
        given = [{"name": entry.name, "value": entry.value} for entry in overrides.environment]
        return {**container, "environment": given}
    return container


@breaks("ENV-03", reach=VARIABLES)
@_overridden
def the_definition_has_the_last_word_on_variables(container, properties, overrides):
    """A variable of the definition's is not replaced by one of SubmitJob's."""
    own = {entry["name"]: entry for entry in properties.get("environment", [])}
    return {**container, "environment": [own.get(entry["name"], entry) for entry in container["environment"]]}


@breaks("ENV-03", reach=VARIABLES)
@described
def the_definitions_environment_is_shown(job):
    """DescribeJobs shows the variables of the definition only."""
    if job.container and job.container.environment:
        job.container.environment = [entry for entry in job.container.environment if "SubmitJob" not in str(entry)]


@breaks("ENV-04", reach=VARIABLES)
@handles("SubmitJob")
async def defaults_beat_parameters(right, call, request):
    """A parameter of SubmitJob's does not replace the default of the definition."""
    definition = submission.definition_named(call, request.jobDefinition)
    request.parameters = {**(request.parameters or {}), **definition.registered.get("parameters", {})}
    return await right(call, request)


@breaks("ENV-04", reach=VARIABLES)
@handles("SubmitJob")
async def parameters_have_no_defaults(right, call, request):
    """A submission with parameters takes away the defaults of the definition."""
    if request.parameters:
        named = submission.definition_named(call, request.jobDefinition)
        named.registered.get("parameters", {}).clear()
    return await right(call, request)


@breaks("ENV-04", reach=VARIABLES)
@_overridden
def parameters_reach_the_environment(container, properties, overrides):
    """A variable with a placeholder loses it."""
    entries = [{**e, "value": e["value"].removeprefix("Ref::")} for e in container["environment"]]
    return {**container, "environment": entries}


@breaks("ENV-04", reach=VARIABLES)
@described
def parameters_are_shown_as_they_were_registered(job):
    """DescribeJobs shows the defaults of the definition instead of what was given."""
    if job.parameters and "word" in job.parameters:
        job.parameters = {**job.parameters, "word": "a default"}


@breaks("ENV-06", reach=VARIABLES)
@described
def the_definitions_command_is_shown(job):
    """DescribeJobs shows a command that was overridden."""
    if job.container and job.container.command == ["echo", "SubmitJob"]:
        job.container.command = ["echo", "definition"]


@breaks("ENV-06", reach=VARIABLES)
@asked("SubmitJob")
def one_empty_argument_is_nothing(request):
    """A command of one empty string counts as none."""
    if request.containerOverrides and request.containerOverrides.command == [""]:
        request.containerOverrides.command = None


@breaks("ENV-07", reach=VARIABLES)
@_overridden
def old_members_override_requirements(container, properties, overrides):
    """vcpus and memory of SubmitJob go into the requirements."""
    given = {"VCPU": overrides and overrides.vcpus, "MEMORY": overrides and overrides.memory}
    needs = [{**e, "value": str(given.get(e["type"]) or e["value"])} for e in container["resourceRequirements"]]
    return {**container, "resourceRequirements": needs}


@breaks("ENV-08", reach=VARIABLES)
@asked("SubmitJob")
def a_name_is_its_first_revision(request):
    """A definition that is named without a revision is the first one."""
    if ":" not in request.jobDefinition and not request.jobDefinition.startswith("no-such"):
        request.jobDefinition += ":1"


@breaks("ENV-08", reach=VARIABLES)
def a_name_is_its_latest_revision_ACTIVE_or_not(parts):
    """Once the latest revision was deregistered, its name is refused."""
    right = submission.definition_named

    def definition_named(call, text):
        revisions = call.ledger.revisions(call.region, text) if ":" not in text else ()
        return right(call, f"{text}:{len(revisions)}" if revisions else text)

    submission.definition_named = definition_named
    return parts


@breaks("ENV-09", reach=VARIABLES)
def overrides_may_be_long(parts):
    """There is no bound on overrides but that of the whole submission."""
    submission._late_refusal = lambda request, definition: None
    return parts


@breaks("ENV-09", reach=VARIABLES)
@handles("SubmitJob")
async def overrides_are_bounded_by_a_tenth(right, call, request):
    """Overrides of more than 819 characters fail."""
    refused = submission._late_refusal

    def late_refusal(request, definition):
        overrides = request.containerOverrides
        too_long = overrides is not None and overrides.environment and len(str(overrides.environment)) > 819
        return "Container Overrides length must be at most 819" if too_long else None

    submission._late_refusal = late_refusal
    try:
        return await right(call, request)
    finally:
        submission._late_refusal = refused


@breaks("ENV-10", reach=VARIABLES)
def reasons_are_as_long_as_they_are(parts):
    """The reason of a container is not cut."""
    assert engine.CONTAINER_REASON_CHARACTERS is CONTAINER_REASON_CHARACTERS
    engine.CONTAINER_REASON_CHARACTERS = Limit(0, None, "characters", ())
    return parts


@breaks("ENV-12", reach=VARIABLES)
@asked("RegisterJobDefinition")
def the_first_of_several_containers_is_the_job(request):
    """A definition of several containers is one of the first of them."""
    if request.ecsProperties is not None:
        first = request.ecsProperties.taskProperties[0].containers[0]
        request.containerProperties = wire.shape("ContainerProperties")(image=first.image, command=["true"])
        request.ecsProperties = None
