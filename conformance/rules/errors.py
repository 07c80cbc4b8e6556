"""How a service answers what it cannot serve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...model.limits import DESCRIBED_JOBS
from ..judging.answers import Meaning
from ..judging.claims.errors import BETWEEN, NOWHERE, TRIES
from ..steps.scenario import Scenario
from .rule import rule

Request = tuple[str, Callable[[], dict[str, Any]], dict[str, Any]]
"""An operation, the arguments of a call of it that is well formed, and what makes them ill-formed."""


@rule(
    "ERR-01",
    "What a client did wrong is answered as such, and not as a fault of the service or by a closed connection.",
)
def ill_formed_requests_are_answered(batch: Scenario) -> None:
    for operation, well, ill in _requests(batch):
        for _ in range(TRIES):
            if batch.tried(operation, **{**well(), **ill}) is not Meaning.FAULT:
                break
            # A fault of the moment is one that comes without a bad request as well.
            for _ in range(BETWEEN):
                batch.tried(operation, **well())


def _requests(batch: Scenario) -> list[Request]:
    most = DESCRIBED_JOBS.high
    assert most is not None
    queue = batch.stage.world.queue
    somebody = lambda: {"jobId": batch.nobodys_id(), "reason": batch.reason}  # noqa: E731
    return [
        (
            "describe_jobs",
            lambda: {"jobs": [batch.nobodys_id()]},
            {"jobs": [batch.nobodys_id() for _ in range(most + 1)]},
        ),
        ("list_jobs", lambda: {"jobQueue": queue}, {"arrayJobId": batch.nobodys_id()}),
        ("cancel_job", somebody, {"reason": ""}),
        ("terminate_job", somebody, {"reason": ""}),
        ("submit_job", batch.submission, {"jobQueue": NOWHERE}),
        ("submit_job", batch.submission, {"jobDefinition": NOWHERE}),
        ("submit_job", batch.submission, {"retryStrategy": {"attempts": 11}}),
        ("submit_job", batch.submission, {"arrayProperties": {"size": 1}}),
        ("submit_job", batch.submission, {"jobName": "a name with blanks"}),
    ]
