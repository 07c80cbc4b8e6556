"""Every rule there is, in the order of a report. To add one, write it in its theme's file under `rules/`."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from .rules import (
    arrays,
    bulk,
    cancel,
    dependencies,
    either,  # noqa: F401 - its rules are those of cancel and of terminate
    environment,
    errors,
    hosts,
    listing,
    multinode,
    queues,
    retry,
    smoke,
    states,
    submission,
    terminate,
    timeouts,
)
from .rules.rule import REGISTERED, Rule
from .searching import lives

THEMES = tuple(
    module.__name__.rpartition(".")[2]
    for module in (
        *(smoke, states, dependencies, retry, hosts, cancel, terminate, timeouts, bulk),
        *(arrays, multinode, queues, listing, submission, environment, errors, lives),
    )
)
"""The themes in the order of a report; each registered its rules when it was imported here."""


def rules(patterns: tuple[str, ...] = ()) -> Mapping[str, Rule]:
    """
    The registered rules whose id fits one of the patterns (all without patterns), in the order of their themes.

    >>> list(rules(("CANCEL-07",)))
    ['CANCEL-07']
    """
    found = {id: found for theme in THEMES for id, found in REGISTERED.items() if found.theme == theme}
    if not patterns:
        return found
    return {id: r for id, r in found.items() if any(fnmatchcase(id, pattern.upper()) for pattern in patterns)}
