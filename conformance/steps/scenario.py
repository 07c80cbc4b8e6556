"""The vocabulary of steps in which every test speaks: submit, release, cancel, terminate, read, wait, settle.

A scenario belongs to one rule (or one random history) on one target. It only puts the steps together: each kind of them
has a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from ...model.readings import valuations
from ..judging.evidence import Evidence, evidence
from ..judging.follower import judged
from ..judging.happenings import Acted, OfJob
from ..judging.outcome import Absent, Broken, Unclear
from ..power import Power
from .calls import Calls
from .job import Job
from .looking import Looking
from .requests import Requests
from .stage import Stage
from .submitting import Submitting

OVER = "batchproof: the scenario is over"


class Scenario:
    """
    The steps that a rule's check takes. Its jobs are ended when it ends.

    label      the rule's id, after the target's variant where there are several
    evidence   what it saw about the readings that no status shows
    reason     the one that its requests give
    """

    def __init__(self, stage: Stage, label: str) -> None:
        self.stage, self.target = stage, stage.target
        self.label = f"{stage.target.variant}/{label}" if stage.target.variant and "/" not in label else label
        self.reason = f"batchproof {label}"
        self.evidence: list[Evidence] = []
        self.calls = Calls(stage, self.label)
        submitting = Submitting(stage, self.label, self.calls)
        self._requests = Requests(stage, self.calls, self.reason)
        looking = Looking(stage, self.calls, submitting)

        self.jobs = submitting.jobs
        self.call, self.refusal = self.calls.call, self.calls.refusal

        self.submit, self.submit_array = submitting.submit, submitting.submit_array
        self.submit_shell, self.submit_command = submitting.submit_shell, submitting.submit_command
        self.submission = submitting.submission

        self.ask, self.bulk = self._requests.ask, self._requests.bulk
        self.cancel, self.terminate = self._requests.cancel, self._requests.terminate
        self.terminate_array, self.release = self._requests.terminate_array, self._requests.release

        self.read, self.wait, self.finish, self.settle = looking.read, looking.wait, looking.finish, looking.settle
        self.canary, self.summary, self.eventually = looking.canary, looking.summary, looking.eventually
        self.parent, self.ended_parent = looking.parent, looking.ended_parent

    # What came of it

    def expect(self, holds: bool, expected: str, observed: object) -> None:
        """Raise Broken unless `holds`."""
        if not holds:
            raise Broken(expected, str(observed))

    def shows(self, reading: str, value: str, job: Job) -> None:
        """What a job shows about a reading that its statuses alone do not."""
        wanted = self.stage.readings.get(reading, value)
        if wanted != value:
            raise Broken(f"the required reading {reading}={wanted}", f"{reading}={value}")
        self.evidence.append(Evidence(job.label, frozenset(valuations({reading: value})), tuple(job.life())))

    def lives(self) -> Mapping[str, list[OfJob]]:
        """What happened to each of its jobs, canaries left out."""
        return {job.label: job.life() for job in self.jobs if not job.vouches}

    def judged_readings(self) -> list[Evidence]:
        """What its jobs say about the readings."""
        found = []
        for job in self.jobs:
            life = job.life()
            monitor = judged(life, job.assumptions) if job.readings else job.monitor
            found.append(evidence(job.label, life, monitor))
        return [*(item for item in found if item), *self.evidence]

    # Ending

    def close(self) -> None:
        """End what still runs: nothing of this scenario outlives it."""
        self.calls.closing = True
        self.stage.watcher.forget(self.jobs)
        ended = {job.id for job in self.jobs if job.ended}
        for id, name in self.calls.submitted.items():
            if id in ended or self._ended(id):
                self.stage.world.made.gone("job", name)
        for job in self.jobs:
            if self.stage.gate:
                self.stage.recorder.add(Acted(power=Power.GATE.name, did="drop", job=job.label))
                self.stage.gate.drop(job.id)
            if Power.RUNS in self.target.powers:
                self.stage.processes.append(max(len(job.began()), len((job.detail or {}).get("attempts") or ())))

    def _ended(self, id: str) -> bool:
        """Whether the service accepted to end this job."""
        for job in self.jobs:
            if job.id == id:
                self._requests.about_to(job, "terminate")
        try:
            self.call("terminate_job", jobId=id, reason=OVER)
            return True
        except (ClientError, BotoCoreError, Absent, Unclear):
            return False  # it stays in the list of what was made
