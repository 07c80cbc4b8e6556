"""The report as a person reads it: what diverges and why, what that rests on, and how to see it again."""

from __future__ import annotations

import io
import sys
from collections import Counter
from dataclasses import fields

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ...model.bounds import Bounds
from ...model.promises import Modality, Promise
from ...model.readings import READINGS
from ...model.sources import find
from ..judging.follower import SLOWER
from ..judging.outcome import Outcome
from ..judging.telling import exchanged, excused, story
from ..judging.verdict import KNOWN
from ..register import rules
from .colours import colours
from .findings import Findings
from .news import News, RunBegan, RunEnded


class Terminal:
    """A listener that prints the report at the end, in colours where a person reads it, and before it what may be left."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose

    def hear(self, news: News) -> None:
        """Print it."""
        match news:
            case RunBegan(made=made) if made:
                print(f"what this run makes at the service is listed in {made}")
            case RunEnded(report=report):
                if sys.stdout.isatty():
                    show(report, Console(highlight=False, markup=False, color_system=colours()), verbose=self._verbose)
                else:
                    print(as_text(report, verbose=self._verbose), end="")
                if folder := report.asked.report:
                    print(f"written: {folder / 'report.json'} and {folder / 'history.jsonl'}")


COLOURS = {
    Outcome.CONFORMS: "green",
    Outcome.DIVERGES: "bold red",
    Outcome.INCONCLUSIVE: "yellow",
    Outcome.NOT_SUPPORTED: "dim",
}
SOURCES = 2
HISTORY_LINES = 24
"""A longer history is shown from its end; the report as JSON has all of it."""


def as_text(report: Findings, *, verbose: bool = False) -> str:
    """The report without colours, for a file or a pipe: no line is broken, none ends in blanks."""
    console = Console(file=io.StringIO(), width=1000, force_terminal=False, color_system=None, markup=False)
    show(report, console, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


def show(report: Findings, console: Console, *, verbose: bool = False) -> None:
    """Print the report. `verbose` also lists every rule that conforms or is not supported."""
    by = {outcome: [id for id, v in report.verdicts.items() if v is outcome] for outcome in Outcome}
    for id in by[Outcome.DIVERGES]:
        _divergence(report, id, console)
    for id in by[Outcome.INCONCLUSIVE]:
        console.print(
            Text.assemble((id, "bold"), "  ", ("INCONCLUSIVE", COLOURS[Outcome.INCONCLUSIVE]), "  ", rules()[id].says)
        )
        console.print(Padding(Text(report.of(id).why), (0, 0, 1, 4), expand=False))
    if verbose:
        _everything(report, console)
    _not_supported(report, by[Outcome.NOT_SUPPORTED], console)
    _readings(report, console)
    _summary(report, console, verbose=verbose)


def _divergence(report: Findings, id: str, console: Console) -> None:
    rule, result = rules()[id], report.of(id)
    console.print(Text.assemble((id, "bold"), "  ", ("DIVERGES", COLOURS[Outcome.DIVERGES]), "  ", rule.says))
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", width=10)
    facts.add_column()
    if result.outcome is Outcome.NOT_SUPPORTED:
        facts.add_row("expected", "supported, as --require asked")
        facts.add_row("observed", result.why)
    if kept := report.told_in(result):
        facts.add_row("steps", "\n".join(kept.steps))
        facts.add_row("", Text(kept.case.came_to_be, style="dim"))
    seen: dict[tuple[str, str], list[str]] = {}
    for one in report.deciding(id):
        if one.outcome is Outcome.DIVERGES:
            seen.setdefault((one.expected, one.observed), []).append(one.variant)
    for (expected, observed), variants in seen.items():
        facts.add_row("expected", expected)
        facts.add_row("observed", Text(observed, style="red"))
        if any(variants):
            facts.add_row("variant", ", ".join(variants))
    if result.met_in:
        facts.add_row("met in", f"what was done for {result.met_in}: this rule is held against every job of a run")
    if result.calls:
        facts.add_row("calls", "\n".join(exchanged(*call) for call in result.calls))
    if lines := story(result.happenings):
        facts.add_row("history", "\n".join(_shortened(lines)))
    for excuse in result.excuses:
        facts.add_row("excused if", excused(excuse))
    if result.by_life and not result.excuses:
        facts.add_row(
            "holds", "even if reads are old or go back, calls take effect late, hosts fail and nothing is in time"
        )
    if breaks := [id for id in result.breaks if id != result.rule]:
        facts.add_row("speaks", f"against {' and '.join(breaks)}")
    if isinstance(rule.promise, Promise) and rule.promise.modality is Modality.CONFLICTING:
        facts.add_row("documents", f"they conflict; what the kit makes of it and why: batchproof explain {id}")
    for cited in rule.sources[:SOURCES]:
        source = find(cited.page)
        place = f"{source.title}, {cited.where}" if cited.where else source.title
        facts.add_row("source", f"{place}: {cited.quoted}" if cited.words else place)
        if source.url:
            facts.add_row("", f"{source.url}  (read {source.read})")
    if len(rule.sources) > SOURCES:
        facts.add_row("", f"and {len(rule.sources) - SOURCES} more: batchproof explain {id}")
    facts.add_row("again", report.again(id))
    for other in report.besides(id):
        against = " and ".join(other.case.broken) or "none in particular"
        facts.add_row("besides", f"against {against}, in {len(other.steps)} steps: {report.shown_by(other)}")
    console.print(Padding(facts, (0, 0, 1, 2), expand=False))


def _shortened(history: tuple[str, ...]) -> list[str]:
    if len(history) <= HISTORY_LINES:
        return list(history)
    return [f"... {len(history) - HISTORY_LINES} earlier events", *history[-HISTORY_LINES:]]


def _everything(report: Findings, console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    for id, verdict in report.verdicts.items():
        if verdict is Outcome.CONFORMS:
            table.add_row(Text(verdict, style=COLOURS[verdict]), id, rules()[id].says)
    console.print(Padding(table, (0, 0, 1, 0), expand=False))


def _not_supported(report: Findings, ids: list[str], console: Console) -> None:
    if not ids:
        return
    reasons: dict[str, list[str]] = {}
    for id in ids:
        reasons.setdefault(report.of(id).why, []).append(id)
    console.print(Text.assemble(("NOT_SUPPORTED", "bold"), f"  {len(ids)} rules could not be checked"))
    for why, which in reasons.items():
        told = Text.assemble(why, "\n", (" ".join(which), "dim"))
        console.print(Padding(told, (0, 0, 0, 4), expand=False))
    console.print()


def _readings(report: Findings, console: Console) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for reading in READINGS:
        values = report.readings.values[reading.name]
        required = report.readings.required.get(reading.name)
        if reading.name in report.readings.mixed:
            seen = Text("mixed: jobs of one run exclude each other", style=COLOURS[Outcome.DIVERGES])
        elif reading.name in report.readings.decided:
            seen = Text(f"seen: {' or '.join(sorted(values))}", style="cyan")
        else:
            seen = Text("not seen: either is possible", style="dim")
        table.add_row(reading.name, seen, Text(f"required: {required}" if required else "", style="dim"))
    console.print(Text("Readings of AWS's documents that this service follows", style="bold"))
    console.print(Padding(table, (0, 0, 1, 4), expand=False))


def _bounds(bounds: Bounds) -> str:
    """How long things may take, those of the same length together."""
    names: dict[int, list[str]] = {}
    for each in fields(bounds):
        ms = getattr(bounds, each.name)
        if ms and each.name != "watch":
            names.setdefault(ms, []).append(each.name)
    return ", ".join(f"{' '.join(which)} {ms / 1000:g} s" for ms, which in names.items())


def _summary(report: Findings, console: Console, *, verbose: bool) -> None:
    counts = Counter(report.verdicts.values())
    count = report.count
    for note in report.notes:
        console.print(Text(note, style="dim"))
    for title, terms in report.terms.items():
        granted = "; ".join(KNOWN[name] for name in terms.assumptions.made) or "nothing"
        console.print(Text(f"taken for granted of {title}: {granted}", style="dim"))
        if terms.bounds:
            slow_ms = report.slow_ms.get(title, 0)
            longer = f", and {SLOWER} times the {slow_ms / 1000:g} s that a canary needed for a move" if slow_ms else ""
            console.print(Text(f"  within: {_bounds(terms.bounds)}{longer}", style="dim"))
    console.print(
        Text(
            f"{count.rules} rules, {count.scenarios} scenarios, {count.calls} calls, {count.jobs} jobs submitted, {count.processes} processes run, "
            f"{count.seconds:g} s",
            style="dim",
        )
    )
    if tally := count.histories:
        steps = ", ".join(f"{number} {name}" for name, number in tally.effective.most_common() if number)
        wanted = f" of the {tally.wanted} that were wanted" if tally.histories < tally.wanted else ""
        console.print(
            Text(
                f"{tally.histories}{wanted} random histories ({report.how_deep}), {tally.distinct} of them distinct; "
                f"{tally.arrived.total()} of {tally.begun.total()} came to the place where they were to begin; steps with effect: {steps}",
                style="dim",
            )
        )
    console.print(Text(str(report.promised), style="dim"))
    if verbose or report.asked.report:
        console.print(Text(f"  by theme: {report.promised.by_theme()}", style="dim"))
    words = Text.assemble(
        (f"{counts[Outcome.CONFORMS]} conform", COLOURS[Outcome.CONFORMS]),
        ", ",
        (f"{counts[Outcome.DIVERGES]} diverge", COLOURS[Outcome.DIVERGES] if counts[Outcome.DIVERGES] else ""),
        ", ",
        (
            f"{counts[Outcome.INCONCLUSIVE]} inconclusive",
            COLOURS[Outcome.INCONCLUSIVE] if counts[Outcome.INCONCLUSIVE] else "",
        ),
        ", ",
        (f"{counts[Outcome.NOT_SUPPORTED]} not supported", COLOURS[Outcome.NOT_SUPPORTED]),
        f": {report.target} {VERDICTS[report.exit_status]}, {report.met}",
    )
    console.print(words)
    if report.stopped:
        console.print(
            Text(f"stopped before it was over: {report.stopped}; what was seen by then is judged", style="yellow")
        )
    for trouble in report.troubles:
        console.print(Text(trouble, style="bold red"))
    if report.untried and not report.stopped:
        console.print(Text(f"SMOKE did not pass, so {report.untried} other rules were not tried", style="yellow"))
    for theme, number in report.exercised.items():
        if not number:
            console.print(Text(f"no rule of {theme} was exercised, so nothing is proved", style="yellow"))


VERDICTS = {0: "CONFORMS", 1: "DIVERGES", 2: "is INCONCLUSIVE", 3: "was not judged: the kit or the machine failed"}
