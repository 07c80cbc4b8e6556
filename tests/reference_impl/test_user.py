"""`serve --user`: jobs of a root server as another account, with real processes of it."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import patience
import pytest
from processes import lives

from batchproof.reference_impl.running.launcher import marks

NAME = "nobody"
PATIENCE_S = 30
until = partial(patience.until, within_s=PATIENCE_S)
SERVE = [sys.executable, "-m", "batchproof.cli.main", "serve", "--port", "0", "--quickstart", "--grace-s", "0.5"]

as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason=f"only root can run jobs as {NAME}, and these tests run as uid {os.geteuid()}"
)

# Two of its four processes leave the session, one by a double fork and with an emptied environment; none heeds SIGTERM.
STUBBORN = """
trap '' TERM
setsid sh -c "trap '' TERM; echo \\$\\$; while :; do sleep 1; done" &
(setsid env -i sh -c "trap '' TERM; echo \\$\\$; while :; do sleep 1; done" &)
sh -c "trap '' TERM; echo \\$\\$; while :; do sleep 1; done" &
echo $$
while :; do sleep 1; done
"""


class Served:
    """A server on a folder that the account can reach: pytest's own are open to root alone."""

    def __init__(self, folder: Path, client: Callable[[str], Any]) -> None:
        self.data = folder / "data"
        self.client = client

    def serve(self, user: str | None = NAME) -> None:
        flags = [] if user is None else ["--user", user]
        self.process = subprocess.Popen(
            [*SERVE, "--data", str(self.data), *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.batch = self.client(self.process.stdout.readline().split()[-1])
        while "jobs run as" not in (line := self.process.stdout.readline()):
            assert line, "it ended"
        self.promise = line

    def end(self, number: int = signal.SIGTERM) -> str:
        self.process.send_signal(number)
        assert self.process.stderr is not None
        self.process.wait(PATIENCE_S)
        return self.process.stderr.read()

    def submit(self, script: str, **members: Any) -> str:
        overrides = {"command": ["sh", "-c", script]}
        return self.batch.submit_job(
            jobName="a", jobQueue="quickstart", jobDefinition="quickstart", containerOverrides=overrides, **members
        )["jobId"]

    def job(self, job_id: str) -> dict[str, Any]:
        return self.batch.describe_jobs(jobs=[job_id])["jobs"][0]

    def ended(self, job_id: str) -> dict[str, Any]:
        return until(lambda: (job := self.job(job_id))["status"] in ("SUCCEEDED", "FAILED") and job)

    def said(self, script: str) -> list[str]:
        """What a job prints, line by line; it must succeed."""
        job_id = self.submit(script)
        assert self.ended(job_id)["status"] == "SUCCEEDED", self.out(job_id).read_text()
        return self.out(job_id).read_text().splitlines()

    def out(self, job_id: str, number: int = 1) -> Path:
        return self.data / "jobs" / job_id / str(number) / "out"

    def lines(self, job_id: str, count: int) -> list[str]:
        """What it has written, once these are so many lines."""
        file = self.out(job_id)
        return until(lambda: file.exists() and len(found := file.read_text().split()) == count and found)


def uid_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def launcher_of(data: Path) -> int:
    inode = (data / "launcher" / "launcher.lock").stat().st_ino
    found = [line.split() for line in Path("/proc/locks").read_text().splitlines() if line.endswith(f":{inode} 0 EOF")]
    return int(found[0][4]) if found else 0


@pytest.fixture
def reachable() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="batchproof-user-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def served(reachable: Path, client: Callable[[str], Any]) -> Iterator[Served]:
    served = Served(reachable, client)
    served.serve()
    yield served
    if served.process.poll() is None:
        assert served.end() == ""
    until(lambda: not lives(launcher_of(served.data)))
    assert (served.data / "launcher" / "log").read_text() == ""


@as_root
def test_a_job_is_of_the_account_with_its_groups_and_its_names(served):
    """As after a login, with one difference that the help names: HOME is the run's own folder."""
    account = pwd.getpwnam(NAME)
    who, group, groups, names, home, folder = served.said("id -u; id -g; id -G; echo $USER $LOGNAME; echo $HOME; pwd")
    assert (int(who), int(group), names) == (account.pw_uid, account.pw_gid, f"{NAME} {NAME}")
    assert {int(number) for number in groups.split()} == set(os.getgrouplist(NAME, account.pw_gid))
    assert home == folder
    assert (
        f"jobs run as {NAME} (uid {account.pw_uid}), and what they write is for {NAME} and root to read; "
        in served.promise
    )


@as_root
def test_nothing_of_root_is_left_in_a_job(served):
    """No saved id to go back to, no capability, no descriptor, no ignored or blocked signal."""
    status = served.said("cat /proc/self/status; ls /proc/self/fd | wc -l")
    told = dict(line.split(":", 1) for line in status[:-1])
    account = pwd.getpwnam(NAME)
    assert told["Uid"].split() == [str(account.pw_uid)] * 4
    assert told["Gid"].split() == [str(account.pw_gid)] * 4
    assert {told[name].strip() for name in ("CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    of_the_c_library = 1 << 31 | 1 << 32  # 32 and 33: no program can set them, and they are as our parents left them
    assert {int(told[name], 16) & ~of_the_c_library for name in ("SigBlk", "SigIgn")} == {0}
    assert status[-1] == "4", "its three, and the one with which ls reads the list"


@as_root
def test_a_job_can_write_in_its_folder_and_to_its_output_by_name(served):
    assert served.said("echo a > file; cat file; echo b > /dev/stdout; echo c >> /dev/stderr")[0] in ("a", "b", "c")


@as_root
def test_a_job_cannot_read_or_change_what_the_server_keeps(served):
    """Each of these files exists while the job looks."""
    files = [
        *(served.data / "launcher" / name for name in ("journal", "launcher.sock", "launcher.lock", "epoch", "log")),
        *(served.data / name for name in ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm", "server.lock")),
    ]
    until(lambda: all(file.exists() for file in files))
    tries = "; ".join(
        f"cat {file} && echo {file.name} was read; echo > {file} && echo {file.name} written" for file in files
    )
    out = served.said(f"{tries}; rm ../out && echo out is gone; true")
    assert not [line for line in out if line.endswith((" was read", " written", " gone"))]
    assert len([line for line in out if "ermission denied" in line]) >= 2 * len(files)


@as_root
def test_a_job_cannot_signal_the_server_or_its_launcher(served):
    until(lambda: (served.data / "launcher" / "launcher.sock").exists())
    pids = f"{served.process.pid} {launcher_of(served.data)}"
    out = served.said(f"for pid in {pids}; do kill -9 $pid && echo hit; done; kill -9 -1; true")
    assert "hit" not in out
    assert served.process.poll() is None


@as_root
def test_a_store_that_was_open_to_all_is_closed(reachable, client):
    """A folder of an earlier version, or of a server without --user, is not read by jobs either."""
    served = Served(reachable, client)
    served.serve(user=None)
    served.end(signal.SIGKILL)  # what SQLite keeps beside the store stays there
    for file in served.data.glob("state.sqlite*"):
        file.chmod(0o644)
    served.serve()
    assert {stat.S_IMODE(file.stat().st_mode) for file in served.data.glob("state.sqlite*")} == {0o600}
    served.end()
    until(lambda: not lives(launcher_of(served.data)))


@as_root
@pytest.mark.parametrize("crash", [None, "launcher", "server"])
def test_a_stop_leaves_no_process_of_the_account(served, crash):
    """Marks are read across accounts: of the four processes two have left the session."""
    job = served.submit(STUBBORN)
    pids = [int(pid) for pid in served.lines(job, 4)]
    assert {uid_of(pid) for pid in pids} == {pwd.getpwnam(NAME).pw_uid}
    if crash == "launcher":
        os.kill(until(lambda: launcher_of(served.data)), signal.SIGKILL)
    elif crash == "server":
        served.end(signal.SIGKILL)
        served.serve()
    served.batch.terminate_job(jobId=job, reason="enough")
    shown = served.ended(job)
    assert (shown["status"], shown["attempts"][0]["container"]["exitCode"]) == ("FAILED", 137)
    until(lambda: not any(lives(pid) for pid in pids))


@as_root
def test_a_job_of_the_account_is_adopted_and_its_exit_code_kept(served):
    job = served.submit("echo up; until [ -e go ]; do sleep 0.01; done; exit 9")
    served.lines(job, 1)
    before = launcher_of(served.data)
    os.kill(before, signal.SIGKILL)
    served.end(signal.SIGKILL)
    served.serve()
    until(lambda: launcher_of(served.data) not in (0, before))
    (served.out(job).parent / "work" / "go").touch()
    assert served.ended(job)["attempts"][0]["container"]["exitCode"] == 9
    assert served.out(job).read_text() == "up\n"


@as_root
def test_the_next_server_says_who_its_jobs_run_as_whatever_launcher_it_finds(served):
    """The launcher of before is still there, for it has a job to watch."""
    long = served.submit("echo up; until [ -e go ]; do sleep 0.01; done")
    served.lines(long, 1)
    served.end(signal.SIGKILL)
    served.serve(user="daemon")
    assert served.said("id -un") == ["daemon"]
    (served.out(long).parent / "work" / "go").touch()
    assert served.ended(long)["status"] == "SUCCEEDED"


@as_root
def test_what_a_job_writes_is_closed_to_other_accounts(served):
    """They may pass, to where nothing is theirs."""
    job = served.submit("echo secret | tee mine")
    assert served.ended(job)["status"] == "SUCCEEDED"
    folder = served.out(job).parent
    for file in (folder / "out", folder / "work" / "mine"):
        assert read_as("daemon", file) == ""
        assert read_as(NAME, file) == "secret\n"
    assert {stat.S_IMODE(one.stat().st_mode) for one in (folder, folder.parent, folder.parent.parent)} == {0o711}


def read_as(name: str, file: Path) -> str:
    user = pwd.getpwnam(name)
    return subprocess.run(
        ["cat", file], user=user.pw_uid, group=user.pw_gid, extra_groups=[], capture_output=True, text=True
    ).stdout


@as_root
def test_a_command_that_the_account_may_not_run_is_a_start_that_failed(served, reachable):
    """As without --user: no attempt that ends with 126 or 127, and the reason says what the kernel said."""
    (reachable / "private").write_text("#!/bin/sh\n")
    (reachable / "private").chmod(0o700)
    job_id = served.batch.submit_job(
        jobName="a", jobQueue="quickstart", jobDefinition="quickstart",
        containerOverrides={"command": [str(reachable / "private")]},
    )["jobId"]  # fmt: skip
    (attempt,) = served.ended(job_id)["attempts"]
    assert "Permission denied" in attempt["container"]["reason"]
    assert "exitCode" not in attempt["container"]


@as_root
def test_a_temporary_folder_is_one_that_the_account_can_work_in(reachable, client):
    process = subprocess.Popen(
        [*SERVE, "--user", NAME], stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(reachable)}
    )
    assert process.stdout is not None
    batch = client(process.stdout.readline().split()[-1])
    until(lambda: "jobs run as" in process.stdout.readline())
    overrides = {"command": ["sh", "-c", "id -un > who"]}
    job_id = batch.submit_job(
        jobName="a", jobQueue="quickstart", jobDefinition="quickstart", containerOverrides=overrides
    )["jobId"]
    until(lambda: batch.describe_jobs(jobs=[job_id])["jobs"][0]["status"] == "SUCCEEDED")
    (who,) = reachable.glob("*/jobs/*/1/work/who")
    assert who.read_text() == f"{NAME}\n"
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    assert not list(reachable.iterdir())


def refused(*flags: str, **options: Any) -> str:
    done = subprocess.run([*SERVE, *flags], capture_output=True, text=True, timeout=PATIENCE_S, **options)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@as_root
def test_an_unknown_account_is_refused():
    assert (
        refused("--user", "no-such-one") == "Error: --user: 'no-such-one' is the name of no account on this machine\n"
    )


@as_root
def test_a_folder_that_the_account_cannot_reach_is_refused(reachable):
    (reachable / "closed").mkdir(mode=0o700)
    data = reachable / "closed" / "data"
    said = refused("--user", NAME, "--data", str(data))
    assert said == f"Error: --user: '{NAME}' cannot work in {data}/jobs: Permission denied\n"


def test_a_server_that_is_not_root_refuses_to_run_jobs_as_somebody_else():
    """The tests may run as root, whose interpreter others need not be able to read: it becomes another when it is up."""
    program = (
        "import os, sys\n"
        "from batchproof.reference_impl.running.accounts import Account, Unusable, become, named\n"
        "if os.geteuid() == 0: become(Account('nobody', 65534, 65534, (65534,)))\n"
        "try: named('daemon')\n"
        "except Unusable as failure: print(failure)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_S)
    uid = os.geteuid() or 65534
    says = f"jobs can run as 'daemon' only when the server runs as root, and it runs as {pwd.getpwuid(uid).pw_name}"
    assert (done.stdout, done.stderr) == (f"{says} (uid {uid})\n", "")


@as_root
def test_marks_are_read_where_root_may_not_ask_for_limits():
    """A container's root lacks that right, as a rule; then the kernel's table in /proc says it."""
    mark = marks.mark_of("/data", "a", 1)
    program = (
        "import ctypes, os, sys, time\n"
        "from batchproof.reference_impl.running import accounts\n"
        "from batchproof.reference_impl.running.launcher import marks\n"
        f"mark = {mark}\n"
        "marks.put_on_children(mark)\n"
        "reading, writing = os.pipe()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    accounts.become(accounts.Account('nobody', 65534, 65534, (65534,)))\n"
        "    os.write(writing, b'x'); time.sleep(60)\n"
        "os.read(reading, 1)\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "class Head(ctypes.Structure): _fields_ = [('version', ctypes.c_uint32), ('pid', ctypes.c_int)]\n"
        "head, data = Head(0x20080522, 0), (ctypes.c_uint32 * 6)()\n"
        "assert libc.capget(ctypes.byref(head), data) == 0\n"
        "data[0] &= ~(1 << 24); data[1] &= ~(1 << 24)\n"  # CAP_SYS_RESOURCE
        "assert libc.capset(ctypes.byref(head), data) == 0\n"
        "import resource\n"
        "try: resource.prlimit(pid, resource.RLIMIT_RTTIME); print('may ask')\n"
        "except PermissionError: print('may not ask')\n"
        "print(marks.mark_on(pid)); os.kill(pid, 9); os.waitpid(pid, 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.stdout, done.stderr) == (f"may not ask\n{mark}\n", "")
