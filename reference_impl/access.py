"""Who may call: hosts, origins, and later signatures."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from . import arns
from .errors import AccessDenied

_SCOPE = re.compile(rb"Credential=[^/,\s]+/\d+/([a-z0-9-]{1,32})/[a-z]+/aws4_request")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:]+\]|[^:\[\]]*)(?::\d+)?")


def check_caller(headers: Mapping[bytes, bytes]) -> None:
    """Refuse whoever may be a page in a browser."""
    host = headers.get(b"host", b"").decode("latin-1")
    if not is_loopback(host):
        raise AccessDenied(f"Host is {host[:200]!r}: only localhost and loopback addresses are served")
    origin = headers.get(b"origin")
    if origin is not None:
        # Only browsers send it, and no page has any business here: a form can post to 127.0.0.1 by its number.
        raise AccessDenied(f"Origin is {origin.decode('latin-1')[:200]!r}: browsers are not served")


def is_loopback(host: str) -> bool:
    """
    Whether a Host header, with or without a port, means this machine and nothing else.

    >>> [is_loopback(host) for host in ("127.0.0.1:4590", "localhost", "[::1]:4590", "evil.example", "10.0.0.1", "")]
    [True, True, True, False, False, False]
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].strip("[]")
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def region(headers: Mapping[bytes, bytes]) -> str:
    """The region of the signature's scope; regions are separate worlds."""
    found = _SCOPE.search(headers.get(b"authorization", b""))
    return found[1].decode() if found else arns.DEFAULT_REGION
