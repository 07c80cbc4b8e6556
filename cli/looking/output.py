"""What a job prints: its attempts one after another, each from a log stream of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..nothing_done import NothingDone
from .rows import ENDED, Job, end, note
from .service import Service

GROUP = "/aws/batch/job"
"""Where AWS Batch puts the output of jobs whose definition names no other group."""

OTHERS = {"ecsProperties": "tasks of several containers", "eksProperties": "pods on EKS"}


class Output:
    """
    The output of the job `job_id`. `show` gets its lines as they come, `tell` what there is to say of it.

    Raises NothingDone for what has no output of its own.
    """

    def __init__(
        self, service: Service, job_id: str, show: Callable[[list[str]], None], tell: Callable[[str], None]
    ) -> None:
        self._service = service
        self._show = show
        self._tell = tell
        self._places: dict[str, str | None] = {}
        self._lines = 0
        self.job = service.job(job_id)
        self._group, self._region = _kept_where(self.job)

    def show(self, attempt: int | None = None) -> None:
        """The output of an attempt as far as it is there, the newest by default."""
        streams = _streams(self.job)
        if attempt is not None and attempt > len(streams):
            raise NothingDone(f"--attempt is {attempt}: {self._named} has begun {len(streams)} of its attempts")
        number = attempt or len(streams)
        if len(streams) > 1:
            self._tell(f"attempt {number} of the {len(streams)} that began")
        stream = streams[number - 1] if streams else None
        if stream is not None:
            self._drain(stream)
        if not self._lines:
            ended = self.job["status"] in ENDED
            what = f"attempt {number} of {self._named}" if len(streams) > 1 else self._named
            self._tell(f"{what} has printed nothing{'' if ended else ' yet'}: it is {_standing(self.job)}")

    def follow(self, attempt: int | None = None) -> None:
        """The output of an attempt, by default the newest, and of all that come after it, until the job has ended."""
        number = attempt or max(1, len(_streams(self.job)))
        told = ""
        while True:
            ended = self.job["status"] in ENDED
            streams = _streams(self.job)
            while number <= len(streams):
                stream = streams[number - 1]
                if stream is not None:
                    if stream not in self._places and (number > 1 or len(streams) > 1):
                        self._tell(f"attempt {number}")
                    self._drain(stream)
                if number == len(streams):
                    break
                number += 1  # another has begun, so this one had ended when the job was looked at
            if ended:
                break
            if self.job["status"] != "RUNNING" and told != (told := _standing(self.job)):
                self._tell(f"{self._named} is {told}")
            time.sleep(self._service.pause_s)
            self.job = self._service.job(self.job["jobId"])
        end_s = time.monotonic() + self._service.lag_s
        while time.monotonic() < end_s and streams and streams[-1]:  # the last lines are on their way
            time.sleep(self._service.pause_s)
            self._drain(streams[-1])
        if not self._lines:
            self._tell(f"{self._named} has printed nothing")
        self._tell(f"{self._named} {end(self.job)}")

    @property
    def _named(self) -> str:
        return self.job["jobId"]

    def _drain(self, stream: str) -> None:
        from botocore.exceptions import ClientError

        place = self._places.setdefault(stream, None)
        try:
            lines, self._places[stream] = self._service.lines(self._group, stream, place, self._region)
        except ClientError as refusal:
            if refusal.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
                raise
            return  # a stream is made when something is printed
        self._lines += len(lines)
        self._show(lines)


def _streams(job: Job) -> list[str | None]:
    """The log stream of each attempt that has begun, in their order."""
    found = [(attempt.get("container") or {}).get("logStreamName") for attempt in job.get("attempts") or ()]
    current = (job.get("container") or {}).get("logStreamName")
    if current is not None and current not in found:
        found.append(current)
    return found


def _kept_where(job: Job) -> tuple[str, str | None]:
    """The log group, and its region if it is another."""
    job_id, array, nodes = job["jobId"], job.get("arrayProperties") or {}, job.get("nodeProperties") or {}
    if array.get("size"):
        raise NothingDone(
            f"{job_id} is an array of {array['size']} and prints nothing itself: name a child, as {job_id}:0"
        )
    if nodes.get("numNodes") and not job.get("nodeDetails"):
        main = nodes.get("mainNode", 0)
        raise NothingDone(
            f"{job_id} has {nodes['numNodes']} nodes and prints nothing itself: name one, as {job_id}#{main}"
        )
    for member, what in OTHERS.items():
        if job.get(member) and not job.get("container"):
            raise NothingDone(f"{job_id} is of {what}, whose output is not shown here")
    logging: dict[str, Any] = (job.get("container") or {}).get("logConfiguration") or {}
    driver, options = logging.get("logDriver"), logging.get("options") or {}
    if driver not in (None, "awslogs"):
        raise NothingDone(
            f"the output of {job_id} goes to {driver}, by its logConfiguration, and cannot be read from there"
        )
    return options.get("awslogs-group", GROUP), options.get("awslogs-region")


def _standing(job: Job) -> str:
    said = note(job)
    return job["status"] + (f" ({said})" if said else "")
