"""Who may call: hosts and origins where nobody signs, signatures where there are keys."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..deciding import arns
from .errors import AccessDenied
from .signatures import Signed, verify

_SCOPE = re.compile(rb"Credential=[^/,\s]+/\d+/([a-z0-9-]{1,32})/[a-z]+/aws4_request")
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:]+\]|[^:\[\]]*)(?::\d+)?")


class Door:
    """
    Lets callers in. With `keys`, secrets by access key id, every request must be signed with one of them, for whatever
    host it was signed; without, only requests that name a loopback host are answered.

    Either way no page in a browser gets in, which can be made to call any name that resolves to this machine: it
    cannot sign, and it cannot choose the Host that it sends.
    """

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        self._keys = keys

    @property
    def signed(self) -> bool:
        """Whether requests must be signed."""
        return self._keys is not None

    def check_reader(self, headers: Mapping[bytes, bytes]) -> None:
        """Refuse whoever may not even read what is no secret: a page in a browser."""
        _check_origin(headers)
        if self._keys is None:
            _check_host(headers)

    def check(self, scope: Mapping[str, Any], service: str, body: bytes) -> None:
        """Refuse a request whose caller may not call."""
        self.check_reader(dict(scope["headers"]))
        if self._keys is None:
            return
        request = Signed(scope["method"], scope["raw_path"], scope["query_string"], tuple(scope["headers"]), body)
        verify(request, self._keys, service, now_s=time.time())


def _check_host(headers: Mapping[bytes, bytes]) -> None:
    host = headers.get(b"host", b"").decode("latin-1")
    if not is_loopback(host):
        raise AccessDenied(f"Host is {host[:200]!r}: only localhost and loopback addresses are served")


def _check_origin(headers: Mapping[bytes, bytes]) -> None:
    origin = headers.get(b"origin")
    if origin is not None:
        # Only browsers send it, and no page has any business here: a form can post to 127.0.0.1 by its number.
        raise AccessDenied(f"Origin is {origin.decode('latin-1')[:200]!r}: browsers are not served")


@lru_cache(16)  # a client says the same each time
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
