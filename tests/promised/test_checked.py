"""The register says of every promise how it is checked, and claims no more than the wrong servers bear out."""

from __future__ import annotations

import inspect
import re

import pytest
from wrong_servers import servers, tables  # noqa: F401 - both say what their servers break
from wrong_servers.expected import EXPECTED, NAMES

from batchproof.conformance.judging import blame
from batchproof.conformance.judging.claim import BREAKS, THROUGHOUT
from batchproof.conformance.promised.checked import Kind, answers, only_by_the_monitor, unchecked
from batchproof.conformance.promised.unchecked import REASONS, Why
from batchproof.conformance.register import rules
from batchproof.model.lifecycle import MOVES
from batchproof.model.promises import PROMISES, Modality, Seen
from batchproof.model.reads import LAWS

BROKEN = frozenset[str]().union(*(expected.breaks for expected in EXPECTED.values()), *NAMES.values())
"""What some wrong server is seen to break: `tests/conformance/test_wrong_servers.py` runs each."""


def test_every_promise_has_one_answer():
    """348 of them, and whoever adds one is asked how it is checked."""
    assert list(answers()) == list(PROMISES)
    assert len(answers()) == 348
    for answer in answers().values():
        assert bool(answer.ways) is (answer.kind is Kind.CHECKED), answer
        assert answer.ways or answer.why or answer.kind is Kind.NOT_YET, answer


def test_what_binds_is_never_said_to_bind_nobody():
    for answer in answers().values():
        if PROMISES[answer.id].modality is Modality.MUST:
            assert answer.kind is not Kind.OPEN


def test_a_reason_for_not_checking_is_given_of_nothing_that_is_checked():
    """Whoever writes the rule takes the reason away."""
    assert REASONS.keys() <= PROMISES.keys()
    checked = {id for id, answer in answers().items() if answer.kind is Kind.CHECKED}
    assert checked >= (rules().keys() | THROUGHOUT.keys()) & PROMISES.keys()
    assert not checked & REASONS.keys()


@pytest.mark.parametrize(("words", "where"), [("EventBridge", Seen.EVENTS), ("CloudTrail", Seen.CLOUDTRAIL)])
def test_what_is_said_to_show_in_one_place_alone_shows_in_no_other(words, where):
    """What an answer or a read could show as well is not out of scope."""
    said = [id for id, (why, reason) in REASONS.items() if why is Why.OUT_OF_SCOPE and f"shows in {words}" in reason]
    assert said
    for id in said:
        assert PROMISES[id].observed == (where,), id


def test_what_is_not_checked_is_listed_with_what_binds_most_first():
    order = [list(Modality).index(PROMISES[answer.id].modality) for answer in unchecked()]
    assert order == sorted(order)
    assert {answer.id for answer in unchecked()} == {id for id, each in answers().items() if not each.ways}


def test_each_promise_that_a_law_or_the_monitor_is_said_to_check_is_broken_by_a_wrong_server():
    """That a row carries an id, or a law has its name, shows nothing of whether anybody would notice."""
    rows = {id for move in MOVES for id in move.rules}
    said = {
        "law": {law.rule for law in LAWS},
        "every job": THROUGHOUT.keys() & PROMISES.keys(),
        "monitor": rows & {id for id, answer in answers().items() if any("the monitor" in way for way in answer.ways)},
        "named by": frozenset[str]().union(*BREAKS.values()),
        "named by the monitor": blame.NAMED,
    }
    for way, ids in said.items():
        assert ids, way
        assert ids <= BROKEN, f"{way}: {ids - BROKEN}"


def test_the_monitor_is_said_to_name_what_it_can_name():
    """Each id in the text of what finds the names, and no other."""
    source = inspect.getsource(blame.blamed) + inspect.getsource(blame._too_many)
    assert set(re.findall(r'"([A-Z]+-\d\d)"', source)) == blame.NAMED
    assert PROMISES.keys() >= blame.NAMED
    assert only_by_the_monitor() == blame.NAMED - rules().keys()
