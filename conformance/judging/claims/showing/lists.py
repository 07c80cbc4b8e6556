"""What claims about ListJobs look at: whole lists, page after page, as the scenario asked for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...seen import Job, Seen


@dataclass
class Listed:
    """
    A list, page after page.

    arguments     of its calls, without nextToken
    items         of all its pages        sizes    how many each page had
    answered_ms   when the last of its pages came
    whole         whether it came to its end
    """

    arguments: dict[str, Any]
    items: list[dict[str, Any]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    answered_ms: int = 0
    whole: bool = False

    @property
    def ids(self) -> list[Any]:
        return [item.get("jobId") for item in self.items]

    def of(self, job: Job) -> dict[str, Any] | None:
        """What it has of a job."""
        return next((item for item in self.items if item.get("jobId") == job.id), None)

    @property
    def filter(self) -> tuple[str, str]:
        """The name and value of its one filter; empty where it has none, or several."""
        filters = self.arguments.get("filters") or ()
        one = filters[0] if len(filters) == 1 else {}
        return one.get("name", ""), next(iter(one.get("values") or ()), "")


def lists(seen: Seen) -> list[Listed]:
    """Every list that the scenario asked for, in order: one caller follows one list at a time."""
    found: list[Listed] = []
    for call in seen.of("list_jobs"):
        if call.says.name != "DONE" or not isinstance(call.body, dict):
            continue
        arguments = {name: value for name, value in call.arguments.items() if name != "nextToken"}
        if "nextToken" not in call.arguments:
            found.append(Listed(arguments))
        if found and found[-1].arguments == arguments:
            items = call.said.get("jobSummaryList") or []
            found[-1].items += items
            found[-1].sizes.append(len(items))
            found[-1].answered_ms = call.answered_ms
            found[-1].whole = not call.said.get("nextToken")
    return found
