"""Definitions are shown as AWS shows them: with empty lists and defaults, as in the example of the API's own data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore
import pytest

EXAMPLES = Path(botocore.__file__).parent / "data" / "batch" / "2016-08-10" / "examples-1.json"
RETRYING = {"attempts": 2, "evaluateOnExit": [{"action": "RETRY", "onExitCode": "1"}]}


def register(server: Any, name: str, kind: str = "container", **members: Any) -> dict[str, Any]:
    """A definition that was registered, as it is shown."""
    server.batch.register_job_definition(jobDefinitionName=name, type=kind, **members)
    (shown,) = server.batch.describe_job_definitions(jobDefinitionName=name)["jobDefinitions"]
    return shown


def without_empty(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value != []}


def test_the_documented_example_of_describe_job_definitions_is_what_is_shown(server):
    """What it shows as empty was not given: so says the example of RegisterJobDefinition, which has none of it."""
    (example,) = json.loads(EXAMPLES.read_text("utf-8"))["examples"]["DescribeJobDefinitions"]
    (documented,) = example["output"]["jobDefinitions"]
    name = documented["jobDefinitionName"]

    shown = register(server, name, containerProperties=without_empty(documented["containerProperties"]))

    assert shown["containerProperties"] == {**documented["containerProperties"], "secrets": []}
    assert shown["jobDefinitionArn"].endswith(f":job-definition/{name}:1")
    ours = {member: shown[member] for member in documented if member not in ("containerProperties", "jobDefinitionArn")}
    assert ours == {member: documented[member] for member in ours}


def test_no_parameters_are_an_empty_object(server):
    assert register(server, "no-parameters", containerProperties={"image": "i"})["parameters"] == {}
    shown = register(server, "parameters", containerProperties={"image": "i"}, parameters={"a": "b"})
    assert shown["parameters"] == {"a": "b"}


@pytest.mark.parametrize("given", [None, {"platformVersion": "1.4.0"}])
def test_what_runs_on_fargate_says_on_which_version(server, given):
    properties = {"image": "i"} if given is None else {"image": "i", "fargatePlatformConfiguration": given}
    shown = register(server, f"on-{bool(given)}", platformCapabilities=["FARGATE"], containerProperties=properties)
    assert shown["containerProperties"]["fargatePlatformConfiguration"] == (given or {"platformVersion": "LATEST"})


def test_what_runs_on_instances_says_nothing_of_fargate(server):
    shown = register(server, "on-ec2", platformCapabilities=["EC2"], containerProperties={"image": "i"})
    assert "fargatePlatformConfiguration" not in shown["containerProperties"]


def test_what_is_within_a_member_is_empty_only_where_the_member_is_given(server):
    given = {
        "image": "i",
        "logConfiguration": {"logDriver": "awslogs"},
        "linuxParameters": {"initProcessEnabled": True},
    }
    shown = register(server, "within", containerProperties=given)["containerProperties"]
    assert shown["logConfiguration"] == {"logDriver": "awslogs", "options": {}, "secretOptions": []}
    assert shown["linuxParameters"] == {"initProcessEnabled": True, "devices": [], "tmpfs": []}
    plain = register(server, "not-within", containerProperties={"image": "i"})["containerProperties"]
    assert not {"logConfiguration", "linuxParameters"} & plain.keys()


def test_containers_of_nodes_are_shown_as_any(server):
    group = {"targetNodes": "0:", "container": {"image": "i"}}
    nodes = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": [group]}
    shown = register(server, "of-nodes", "multinode", nodeProperties=nodes)["nodeProperties"]
    container = shown["nodeRangeProperties"][0]["container"]
    assert (container["environment"], container["volumes"], container["image"]) == ([], [], "i")


def test_actions_are_shown_in_small_letters_of_definitions_and_jobs(server):
    """RETRY-14 leaves it open, and no answer of AWS is recorded: what clients of AWS do about it says so."""
    shown = register(server, "acting", containerProperties={"image": "i"}, retryStrategy=RETRYING)
    assert shown["retryStrategy"]["evaluateOnExit"] == [{"action": "retry", "onExitCode": "1"}]
    inherited = server.describe(server.submit("true", jobDefinition="acting"))
    own = server.describe(server.submit("true", retryStrategy=RETRYING))
    for job in (inherited, own):
        assert job["retryStrategy"]["evaluateOnExit"] == [{"action": "retry", "onExitCode": "1"}]
