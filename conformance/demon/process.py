"""One attempt's process under the demon's time: it comes up, may say so at the gate, hears a SIGTERM or not, and ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..payload import OnSigterm
from ..programs import KILLED, STOPPED, Program
from .agenda import Agenda
from .choices import Choices

COMES_UP_MS = 40
"""A program takes up to so long to say that it runs, once its process does."""

TAKES_MS = 5
"""So long at most for what a program does at once."""


@dataclass(eq=False, slots=True)
class Process:
    """
    The process of one attempt.

    says      told what it reports at the gate, if it is held there: `began`, `sigterm`, `exiting CODE`, `gone`
    ended     told its exit code when it is gone by itself or by a signal, and since when that was certain; not if its host
              is lost
    heard     whether it has said that it runs; before that no handler is installed
    """

    agenda: Agenda
    choices: Choices
    program: Program
    says: Callable[[str], None]
    ended: Callable[[int, int], None]
    heard: bool = False
    signalled: bool = False
    gone: bool = False
    _released: int | None = None
    _certain_ms: int | None = None
    _leaving: bool = False

    def begin(self) -> None:
        """The process runs from now on."""
        if self.program.held:
            self._later(self._hello, COMES_UP_MS)
        else:
            self.agenda.at(self.agenda.now_ms + self.program.after_ms, lambda: self._die(self.program.code))

    @property
    def waits(self) -> bool:
        """Whether it waits at the gate to be told how to end."""
        return self.heard and not self.gone and self._released is None

    def release(self, code: int) -> bool:
        """It is told at the gate to exit with this code. False where it does not wait there."""
        if not self.waits:
            return False
        self._released = code
        self._certain_ms = self.agenda.now_ms
        self._later(lambda: self._leave(code))
        return True

    def sigterm(self, grace_ms: int) -> None:
        """SIGTERM is sent to it now, and SIGKILL when the grace time is over."""
        self.signalled = True
        self.agenda.at(self.agenda.now_ms + grace_ms, lambda: self._die(KILLED))
        if not self.program.held:
            self._later(lambda: self._die(STOPPED))
        elif self.heard:
            self._later(self._on_sigterm)
        elif self.choices.odds(2):
            self._die(STOPPED)  # the signal comes before the handler; or it is lost, as on a container's first process

    def hang_up(self) -> None:
        """Its connection to the gate ends, and so does it."""
        if self.heard:
            self._die(99)

    def lose(self) -> None:
        """Its host is gone, and it with it."""
        self._vanish()

    def _hello(self) -> None:
        if not self.gone:
            self.heard = True
            self.says("began")

    def _on_sigterm(self) -> None:
        if self.gone or self._leaving:
            return
        self.says("sigterm")
        if self.program.on_sigterm is not OnSigterm.IGNORE:
            self._certain_ms = self.agenda.now_ms
        if self.program.on_sigterm is OnSigterm.EXIT_ZERO:
            self._leave(0)
        elif self.program.on_sigterm is OnSigterm.DIE:
            self._die(STOPPED)

    def _leave(self, code: int) -> None:
        if not self.gone and not self._leaving:
            self._leaving = True
            self.says(f"exiting {code}")
            self._later(lambda: self._die(code))

    def _die(self, code: int) -> None:
        if not self.gone:
            self._vanish()
            self.ended(code, self.agenda.now_ms if self._certain_ms is None else self._certain_ms)

    def _vanish(self) -> None:
        if not self.gone:
            self.gone = True
            if self.heard:
                self.says("gone")

    def _later(self, do: Callable[[], None], within_ms: int = TAKES_MS) -> None:
        self.agenda.at(self.agenda.now_ms + self.choices.chance.randint(0, within_ms), do)
