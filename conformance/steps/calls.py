"""Calls of one scenario: what each answer and each refusal means for a verdict."""

from __future__ import annotations

from collections import deque
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from ..judging.outcome import Absent, Interrupted, Unclear
from ..judging.verdict import Exchange
from .stage import Stage

ABSENT_CODES = frozenset({"NotImplemented", "NotImplementedException", "UnknownOperationException", "InvalidAction"})
ABSENT_STATUSES = frozenset({404, 405, 501})
SHOWN = 3
"""So many calls before a check failed are shown with it."""


class Calls:
    """
    Calls the target of a stage for one scenario.

    last        the newest exchanges, for the report
    submitted   the id of every job that a SubmitJob made, with its name; also of those that should have been refused
    """

    def __init__(self, stage: Stage, label: str) -> None:
        self._stage, self._label = stage, label
        self.last: deque[Exchange] = deque(maxlen=SHOWN)
        self.submitted: dict[str, str] = {}
        self.closing = False

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """
        One call, by the name of its boto3 method, with its answer.

        Raises Absent when the service lacks the operation, ClientError for any other refusal, Unclear when it cannot
        be reached.
        """
        if self._stage.interrupted.is_set() and not self.closing:
            raise Interrupted
        if operation == "submit_job":
            self._stage.world.made.will("job", str(request.get("jobName")))
        try:
            answer = self._stage.wire.call(self._label, operation, **request)
        except ClientError as refusal:
            code = refusal.response.get("Error", {}).get("Code", "")
            status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if operation == "submit_job" and status < 500:
                self._stage.world.made.gone("job", str(request.get("jobName")))
            if code in ABSENT_CODES or status in ABSENT_STATUSES:
                raise Absent(f"{as_operation(operation)} is answered with HTTP {status}") from refusal
            raise
        except (ConnectTimeoutError, ReadTimeoutError):
            raise
        except BotoCoreError as trouble:
            raise Unclear(f"{as_operation(operation)} could not be called: {trouble}") from trouble
        except (AttributeError, KeyError, TypeError, ValueError) as trouble:
            raise Unclear(f"boto3 cannot read the answer to {as_operation(operation)}: {trouble!r}") from trouble
        finally:
            self.last.append(self._stage.wire.last())
        if operation == "submit_job" and answer.get("jobId"):
            next(self._stage.submitted)
            self.submitted[str(answer["jobId"])] = str(request.get("jobName"))
            self._stage.world.made.made("job", str(request.get("jobName")), str(answer["jobId"]))
        return answer

    def refusal(self, operation: str, **request: Any) -> ClientError | None:
        """The refusal of a call that should be refused; None when it was accepted."""
        try:
            self.call(operation, **request)
        except ClientError as refusal:
            status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500:  # a fault of the service is no judgement of the request
                raise Unclear(f"{as_operation(operation)} was answered with HTTP {status}: {refusal}") from refusal
            return refusal
        return None


def as_operation(method: str) -> str:
    """
    The operation of a boto3 method.

    >>> as_operation("cancel_jobs")
    'CancelJobs'
    """
    return "".join(word.title() for word in method.split("_"))
