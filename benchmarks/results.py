"""What was measured, and the table that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. `target` is what design and README promise; `reached` whether this run kept it."""

    what: str
    ours: str
    other: str
    ratio: str
    target: str
    reached: bool


def compared(
    what: str,
    ours: Sequence[float],
    others: Sequence[float],
    *,
    unit: str,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Result:
    """
    A line from pairs of figures, each pair measured one right after the other. The ratio is the median of the pairs'
    ratios, so that what slows the machine down for a while slows both.
    """
    ratios = [one / other for one, other in zip(ours, others, strict=True)]
    ratio = median(ratios)
    bound = at_least if at_least is not None else at_most
    assert bound is not None
    return Result(
        what,
        _figure(median(ours), unit),
        _figure(median(others), unit),
        f"{_short(ratio)} ({_short(min(ratios))} to {_short(max(ratios))})",
        f"{'≥' if at_least is not None else '≤'} {bound:g}",
        ratio >= bound if at_least is not None else ratio <= bound,
    )


def table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    head = ["what", "batchproof serve", "compared with", "ratio (least to most)", "target", "reached"]
    lines = [head, ["---"] * len(head)]
    lines += [
        [result.what, result.ours, result.other, result.ratio, result.target, "yes" if result.reached else "**no**"]
        for result in results
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _short(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.3g}"
