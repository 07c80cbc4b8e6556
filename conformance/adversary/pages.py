"""Short pages and empty ones, with a token for the rest.

A token of ours stands for a place in a page of the service: which records of it were given before. It keeps no record,
for one that is given later must not be older. The service is asked for its page again, by the very request that gave it
the first time, so that a signature still fits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from .exchange import Answer, Forward, Request
from .mode import Mode, number, share
from .shapes import pages

PAGING = ("nextToken", "maxResults")
TOKENS = 10_000  # that are known at once; an older one is passed on, and the service refuses it
EMPTY_IN_A_ROW = 2  # pages, so that a client that goes on comes to an end


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in one page of the service: the request for that page, how many pages of ours it has given, and what on which."""

    again: Request
    pages: int = 0
    empties: int = 0
    given: dict[str, int] = field(default_factory=dict)


@dataclass(eq=False)
class ShortPages(Mode):
    """Pages are shorter than they may be, or empty, though more follows."""

    name = "short-pages"
    takes_away = "a page that is not full is the last one; an empty one means that there is nothing"
    rules = ("LIST-10",)
    why = "A page has up to so many entries; only a missing `nextToken` says that nothing follows."
    touches = "ListJobs and all other operations whose answers come in pages"

    up_to: float = number(3, "records", 1, 1000, "most records on a page")
    empty: float = share(0.2, "share of the pages that are empty; never more than two in a row")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._places: dict[str, _Place] = {}
        self._made = 0

    def before(self, request: Request, now_s: float, chance: Random) -> Forward:
        place = self._place(request)
        again = request if place is None else replace(place.again, number=request.number, at_s=request.at_s)
        return Forward(again)

    def after(self, request: Request, answer: Answer, now_s: float, chance: Random) -> Answer:
        paged = pages().get(request.operation)
        if (
            paged is None
            or not answer.ok
            or answer.said is None
            or not isinstance(answer.said.get(paged.records), list)
        ):
            return answer
        place = self._place(request) or _Place(request)
        this, records = place.pages + 1, answer.said[paged.records]
        keys = [_key(record, paged.key) for record in records]
        left = [n for n, key in enumerate(keys) if place.given.get(key, this) >= this]
        taken = left[: self._length(place, request.asked.get("maxResults"), chance)]
        place.given.update({keys[n]: this for n in taken})
        if len(taken) == len(records):
            return answer  # the service's own page and token
        shown = answer.saying(**{paged.records: [records[n] for n in taken]})
        if len(taken) == len(left):
            return shown  # nothing is left of the service's page: what follows is behind its own token
        empties = 0 if taken else place.empties + 1
        return shown.saying(nextToken=self._token(replace(place, pages=this, empties=empties)))

    def _length(self, place: _Place, most: Any, chance: Random) -> int:
        """How many records the next page may have, if `most` were asked for."""
        if chance.random() < self.empty and place.empties < EMPTY_IN_A_ROW:
            return 0
        length = chance.randint(1, int(self.up_to))
        return min(length, most) if isinstance(most, int) and most > 0 else length

    def _token(self, place: _Place) -> str:
        self._made += 1
        token = f"adversary-{self._made}"
        self._places[token] = place
        if len(self._places) > TOKENS:
            del self._places[next(iter(self._places))]
        return token

    def _place(self, request: Request) -> _Place | None:
        """Where a request goes on, if its token is ours and was given for the same listing."""
        token = request.asked.get("nextToken")
        place = self._places.get(token) if isinstance(token, str) else None
        same = place is not None and _listing(place.again) == _listing(request)
        return place if same else None


def _listing(request: Request) -> tuple[str, dict[str, Any]]:
    return request.operation, {name: value for name, value in request.asked.items() if name not in PAGING}


def _key(record: Any, member: str) -> str:
    """What tells a record from others."""
    named = record.get(member) if isinstance(record, dict) else None
    return named if isinstance(named, str) else json.dumps(record, sort_keys=True)
