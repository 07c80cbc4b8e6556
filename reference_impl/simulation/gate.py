"""The kit's gate, for processes that are imagined: they report without a socket, at the moment at which they do."""

from __future__ import annotations

from ...conformance.targets.gate import Report
from .process import Process


class SimulatedGate:
    """A gate (`AnyGate`) at which imagined processes wait."""

    path = "gate"

    def __init__(self) -> None:
        self._here: dict[tuple[str, int], list[Process]] = {}
        self._listeners: dict[str, Report] = {}
        self._early: dict[str, list[tuple[int, str]]] = {}
        self._dropped: set[str] = set()

    def said(self, job_id: str, attempt: int, what: str, process: Process) -> None:
        """A process of this attempt reports. One whose job was dropped is hung up on, and was never here."""
        here = self._here.setdefault((job_id, attempt), [])
        if what == "began":
            if job_id in self._dropped:
                process.hang_up()
                return
            here.append(process)
        elif process not in here:
            return
        elif what == "gone":
            here.remove(process)
            if here:
                return
        listener = self._listeners.get(job_id)
        if listener is None:
            self._early.setdefault(job_id, []).append((attempt, what))
        else:
            listener(job_id, attempt, what)

    def listen(self, job_id: str, report: Report) -> None:
        for attempt, what in self._early.pop(job_id, []):
            report(job_id, attempt, what)
        self._listeners[job_id] = report

    def release(self, job_id: str, attempt: int, code: int) -> bool:
        told = [process.release(code) for process in self._here.get((job_id, attempt), ())]
        return any(told)

    def waits(self, job_id: str, attempt: int) -> bool:
        return any(process.waits for process in self._here.get((job_id, attempt), ()))

    def drop(self, job_id: str) -> None:
        self._dropped.add(job_id)
        for held_id, attempt in list(self._here):
            if held_id == job_id:
                for process in list(self._here[held_id, attempt]):
                    process.hang_up()

    def close(self) -> None:
        for held_id, _ in list(self._here):
            self.drop(held_id)
