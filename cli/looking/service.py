"""A service that is looked at: how it is named on the command line, how it is reached, and what is read of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from ...model.limits import DESCRIBED_JOBS
from ...model.status import Status
from ..nothing_done import NothingDone

F = TypeVar("F", bound=Callable[..., Any])

THROTTLED = {"TooManyRequestsException", "ThrottlingException", "Throttling", "RequestLimitExceeded"}

TRIES = 6
"""So often a read is tried that was throttled, or whose answer was lost, with twice the pause each time."""

HERE = "http://127.0.0.1:4590"
"""Where `batchproof serve` listens unless it is told otherwise."""


def reaching(command: F) -> F:
    """Give a command the options that name a service; `reached` takes their values."""
    options = (
        click.option(
            "--url", help="Where the service is.  [default: AWS_ENDPOINT_URL_BATCH, as boto3 finds it; else AWS]"
        ),
        click.option("--region", help="[default: as boto3 finds it, else us-east-1]"),
        click.option("--profile", help="Of ~/.aws/config.  [default: as boto3 finds its credentials]"),
        click.option("--ca-bundle", metavar="FILE", help="Certificates to trust.  [default: as boto3 finds them]"),
    )
    for option in reversed(options):
        command = option(command)
    return command


class Service:
    """
    A service, as boto3 sees it. What is read may be read again, so it asks until it is answered, within bounds.

    url     where it is
    pause_s between two looks: what is on this machine may be asked often
    lag_s   so long after its end a job's last lines may still be on their way
    """

    def __init__(self, url: str, batch: Any, logs: Callable[[str | None], Any], *, here: bool) -> None:
        self.url = url
        self.pause_s = 0.2 if here else 2.0
        self.lag_s = 0.0 if here else 6.0
        self._batch = batch
        self._logs = logs
        self._logs_by_region: dict[str | None, Any] = {}
        self._answered = False

    def queues(self) -> list[str]:
        """The names of all queues."""
        return [queue["jobQueueName"] for queue in self._pages("describe_job_queues", "jobQueues")]

    def listed(self, statuses: Iterable[Status], most: int, **selector: str) -> tuple[list[str], bool]:
        """
        The ids that ListJobs names under a selector (`jobQueue=`, `arrayJobId=` or `multiNodeJobId=`), at most `most` of
        each status, and whether there are more. In the order of a job's life, so that none that moves on is missed.
        """
        found: dict[str, None] = {}
        more = False
        for status in Status:
            if status in statuses:
                jobs = self._pages("list_jobs", "jobSummaryList", jobStatus=status.value, **selector)
                for count, job in enumerate(jobs):
                    if count == most:
                        more = True
                        break
                    found[job["jobId"]] = None
        return list(found), more

    def described(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The jobs of these ids, as DescribeJobs shows them; those that do not exist are missing."""
        most = DESCRIBED_JOBS.high
        assert most is not None
        found: list[dict[str, Any]] = []
        for start in range(0, len(ids), most):
            found += self._read(self._batch, "describe_jobs", "jobs", jobs=list(ids[start : start + most]))["jobs"]
        return found

    def job(self, job_id: str) -> dict[str, Any]:
        """The job of this id. Raises NothingDone where there is none."""
        for job in self.described([job_id]):
            return job
        raise NothingDone(f"no job at {self.url} has the id {job_id!r}: `batchproof jobs` lists them")

    def lines(
        self, group: str, stream: str, token: str | None, region: str | None = None
    ) -> tuple[list[str], str | None]:
        """What a log stream holds behind a place that an earlier call gave, and the place behind that."""
        if region not in self._logs_by_region:
            self._logs_by_region[region] = self._logs(region)
        lines: list[str] = []
        while True:
            members = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
            page = self._read(
                self._logs_by_region[region],
                "get_log_events",
                "events",
                **members,
                **({"nextToken": token} if token else {}),
            )
            lines += [event["message"] for event in page["events"]]
            if page.get("nextForwardToken") in (token, None):
                return lines, token
            token = page["nextForwardToken"]

    def _pages(self, operation: str, member: str, **members: Any) -> Iterator[dict[str, Any]]:
        while True:
            page = self._read(self._batch, operation, member, **members)
            yield from page[member]
            if not page.get("nextToken"):
                return
            members["nextToken"] = page["nextToken"]

    def _read(self, api: Any, operation: str, member: str, **members: Any) -> dict[str, Any]:
        from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

        for tried in range(1, TRIES + 1):
            try:
                page = getattr(api, operation)(**members)
            except ClientError as refusal:
                throttled = refusal.response.get("Error", {}).get("Code") in THROTTLED
                failed = self._answered and _status(refusal) >= 500
                if tried == TRIES or not (throttled or failed):
                    raise
            except (ConnectionError, HTTPClientError):
                if tried == TRIES or not self._answered:
                    raise
            else:
                if member not in page:
                    raise NothingDone(
                        f"{self.url} does not speak AWS Batch: what it answers to {operation} has no {member}"
                    )
                self._answered = True
                return page
            time.sleep(self.pause_s * 2**tried)
        raise AssertionError("the last try ends in an answer or an error")


