"""Which rules each wrong server breaks: exactly these, and no others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """
    What a run of every rule but S2 comes to on one wrong server.

    says      what is wrong with the server, in a sentence
    breaks    the rules that diverge
    unclear   the rules that are inconclusive, because what they look at never comes about
    blind     the rules whose sight of the fault depends on when reads happen to fall: left out, and not counted
    reach     patterns of the rules that meet the fault at all; the others were run once, and saw nothing
    """

    says: str
    breaks: frozenset[str]
    unclear: frozenset[str]
    blind: frozenset[str]
    reach: tuple[str, ...]


EXPECTED: dict[str, Expected] = {}
"""By the name of the server in `TABLES` or `SERVERS`: both modules say it where they define the server."""


def expect(name: str, says: str, breaks: str, *, unclear: str = "", blind: str = "", reach: str = "*") -> None:
    """Say what one server breaks. Ids have blanks between."""
    assert name not in EXPECTED, f"two wrong servers are called {name!r}"
    sets = (frozenset(ids.split()) for ids in (breaks, unclear, blind))
    EXPECTED[name] = Expected(" ".join(says.split()), *sets, tuple(reach.split()))


NAMES: dict[str, frozenset[str]] = {}
"""By the name of a server: the promises without a rule of their own that a verdict about it names, as what it speaks against."""


def names(ids: str, *servers: str) -> None:
    """Say what promises without a rule these servers are each seen to break. Ids have blanks between."""
    for server in servers:
        assert server not in NAMES, f"what {server!r} names is said twice"
        NAMES[server] = frozenset(ids.split())
