"""A bar on standard error while a person watches; nothing otherwise, so that logs stay short."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from .colours import colours
from .news import News, RuleEnded, RunBegan, RunEnded, TargetReady


class Bar:
    """A listener that shows how far a run has come, one bar for each variant. Leave it as a context, also on errors."""

    def __init__(self) -> None:
        console = Console(stderr=True, color_system=colours())
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[last]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def hear(self, news: News) -> None:
        """Show it."""
        match news:
            case RunBegan():
                self._bar.start()
            case TargetReady(title=title, rules=rules):
                self._task = self._bar.add_task(title, total=rules, last="")
            case RuleEnded(result=result) if self._task is not None:
                self._bar.update(self._task, advance=1, last=f"{result.rule} {result.outcome.lower()}")
            case RunEnded():
                self._bar.stop()
