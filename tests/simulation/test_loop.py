"""The server's event loop in virtual time: asyncio as the server uses it, and not a moment of real time."""

from __future__ import annotations

import asyncio

import pytest

from batchproof.conformance.timing.virtual import VirtualClock
from batchproof.reference_impl.simulation.loop import VirtualLoop


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def loop(clock: VirtualClock) -> VirtualLoop:
    return VirtualLoop(clock)


def test_what_a_coroutine_waits_for_passes_on_the_clock(clock, loop):
    """Sleeps, tasks and time limits, which the server has."""

    async def work() -> str:
        waiting = asyncio.get_running_loop().create_task(asyncio.sleep(3600, "an hour"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await asyncio.sleep(1000)
        assert clock.now_s() == 60
        return await waiting

    assert loop.run_until_complete(work()) == "an hour"
    assert clock.now_s() == 3600


def test_what_a_coroutine_raises_is_raised_to_whoever_asked(loop):
    async def work() -> None:
        await asyncio.sleep(1)
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        loop.run_until_complete(work())


def test_two_callers_are_served_at_the_same_time(clock, loop):
    """One that waits does not keep the other from being answered, as with a real server."""
    served: list[tuple[str, float]] = []

    async def work(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        served.append((name, clock.now_s()))

    with clock.pool(2, "caller") as callers:
        callers.submit(lambda: loop.run_until_complete(work("slow", 2)))
        callers.submit(lambda: loop.run_until_complete(work("quick", 1)))
    assert served == [("quick", 1), ("slow", 2)]


def test_a_timer_that_is_cancelled_does_not_fire(clock, loop):
    fired: list[float] = []
    loop.call_later(1, lambda: fired.append(clock.now_s()))
    loop.call_later(2, lambda: fired.append(clock.now_s())).cancel()
    loop.call_soon(lambda: fired.append(clock.now_s()))
    clock.sleep(5)
    assert fired == [0, 1]


def test_a_callback_that_fails_is_not_lost(clock, loop, caplog):
    """In a real loop it would be a line of a log."""

    def fail() -> None:
        raise RuntimeError("a fault of the server")

    loop.call_soon(fail)
    with pytest.raises(RuntimeError, match="a fault of the server"):
        clock.sleep(1)
