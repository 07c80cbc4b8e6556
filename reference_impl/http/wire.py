"""The JSON of Batch and of CloudWatch Logs, both ways, with types made from botocore's own service models.

All members are optional when a request is read, so that what is missing is found by us and named; unknown members are
ignored. Answers leave out what is None, and have their members in the model's order.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any

import msgspec

from .errors import ClientException

BATCH, LOGS = "batch", "logs"
"""The services. Functions below that are not told which one speak of Batch."""

_MODELS = {BATCH: "data/batch/2016-08-10/service-2.json.gz", LOGS: "data/logs/2014-03-28/service-2.json.gz"}
_SCALARS: Mapping[str, Any] = {
    "string": str,
    "integer": Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)],
    "long": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    "float": float,
    "double": float,
    "boolean": bool,
}
_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$\.?(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


@cache
def service_model(service: str = BATCH) -> dict[str, Any]:
    """botocore's description of a service: operations and shapes. It is data that botocore carries; no session is made."""
    packed = resources.files("botocore").joinpath(_MODELS[service]).read_bytes()
    return msgspec.json.decode(gzip.decompress(packed))


def operations() -> dict[str, tuple[str, str]]:
    """
    Method and path of every operation of Batch.

    >>> operations()["SubmitJob"]
    ('POST', '/v1/submitjob')
    """
    described = service_model()["operations"].items()
    return {name: (about["http"]["method"], about["http"]["requestUri"]) for name, about in described}


@cache
def shape(name: str, service: str = BATCH) -> Any:
    """
    The type of a shape of the model. A structure becomes a msgspec Struct whose members are all optional.

    >>> shape("JobTimeout")(attemptDurationSeconds=60)
    JobTimeout(attemptDurationSeconds=60)
    """
    about = service_model(service)["shapes"][name]
    match about["type"]:
        case "structure":
            members = [
                (member, shape(target["shape"], service) | None, None) for member, target in about["members"].items()
            ]
            return msgspec.defstruct(name, members, omit_defaults=True, kw_only=True)
        case "list":
            return list[shape(about["member"]["shape"], service)]
        case "map":
            return dict[str, shape(about["value"]["shape"], service)]
        case scalar:
            return _SCALARS[scalar]


def filled(name: str, members: Mapping[str, Any]) -> Any:
    """
    A structure with those of these members that it has; a request may have more than what is shown of it.

    >>> filled("JobTimeout", {"attemptDurationSeconds": 60, "colour": "red"})
    JobTimeout(attemptDurationSeconds=60)
    """
    made = shape(name)
    return made(**{member: members[member] for member in made.__struct_fields__ if member in members})


def converted(name: str, data: Mapping[str, Any]) -> Any:
    """
    A structure made from plain data that is known to fit.

    >>> converted("JobTimeout", {"attemptDurationSeconds": 60})
    JobTimeout(attemptDurationSeconds=60)
    """
    return msgspec.convert(data, shape(name))


@cache
def request_type(operation: str, service: str = BATCH) -> Any:
    """The type of an operation's request."""
    return shape(service_model(service)["operations"][operation]["input"]["shape"], service)


def reply_type(operation: str, service: str = BATCH) -> Any:
    """The type of an operation's answer."""
    return shape(service_model(service)["operations"][operation]["output"]["shape"], service)


def decoded(operation: str, body: bytes, service: str = BATCH) -> Any:
    """
    The request in a body; an empty body is an empty request.

    >>> decoded("DescribeJobs", b'{"jobs": ["a"], "unknown": 1}')
    DescribeJobsRequest(jobs=['a'])
    >>> decoded("SubmitJob", b'{"retryStrategy": {"attempts": "3"}}')
    Traceback (most recent call last):
    ...
    batchproof.reference_impl.http.errors.ClientException: retryStrategy.attempts is "3": expected int, got str
    """
    return decoded_as(request_type(operation, service), body)


def decoded_as(kind: Any, body: bytes) -> Any:
    """A body as a request of this type."""
    try:
        return _decoder(kind).decode(body or b"{}")
    except msgspec.ValidationError as failure:
        raise ClientException(_named(str(failure), body)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise ClientException(f"the body is not JSON: {failure}") from None
    except RecursionError:
        raise ClientException("the body is nested too deeply") from None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


_encoder = msgspec.json.Encoder()
encoded = _encoder.encode
"""An answer as JSON."""

plain = msgspec.to_builtins
"""A request, or a part of one, as plain data without its absent members."""


def required(request: Any, *members: str, field: str = "") -> None:
    """Refuse a request in which one of these members is absent or an empty text (CANCEL-12)."""
    for member in members:
        value = getattr(request, member)
        if value is None:
            raise ClientException(f"{field}{member} is required, and it is absent")
        if value == "":
            raise ClientException(f"{field}{member} is an empty text: at least 1 character is needed")


def not_served(request: Any, *members: str, field: str = "") -> None:
    """Refuse a request that uses a member which this server would have to ignore."""
    for member in members:
        if getattr(request, member) is not None:
            raise ClientException(f"{field}{member} is not served yet by this server: leave it out")


def _named(complaint: str, body: bytes) -> str:
    """msgspec's complaint with the member in the words of the caller, and the value that it complains about."""
    found = _AT.match(complaint)
    assert found is not None
    what, path = found["what"].replace("`", "").replace(" | null", ""), found["path"]
    what = what[:1].lower() + what[1:]
    if not path:
        return f"the body is not a JSON object: {what}"
    try:
        value: Any = msgspec.json.decode(body)
        for name, index in _STEP.findall(path):
            value = value[name] if name else value[int(index)]
    except (KeyError, IndexError, TypeError, ValueError, RecursionError):
        return f"{path}: {what}"  # `[...]` stands for some value of a map
    text = msgspec.json.encode(value).decode()
    return f"{path} is {text if len(text) <= 100 else text[:100] + '...'}: {what}"
