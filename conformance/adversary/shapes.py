"""What botocore's own description of Batch says: which request is which operation, which answers come in pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from botocore.loaders import Loader


@cache
def _model() -> dict[str, Any]:
    return Loader().load_service_model("batch", "service-2")


@cache
def operations() -> frozenset[str]:
    """The names of all operations."""
    return frozenset(_model()["operations"])


@cache
def _by_path() -> Mapping[tuple[str, str], str]:
    return MappingProxyType(
        {
            (operation["http"]["method"], operation["http"]["requestUri"].partition("{")[0]): name
            for name, operation in _model()["operations"].items()
        }
    )


def operation_of(method: str, path: str) -> str | None:
    """The operation that is asked for by a method and a path (without its query), if it is one of Batch."""
    found = _by_path().get((method, path))
    if found is None and path.startswith("/v1/tags/"):  # the paths of tags end with an ARN
        found = _by_path().get((method, "/v1/tags/"))
    return found


class Pages(NamedTuple):
    """Where an answer that comes in pages has its records, and which member names a record."""

    records: str
    key: str


@cache
def pages() -> Mapping[str, Pages]:
    """The operations whose answers come in pages."""
    listed = Loader().load_service_model("batch", "paginators-1")["pagination"]
    return MappingProxyType({name: _pages(name, paged["result_key"]) for name, paged in listed.items()})


def _pages(operation: str, records: str) -> Pages:
    members = list(_record(operation, records)["members"])
    named = "jobId" if "jobId" in members else next(member for member in members if member.lower().endswith("arn"))
    return Pages(records, named)


def _record(operation: str, records: str) -> dict[str, Any]:
    shapes = _model()["shapes"]
    output = shapes[_model()["operations"][operation]["output"]["shape"]]
    return shapes[shapes[output["members"][records]["shape"]]["member"]["shape"]]


JOBS: Mapping[str, str] = MappingProxyType({"DescribeJobs": "jobs", "ListJobs": "jobSummaryList"})
"""The reads of jobs, and where they have their records."""


@cache
def records() -> Mapping[str, str]:
    """Every read that answers a list of records, and the member that holds it."""
    return MappingProxyType({name: paged.records for name, paged in pages().items()} | dict(JOBS))


@cache
def optional(operation: str) -> Mapping[str, str]:
    """The members that a job's record in this read may lack, each with the type of its shape."""
    record, shapes = _record(operation, JOBS[operation]), _model()["shapes"]
    return MappingProxyType(
        {
            name: shapes[member["shape"]]["type"]
            for name, member in record["members"].items()
            if name not in record.get("required", ())
        }
    )


@cache
def known_members() -> frozenset[str]:
    """Every name of a member anywhere in Batch."""
    return frozenset(name for shape in _model()["shapes"].values() for name in shape.get("members", ()))


@cache
def times() -> frozenset[str]:
    """The members that are points in time, in milliseconds since 1970."""
    shapes = _model()["shapes"]
    return frozenset(
        name
        for shape in shapes.values()
        for name, member in shape.get("members", {}).items()
        if name.endswith(("At", "AtPosition")) and shapes[member["shape"]]["type"] == "long"
    )
