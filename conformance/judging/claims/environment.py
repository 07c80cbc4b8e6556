"""What a job gets: variables, parameters and a command, from its definition and from what SubmitJob lays over that.

What is expected is worked out from the calls of the record. A job says by its exit code what it did not find, in any of its
attempts; how many of these there are is for other rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ....model.limits import (
    CONTAINER_OVERRIDES_CHARACTERS,
    CONTAINER_REASON_CHARACTERS,
    RESERVED_ENVIRONMENT_PREFIX,
)
from ..claim import Point, accepted, attempts, bound, claim, exit_code, exit_codes, holds, refused, throughout
from ..seen import Call, Detail, Job, Seen
from .showing.jobs import starts, unwatched

OVERRIDES = "containerOverrides"


def finds(job: Job | None, missing: Mapping[int, str]) -> Iterator[Point]:
    """A job that looks for something in itself, and says by an exit code what it did not find: what each code means."""
    if job and job.end:
        codes = {*exit_codes(job.end.detail), exit_code(job.end.detail)}
        lacks = next((says for code, says in missing.items() if code in codes), None)
        expected = lacks or next(iter(missing.values()))
        yield Point(lacks is None, expected, "the job did not find it so", job=job.label)


@claim("ENV-01")
def the_variables_are_set(seen: Seen) -> Iterator[Point]:
    names = ("AWS_BATCH_JOB_ID", "AWS_BATCH_JOB_ATTEMPT", "AWS_BATCH_JQ_NAME", "AWS_BATCH_CE_NAME")
    missing = {20 + number: f"{name} set in each attempt" for number, name in enumerate(names)}
    yield from finds(seen.job(), {**missing, 24: "AWS_BATCH_JQ_NAME is the name of the job queue"})


@claim("ENV-02")
def reserved_names_are_refused(seen: Seen) -> Iterator[Point]:
    for call in seen.of("submit_job"):
        for entry in (call.arguments.get(OVERRIDES) or {}).get("environment") or ():
            name = entry["name"]
            if name.startswith(RESERVED_ENVIRONMENT_PREFIX):
                yield from refused([call], f"the variable {name}")
            elif RESERVED_ENVIRONMENT_PREFIX in name and len(call.arguments[OVERRIDES]["environment"]) == 2:
                yield from accepted([call], f"the variable {name}")
    for call in seen.of("register_job_definition"):
        names = [entry["name"] for entry in call.arguments["containerProperties"].get("environment") or ()]
        if any(name.startswith(RESERVED_ENVIRONMENT_PREFIX) for name in names):
            yield from refused([call], f"a job definition with the variable {names[-1]}")


@claim("ENV-03")
def overridden_environment_reaches_the_job(seen: Seen) -> Iterator[Point]:
    job = seen.job()
    found = {
        20: "what the definition gives, in the job's environment",
        21: "what SubmitJob gives instead of the definition's value, in the job's environment",
        22: "what SubmitJob adds, in the job's environment",
    }
    yield from finds(job, found)
    definition = registered(seen, job)
    if job and definition is not None and job.last and (shown := job.last.detail.get("container")):
        given = [(e["name"], e["value"]) for e in definition["containerProperties"].get("environment") or ()]
        added = [(e["name"], e["value"]) for e in job.arguments[OVERRIDES]["environment"]]
        wanted = dict([*given, *added])  # services may show variables of their own besides
        pairs = sorted((e.get("name"), e.get("value")) for e in shown.get("environment") or () if e["name"] in wanted)
        yield holds(pairs == sorted(wanted.items()), f"container.environment with {wanted}", pairs, job=job.label)


@claim("ENV-04")
def parameters_are_substituted(seen: Seen) -> Iterator[Point]:
    found = {
        20: "Ref::word replaced by the parameter of SubmitJob, not by the definition's default",
        21: "Ref::kept replaced by the definition's default",
        22: "Ref::new replaced by the parameter of SubmitJob",
        23: "a placeholder left as it is in the environment",
    }
    for job in seen.cast:
        yield from finds(job, found)
        definition = registered(seen, job)
        if definition is not None and job.last and isinstance(shown := job.last.detail.get("parameters"), dict):
            wanted = {**definition["parameters"], **job.arguments["parameters"]}
            others = {name: value for name, value in shown.items() if wanted.get(name, value) != value}
            yield holds(not others, f"parameters as in {wanted}", others, job=job.label)


def registered(seen: Seen, job: Job | None) -> dict[str, Any] | None:
    """The request that registered the definition of this scenario's own that a job was submitted with."""
    for call in seen.of("register_job_definition"):
        if job and call.says.name == "DONE" and _revision(call) == job.arguments["jobDefinition"]:
            return call.arguments
    return None


def _revision(call: Call) -> str:
    return f"{call.said.get('jobDefinitionName')}:{call.said.get('revision')}"


