"""Where a job works: a folder whose name no program trips over, also that of a child or of a node."""

from __future__ import annotations

import stat

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


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (None, "the server's own account to read"),  # a folder that the server makes
        (0o750, "the server's own account to read"),  # one that is there, and what is in it the server's
        (0o755, "the server's own account to read"),
    ],
)
def test_what_jobs_write_is_for_the_servers_account_alone(serving, tmp_path, mode, said):
    data = tmp_path / "data"
    if mode is not None:
        data.mkdir()
        data.chmod(mode)
    with serving("--data", str(data)) as server:
        assert server.wait(server.submit("true"))["status"] == "SUCCEEDED"
        assert stat.S_IMODE(data.stat().st_mode) == (mode or 0o700)
        assert stat.S_IMODE((data / "jobs").stat().st_mode) == 0o700
        assert f"what they write is for {said}; " in until_said(server)


def test_where_others_may_read_it_is_said_at_the_start(serving, tmp_path):
    """A folder that was opened, by whoever has it or for a server with --user, stays open."""
    (tmp_path / "data" / "jobs").mkdir(parents=True)
    for folder in (tmp_path / "data", tmp_path / "data" / "jobs"):
        folder.chmod(0o755)
    with serving("--data", str(tmp_path / "data")) as server:
        assert "what they write is for everybody on this machine to read; " in until_said(server)


def until_said(server) -> str:
    while not (line := server.process.stdout.readline()).startswith("jobs run as "):
        assert line, "the server ended"
    return line