@contextmanager
def reached(url: str | None, region: str | None, profile: str | None, ca_bundle: str | None) -> Iterator[Service]:
    """The service that these options name. What boto3 has to say about it is said in one line."""
    from botocore.exceptions import BotoCoreError, ClientError

    from ...conformance.targets.client import client, is_loopback

    where = url or ""
    try:
        batch = client(url, region, profile=profile, ca_bundle=ca_bundle)
        where = batch.meta.endpoint_url
        here = is_loopback(where)
        if url is None and here:  # named to boto3 in another way: once more, so that it needs no credentials
            batch = client(where, region, profile=profile, ca_bundle=ca_bundle)

        def logs(their_region: str | None) -> Any:
            named = client(url, their_region or region, profile=profile, ca_bundle=ca_bundle, service="logs")
            if here and not is_loopback(named.meta.endpoint_url):  # nobody keeps this machine's logs at AWS
                named = client(where, region, profile=profile, ca_bundle=ca_bundle, service="logs")
            return named

        yield Service(where, batch, logs, here=here)
    except ClientError as refusal:
        raise NothingDone(_refused(where, refusal)) from None
    except (BotoCoreError, ValueError) as failure:
        raise NothingDone(_unreached(url, where, failure)) from None


def _refused(where: str, refusal: Any) -> str:
    answer = refusal.response.get("ResponseMetadata", {})
    kind = answer.get("HTTPHeaders", {}).get("content-type", "").partition(";")[0]
    status = answer.get("HTTPStatusCode")
    if "json" not in kind and "x-amzn-errortype" not in answer.get("HTTPHeaders", {}):
        return f"{where} does not speak AWS Batch: it answers {refusal.operation_name} with {status} {kind or 'and no type'}"
    error = refusal.response.get("Error", {})
    return f"{where} refuses {refusal.operation_name}: {error.get('Code', status)}: {error.get('Message', '')}".rstrip(
        ": "
    )


def _unreached(url: str | None, where: str, failure: Exception) -> str:
    from botocore.exceptions import EndpointConnectionError, NoCredentialsError

    match failure:
        case NoCredentialsError():
            return f"there are no credentials for {where}; for a server on this machine say --url {HERE}"
        case EndpointConnectionError():
            hint = "" if url else f"; it is boto3 that names it, --url names another, such as {HERE}"
            return f"nothing answers at {where}{hint}"
        case ValueError() if "endpoint" in str(failure):
            return f"{failure}: it must be a URL such as {HERE}"
    return ": ".join(part for part in (where, " ".join(str(failure).split())) if part)


def _status(refusal: Any) -> int:
    return refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
