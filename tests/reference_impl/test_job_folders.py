"""Where a job works: a folder whose name no program trips over, also that of a child or of a node."""

from __future__ import annotations

import pytest

PROGRAM = """
set -e
mkdir bin; printf '#!/bin/sh\\necho mine\\n' > bin/mytool; chmod +x bin/mytool
PATH="$PWD/bin:$PATH" mytool
printf 'all:\\n\\t@cat $(HOME)/file\\n' > Makefile; echo made > file; [ -z "$(command -v make)" ] && cat file || make -s
python3 -m venv --without-pip venv && echo venv
case "$HOME" in *[:#]*) exit 1;; esac
"""
SAID = ["mine", "made", "venv"]


@pytest.fixture(scope="module")
def nodes(server):
    container = {"image": "busybox", "command": ["sh", "-c", PROGRAM]}
    properties = {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [{"targetNodes": ":", "container": container}],
    }
    server.batch.register_job_definition(jobDefinitionName="tools", type="multinode", nodeProperties=properties)
    return server.batch.submit_job(jobName="m", jobQueue="quickstart", jobDefinition="tools")["jobId"]


def test_a_program_that_works_in_a_job_works_in_a_child_and_in_a_node(server, nodes):
    """A colon in PATH parts two folders, and venv refuses a folder with one."""
    plain = server.submit("sh", "-c", PROGRAM)
    array = server.submit("sh", "-c", PROGRAM, arrayProperties={"size": 2})
    for job_id in (plain, f"{array}:0", f"{array}:1", f"{nodes}#0"):
        assert (server.wait(job_id)["status"], server.output(job_id).split()) == ("SUCCEEDED", SAID), job_id
    server.wait(array)
    folders = {path.name for path in (server.data / "jobs").iterdir()}
    assert {plain, f"{array}.0", f"{array}.1", f"{nodes}.node-0", f"{nodes}.node-1"} <= folders
    assert not [name for name in folders if ":" in name or "#" in name]
