"""The register of promises: complete, unambiguous, and the only place that the rest of the model cites."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from batchproof.model import limits
from batchproof.model.lifecycle import MOVES
from batchproof.model.limits import Limit
from batchproof.model.promises import CONFIDENCE, PROMISES, PROPERTIES, Modality, Promise, _register
from batchproof.model.readings import FREEDOMS, READINGS
from batchproof.model.sources import Cited

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
    twice = Promise("ST-01", Modality.MUST, "H", "says one thing", (Cited("API:JobDetail"),))
    with pytest.raises(AssertionError, match="ST-01"):
        _register((twice, twice))


@pytest.mark.parametrize("where", sorted(CITED))
def test_every_rule_that_is_cited_exists(where):
    """Sharper than it looks: a row of the table that cites a mistyped id would be drawn and reported with it."""
    assert CITED[where], f"{where} cites nothing: the test looks in the wrong place"
    assert CITED[where] <= set(PROMISES)


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_a_promise_is_a_sentence_that_rests_on_something(promise):
    """On a place in a document, or on other rules; what no page says rests on nothing, and is only called open."""
    assert promise.says.endswith((".", ".)", '"')), "a sentence"
    assert promise.confidence in CONFIDENCE
    assert promise.sources or promise.rests_on or promise.modality is Modality.UNSPECIFIED
    assert "  " not in promise.says.replace("supported is  100", "")


@pytest.mark.parametrize("promise", PROMISES.values(), ids=PROMISES)
def test_what_a_rule_rests_on_are_rules(promise):
    assert set(promise.rests_on) <= set(PROMISES) - {promise.id}


def test_no_rule_rests_on_itself_by_a_detour():
    """Then it would rest on nothing."""
    open_ = {id: set(promise.rests_on) for id, promise in PROMISES.items()}
    while ready := [id for id, below in open_.items() if not below]:
        for id in ready:
            del open_[id]
        for below in open_.values():
            below -= set(ready)
    assert not open_, f"these rest on each other: {sorted(open_)}"


SHORTHAND = (
    r"\bSEED\b|\bHIST\b|\b(BC|UG|UG-old|API|GH|CODE|CLIENT|EMU|FILE|LOST|BLOG|WEB|COMMIT):",
    r"\bX\d",
    r"\b[DLETCQS]/[DLETCQS]\b|\b[DLETCQS] `",
    r"\bMNP\b(?!-\d)|\bCE\b|\bJQ\b",
    r"[Pp]robed|semantics\.md|dossier|\bSrc\b|\bObs\b|derived from|nothing found",
    r"\b[Rr]eading [AB]\b|\bTreat as|\bTest\b|\bkit\b",
    r"\([HML]\)|, [HML]\)",
    r"\d{10}",
)
"""What the notes were full of from which the rules were written: nobody but their author could read it."""


@pytest.mark.parametrize("entry", [*PROMISES.values(), *PROPERTIES.values()], ids=[*PROMISES, *PROPERTIES])
def test_a_rule_is_written_in_plain_words(entry):
    """It is printed to people who have never seen how it came about (`batchproof explain`)."""
    texts = [entry.says]
    if isinstance(entry, Promise):
        texts += [entry.shows, entry.notes, *(cited.where for cited in entry.sources)]
    else:
        texts.append(entry.assumes)
    found = [(found.group(), text) for pattern in SHORTHAND for text in texts for found in re.finditer(pattern, text)]
    assert not found


@pytest.mark.parametrize("promise", PROMISES.values(), ids=list(PROMISES))
def test_a_promise_can_be_read_alone(promise):
    """`explain` and a report print one by itself: what it speaks of stands in it, and not in the one before it."""
    first = re.split(r"\W", promise.says)[0]
    assert first not in ("It", "Its", "This", "That is", "They", "Not", "Only", "Same", "Also", "Parent")


@pytest.mark.parametrize(
    "promise",
    [promise for promise in PROMISES.values() if promise.modality is Modality.UNSPECIFIED],
    ids=lambda promise: promise.id,
)
def test_what_is_left_open_is_said(promise):
    """A topic alone, such as `startedAt of a parent`, is no question."""
    question = r"\b(whether|what|which|whose|how|whom|when|not documented|not stated|no text says)\b"
    assert re.search(question, promise.says, re.IGNORECASE)


def test_shorthand_is_recognised():
    """Texts as they once were."""
    once = (
        "SEED says a job can go back",
        "D/E.",
        "EMU:moto waits for ever",
        "see X3",
        "Reading B (SEED)",
        "D `status` over time",
        "CODE:61093569641",
        "stays so (M)",
        "Test and record. Treat as whole replacement",
    )
    assert all(any(re.search(pattern, text) for pattern in SHORTHAND) for text in once)


def test_a_rule_that_another_rule_names_exists():
    """In plain text too: `CANCEL-04` in the words of TERM-04, say."""
    named = {
        name
        for promise in PROMISES.values()
        for name in re.findall(r"\b[A-Z]{1,6}-\d\d\b", " ".join((promise.says, promise.shows, promise.notes)))
    }
    assert named
    assert named <= set(PROMISES)
