"""How the operations are asked for that AWS does not have (docs/controls.md): by a POST of JSON beside the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.message import Message
from typing import TypeAlias
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from . import in_process

PATHS: Mapping[str, str] = {"advance_clock": "/batchproof/advance-clock", "lose_host": "/batchproof/lose-host"}
"""Where each of them is, by the name under which it is written down with the calls of boto3."""

TIMEOUT_S = 20
JSON = {"Content-Type": "application/json"}

Controls: TypeAlias = Callable[[str, bytes], tuple[int, Mapping[str, str], bytes]]
"""
Asks for what is at a path, with a body: status, headers by their names in small letters, and body of the answer. Raises
what a socket raises.
"""


def over_http(url: str) -> Controls:
    """Those of a service that listens there."""

    def ask(path: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        try:
            with urlopen(Request(url.rstrip("/") + path, body, JSON, method="POST"), timeout=TIMEOUT_S) as reply:
                return reply.status, _named(reply.headers), reply.read()
        except HTTPError as error:
            return error.code, _named(error.headers), error.read()

    return ask


def inside(answer: in_process.Answer) -> Controls:
    """Those of a service in the kit's own process."""

    def ask(path: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        response = answer(in_process.Request("POST", in_process.URL + path, JSON, body))
        return response.status, _named(response.headers), response.body

    return ask


def _named(headers: Message[str, str] | Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}
