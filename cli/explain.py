"""`batchproof explain`: one rule, from the promise to the moves of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from .completing.values import promises

if TYPE_CHECKING:
    from ..model.promises import Promise

WIDTH = 110
"""Longer lines are hard to read; in a narrower terminal lines are as long as it is wide."""


@click.command()
@click.argument("rule", shell_complete=promises)
def explain(rule: str) -> None:
    """Explain RULE (an id such as CANCEL-07): what it promises, where that is written, which moves it is about."""
    from ..conformance.promised.checked import answers
    from ..conformance.register import rules
    from ..model.lifecycle import MOVES
    from ..model.promises import PROMISES, PROPERTIES, Promise
    from ..model.readings import READINGS

    name = re.sub(r"^([A-Z]+)-?(\d)?(\d)$", lambda found: f"{found[1]}-{found[2] or 0}{found[3]}", rule.upper())
    promise, checked = PROMISES.get(name) or PROPERTIES.get(name), rules().get(name)
    if promise is None and checked is None:
        raise click.UsageError(f"no rule is called {rule!r}; {_hint(name, [*PROMISES, *PROPERTIES])}")
    print(name)
    if promise is not None:
        print("\n".join(wrap(promise.says, _width(), initial_indent="  ", subsequent_indent="  ")))
    if isinstance(promise, Promise):
        for label, text in _about(promise):
            _say(label, text)
    elif promise is not None:
        if promise.assumes:
            _say("assumed", promise.assumes)
        _say("rests on", ", ".join(promise.rules))
    if checked:
        _say("checked", checked.says)
        _say("needs", "; ".join(sorted(power.value for power in checked.needs)) or "nothing but the API")
    if name in answers():
        answer = answers()[name]
        _say("" if checked else "checked", f"{'by' if answer.ways else 'no;'} {answer}")
    elif not checked:
        _say("checked", "not by a rule of its own")
    for reading in READINGS:
        if name in reading.rules:
            _say("reading", f"{reading.name}: {reading.asks}")
            for value, means in reading.values.items():
                _say("", f"{value}: {means}")
    moves = [move for move in MOVES if name in move.rules]
    if moves:
        _say("moves", "status -> status  what comes [if that is so] / what is remembered or done")
    for move in moves:
        _say("", f"{move.source} -> {move.destination}  {move.label}")


def _hint(name: str, names: list[str]) -> str:
    """What whoever wrote `name` may have meant."""
    theme = name.partition("-")[0].rstrip("*")
    if not any(character.isdigit() for character in name) and any(each.startswith(f"{theme}-") for each in names):
        return f"`batchproof rules '{theme}-*'` lists those of the theme"
    near = get_close_matches(name, names, n=3)
    return f"did you mean {' or '.join(near)}?" if near else "`batchproof rules` lists those that are checked"


def _about(promise: Promise) -> Iterator[tuple[str, str]]:
    """What the promise says of itself, each under its label; a second line of something has none."""
    from ..model.promises import CONFIDENCE
    from ..model.sources import find

    yield "binding", f"{promise.modality.value}: {promise.modality.says}"
    yield "sure", CONFIDENCE[promise.confidence]
    places = ", ".join(seen.value for seen in promise.observed)
    yield "seen in", "".join((places or "nothing that a service shows", ": " if promise.shows else "", promise.shows))
    if not promise.sources and not promise.rests_on:
        yield "source", "none: no page that was read says what happens"
    for cited in promise.sources:
        source = find(cited.page)
        yield "source", source.title + (f", {cited.where}" if cited.where else "")
        if cited.words:
            yield "", cited.quoted
        elif not cited.where:
            yield "", "which sentence it is was not found"
        if source.url:
            yield "", f"{source.url}  (read {source.read})"
    if promise.rests_on:
        yield "rests on", ", ".join(promise.rests_on)
    if promise.notes:
        yield "note", promise.notes


def _say(label: str, text: str) -> None:
    """One labelled line; what is too long goes on below it, addresses in one piece."""
    lines = wrap(text, _width() - 12, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines or [""]):
        print(f"  {label if number == 0 else '':9} {line}")


def _width() -> int:
    return max(40, min(WIDTH, get_terminal_size((WIDTH, 24)).columns))
