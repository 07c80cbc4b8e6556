"""The register of promises: complete, unambiguous, and the only place that the rest of the model cites."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from batchproof.model import limits
from batchproof.model.lifecycle import MOVES
from batchproof.model.limits import Limit
from batchproof.model.promises import PROMISES, PROPERTIES, Modality, Promise, _register
from batchproof.model.readings import FREEDOMS, READINGS
from batchproof.model.sources import find

CITED = {
    "MOVES": {rule for move in MOVES for rule in move.rules},
    "READINGS": {rule for reading in READINGS for rule in reading.rules},
    "FREEDOMS": {rule for freedom in FREEDOMS for rule in freedom.rules},
    "limits": {rule for limit in vars(limits).values() if isinstance(limit, Limit) for rule in limit.rules},
    "PROPERTIES": {rule for entry in PROPERTIES.values() for rule in entry.rules},
}


def test_every_rule_is_there():
    """Counted by theme, so that a lost line shows and says where it was lost."""
    assert Counter(promise.theme for promise in PROMISES.values()) == {
        "ST": 34,
        "CANCEL": 39,
        "TERM": 31,
        "BULK": 18,
        "RETRY": 40,
        "TO": 16,
        "DEP": 24,
        "ARR": 20,
        "MNP": 17,
        "SVC": 22,
        "Q": 26,
        "ENV": 13,
        "EVT": 12,
        "ERR": 9,
        "DESC": 4,
        "LIST": 13,
        "EMUL": 10,
    }
    assert len(PROMISES) == 348


def test_every_property_is_there():
    assert list(PROPERTIES) == [f"S{n}" for n in range(1, 21)] + [f"L{n}" for n in range(1, 12)]


def test_liveness_says_what_it_assumes_and_safety_assumes_nothing():
    assert {entry.id[0] for entry in PROPERTIES.values() if entry.assumes} == {"L"}
    assert all(entry.assumes for entry in PROPERTIES.values() if entry.id.startswith("L"))


def test_the_numbers_of_a_theme_have_no_gap():
    """An id is never used again, so a gap would be a rule that was dropped."""
    numbers: dict[str, list[int]] = {}
    for promise in PROMISES.values():
        numbers.setdefault(promise.theme, []).append(int(promise.id.rpartition("-")[2]))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_two_promises_with_one_id_are_refused():
    twice = Promise("ST-01", Modality.MUST, "H", "says one thing", ("BC:JobStatus",))
    with pytest.raises(AssertionError, match="ST-01"):
        _register((twice, twice))


@pytest.mark.parametrize("where", sorted(CITED))
def test_every_rule_that_is_cited_exists(where):
    """Sharper than it looks: a row of the table that cites a mistyped id would be drawn and reported with it."""
    assert CITED[where], f"{where} cites nothing: the test looks in the wrong place"
    assert CITED[where] <= set(PROMISES)


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_a_promise_is_a_sentence_with_a_source(promise):
    assert promise.says.endswith((".", ".)", '"')), "a sentence"
    assert promise.confidence in ("H", "M", "L")
    assert promise.sources
    assert "*Src" not in promise.says
    assert "  " not in promise.says.replace("supported is  100", "")


@pytest.mark.parametrize("key", sorted({key for promise in PROMISES.values() for key in promise.sources}))
def test_every_source_has_a_title_and_no_broken_address(key):
    source = find(key)
    assert source.title
    assert not source.url or re.fullmatch(r"https://[\w.]+/[\w./#-]*", source.url)


def test_a_rule_that_another_rule_names_exists():
    """In plain text too: `CANCEL-04` in the words of TERM-04, say."""
    named = {
        name
        for promise in PROMISES.values()
        for name in re.findall(r"\b[A-Z]{1,6}-\d\d\b", " ".join((promise.says, *promise.sources)))
    }
    assert named
    assert named <= set(PROMISES)
