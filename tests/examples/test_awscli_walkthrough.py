"""`docs/awscli.md` is true: its commands are run with the real AWS CLI against a real server, and must print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "awscli.md"
AWSCLI = ROOT / ".venv-awscli"
DOCUMENTED_URL = "http://127.0.0.1:4590"
PATIENCE_S = 10
STANDS_FOR = {"JOB_ID": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "TIME": r"\d{13}", "...": r".*"}


@dataclass
class Step:
    """A command of the page and the lines that it is said to print."""

    command: str
    prints: list[str] = field(default_factory=list)


def steps(page: str) -> Iterator[Step]:
    """The commands in the `console` blocks of a page, each with its lines."""
    for block in re.findall(r"^```console\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE):
        found: list[Step] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Step(line[2:]))
            else:
                assert found, f"a console block begins with output: {line}"
                found[-1].prints.append(line)
        yield from found


def fits(said: list[str], printed: str, names: dict[str, str]) -> bool:
    """
    Whether a command printed what the page says; blanks count as one, `...` alone is any number of lines.

    The first JOB_ID that fits goes into `names`, and JOB_ID is that one from then on.
    """
    pattern = ""
    for line in said:
        if line.strip() == "...":
            pattern += r"(?:.*\n)*"
            continue
        for part in re.split(r"(JOB_ID|TIME|\.\.\.)", " ".join(line.split())):
            if part == "JOB_ID" and "JOB_ID" in names:
                pattern += re.escape(names[part])
            elif part == "JOB_ID" and "(?P<JOB_ID>" in pattern:
                pattern += "(?P=JOB_ID)"
            elif part == "JOB_ID":
                pattern += f"(?P<JOB_ID>{STANDS_FOR[part]})"
            else:
                pattern += STANDS_FOR.get(part, re.escape(part))
        pattern += "\n"
    lines = (" ".join(line.split()) for line in printed.strip().splitlines())
    found = re.fullmatch(pattern, "".join(f"{line}\n" for line in lines))
    if found:
        names.update(found.groupdict())
    return found is not None


class Terminal:
    """One bash, so that what a command sets is there for the next one."""

    MARK = "end of command"

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.bash = subprocess.Popen(
            ["bash", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env={**kept, "AWSCLI_PYTHON": str(AWSCLI / "bin" / "python"), "HOME": str(folder)},
        )
        self.run('aws() { "$AWSCLI_PYTHON" -m awscli "$@"; }')  # its script does not run in a folder with a blank

    def run(self, command: str) -> tuple[str, int]:
        """What a command prints, and its exit status."""
        assert self.bash.stdin is not None
        assert self.bash.stdout is not None
        self.bash.stdin.write(f"{command}\nprintf '\\n{self.MARK} %d\\n' $?\n")
        self.bash.stdin.flush()
        printed = ""
        for line in self.bash.stdout:
            if line.startswith(self.MARK):
                return printed, int(line.split()[-1])
            printed += line
        raise AssertionError(f"bash ended at: {command}")

    def close(self) -> None:
        self.bash.communicate()


@pytest.fixture(scope="module")
def awscli() -> None:
    """The AWS CLI in an environment of its own, as `make awscli` sets it up. Without a registry there is no test."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    made = subprocess.run(
        ["make", "--no-print-directory", "awscli", f"PYTHON={os.path.realpath(sys.executable)}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if not (AWSCLI / "ready").exists():
        reason = next((line for line in made.stderr.splitlines() if "ERROR" in line), made.stderr[-200:].strip())
        why = f"the AWS CLI could not be installed, so docs/awscli.md is not checked: {reason}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


@pytest.mark.slow
@pytest.mark.usefixtures("awscli")
def test_the_page_is_true(terminal, tmp_path):
    """In the order of the page, in one terminal; only the server's port is another."""
    names: dict[str, str] = {}
    first, *others = steps(PAGE.read_text("utf-8"))
    assert len(others) > 20, "most of the page was not found"
    with server(first, tmp_path) as (process, url):
        for step in others:
            run(terminal, step, url, names)
        assert names.keys() == {"JOB_ID"}
        assert process.poll() is None


@contextmanager
def server(step: Step, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The first command of the page, at a free port; what it prints must be what the page says."""
    program, *flags = shlex.split(step.command)
    assert program == "batchproof"
    with subprocess.Popen(
        [sys.executable, "-m", "batchproof.cli.main", *flags, "--port", "0", "--stop-on-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            printed = "".join(process.stdout.readline() for _ in step.prints)
            url = printed.splitlines()[0].split()[-1]
            assert fits(step.prints, printed.replace(url, DOCUMENTED_URL), {}), printed
            yield process, url
        finally:
            process.stdin.close()


def run(terminal: Terminal, step: Step, url: str, names: dict[str, str]) -> None:
    """One command. What only looks may be repeated for a while, as a reader would do: jobs take their time."""
    command = step.command.replace(DOCUMENTED_URL, url).replace("JOB_ID", names.get("JOB_ID", "JOB_ID"))
    looks = re.match(r"show \$|aws batch (?:describe|list)-jobs|cat ", command)
    end_s = time.monotonic() + PATIENCE_S
    while True:
        printed, status = terminal.run(command)
        if fits(step.prints, printed, names) or not looks or time.monotonic() > end_s:
            break
    said = "\n".join(step.prints)
    assert fits(step.prints, printed, names), f"$ {command}\n{printed}\nbut docs/awscli.md says:\n{said}"
    assert (status != 0) == ("An error occurred" in said), f"$ {command}\nended with {status}"


@pytest.mark.parametrize(
    ("said", "printed", "true"),
    [
        (["a  b"], "a\tb\n", True),
        (["a b"], "a\n", False),
        ([], "", True),
        ([], "an error\n", False),
        (["{", "...", "}"], "{\n 1\n 2\n}\n", True),
        (["{", "...", "}"], "{\n}\n", True),
        (["{", "..."], "{\n 1\n", True),
        (["at TIME"], "at 1795341356364\n", True),
        (["at TIME"], "at noon\n", False),
        (["x is '-x'..."], "x is '-x': no\n", True),
        (["a.c"], "abc\n", False),
        (["a"], "a\na\n", False),
    ],
)
def test_what_the_page_leaves_out_may_differ_and_nothing_else(said, printed, true):
    assert fits(said, printed, {}) is true


def test_a_job_id_is_the_same_wherever_it_stands():
    one, other = "adfed6c8-5e36-4882-88ef-a9a5116ec9b1", "0dfed6c8-5e36-4882-88ef-a9a5116ec9b2"
    assert not fits(["JOB_ID", "JOB_ID"], f"{one}\n{other}\n", {})
    names: dict[str, str] = {}
    assert fits(["JOB_ID", "JOB_ID"], f"{one}\n{one}\n", names)
    assert not fits(["JOB_ID"], f"{other}\n", names)


def test_the_awscli_is_pinned_with_all_that_it_asks_for():
    """In a file of its own: it has its own botocore inside, and wants other versions than we do."""
    lines = (ROOT / "docs" / "awscli-requirements.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert lines[0].startswith("awscli==1.")
