"""The process of one run, imagined: when it says something at the gate, what it makes of a SIGTERM, how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from ...conformance.payload import OnSigterm
from ...conformance.programs import KILLED, STOPPED, Program
from ...conformance.timing.virtual import VirtualClock

HELLO_S, MOMENT_S = 0.05, 0.004
"""So long at most takes a program to say at the gate that it runs; and whatever else a process does at once."""

HUNG_UP = 99
"""With this code one ends whose connection to the gate has ended."""


@dataclass(eq=False, slots=True)
class Process:
    """
    One run's process.

    says      is told what it reports at the gate: `began`, `sigterm`, `exiting CODE`, `gone`
    ended     is told its exit code
    at_gate   whether it is connected to the gate
    """

    clock: VirtualClock
    chance: Random
    program: Program
    says: Callable[[str], None]
    ended: Callable[[int], None]
    at_gate: bool = False
    gone: bool = False
    _released: bool = field(default=False)
    _leaving: bool = field(default=False)

    def begin(self) -> None:
        """It runs from now on."""
        if self.program.held:
            self.clock.after(self.chance.uniform(0, HELLO_S), self._hello)
        else:
            self.clock.after(self.program.after_ms / 1000 + self._moment_s(), lambda: self._die(self.program.code))

    @property
    def waits(self) -> bool:
        """Whether it waits at the gate to be told how to end."""
        return self.at_gate and not self._released

    def release(self, code: int) -> bool:
        """It is told at the gate to exit with this code. False where it does not wait there."""
        if not self.waits:
            return False
        self._released = True
        self.clock.after(self._moment_s(), lambda: self._leave(code))
        return True

    def hang_up(self) -> None:
        """Its connection to the gate ends."""
        if self.at_gate:
            self.clock.after(self._moment_s(), lambda: self._die(HUNG_UP))

    def sigterm(self, grace_s: float) -> None:
        """SIGTERM now, and SIGKILL when the grace time is over; SIGKILL at once where there is none."""
        if grace_s <= 0:
            self.kill()
        elif self.program.held and self.at_gate:
            self.clock.after(self._moment_s(), self._on_sigterm)
        else:  # a program without a handler, or before it has one
            self.clock.after(self._moment_s(), lambda: self._die(STOPPED))
        if grace_s > 0:
            self.clock.after(grace_s, self.kill)

    def kill(self) -> None:
        """SIGKILL."""
        self._die(KILLED)

    def vanish(self) -> None:
        """It is gone, and how it ended nobody knows."""
        if not self.gone:
            self.gone = True
            if self.at_gate:
                self.at_gate = False
                self.says("gone")

    def _hello(self) -> None:
        if not self.gone:
            self.at_gate = True
            self.says("began")

    def _on_sigterm(self) -> None:
        if self.gone or self._leaving:
            return
        self.says("sigterm")
        if self.program.on_sigterm is OnSigterm.EXIT_ZERO:
            self._leave(0)
        elif self.program.on_sigterm is OnSigterm.DIE:
            self._die(STOPPED)

    def _leave(self, code: int) -> None:
        if not (self.gone or self._leaving):
            self._leaving = True
            self.says(f"exiting {code}")
            self.clock.after(self._moment_s(), lambda: self._die(code))

    def _die(self, code: int) -> None:
        if not self.gone:
            self.vanish()
            self.ended(code)

    def _moment_s(self) -> float:
        return self.chance.uniform(0, MOMENT_S)
