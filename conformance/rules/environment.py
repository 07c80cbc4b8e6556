"""What a job gets: variables, parameters and a command, from its definition and from what SubmitJob lays over that."""

from __future__ import annotations

from ...model.limits import CONTAINER_OVERRIDES_CHARACTERS
from ..judging.outcome import Absent
from ..power import Power
from ..steps.scenario import Scenario
from .rule import rule
from .staging import container, described, unless_refused

# A job looks for what it should have got, and says by its exit code what it did not find. The first of two attempts then fails, so
# that the second is made, which has to find the same.
AGAIN = '[ "$AWS_BATCH_JOB_ATTEMPT" != 1 ] || exit 1'


@rule(
    "ENV-01",
    "A job gets AWS_BATCH_JOB_ID, AWS_BATCH_JOB_ATTEMPT, AWS_BATCH_JQ_NAME and AWS_BATCH_CE_NAME, in each attempt.",
    (Power.RUNS,),
)
def the_variables_are_set(batch: Scenario) -> None:
    names = ("AWS_BATCH_JOB_ID", "AWS_BATCH_JOB_ATTEMPT", "AWS_BATCH_JQ_NAME", "AWS_BATCH_CE_NAME")
    tests = [f'[ -n "${name}" ] || exit {20 + number}' for number, name in enumerate(names)]
    queue = batch.stage.world.queue.rpartition("/")[2]
    tests.append(f'[ "$AWS_BATCH_JQ_NAME" = "{queue}" ] || exit 24')
    script = "; ".join([*tests, AGAIN])
    batch.finish(batch.submit_shell(script, may_exit=(1, *range(20, 25)), attempts=2))


@rule("ENV-02", "Environment names that begin with AWS_BATCH are refused, by SubmitJob and in job definitions.")
def reserved_names_are_refused(batch: Scenario) -> None:
    for name in ("AWS_BATCH_MINE", "AWS_BATCH", "AWS_BATCH_JOB_ID", "NOT_AWS_BATCH"):
        request = batch.submission()
        entries = [{"name": "FIRST", "value": "1"}, {"name": name, "value": "1"}]
        request["containerOverrides"] = {"environment": entries}
        batch.refusal("submit_job", **request)
    properties = container(batch, environment=[{"name": "AWS_BATCH_MINE", "value": "1"}])
    batch.stage.world.may_register(batch.calls, batch.named("reserved"), containerProperties=properties)


@rule(
    "ENV-03",
    "Environment entries of SubmitJob replace those of the job definition and are added to them, in each attempt.",
    (Power.RUNS,),
)
def overridden_environment_reaches_the_job(batch: Scenario) -> None:
    given = [{"name": "KIT_KEPT", "value": "from the definition"}, {"name": "KIT_BOTH", "value": "from the definition"}]
    definition = batch.stage.world.register(
        batch.calls, batch.named("environment"), containerProperties=container(batch, environment=given)
    )
    wanted = {"KIT_KEPT": "from the definition", "KIT_BOTH": "a = b", "KIT_NEW": "from SubmitJob"}
    tests = [f'[ "${name}" = "{value}" ] || exit {20 + number}' for number, (name, value) in enumerate(wanted.items())]
    batch.finish(
        batch.submit_shell(
            "; ".join([*tests, AGAIN]),
            may_exit=(1, 20, 21, 22),
            attempts=2,
            environment={"KIT_BOTH": "a = b", "KIT_NEW": "from SubmitJob"},
            jobDefinition=definition,
        )
    )


@rule(
    "ENV-04",
    "`Ref::name` in a command is replaced by the parameter of SubmitJob, else by that of the definition; nowhere else.",
    (Power.RUNS,),
)
def parameters_are_substituted(batch: Scenario) -> None:
    # The placeholders stand alone: what becomes of one inside a longer argument is open (ENV-05).
    tests = '[ "$0" = "hello there" ] || exit 20; [ "$1" = "kept word" ] || exit 21; [ "$2" = "new one" ] || exit 22'
    literal = '; case "$KIT_LITERAL" in ""|Ref?:kept) ;; *) exit 23;; esac; '
    own = ["sh", "-c", f"{tests}{literal}exit 0", "Ref::word", "Ref::kept", "Ref::new"]
    definition = batch.stage.world.register(
        batch.calls,
        batch.named("parameters"),
        parameters={"word": "a default", "kept": "kept word"},
        containerProperties=container(batch, command=own),
    )
    request = {"jobDefinition": definition, "parameters": {"word": "hello there", "new": "new one"}}
    overriding = ["sh", "-c", f"{tests}{literal}{AGAIN}", "Ref::word", "Ref::kept", "Ref::new"]
    codes = (1, 20, 21, 22, 23)
    jobs = [
        batch.submit_command(
            overriding,
            may_exit=codes,
            attempts=2,
            environment={"KIT_LITERAL": "Ref::kept"},
            role="overrides",
            **request,
        ),
        batch.submit_command(own, may_exit=codes, containerOverrides={}, role="definition's", **request),
    ]
    for job in jobs:
        batch.finish(job)


