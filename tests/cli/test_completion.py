"""What Tab completes: in bash as it runs on a terminal, and the answers that the scripts of all shells rest on."""

from __future__ import annotations

import os
import pty
import select
import shlex
import socket
import subprocess
import sys
import time

import pytest
from patience import until

ANSWER = """
eval "$({command} completion bash)"
batchproof() {{ {command} "$@"; }}
COMP_LINE=$1 COMP_POINT=${{2:-${{#1}}}}
_batchproof_completion batchproof
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def completed():
    """What bash's function finds for a line with the cursor at its end, or at `point`."""

    def complete(line: str, point: int | None = None, **environment: str) -> list[str]:
        program = ANSWER.format(command=shlex.join([sys.executable, "-m", "batchproof.cli.main"]))
        arguments = [line] if point is None else [line, str(point)]
        done = subprocess.run(
            ["bash", "-c", program, "bash", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, **environment},
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.split()

    return complete


def test_verbs_and_options_are_completed(completed):
    assert completed("batchproof ex") == ["explain", "explore"]
    assert completed("batchproof logs --fo") == ["--follow"]
    assert completed("batchproof draw li") == ["lifecycle"]


def test_explain_completes_every_promise_and_rules_those_that_are_checked(completed):
    assert "CANCEL-07" in completed("batchproof explain CANCEL-")
    assert completed("batchproof explain cancel-07") == ["CANCEL-07"]
    assert "ARR-" not in completed("batchproof rules ARR-")
    assert set(completed("batchproof rules TERM-")) < set(completed("batchproof explain TERM-"))


@pytest.mark.parametrize("option", ["explore --reading ", "serve --quickstart --reading ", "explore --reading="])
def test_readings_are_completed_up_to_their_values(completed, option):
    assert "pending_cancel=waits" in completed(f"batchproof {option}")
    assert "pending_cancel=waits" in completed(f"batchproof {option}pend")


@pytest.mark.parametrize("option", ["explore --reading ", "explore --reading="])
def test_bash_is_told_only_what_stands_behind_its_last_break(completed, option):
    """It takes `=` and `:` for the end of a word, and would put in the name a second time."""
    assert completed(f"batchproof {option}pending_cancel=w") == ["waits"]


def test_check_completes_its_target_and_what_its_options_take(completed):
    assert completed("batchproof check ") == ["reference", "moto", "demon", "simulation"]
    assert completed("batchproof check http://127.0.0.1:4566 --power ga") == ["gate"]
    assert completed("batchproof check moto --rule CANCEL-07") == ["CANCEL-07"]
    assert completed("batchproof check moto --require CANCEL-07") == ["CANCEL-07"]
    assert completed("batchproof check moto --require-reading pending_cancel=w") == ["waits"]
    assert completed("batchproof check moto --depth ") == ["quick", "full", "soak"]
    assert completed("batchproof replay case.json --target ") == ["reference", "moto", "demon", "simulation"]
    assert completed("batchproof replay case.json --target http://127.0.0.1:4566 --power ga") == ["gate"]
    assert completed("batchproof judge --require-reading pending_cancel=w") == ["waits"]


def test_the_modes_of_the_adversary_are_completed(completed):
    assert completed("batchproof adversary http://127.0.0.1:4590 --mode lagging-r") == ["lagging-reads"]


def test_what_stands_behind_the_cursor_counts_for_nothing(completed):
    assert completed("batchproof expl CANCEL-07", point=len("batchproof expl")) == ["explain", "explore"]


def test_the_jobs_of_a_service_are_completed_the_newest_first(completed, batch):
    """Also with a URL on the line, whose colons bash takes for ends of words. A busy machine may need a second Tab."""
    first = batch.submit("true")
    batch.wait(first)  # so that they are not of one millisecond
    second = batch.submit("true")
    found = until(lambda: completed(f"batchproof logs -f --url {batch.url} "))
    assert found[:2] == [second, first]
    assert until(lambda: completed(f"batchproof logs {first[:-2]}", AWS_ENDPOINT_URL_BATCH=batch.url)) == [first]
    assert second in until(lambda: completed(f"batchproof jobs --url {batch.url} "))


def test_no_service_no_jobs_and_no_waiting(completed):
    assert completed("batchproof logs --url http://127.0.0.1:9 ") == []
    assert completed("batchproof logs ") == []
    assert completed("batchproof logs --url nonsense ") == []


def test_a_service_that_does_not_answer_is_not_waited_for(completed):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert completed(f"batchproof logs --url http://127.0.0.1:{silent.getsockname()[1]} ") == []
        assert time.monotonic() - started < 10  # two seconds by itself; boto3 would wait for 20


@pytest.mark.parametrize(("shell", "says"), [("bash", "complete "), ("zsh", "compdef "), ("fish", "complete ")])
def test_there_is_a_script_for_each_shell(batchproof, shell, says):
    done = batchproof("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert says in done.stdout
    assert "_BATCHPROOF_COMPLETE" in done.stdout


def test_a_line_that_is_wrong_already_is_completed_by_nothing(batchproof):
    """And no traceback stands in the terminal for it."""
    for line in (
        "batchproof log --f",
        "batchproof nothing ",
        "batchproof explore --attempts many --rea",
        "batchproof 'expl",
    ):
        done = batchproof(_BATCHPROOF_COMPLETE="bash_complete", COMP_LINE=line)
        assert (done.returncode, done.stderr) == (0, "")


def test_zsh_and_fish_get_words_with_what_they_mean(batchproof):
    zsh = batchproof(_BATCHPROOF_COMPLETE="zsh_complete", COMP_WORDS="batchproof explain CANCEL-07", COMP_CWORD="2")
    assert zsh.stdout.splitlines()[:2] == ["plain", "CANCEL-07"]
    fish = batchproof(_BATCHPROOF_COMPLETE="fish_complete", COMP_WORDS="batchproof expl", COMP_CWORD="expl")
    assert "plain,explore\tEnumerate" in fish.stdout


def test_tab_on_a_terminal_puts_in_what_is_meant(tmp_path):
    """The whole way: readline, the script, the command, and back onto the line."""
    command = tmp_path / "batchproof"
    command.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, "-m", "batchproof.cli.main"])} "$@"\n')
    command.chmod(0o755)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PS1": "$ ", "TERM": "dumb"}
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    ) as bash:
        os.close(theirs)
        try:
            os.write(ours, b'eval "$(batchproof completion bash)"; echo ready-$((1+1))\n')
            _read(ours, "ready-2")
            os.write(ours, b"echo batchproof; batchproof explore --reading pending_cancel=w\t")
            _read(ours, "--reading pending_cancel=waits ")
        finally:
            bash.kill()
            os.close(ours)


def _read(terminal: int, awaited: str) -> None:
    """Read until `awaited` is there."""
    text = ""
    while awaited not in text:
        assert select.select([terminal], [], [], 30)[0], f"{awaited!r} is not in {text!r}"
        text += os.read(terminal, 4096).decode()
