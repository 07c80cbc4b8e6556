"""Calls of one scenario, through boto3: what each answer and each refusal means for a verdict."""

from __future__ import annotations

from collections import deque
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from ..judging.outcome import Absent, Interrupted, Unclear
from .stage import Stage

ABSENT_CODES = frozenset({"NotImplemented", "NotImplementedException", "UnknownOperationException", "InvalidAction"})
ABSENT_STATUSES = frozenset({404, 405, 501})


class Calls:
    """Calls the target of a stage. What was said last is kept for the report."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.target = stage, stage.target
        self.said: deque[str] = deque(maxlen=3)
        self._closing = False
        self._client = stage.target.client()

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """
        One call, by the name of its boto3 method, with its answer.

        Raises Absent when the service lacks the operation, ClientError for any other refusal, Unclear when it cannot
        be reached.
        """
        if self.stage.interrupted.is_set() and not self._closing:
            raise Interrupted
        next(self.stage.calls)
        said = f"{operation}({', '.join(f'{name}={value!r}' for name, value in request.items())})"
        try:
            answer = getattr(self._client, operation)(**request)
            self.said.append(f"{shortened(said)} -> {answer.get('ResponseMetadata', {}).get('HTTPStatusCode')}")
            return answer
        except ClientError as refusal:
            self.said.append(f"{shortened(said)} -> {refusal}")
            code = refusal.response.get("Error", {}).get("Code", "")
            status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code in ABSENT_CODES or status in ABSENT_STATUSES:
                raise Absent(f"{as_operation(operation)} is answered with HTTP {status}") from refusal
            raise
        except (ConnectTimeoutError, ReadTimeoutError):
            raise
        except BotoCoreError as trouble:
            raise Unclear(f"{as_operation(operation)} could not be called: {trouble}") from trouble
        except (AttributeError, KeyError, TypeError, ValueError) as trouble:
            raise Unclear(f"boto3 cannot read the answer to {as_operation(operation)}: {trouble!r}") from trouble

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


def shortened(text: str, characters: int = 160) -> str:
    """
    A text that fits a line of a report.

    >>> shortened("abcdefghij", 8)
    'abcde...'
    """
    return text if len(text) <= characters else text[: characters - 3] + "..."


def as_operation(method: str) -> str:
    """
    The operation of a boto3 method.

    >>> as_operation("cancel_jobs")
    'CancelJobs'
    """
    return "".join(word.title() for word in method.split("_"))
