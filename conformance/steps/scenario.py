"""The vocabulary of steps in which every test speaks: submit, release, cancel, terminate, read, wait, settle.

A scenario belongs to one rule (or one random history) on one target. It does things and looks; what it claims of the
record of that stands in `judging/claims`. It only puts the steps together: each kind of them has a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from msgspec import UNSET, Raw, UnsetType

from ..judging.answers import Meaning
from ..judging.happenings import Acted, Left, Tried
from ..judging.outcome import Absent, Interrupted, Refusal, Unclear
from ..judging.seen import Seen
from ..power import Power
from .controlling import Controlling
from .looking import Looking
from .nodes import SubmittingNodes
from .requests import Requests
from .stage import Stage
from .submitting import Submitting

OVER = "batchproof: the scenario is over"


class Caller:
    """One of several who call at once about the jobs of one scenario: a caller's last call is no other's."""

    def __init__(self, stage: Stage, label: str, reason: str, submitting: Submitting) -> None:
        calls = stage.calls(label)
        requests, looking = Requests(stage, calls, reason), Looking(stage, calls, submitting)
        self.ask, self.bulk = requests.ask, requests.bulk
        self.ask_of_array, self.release = requests.ask_of_array, requests.release
        self.read, self.summary = looking.read, looking.summary


class Scenario:
    """
    The steps that a rule's check takes. Its jobs are ended when it ends.

    label    the rule's id, after the target's variant where there are several
    reason   the one that its requests give
    """

    def __init__(self, stage: Stage, label: str) -> None:
        self.stage, self.target = stage, stage.target
        self.label = f"{stage.target.variant}/{label}" if stage.target.variant and "/" not in label else label
        self.reason = f"batchproof {label}"
        self.calls = stage.calls(self.label)
        self._submitting = submitting = Submitting(stage, self.label, self.calls)
        self._requests = Requests(stage, self.calls, self.reason)
        looking = Looking(stage, self.calls, submitting)
        controlling = Controlling(stage, self.calls)

        self.jobs = submitting.jobs
        self.call, self.tried = self.calls.call, self.calls.tried
        self.refusal = partial(self._requests.refusal, self.jobs)

        self.submit, self.submit_array = submitting.submit, submitting.submit_array
        self._nodes = SubmittingNodes(stage, self.label, self.calls, submitting)
        self.submit_nodes = self._nodes.submit_nodes
        self.submit_shell, self.submit_command = submitting.submit_shell, submitting.submit_command
        self.submit_unwatched = submitting.submit_unwatched
        self.submission, self.named = submitting.submission, submitting.named

        self.ask, self.bulk = self._requests.ask, self._requests.bulk
        self.cancel, self.terminate = self._requests.cancel, self._requests.terminate
        self.ask_of_array, self.release = self._requests.ask_of_array, self._requests.release
        self.may_be_asked = self._requests.may_be_asked

        self.read, self.wait, self.finish, self.settle = looking.read, looking.wait, looking.finish, looking.settle
        self.canary, self.summary, self.listed = looking.canary, looking.summary, looking.listed
        self.eventually, self.parent, self.ended_parent = looking.eventually, looking.parent, looking.ended_parent
        self.clock, self.advance, self.lose_host = controlling.clock, controlling.advance, controlling.lose_host

    def nobodys_id(self) -> str:
        """An id that no job has."""
        return str(UUID(int=self.target.chance.getrandbits(128), version=4))

    def beside(self) -> Caller:
        """Somebody else who calls about the jobs of this scenario at the same time."""
        return Caller(self.stage, self.label, self.reason, self._submitting)

    def play(self, rule: str, check: Callable[[Scenario], None]) -> None:
        """
        Do what the check of a rule does, and write down how that ended.

        Raises Interrupted, and whatever goes wrong in the kit itself, after it was written down.
        """
        with self.playing(rule):
            check(self)

    @contextmanager
    def playing(
        self, rule: str, steps: Raw | UnsetType = UNSET, begun: Callable[[], int | None] = lambda: None
    ) -> Iterator[None]:
        """
        The same for what is done inside: `steps` says what that is where it was drawn, `begun` how much of it was begun.
        """
        recorder = self.stage.recorder
        recorder.add(Tried(scenario=self.label, rule=rule, steps=steps))
        how, why = "done", ""
        try:
            yield
            self._look_once_more()
        except Absent as reason:
            how, why = "absent", str(reason)
        except Unclear as reason:
            how, why = "unclear", str(reason)
        except Refusal as reason:
            how, why = "unclear", f"an unexpected refusal: {reason}"
        except Interrupted:
            how, why = "stopped", "the run was stopped before it was over"
            raise
        except Exception as reason:
            how, why = "failed", f"the kit itself failed: {reason!r}"
            raise
        finally:
            recorder.add(Left(scenario=self.label, how=how, why=why, begun=begun()))

    def seen(self) -> Seen:
        """What the record has of it."""
        return self.stage.recorder.seen(self.label, self.stage.bounds)

    def _look_once_more(self) -> None:
        """A last read of every job, so that no verdict depends on when the watcher happened to look."""
        for job in self.jobs:
            if not job.vouches:
                self.read(job)

    def close(self) -> None:
        """End what still runs: nothing of this scenario outlives it."""
        self.calls.closing = True
        self.stage.watcher.forget(self.jobs)
        ended = {job.id for job in self.jobs if job.ended}
        for id, name in self.calls.submitted.items():
            if id in ended or self._ended(id):
                self.stage.world.made.gone("job", name)
        for node in self._nodes.others:
            if self.stage.gate:
                self.stage.gate.drop(node.id)
        for job in self.jobs:
            if self.stage.gate:
                self.stage.recorder.add(Acted(power=Power.GATE.name, did="drop", job=job.label))
                self.stage.gate.drop(job.at_gate)
            if Power.RUNS in self.target.powers:
                self.stage.processes.append(max(len(job.began()), len((job.detail or {}).get("attempts") or ())))

    def _ended(self, id: str) -> bool:
        """Whether the service accepted to end this job; else it stays in the list of what was made."""
        self._requests.about_to([job for job in self.jobs if job.id == id], "terminate")
        return self.calls.send("terminate_job", {"jobId": id, "reason": OVER}).meaning is Meaning.DONE