@claim("ENV-06")
def empty_strings_in_commands_are_refused(seen: Seen) -> Iterator[Point]:
    for call in seen.of("submit_job"):
        command = (call.arguments.get(OVERRIDES) or {}).get("command") or ()
        if "" in command:
            yield from refused([call], f"the command {command}")
    own = next((c.arguments["containerProperties"]["command"] for c in seen.of("register_job_definition")), None)
    for arguments, looks in unwatched(seen):
        command = (looks[-1].get("container") or {}).get("command")
        wanted = (arguments.get(OVERRIDES) or {}).get("command") or own or ()
        if command is not None and "" not in wanted:
            yield holds(command == wanted, f"container.command {wanted}", command)


@claim("ENV-07")
def old_members_do_not_override_requirements(seen: Seen) -> Iterator[Point]:
    for call in seen.of("register_job_definition"):
        given = {e["type"]: e["value"] for e in call.arguments["containerProperties"]["resourceRequirements"]}
        for _, looks in unwatched(seen):
            shown = looks[-1].get("container") or {}
            found = {e.get("type"): e.get("value") for e in shown.get("resourceRequirements") or ()}
            for kind, member in (("VCPU", "vcpus"), ("MEMORY", "memory")):
                # Where no requirement is shown, the member itself is what the job gets.
                value = found.get(kind, shown.get(member))
                expected = f"{kind} {given[kind]} as in the definition, whatever {member} is"
                if value is not None:
                    yield holds(_same(value, given[kind]), expected, f"{value}")


def _same(one: object, other: object) -> bool:
    """Whether two amounts are the same: `1.0` is `1`."""
    try:
        return float(str(one)) == float(str(other))
    except ValueError:
        return False


@claim("ENV-08")
def the_latest_active_revision_is_used(seen: Seen) -> Iterator[Point]:
    active: list[str] = []
    wanted: list[str] = []
    for call in seen.calls:
        if call.operation == "submit_job":
            named = call.arguments["jobDefinition"]
            latest = named if ":" in named else active[-1]
            if call.says.name == "REFUSED" and wanted:
                expected = f"{named!r} is {latest}, which is ACTIVE"
                yield holds(False, expected, str(call), rests_on=("prompt_calls",))
            elif call.says.name == "DONE":
                wanted.append(latest)
        elif call.operation in ("register_job_definition", "deregister_job_definition"):
            if call.says.name != "DONE":
                return  # nobody knows which revisions there are
            if call.operation == "deregister_job_definition":
                active.remove(call.arguments["jobDefinition"])
            else:
                active.append(_revision(call))
    jobs = unwatched(seen)
    for (arguments, looks), expected in zip(jobs, wanted if len(jobs) == len(wanted) else (), strict=False):
        shown = str(looks[-1].get("jobDefinition") or "").rpartition("/")[2]
        if ":" in shown:
            says = f"jobDefinition {expected} for {arguments['jobDefinition']!r}"
            yield holds(shown == expected, says, shown, rests_on=("prompt_calls",))


@claim("ENV-09")
def long_overrides_start_nothing(seen: Seen) -> Iterator[Point]:
    most = bound(CONTAINER_OVERRIDES_CHARACTERS, "high")
    for call in seen.of("submit_job"):
        length = len(call.arguments[OVERRIDES]["environment"][0]["value"])
        if length <= most:
            yield from accepted([call], f"an override of {length} characters")
        elif call.says.name == "REFUSED":
            yield holds(True, "no job", "a refusal")
    for arguments, looks in unwatched(seen):
        length = len(arguments[OVERRIDES]["environment"][0]["value"])
        yield from starts(looks, f"overrides of {length} characters", never=length > most)


@claim("ENV-10")
def reasons_of_containers_are_short(seen: Seen) -> Iterator[Point]:
    for _, looks in unwatched(seen):
        yield from short(looks[-1])


def short(detail: Detail) -> Iterator[Point]:
    """The reasons that a job shows for its containers are no longer than promised."""
    most = bound(CONTAINER_REASON_CHARACTERS, "high")
    containers = [detail.get("container") or {}, *(each.get("container") or {} for each in attempts(detail))]
    longest = max(len(str(container.get("reason") or "")) for container in containers)
    yield holds(longest <= most, f"a container's reason of at most {most} characters", f"{longest} characters")


@throughout("ENV-10")
def no_reason_of_a_container_is_long(seen: Seen) -> Iterator[Point]:
    for job in seen.jobs.values():
        for look in job.looks:
            yield from short(look.detail)


@claim("ENV-12")
def several_containers_are_shown_apart(seen: Seen) -> Iterator[Point]:
    for _, looks in unwatched(seen):
        shown = {name: value for name, value in (looks[-1].get("container") or {}).items() if value}
        yield holds(not shown, "an empty container, of a job of several", f"one with {', '.join(sorted(shown))}")
        yield holds(bool(looks[-1].get("ecsProperties")), "ecsProperties, of a job of several containers", "none")
