"""What each rule claims of the record of its scenario: one file for each theme, as in `conformance/rules`."""

from . import (
    arrays,
    bulk,
    cancel,
    either,
    errors,
    listing,
    lives,
    multinode,
    retry,
    smoke,
    states,
    submission,
    terminate,
    throughout,
    timeouts,
)

__all__ = [
    "arrays",
    "bulk",
    "cancel",
    "either",
    "errors",
    "listing",
    "lives",
    "multinode",
    "retry",
    "smoke",
    "states",
    "submission",
    "terminate",
    "throughout",
    "timeouts",
]
