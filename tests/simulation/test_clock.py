"""A time that jumps: what waits in it waits in the right order, for no real time, and a seed decides who goes first."""

from __future__ import annotations

import time

import pytest

from batchproof.conformance.timing.virtual import BEGINS, NobodyGoesOn, VirtualClock

YEAR_S = 365 * 86_400


def test_a_year_is_slept_through_in_no_time():
    """Nobody waits for real, however long he waits."""
    clock, began_s = VirtualClock(), time.monotonic()
    clock.sleep(YEAR_S)
    assert clock.now_s() == YEAR_S
    assert (clock.date() - BEGINS).total_seconds() == YEAR_S
    assert time.monotonic() - began_s < 1


def test_what_is_due_happens_in_the_order_of_its_time_and_then_of_its_asking():
    """A cancelled timer does not happen, and no time passes for it."""
    clock, done = VirtualClock(), []
    for when_s, name in ((2, "later"), (1, "first"), (1, "second")):
        clock.at(when_s, lambda name=name: done.append((clock.now_s(), name)))
    clock.after(1.5, lambda: done.append((0.0, "never"))).cancel()
    clock.sleep(3)
    assert done == [(1, "first"), (1, "second"), (2, "later")]


def test_a_wait_says_whether_it_was_ended_or_its_time_was_over():
    clock = VirtualClock()
    news = clock.condition("news")
    assert not news.wait(5)
    assert clock.now_s() == 5
    clock.after(1, news.notify_all)
    assert news.wait(5)
    assert clock.now_s() == 6
    over = clock.event("the end")
    assert not over.wait(1)
    over.set()
    assert over.wait(1)
    assert clock.now_s() == 7


def order(seed: int) -> str:
    """In which order eight threads write, each four times, that are all ready at once."""
    clock, written = VirtualClock(seed), []

    def write(name: str) -> None:
        for _ in range(4):
            written.append(name)
            clock.sleep(0.001)

    with clock.pool(8, "writer") as pool:
        for name in "abcdefgh":
            pool.submit(write, name)
    return "".join(written)


def test_one_seed_is_one_order_and_another_seed_is_another():
    """What several callers do at once is played in many orders, and each of them can be played again."""
    assert order(1) == order(1)
    assert len({order(seed) for seed in range(20)}) == 20
    assert sorted(order(3)) == sorted("abcdefgh" * 4)


def test_one_thread_runs_at_a_time():
    """So what is between two waits needs no lock: it is never cut in two."""
    clock, inside, most = VirtualClock(), [], []

    def work() -> None:
        for _ in range(50):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0)  # the interpreter would let another thread run, if one could
            inside.pop()
            clock.sleep(0)

    with clock.pool(4, "worker") as pool:
        for _ in range(4):
            pool.submit(work)
    assert max(most) == 1
    assert len(most) == 200


def test_a_pool_does_no_more_at_once_than_it_may_and_hands_on_what_was_raised():
    clock, at_once, most = VirtualClock(), [0], []

    def work(number: int) -> int:
        at_once[0] += 1
        most.append(at_once[0])
        clock.sleep(1)
        at_once[0] -= 1
        if number == 3:
            raise ValueError("the third")
        return number

    with clock.pool(2, "worker") as pool:
        futures = [pool.submit(work, number) for number in range(6)]
        done = list(pool.as_completed(futures))
        pool.wait(futures)
    assert max(most) == 2
    assert clock.now_s() == 3
    assert set(done) == set(futures)
    assert [future.result() for future in futures if future.exception() is None] == [0, 1, 2, 4, 5]
    assert str(futures[3].exception()) == "the third"


def test_the_limit_of_a_pool_is_one_of_real_time():
    """Whoever runs the kit says for how long, and means his own time; in that of the clock a day may be nothing."""
    clock = VirtualClock()
    with clock.pool(1, "worker") as pool:
        futures = [pool.submit(clock.sleep, 86_400) for _ in range(3)]
        with pytest.raises(TimeoutError):
            list(pool.as_completed(futures, timeout=-1))
        assert len(list(pool.as_completed(futures, timeout=60))) == 3


def test_when_all_wait_for_ever_the_first_thread_is_told_who_waits_for_what():
    """Otherwise a fault of a simulation would be a test that hangs."""
    clock = VirtualClock()
    clock.start(lambda: clock.event("what nobody sets").wait() and None, "a forgotten one")
    with pytest.raises(NobodyGoesOn, match="a forgotten one waits for what nobody sets"):
        clock.event("the end").wait()


def test_what_fails_between_two_threads_is_raised_in_the_first(caplog):
    """A fault of whoever simulates must not pass for a silence of the service."""
    clock = VirtualClock()

    def fail() -> None:
        raise RuntimeError("a fault of the server")

    clock.after(1, fail)
    with pytest.raises(RuntimeError, match="a fault of the server"):
        clock.sleep(10)
