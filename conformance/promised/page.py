"""The table of docs/rules.md: every promise by theme, with how it is checked."""

from __future__ import annotations

from collections.abc import Iterator

from ...model.promises import PROMISES, Modality
from .checked import Kind, answers

TITLES = {
    "ST": "States",
    "CANCEL": "CancelJob",
    "TERM": "TerminateJob",
    "BULK": "CancelJobs and TerminateJobs",
    "RETRY": "Retries",
    "TO": "Timeouts",
    "DEP": "Dependencies",
    "ARR": "Arrays",
    "MNP": "Multi-node jobs",
    "SVC": "Service jobs",
    "Q": "Queues, compute environments, consumable resources",
    "ENV": "What a job has and shows",
    "EVT": "Events and records",
    "ERR": "Requests that are refused",
    "DESC": "DescribeJobs",
    "LIST": "ListJobs",
    "EMUL": "Emulators",
}


def tables() -> str:
    """All tables, in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "| | " + " | ".join(kind.value for kind in Kind) + " | all |"
    yield "| --- |" + " --- |" * (len(Kind) + 1)
    for modality in Modality:
        kinds = [answers()[id].kind for id, promise in PROMISES.items() if promise.modality is modality]
        yield f"| {modality.value} | " + " | ".join(str(kinds.count(kind)) for kind in Kind) + f" | {len(kinds)} |"
    for theme in dict.fromkeys(promise.theme for promise in PROMISES.values()):
        yield from ("", f"## {theme}: {TITLES[theme]}", "")
        yield "| promise | binding | what it says | how it is checked |"
        yield "| --- | --- | --- | --- |"
        for id, promise in PROMISES.items():
            if promise.theme == theme:
                answer = answers()[id]
                yield f"| {id} | {promise.modality.value} | {_cell(promise.says)} | {_cell(str(answer))} |"


def _cell(text: str) -> str:
    """
    A text that stays in its cell, and is no markup: what looks like a tag or like emphasis is meant as it stands.

    >>> print(_cell("a `*` | b, *Spot* and <uuid>"))
    a `*` \\| b, \\*Spot\\* and &lt;uuid>
    """
    parts = text.replace("|", "\\|").split("`")
    shown = (part if number % 2 else part.replace("*", "\\*").replace("<", "&lt;") for number, part in enumerate(parts))
    return "`".join(shown)
