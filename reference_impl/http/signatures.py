"""AWS Signature Version 4: whether a request was signed, just now and as it arrived, with a key that is known here.

Written from AWS's description, "Create a signed AWS API request". What it protects: the method, path, query, signed
headers and the body; so `host` and every `x-amz-*` header that is sent must be among the signed ones.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from ...model.limits import SIGNATURE_AGE_S
from .errors import Refusal

ALGORITHM = "AWS4-HMAC-SHA256"

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,\s]+)/(?P<date>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)"
    r"/aws4_request,\s*SignedHeaders=(?P<headers>[a-z0-9;._-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_UNRESERVED = "-_.~"


class Forbidden(Refusal):
    """A signature is missing or does not hold; `kind` is AWS's name of why."""

    status = 403

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Signed(NamedTuple):
    """A request as it came over the wire."""

    method: str
    raw_path: bytes
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def verify(request: Signed, keys: Mapping[str, str], service: str, *, now_s: float) -> None:
    """Refuse a request unless it is signed for `service` with one of `keys`: secrets by access key id."""
    headers = _joined(request.headers)
    text = headers.get("authorization")
    if text is None:
        raise Forbidden("MissingAuthenticationTokenException", "Missing Authentication Token: Authorization is absent")
    found = _AUTHORIZATION.fullmatch(text)
    if found is None:
        raise _incomplete("Authorization is not 'AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...'")
    signed = found["headers"].split(";")
    needed = {"host", *(name for name in headers if name.startswith("x-amz-"))}
    if unsigned := sorted(needed - set(signed)):
        raise _incomplete(f"SignedHeaders lacks {', '.join(unsigned)[:200]}")
    if absent := sorted(set(signed) - set(headers)):
        raise _incomplete(f"SignedHeaders names {', '.join(absent)[:200]}, which the request does not have")
    date = _checked_date(headers, found["date"], now_s)
    if found["service"] != service:
        raise _invalid(f"Credential should be scoped to correct service: '{service}'.")
    secret = keys.get(found["key"])
    if secret is None:
        raise Forbidden("UnrecognizedClientException", "The security token included in the request is invalid.")
    body_hash = hashlib.sha256(request.body).hexdigest()
    if headers.get("x-amz-content-sha256", body_hash) != body_hash:
        raise _invalid("x-amz-content-sha256 is not the hash of the body")
    canonical = "\n".join(
        (
            request.method,
            canonical_path(request.raw_path),
            canonical_query(request.query),
            *(f"{name}:{headers[name]}" for name in signed),
            "",
            found["headers"],
            body_hash,
        )
    )
    scope = f"{found['date']}/{found['region']}/{service}/aws4_request"
    to_sign = "\n".join((ALGORITHM, date, scope, hashlib.sha256(canonical.encode("latin-1")).hexdigest()))
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(key, to_sign.encode(), "sha256").hex(), found["signature"]):
        raise _invalid(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method."
        )


def canonical_path(raw: bytes) -> str:
    """
    The path as it is signed: without dots and empty parts, and encoded once more than it was sent.

    >>> canonical_path(b"/v1/tags/arn%3Aaws/../x//y"), canonical_path(b"/"), canonical_path(b"/a/")
    ('/v1/tags/x/y', '/', '/a/')
    >>> canonical_path(b"/v1/tags/arn%3Aaws")
    '/v1/tags/arn%253Aaws'
    """
    parts: list[bytes] = []
    for part in raw.split(b"/"):
        if part == b"..":
            parts[-1:] = []
        elif part not in (b"", b"."):
            parts.append(part)
    path = b"/" + b"/".join(parts) + (b"/" if parts and raw.endswith(b"/") else b"")
    return quote(path, safe="/" + _UNRESERVED)


def canonical_query(raw: bytes) -> str:
    """
    The query as it is signed: in the order of its names.

    >>> canonical_query(b"tagKeys=b%20c&tagKeys=a&flag")
    'flag=&tagKeys=a&tagKeys=b%20c'
    """
    pairs = (part.partition(b"=") for part in raw.split(b"&") if part)
    encoded = ((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def _encoded(text: bytes) -> str:
    return quote(unquote_to_bytes(text), safe=_UNRESERVED)


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name, those of one name joined, blanks put in order."""
    found: dict[str, str] = {}
    for raw, value in headers:
        name, text = raw.decode("latin-1").lower(), " ".join(value.decode("latin-1").split())
        found[name] = f"{found[name]},{text}" if name in found else text
    return found


def _checked_date(headers: Mapping[str, str], scope_date: str, now_s: float) -> str:
    text = headers.get("x-amz-date", "")
    try:
        at_s = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise _incomplete(f"X-Amz-Date is {text[:50]!r}: it must be like 20261122T101500Z") from None
    if text[:8] != scope_date:
        raise _invalid(f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: {scope_date}")
    if abs(now_s - at_s) > SIGNATURE_AGE_S:
        word = "expired" if at_s < now_s else "not yet current"
        raise _invalid(f"Signature {word}: X-Amz-Date {text} is more than {SIGNATURE_AGE_S} s from this server's time")
    return text


def _incomplete(message: str) -> Forbidden:
    return Forbidden("IncompleteSignatureException", message)


def _invalid(message: str) -> Forbidden:
    return Forbidden("InvalidSignatureException", message)
