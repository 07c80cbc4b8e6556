"""The gate: the kit decides when and how an attempt ends, and never tells the wrong one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from batchproof.conformance.payload import GATED
from batchproof.conformance.targets.gate import Gate


@pytest.fixture
def gate():
    opened = Gate().open()
    yield opened
    opened.close()


class Listener:
    """Collects what one job reports, and lets a test wait for it."""

    def __init__(self) -> None:
        self.said: list[tuple[int, str]] = []
        self._changed = threading.Condition()

    def __call__(self, _job: str, attempt: int, what: str) -> None:
        with self._changed:
            self.said.append((attempt, what))
            self._changed.notify_all()

    def until(self, *wanted: tuple[int, str]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: set(wanted) <= set(self.said), timeout=10), self.said


def payload(gate: Gate, attempt: int = 1, on_sigterm: str = "die") -> subprocess.Popen:
    env = {"AWS_BATCH_JOB_ID": "job", "AWS_BATCH_JOB_ATTEMPT": str(attempt)}
    return subprocess.Popen([sys.executable, "-I", "-S", "-c", GATED, gate.path, on_sigterm], env=env)


def test_an_attempt_ends_when_and_with_the_code_that_it_is_told(gate):
    """Otherwise nothing about a RUNNING job could be tried at leisure."""
    listener = Listener()
    gate.listen("job", listener)
    child = payload(gate)
    listener.until((1, "began"))
    assert child.poll() is None
    assert gate.release("job", 1, 42)
    assert child.wait(10) == 42
    listener.until((1, "exiting 42"), (1, "gone"))


def test_a_release_belongs_to_one_attempt(gate):
    """A code meant for the first attempt must never reach the second (a named pipe would hand it on)."""
    listener = Listener()
    gate.listen("job", listener)
    assert not gate.release("job", 1, 7), "nobody waits yet"
    second = payload(gate, attempt=2)
    listener.until((2, "began"))
    assert not gate.release("job", 1, 7)
    assert gate.waits("job", 2)
    gate.release("job", 2, 0)
    assert second.wait(10) == 0


def test_what_a_job_said_before_anybody_listened_is_not_lost(gate):
    """A job may begin before the answer to its SubmitJob has been read."""
    child, listener = payload(gate), Listener()
    while not gate.waits("job", 1):
        threading.Event().wait(0.01)
    gate.listen("job", listener)
    listener.until((1, "began"))
    gate.release("job", 1, 0)
    child.wait(10)


@pytest.mark.parametrize(("on_sigterm", "code"), [("die", -signal.SIGTERM), ("zero", 0)])
def test_a_sigterm_is_reported_before_it_is_obeyed(gate, on_sigterm, code):
    """The report is the only proof of a signal that an observer can have."""
    listener = Listener()
    gate.listen("job", listener)
    child = payload(gate, on_sigterm=on_sigterm)
    listener.until((1, "began"))
    os.kill(child.pid, signal.SIGTERM)
    listener.until((1, "sigterm"))
    assert child.wait(10) == code


def test_a_payload_that_ignores_sigterm_waits_on(gate):
    """For the rules about SIGKILL."""
    listener = Listener()
    gate.listen("job", listener)
    child = payload(gate, on_sigterm="ignore")
    listener.until((1, "began"))
    os.kill(child.pid, signal.SIGTERM)
    listener.until((1, "sigterm"))
    assert gate.release("job", 1, 3)
    assert child.wait(10) == 3


def test_a_job_ends_with_its_gate_and_a_dropped_job_never_waits_again(gate):
    """Nothing outlives a kit that dies, and no retry of a scenario that is over."""
    first = payload(gate)
    while not gate.waits("job", 1):
        threading.Event().wait(0.01)
    gate.drop("job")
    assert first.wait(10) == 99
    assert payload(gate, attempt=2).wait(10) == 99
