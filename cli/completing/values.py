"""What completes each kind of argument. A shell waits meanwhile, so what is costly is imported only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ..looking.service import Service

WAIT_S = 2.0
"""A service that has not told its jobs by then is not waited for."""

NEWEST = 20
"""So many jobs of each status in each queue are offered."""


def rules(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The ids of the rules that the kit checks, also of those begun in small letters."""
    from ...conformance.register import rules as registered

    return _fitting(incomplete.upper(), ((id, rule.says) for id, rule in registered().items()))


def promises(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The ids of all promises and properties, checked or not."""
    from ...model.promises import PROMISES, PROPERTIES

    return _fitting(incomplete.upper(), ((id, each.says) for id, each in {**PROMISES, **PROPERTIES}.items()))


def readings(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """NAME=VALUE, each reading with each of its values."""
    from ...model.readings import READINGS

    pairs = ((f"{each.name}={value}", means) for each in READINGS for value, means in each.values.items())
    return _fitting(incomplete, pairs)


def powers(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """What the kit can do at a URL, and `none`."""
    from ...conformance.power import Power

    named = [("none", "it only answers"), *((power.option, power.value) for power in Power)]
    return _fitting(incomplete.lower(), named)


def targets(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The targets that have a name, also those of other packages."""
    from ...conformance.targets.known import names

    return _fitting(incomplete, ((name, "") for name in names()))


def modes(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The names of the adversary's modes; whoever wants another number than the default adds it."""
    from ...conformance.adversary.composition import MODES

    return _fitting(incomplete, ((mode.name, f"takes away that {mode.takes_away}") for mode in MODES))


def jobs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """The ids of the jobs of the service that the line names so far, the newest first; none if it does not answer."""
    where = {name: context.params.get(name) for name in ("url", "region", "profile", "ca_bundle")}
    newest: list[dict[str, Any]] = []

    def ask() -> None:
        from ..looking.service import reached

        with suppress(Exception), reached(**where) as service:  # whatever it is, Tab is no place to say it
            newest.extend(sorted(_newest(service), key=lambda job: job.get("createdAt") or 0, reverse=True))

    _within(WAIT_S, ask)
    return _fitting(incomplete, ((job["jobId"], f"{job['status']} {job.get('jobName', '')}") for job in newest))


def _newest(service: Service) -> Iterator[dict[str, Any]]:
    from ...model.status import Status

    for queue in service.queues():
        ids, _ = service.listed(list(Status), NEWEST, jobQueue=queue)
        yield from service.described(ids)


def _within(seconds: float, ask: Callable[[], None]) -> None:
    """Ask, and leave it if it takes too long: what hangs in a name server's lookup cannot be interrupted."""
    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)


def _fitting(begun: str, found: Iterable[tuple[str, str]]) -> list[CompletionItem[str]]:
    return [CompletionItem(value, help=says) for value, says in found if value.startswith(begun)]
