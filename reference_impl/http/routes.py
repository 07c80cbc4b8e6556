"""Which operation a request means: Batch's by its path and method, those of CloudWatch Logs by X-Amz-Target."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from . import wire
from .errors import UnknownPath, WrongMethod

LOGS_TARGET = "Logs_20140328."


class Route(NamedTuple):
    """An operation: the name of its handler, and those members of its request that are not in the body."""

    handler: str
    operation: str
    of: str
    members: Mapping[str, Any]


@cache
def _paths() -> Mapping[str, Mapping[str, str]]:
    """By path, as far as it is fixed, and method: the operation."""
    found: dict[str, dict[str, str]] = {}
    for operation, (method, path) in wire.operations().items():
        found.setdefault(path.partition("{")[0], {})[method] = operation
    return found


def of(scope: Mapping[str, Any], target: bytes | None, controls: Mapping[str, str]) -> Route:
    """The operation that an HTTP request means. `controls` are the names of our own, by path."""
    path, method = scope["path"], scope["method"]
    if target is not None:
        return _of_logs(target.decode("latin-1"), path, method)
    if path in controls:
        if method != "POST":
            raise _wrong(method, path, "POST")
        return Route(controls[path], controls[path], "batchproof", {})
    methods, ending = _paths().get(path), None
    if methods is None:  # the paths of tags end with an ARN
        cut = path.find("/", len("/v1/")) + 1
        if cut and cut < len(path):
            methods, ending = _paths().get(path[:cut]), path[cut:]
    if methods is None:
        raise UnknownPath(f"no operation of AWS Batch has the path {path[:200]}")
    if method not in methods:
        raise _wrong(method, path, ", ".join(sorted(methods)))
    operation = methods[method]
    members: dict[str, Any] = {} if ending is None else {"resourceArn": ending}
    if operation == "UntagResource":
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True, max_num_fields=1000)
        members["tagKeys"] = query.get("tagKeys")
    return Route(operation, operation, "AWS Batch", members)


def _of_logs(target: str, path: str, method: str) -> Route:
    if path != "/":
        raise UnknownPath(f"X-Amz-Target is given, and the path is {path[:200]}: it must be /")
    if method != "POST":
        raise _wrong(method, path, "POST")
    operation = target.removeprefix(LOGS_TARGET)
    if operation == target or operation not in wire.service_model(wire.LOGS)["operations"]:
        raise UnknownPath(f"X-Amz-Target is {target[:200]!r}: it is no operation of CloudWatch Logs")
    return Route(target, operation, "CloudWatch Logs", {})


def _wrong(method: str, path: str, allowed: str) -> WrongMethod:
    return WrongMethod(f"the method is {method}: {path[:200]} takes {allowed}", headers=((b"allow", allowed.encode()),))
