"""Each mode says what it takes away, is legal by something that exists, and is a function without clock or I/O."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from adversary.playing import Service, call
from hypothesis import given
from hypothesis import strategies as st

from batchproof.conformance.adversary.about import listing, setting
from batchproof.conformance.adversary.composition import MODES, Adversary, mode_of
from batchproof.conformance.adversary.exchange import Answer, Cut
from batchproof.model.promises import PROMISES

ROOM = Path(__file__).parents[2] / "conformance" / "adversary"
SHELL = {"proxy.py", "upstream.py", "signing.py", "wire.py"}
PURE = sorted(path for path in ROOM.glob("*.py") if path.name not in SHELL)
MAY_HAVE = {
    "__future__", "botocore", "collections", "dataclasses", "functools", "json", "math", "random", "re", "types",
    "typing", "uuid", "zlib",
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_mode_says_what_it_takes_away_and_by_what_it_is_legal(mode):
    assert len(mode.takes_away) > 20
    assert len(mode.why) > 20
    assert mode.why.endswith(".")
    assert mode.__doc__
    assert mode.rules or mode.protocol
    assert set(mode.rules) <= set(PROMISES)
    assert len(set(mode.rules)) == len(mode.rules)


def test_modes_have_names_of_their_own():
    assert len({mode.name for mode in MODES}) == len(MODES) >= 20


def test_the_list_of_modes_says_all_of_it():
    text = listing()
    for mode in MODES:
        assert mode.takes_away in text
        assert mode.why in text
        for parameter in mode.parameters():
            assert f"{parameter.low:g} to {parameter.high:g} {parameter.unit}" in text


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_mode_is_had_by_its_name_and_says_itself_again(mode):
    made = mode_of(mode.name)
    assert type(made) is mode
    again = mode_of(setting(made))
    assert setting(again) == setting(made)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_numbers_have_bounds_that_hold(mode):
    for parameter in mode.parameters():
        for value in (parameter.low - 1, parameter.high + 1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match=f"{parameter.name} is .*between {parameter.low:g} and"):
                mode(**{parameter.name: value})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nonsense", "'nonsense' is no mode: there are .*throttled"),
        ("throttled=2", "throttled: share is 2: it must be between 0 and 0.9"),
        ("throttled=often", "throttled: share is 'often', which is no number"),
        ("throttled=0.1,rate=3", "throttled: 'rate=3' sets nothing: its parameters are share"),
        ("lagging-reads=3,4", "lagging-reads: '4' sets nothing"),
        ("reordered=1", "reordered: '1' sets nothing: its parameters are none"),
        ("throttled-in-bursts=10,every_s=5", "lasts_s is 10: at most 0.9 of every_s, which is 5 s"),
        ("denied=CancelJobs", "'CancelJobs' cannot be denied: permission for it goes by the name of CancelJob"),
        ("denied=DropJob", "'DropJob' cannot be denied: it is no operation of AWS Batch"),
        ("denied=+", "denied: no operation is named"),
    ],
)
def test_what_cannot_be_is_refused_by_name_value_and_bound(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        mode_of(text)


def test_a_mode_twice_is_refused():
    with pytest.raises(ValueError, match="throttled is given more than once"):
        Adversary([mode_of("throttled"), mode_of("throttled=0.2")])


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.name)
def test_modes_have_no_clock_no_socket_and_no_thread(path):
    """So the same modes can be had under a virtual clock, in process."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= MAY_HAVE
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            assert (node.module or "").split(".")[0] in MAY_HAVE
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in {name.removesuffix(".py") for name in SHELL}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "input", "exec", "eval"}


CALLS = st.lists(
    st.tuples(
        st.sampled_from(["SubmitJob", "DescribeJobs", "ListJobs", "CancelJob", "TerminateJob", "CancelJobs"]),
        st.floats(0, 3, allow_nan=False),
    ),
    max_size=25,
)


def outcome(step: Answer | Cut) -> object:
    if isinstance(step, Cut):
        return "cut", step.reset, step.share, step.answer and step.answer.said
    return step.status, step.said, step.body, step.late_s, step.pieces, step.chunked, step.closes


def played(modes: list[str], seed: int, calls: list[tuple[str, float]], job_id: str = "a") -> list[object]:
    adversary = Adversary([mode_of(mode) for mode in modes], seed)
    service = Service({job_id: [(0, "RUNNABLE"), (5, "RUNNING"), (20, "SUCCEEDED")]})
    now_s, seen = 0.0, []
    for operation, pause_s in calls:
        now_s += pause_s
        asked = {"jobs": [job_id]} if operation in ("DescribeJobs", "CancelJobs") else {"jobId": job_id}
        seen.append(outcome(call(adversary, service, operation, now_s, **asked)))
    return seen


@given(st.sets(st.sampled_from([mode.name for mode in MODES]), max_size=5), st.integers(0, 9), CALLS)
def test_the_same_calls_with_the_same_seed_come_to_the_same(modes, seed, calls):
    assert played(sorted(modes), seed, calls) == played(sorted(modes), seed, calls)


BY_CHANCE = [
    "throttled=0.5",
    "errors-before=0.5",
    "errors-after=0.5",
    "cut-before=0.5",
    "cut-after=0.5",
    "gateway-errors=0.5",
]


@pytest.mark.parametrize("mode", BY_CHANCE)
def test_what_is_asked_does_not_decide_which_call_is_hit(mode):
    """Nor do other operations in between: only how many calls of the same operation there were."""
    adversaries = [Adversary([mode_of(mode)], seed=3) for _ in range(2)]
    hit: list[list[bool]] = [[], []]
    for n in range(40):
        for which, adversary in enumerate(adversaries):
            if which:
                call(adversary, Service(), "DescribeJobs", n, jobs=[])
            step = call(adversary, Service(), "TerminateJob", n, jobId="x" * (n + 1) * (which + 1), reason=f"{which}")
            hit[which].append(isinstance(step, Cut) or step.status != 200)
    assert hit[0] == hit[1]
    assert 5 < sum(hit[0]) < 35
