"""A case file is read by people's machines long after it was written, and comes from anywhere."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.power import LOCAL, Power
from batchproof.conformance.searching.case import LONGEST_BYTES, Case, NoCase, parsed, read, versions, written
from batchproof.conformance.searching.stateful import drawn
from batchproof.conformance.searching.step import Ask, Submit

GOOD = {
    "format": 1,
    "rule": "S2",
    "broken": ["CANCEL-07"],
    "expected": "RUNNING",
    "observed": "SIGTERM in attempt 1",
    "steps": [
        {"step": "submit", "name": "a"},
        {"step": "until", "job": "a", "status": "RUNNING"},
        {"step": "ask", "request": "cancel", "jobs": ["a"]},
    ],
    "begins": 2,
    "shortened": "service",
    "shown": 3,
    "played": 3,
    "scenario": "S2.7",
    "target": "reference",
    "powers": ["gate", "holds-running", "runs"],
    "assumptions": ["fresh_reads"],
    "readings": {"pending_cancel": "waits"},
    "bounds_ms": {"stop": 2500},
    "seed": 0,
    "versions": {"python": "3.11"},
}


def text(**changes: object) -> bytes:
    return msgspec.json.encode({**GOOD, **changes})


def test_what_is_written_is_read_back_the_same(tmp_path):
    case = parsed(text(versions=versions()), "case")
    path = written(case, tmp_path)
    assert path == tmp_path / "cases" / "S2-CANCEL-07.json"
    assert read(path) == case
    assert case.history.steps[0] == Submit(name="a")
    assert set(case.versions) == {"batchproof", "model", "boto3", "hypothesis", "python"}


@pytest.mark.parametrize("seed", range(3))
def test_every_history_that_is_drawn_fits_a_case(seed):
    """What a file may say is narrower than what the types of Python say, and no history may be too wide for it."""
    good = parsed(text(), "case")
    for history in drawn(100, LOCAL, steps=8, from_seed=seed):
        case = msgspec.structs.replace(good, steps=history.steps, begins=history.begins)
        assert parsed(msgspec.json.encode(case), "case") == case


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b"[" * 100_000, "is no JSON: maximum recursion depth"),
        (b"\0", "is no JSON: JSON is malformed: invalid character (byte 0)"),
        (b"", "is no JSON: Input data was truncated"),
        (b"\xff\xfe", "is no JSON"),
        (b" " * (LONGEST_BYTES + 1), f"is longer than {LONGEST_BYTES} bytes"),
        (b"{}", "no member format"),
        (b"[]", "no member format"),
        (text(format=2), "format is 2; batchproof"),
        (text(format=True), "format is True; batchproof"),
        (text(format="1"), "format is '1'; batchproof"),
        (msgspec.json.encode({k: v for k, v in GOOD.items() if k != "steps"}), "missing required field `steps`"),
        (text(colour="red"), "unknown field `colour`"),
        (text(**{"\x1b[2J": 1}), "unknown field `\\x1b[2J`"),
        (text(seed="many"), "`$.seed`, and it is 'many'"),
        (text(rule="S2\x1b[2J"), "`$.rule`, and it is 'S2\\x1b[2J'"),
        (text(steps=[]), "steps is empty"),
        (text(begins=4), "begins is 4, and there are 3 steps"),
        (text(shortened="luckily"), "shortened is 'luckily'"),
        (text(powers=["flight"]), "powers has 'flight'"),
        (text(steps=[{"step": "explode"}]), "`$.steps[0].step`, and it is 'explode'"),
        (text(steps=[{"step": "submit"}]), "missing required field `name` - at `$.steps[0]`"),
        (text(steps=[{"step": "submit", "name": "a\0"}]), "`$.steps[0].name`, and it is 'a\\x00'"),
        (text(steps=[{"step": "submit", "name": "a", "attempts": 11}]), "`$.steps[0].attempts`, and it is 11"),
        (text(steps=[{"step": "submit", "name": "a", "speed": 1}]), "unknown field `speed`"),
        (text(steps=[{"step": "ask", "request": "close", "jobs": ["a"]}]), "`$.steps[0].request`, and it is 'close'"),
        (text(steps=[{"step": "until", "job": "a", "status": "DONE"}]), "`$.steps[0].status`, and it is 'DONE'"),
        (text(steps=[{"step": "pause", "ms": 10**9}]), "`$.steps[0].ms`, and it is 1000000000"),
        (text(steps=[{"step": "pause", "ms": -1}]), "`$.steps[0].ms`, and it is -1"),
    ],
)
def test_what_is_no_case_is_said_with_its_field_and_value(bad, says):
    with pytest.raises(NoCase) as refused:
        parsed(bad, "out/S2.json")
    assert str(refused.value).startswith("out/S2.json")
    assert says in str(refused.value)
    assert "\x1b" not in str(refused.value)


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_whatever_is_read_is_a_case_or_is_refused(some):
    with pytest.raises(NoCase):
        parsed(some, "case")


@given(st.sampled_from(sorted(GOOD)), st.none() | st.integers() | st.text() | st.lists(st.integers()))
def test_a_member_of_another_kind_is_refused_or_makes_sense(member, value):
    """Never anything but NoCase, whatever stands in a member."""
    try:
        case = parsed(text(**{member: value}), "case")
    except NoCase:
        return
    assert isinstance(case, Case)


def test_a_case_needs_what_its_steps_ask_for_and_the_kit_had():
    """Where it was found without a power, it can be played without it."""
    held = [*GOOD["steps"], {"step": "release", "job": "a", "code": 0}, {"step": "close"}]
    assert parsed(text(steps=held), "case").needs == {Power.HOLDS_RUNNING, Power.GATE}
    assert parsed(text(steps=held, powers=["runs"]), "case").needs == frozenset()
    assert parsed(text(begins=0, steps=[{"step": "submit", "name": "a", "on_sigterm": "ignore"}]), "case").needs == {
        Power.GATE
    }


def test_cases_of_two_variants_have_files_of_their_own():
    names = {parsed(text(variant=variant), "case").name for variant in ("", "docker", "../..")}
    assert names == {"S2-CANCEL-07", "docker-S2-CANCEL-07", ".._..-S2-CANCEL-07"}
    assert parsed(text(rule="TERM-14", broken=["TERM-14"]), "case").name == "TERM-14"


def test_the_same_request_is_the_same_step():
    assert parsed(text(), "case").steps[2] == Ask("cancel", ("a",))
