"""The wrong servers of all themes in one place, for `--server wrong_servers.servers:SERVERS[NAME]`."""

from __future__ import annotations

from . import arrays, bulk, errors, listing, memory, odd, payload, requests, retry, states, submission, understanding  # noqa: F401 - each defines some
from .defining import SERVERS, right

__all__ = ["SERVERS", "right"]
