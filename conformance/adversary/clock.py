"""A clock that differs: every time that the service tells is shifted by the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from .exchange import Answer, Forward, Request
from .mode import Mode, number
from .shapes import times


@dataclass(eq=False)
class ClockDiffers(Mode):
    """The service's clock differs from everybody else's, by the same for all of a run."""

    name = "clock-differs"
    takes_away = "times that the service tells can be compared with the client's clock"
    rules = ("ST-02", "ST-22", "ST-24", "ST-26")
    protocol = ("AWS Signature Version 4: five minutes of difference are accepted",)
    why = "The rules order the times of a job among each other, and none says whose clock they are read from."
    changes_requests = True

    by_s: float = number(90, "s", -240, 240, "by how much the service's clock is ahead")

    def before(self, request: Request, now_s: float, chance: Random) -> Forward:
        filters = request.asked.get("filters")
        if request.operation != "ListJobs" or not isinstance(filters, list):
            return Forward(request)
        moved = [self._filter(each) for each in filters]
        return Forward(request if moved == filters else replace(request, asked={**request.asked, "filters": moved}))

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        if not answer.ok or answer.said is None:
            return answer
        moved = self._moved(answer.said)
        return answer if moved == answer.said else answer.with_said(moved)

    def _filter(self, each: Any) -> Any:
        """A filter by time is about the clock that the client was shown."""
        if not isinstance(each, dict) or each.get("name") not in ("BEFORE_CREATED_AT", "AFTER_CREATED_AT"):
            return each
        values = each.get("values")
        if not isinstance(values, list) or not all(isinstance(value, str) and value.isdecimal() for value in values):
            return each
        return {**each, "values": [str(max(0, int(value) - self._by_ms)) for value in values]}

    def _moved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._moved(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        return {
            name: inner + self._by_ms
            if name in times() and isinstance(inner, int) and not isinstance(inner, bool) and inner > 0
            else self._moved(inner)
            for name, inner in value.items()
        }

    @property
    def _by_ms(self) -> int:
        return round(self.by_s * 1000)
