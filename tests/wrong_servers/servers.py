"""The wrong servers of all themes in one place, for `--server wrong_servers.servers:SERVERS[NAME]`."""

# ruff: noqa: F401 - each of these modules defines some

from __future__ import annotations

from . import (
    arrays,
    bulk,
    dependencies,
    environment,
    errors,
    filters,
    hosts,
    listing,
    memory,
    multinode,
    odd,
    payload,
    queues,
    rare,
    reads,
    requests,
    retry,
    states,
    submission,
    timeouts,
    understanding,
)
from .defining import SERVERS, right

__all__ = ["SERVERS", "right"]
