"""How a command ends that a signal told to stop: by an exception, so that whatever it holds is put in order on the way out."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn


class Stopped(KeyboardInterrupt):
    """The signal `number` came. Ctrl-C is the plain KeyboardInterrupt, so whoever listens to one hears the other."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """A handler of signals."""
    raise Stopped(number)


def status_of(interrupt: KeyboardInterrupt) -> int:
    """
    The exit status: 128 and the signal's number, as shells have it.

    >>> status_of(KeyboardInterrupt()), status_of(Stopped(15)), status_of(Stopped(1))
    (130, 143, 129)
    """
    return 128 + (interrupt.number if isinstance(interrupt, Stopped) else signal.SIGINT)
