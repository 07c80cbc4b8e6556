"""`batchproof explain`: one rule, from the promise to the moves of the table."""

from __future__ import annotations

from difflib import get_close_matches

import click


@click.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Explain RULE (an id such as CANCEL-07): what it promises, where that is written, which moves it is about."""
    from ..conformance.register import rules
    from ..model.lifecycle import MOVES
    from ..model.promises import PROMISES, PROPERTIES, Promise
    from ..model.readings import READINGS
    from ..model.sources import find

    name = rule.upper()
    promise, checked = PROMISES.get(name) or PROPERTIES.get(name), rules().get(name)
    if promise is None and checked is None:
        near = get_close_matches(name, [*PROMISES, *PROPERTIES], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `batchproof rules` lists those that are checked"
        raise click.UsageError(f"no rule is called {rule!r}{hint}")
    print(name)
    if isinstance(promise, Promise):
        print(f"  {promise.says}")
        print(f"  {promise.modality.value}, confidence {promise.confidence}; seen by: {promise.observed_by or '-'}")
        for key in promise.sources:
            source = find(key)
            print(
                "  source   " + "  ".join(part for part in (source.title, source.url, f"(read {source.read})") if part)
            )
    elif promise is not None:
        print(f"  {promise.says}")
        print(f"  over whole lives; rests on {', '.join(promise.rules)}")
    if checked:
        needs = "; ".join(sorted(power.value for power in checked.needs)) or "nothing but the API"
        print(f"  checked  {checked.says}\n  needs    {needs}")
    else:
        print("  checked  not by a rule of its own")
    for reading in READINGS:
        if name in reading.rules:
            print(f"  reading  {reading.name}: {reading.asks}")
            for value, means in reading.values.items():
                print(f"             {value:12} {means}")
    for move in MOVES:
        if name in move.rules:
            print(f"  move     {move.source} -> {move.destination}  {move.label}")
