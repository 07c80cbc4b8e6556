"""How the command ends: with one meaning for each exit status, and never with a traceback for what a user can cause."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

PRINTING = (["--help"], ["rules"], ["explain", "CANCEL-07"], ["explore"], ["draw"], ["draw", "--format", "mermaid"])

INTERRUPTED_AT = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have it ignored

class Interrupter:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{signal})

sys.meta_path.insert(0, Interrupter())
sys.argv = ["batchproof", *{arguments!r}]
from batchproof.cli.main import main
main()
"""

BROKEN_AT = """
import sys
from contextlib import suppress
sys.argv = ["batchproof", "explore"]
import batchproof.model.explore
del batchproof.model.explore.explore
from batchproof.cli.main import main
main()
"""


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_reader_who_has_seen_enough_is_no_fault(batchproof, arguments):
    """As `batchproof rules | head -1`: silent, and with the status of other programs whose reader has gone."""
    read, write = os.pipe()
    os.close(read)
    done = batchproof(*arguments, stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_full_disk_under_standard_output_is_said_in_one_line(batchproof, arguments):
    with open("/dev/full", "w") as full:
        done = batchproof(*arguments, stdout=full)
    assert done.returncode == 3
    assert done.stderr == "Error: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_closed_standard_output_is_nowhere(arguments):
    command = [sys.executable, "-m", "batchproof.cli.main", *arguments]
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_terminal_cannot_show_is_escaped(batchproof):
    done = batchproof("draw", "--format", "mermaid", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "module", ["batchproof.cli.verbs", "click", "batchproof.cli.rules", "rich.console", "hypothesis"]
)
def test_ctrl_c_while_modules_are_imported_is_130(module):
    """Whoever is quick sees no traceback of ours."""
    program = INTERRUPTED_AT.format(module=module, signal="SIGINT", arguments=["rules"])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_other_signals_have_their_number_in_the_status(name, status):
    program = INTERRUPTED_AT.format(module="rich.console", signal=name, arguments=["rules"])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_a_fault_of_our_own_is_confessed():
    """Nobody may take it for a verdict on a service, and whoever mends it needs the traceback."""
    done = subprocess.run([sys.executable, "-c", BROKEN_AT], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: this is a fault of batchproof itself.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "No such command 'nothing'."),
        (["log"], "No such command 'log'. Did you mean 'logs'?"),
        (["explain", "cancel"], "no rule is called 'cancel'; `batchproof rules 'CANCEL-*'` lists those of the theme"),
        (
            ["explain", "CANCEL-*"],
            "no rule is called 'CANCEL-*'; `batchproof rules 'CANCEL-*'` lists those of the theme",
        ),
        (["rules", "cancel"], "no rule is called cancel; did you mean 'CANCEL-*'?"),
        (["explain", "CANCEL-99"], "no rule is called 'CANCEL-99'"),
        (["rules", "NO-*"], "no rule is called NO-*"),
        (["explore", "--reading", "x"], "x"),
        (["explore", "--attempts", "11"], "11 is not in the range"),
        (["draw", "-o", "none/x.svg"], "cannot write none/x.svg: No such file or directory"),
        (["draw", "all", "-o", "/proc/none"], "cannot write /proc/none: No such file or directory"),
        (["draw", "all", "-o", "/dev/null"], "/dev/null is a file"),
        (["draw", "-o", "x.gif"], "x.gif ends in .gif"),
        (["adversary", "nowhere"], "nowhere"),
        (["adversary", "http://127.0.0.1:9", "--mode", "nice"], "--mode: 'nice' is no mode"),
        (["serve", "--port", "70000"], "70000 is not in the range"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_misuse_is_2_and_one_line_says_why(batchproof, tmp_path, arguments, said):
    done = batchproof(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_picture_for_which_there_is_no_room_is_a_fault_of_the_machine(batchproof):
    done = batchproof("draw", "-o", "/dev/full")
    assert (done.returncode, done.stderr) == (
        3,
        "Error: this machine failed: cannot write /dev/full: No space left on device\n",
    )


@pytest.mark.parametrize("name", ["cancel-7", "CANCEL7", "cancel-07"])
def test_a_rule_may_be_named_carelessly(batchproof, name):
    assert batchproof("explain", name).stdout.startswith("CANCEL-07\n")


def test_the_command_has_one_name_however_it_is_run(batchproof):
    assert batchproof("--help").stdout.startswith("Usage: batchproof [OPTIONS] COMMAND")
    assert batchproof("draw", "--help").stdout.startswith("Usage: batchproof draw [OPTIONS]")


def test_a_server_whose_address_cannot_be_printed_does_not_serve(tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
    assert done.returncode == 3
    assert done.stderr == "Error: standard output cannot be written: No space left on device\n"
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_told_to_stop_before_it_serves_is_interrupted():
    program = INTERRUPTED_AT.format(module="uvicorn", signal="SIGINT", arguments=["serve", "--port", "0"])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(("no_color", "styled"), [("1", False), ("", True)])
def test_no_color_leaves_no_escape_at_all(no_color, styled):
    """On a terminal. Bold and dim are no colours to those who make terminals, but whoever asks wants plain text."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "NO_COLOR": no_color, "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "batchproof.cli.main", "rules", "CANCEL-07"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the end, as Linux says it
            while more := os.read(ours, 4096):
                shown += more
    os.close(ours)
    assert (process.returncode, b"CANCEL-07" in shown, b"\x1b" in shown) == (0, True, styled)


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("300", 110), ("1", 40)])
def test_explain_keeps_to_the_width_of_the_terminal(batchproof, columns, width):
    """But for addresses, which stay in one piece."""
    lines = batchproof("explain", "CANCEL-07", COLUMNS=columns).stdout.splitlines()
    text = [line for line in lines if "://" not in line]
    assert 0.8 * width < max(map(len, text)) <= width