@rule("ENV-06", "A command with an empty string is refused; any other replaces that of the definition.")
def empty_strings_in_commands_are_refused(batch: Scenario) -> None:
    for command in (["true", ""], [""], ["", "true"], ["echo", "", "end"]):
        batch.refusal("submit_job", **{**batch.submission(), "containerOverrides": {"command": command}})
    definition = batch.stage.world.register(
        batch.calls, batch.named("command"), containerProperties=container(batch, command=["echo", "definition"])
    )
    for overrides in ({"command": ["echo", "SubmitJob"]}, {}):
        batch.submit_unwatched(jobDefinition=definition, containerOverrides=overrides)
    described(batch)


@rule("ENV-07", "`vcpus` and `memory` of SubmitJob do not override resourceRequirements of the definition.")
def old_members_do_not_override_requirements(batch: Scenario) -> None:
    definition = batch.stage.world.register(batch.calls, batch.named("requirements"))
    batch.submit_unwatched(
        jobDefinition=definition, containerOverrides={"command": ["true"], "vcpus": 2, "memory": 128}
    )
    described(batch)


@rule("ENV-08", "A definition that is named without a revision is the latest ACTIVE one; with a revision, that one.")
def the_latest_active_revision_is_used(batch: Scenario) -> None:
    world, name = batch.stage.world, batch.named("latest")
    first = world.register(batch.calls, name)
    batch.submit_unwatched(jobDefinition=name)
    second = world.register(batch.calls, name)
    batch.submit_unwatched(jobDefinition=name)
    batch.submit_unwatched(jobDefinition=first)
    third = world.register(batch.calls, name)
    batch.call("deregister_job_definition", jobDefinition=third)
    unless_refused(batch, jobDefinition=name)
    batch.submit_unwatched(jobDefinition=second)
    described(batch)


@rule("ENV-09", "Container overrides longer than 8192 characters start no job: it fails without an attempt.")
def long_overrides_start_nothing(batch: Scenario) -> None:
    most = CONTAINER_OVERRIDES_CHARACTERS.high
    assert most is not None
    for length in (most - 1024, most + 1024):
        value = [{"name": "KIT_LONG", "value": "x" * length}]
        overrides = {"command": ["true"], "environment": value}
        # What is wrong with a submission may come at once or late (ERR-09).
        unless_refused(batch, containerOverrides=overrides)
    described(batch, ended=True)


@rule("ENV-10", "`reason` of a container has at most 255 characters.", (Power.RUNS,))
def reasons_of_containers_are_short(batch: Scenario) -> None:
    # What cannot be started gives a reason, and its name is part of it.
    batch.submit_unwatched(containerOverrides={"command": [f"/nowhere/{'n' * 200}/{'o' * 200}"]})
    described(batch, ended=True)


@rule("ENV-12", "A job of several containers shows an empty `container`, and its containers in `ecsProperties`.")
def several_containers_are_shown_apart(batch: Scenario) -> None:
    needs = container(batch)["resourceRequirements"]
    both = [{"name": name, "image": "busybox", "resourceRequirements": needs} for name in ("one", "other")]
    tasks = {"taskProperties": [{"containers": both}]}
    world, name = batch.stage.world, batch.named("containers")
    refusal = world.may_register(batch.calls, name, containerProperties=None, ecsProperties=tasks)
    if refusal is not None:
        raise Absent(f"a job definition of several containers is refused: {refusal}")
    request = {**batch.submission(), "jobDefinition": name}
    del request["containerOverrides"]  # it is for jobs of one container
    batch.call("submit_job", **request)
    described(batch)
