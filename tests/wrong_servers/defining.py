"""How a server that is wrong in ways that no table can express is defined: the right one with one part exchanged.

A request is changed on its way in, an answer on its way out, a function of the model or of the server replaced. Each runs
in a process of its own, so what is replaced there is replaced for nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from batchproof.reference_impl.deciding import changes
from batchproof.reference_impl.http.call import Handler
from batchproof.reference_impl.settings import Parts

from .expected import expect, names

SERVERS: dict[str, Callable[[Parts], Parts]] = {}
"""By name, once their modules are imported; `EXPECTED` says what each breaks."""

Wrong = Callable[[Parts], Parts]


def breaks(
    ids: str, *, unclear: str = "", blind: str = "", reach: str = "*", also: str = ""
) -> Callable[[Wrong], Wrong]:
    """
    Define a wrong server by what it breaks (`Expected`): its function's name is its own, its docstring its fault.

    also   the promises without a rule that it breaks (`NAMES`)
    """

    def define(server: Wrong) -> Wrong:
        name = server.__name__.replace("_", " ")
        SERVERS[name] = server
        expect(name, server.__doc__ or "", ids, unclear=unclear, blind=blind, reach=reach)
        if also:
            names(also, name)
        return server

    return define


def odd(server: Wrong) -> Wrong:
    """Define a server of which no exact set of broken rules is said: a test of its own says what is to come of it."""
    SERVERS[server.__name__.replace("_", " ")] = server
    return server


def handles(*operations: str) -> Callable[[Callable], Wrong]:
    """A server whose handler of these operations is `handler(right, call, request)`."""

    def changed(handler: Callable) -> Wrong:
        def server(parts: Parts) -> Parts:
            handlers = dict(parts.handlers)
            for operation in operations:
                handlers[operation] = _with(parts.handlers[operation], handler)
            return replace(parts, handlers=handlers)

        server.__name__, server.__doc__ = handler.__name__, handler.__doc__
        return server

    return changed


def _with(right: Handler, handler: Callable) -> Handler:
    async def handle(call: Any, request: Any) -> Any:
        return await handler(right, call, request)

    return replace(right, do=handle)


def asked(*operations: str) -> Callable[[Callable[[Any], None]], Wrong]:
    """A server that changes requests of these operations before it looks at them."""

    def changed(change: Callable[[Any], None]) -> Wrong:
        async def handler(right: Callable, call: Any, request: Any) -> Any:
            change(request)
            return await right(call, request)

        handler.__name__, handler.__doc__ = change.__name__, change.__doc__
        return handles(*operations)(handler)

    return changed


def answered(*operations: str) -> Callable[[Callable[[Any], None]], Wrong]:
    """A server that changes its answers to these operations."""

    def changed(change: Callable[[Any], None]) -> Wrong:
        async def handler(right: Callable, call: Any, request: Any) -> Any:
            reply = await right(call, request)
            change(reply)
            return reply

        handler.__name__, handler.__doc__ = change.__name__, change.__doc__
        return handles(*operations)(handler)

    return changed


def of_run(change: Callable[[dict[str, str], Any, Any], dict[str, str]]) -> Wrong:
    """A server that changes what Batch's variables are in a run: `change` gets them, the order of the job and the run."""

    def server(parts: Parts) -> Parts:
        right = changes.batch_variables
        changes.batch_variables = lambda order, run: change(right(order, run), order, run)
        return parts

    server.__name__, server.__doc__ = change.__name__, change.__doc__
    return server


def without(variables: dict[str, str], name: str) -> dict[str, str]:
    """The same variables but one."""
    return {other: value for other, value in variables.items() if other != name}


def described(change: Callable[[Any], None]) -> Wrong:
    """A server that changes each job that DescribeJobs shows."""

    def every(reply: Any) -> None:
        for job in reply.jobs:
            change(job)

    every.__name__, every.__doc__ = change.__name__, change.__doc__
    return answered("DescribeJobs")(every)


# The rules that can meet a fault: those that call the operation, or look at the member, in which it is.
ARRAYS = "ARR-* DEP-12 DEP-14 DEP-15 DEP-18 CANCEL-24 CANCEL-27 CANCEL-28 TERM-20 TERM-21 RETRY-33"
LISTS = "LIST-* ST-01 TERM-14 ARR-02 ARR-14"
BULK = "BULK-*"
STRATEGIES = "RETRY-* TERM-12"
TIMES = "ST-*"
DEPENDENCIES = "DEP-* ST-04"
VARIABLES = "ENV-*"
DESCRIPTIONS = "DESC-* ERR-*"
REQUESTS = "CANCEL-0* CANCEL-1* TERM-01 TERM-1*"
TIMEOUTS = "TO-*"
NODES = "MNP-* RETRY-34 TERM-22 TO-11"
QUEUES = "Q-*"
SUBMISSIONS = "RETRY-* DEP-* ERR-* TO-* ENV-* CANCEL-13"


def right(parts: Parts) -> Parts:
    """The right server, by the way on which the wrong ones come."""
    return parts
