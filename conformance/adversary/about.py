"""What the modes are, in words: for the command and for the page about it."""

from __future__ import annotations

from .composition import MODES, Adversary
from .mode import Mode, Parameter
from .refusals import Denied


def listing() -> str:
    """Every mode with what it takes away, by what it is legal, and its parameters."""
    return "\n\n".join(
        "\n".join(
            (
                mode.name,
                f"  takes away   {mode.takes_away}",
                f"  legal by     {', '.join(legal_by(mode))}: {mode.why}",
                f"  touches      {mode.touches}",
                *(f"  {parameter}" for parameter in _parameters(mode)),
            )
        )
        for mode in MODES
    )


def table() -> str:
    """The same as a table of Markdown."""
    rows = ["| mode | what it takes away | legal by | parameters | touches |", "| --- | --- | --- | --- | --- |"]
    for mode in MODES:
        legal = f"{', '.join(legal_by(mode))}. {mode.why}"
        numbers = "; ".join(f"`{parameter.name}` {_range(parameter)}" for parameter in mode.parameters())
        numbers = numbers or (f"`{_NAMES[0]}` {_NAMES[1]}" if mode is Denied else "none")
        rows.append(f"| `{mode.name}` | {mode.takes_away} | {legal} | {numbers} | {mode.touches} |")
    return "\n".join(rows)


def legal_by(mode: type[Mode]) -> tuple[str, ...]:
    """The rules and the texts of protocols that allow a mode."""
    return (*mode.rules, *mode.protocol)


def takes_away(adversary: Adversary) -> str:
    """What is taken away by the modes that are on, a line for each."""
    if not adversary.modes:
        return "no mode is on: everything passes as it is"
    return "\n".join(f"{setting(mode)}: takes away that {mode.takes_away}" for mode in adversary.modes)


def setting(mode: Mode) -> str:
    """A mode as it is set, in the words of `--mode`."""
    if isinstance(mode, Denied):
        return f"{mode.name}={'+'.join(sorted(mode.operations))}"
    numbers = ",".join(
        f"{f'{parameter.name}=' if position else ''}{getattr(mode, parameter.name):g}"
        for position, parameter in enumerate(mode.parameters())
    )
    return f"{mode.name}={numbers}" if numbers else mode.name


def deeds(adversary: Adversary) -> str:
    """What was done, a line for each mode and one for the calls."""
    calls = ", ".join(f"{count} {operation}" for operation, count in sorted(adversary.calls.items()))
    lines = [f"{adversary.calls.total()} calls of Batch{': ' if calls else ''}{calls}"]
    lines += [f"{name}: {count} calls" for name, count in adversary.deeds.items()]
    return "\n".join(lines)


_NAMES = ("operations", "names of operations joined by +, default CancelJob")


def _parameters(mode: type[Mode]) -> list[str]:
    told = [
        f"{parameter.name:<12} {parameter.meaning}: {_range(parameter)}{' (NAME=VALUE sets it)' if not position else ''}"
        for position, parameter in enumerate(mode.parameters())
    ]
    return told or ([f"{_NAMES[0]:<12} {_NAMES[1]}"] if mode is Denied else [])


def _range(parameter: Parameter) -> str:
    return f"{parameter.low:g} to {parameter.high:g} {parameter.unit}, default {parameter.default:g}"
