"""Histories are data: what was judged live is judged the same from its file, also when things overlapped."""

from __future__ import annotations

import pytest
from msgspec import Raw
from msgspec.structs import replace

from batchproof.conformance.judging.assumptions import Assumptions
from batchproof.conformance.judging.excuses import Excuse, excuses, shortened
from batchproof.conformance.judging.follower import Follower, judged
from batchproof.conformance.judging.happenings import Answered, Called, Got, Knows, OfJob, Saw, Sent, Submitted
from batchproof.conformance.judging.history import FORMAT, NoHistory, Variant, encoded, parsed, read
from batchproof.conformance.steps.recorder import Recorder, header
from batchproof.model.knowledge import Knowledge

HELD = Knowledge(later_exits=frozenset(), stopped_exits=frozenset({"exit_retry"}))
CALLED, ANSWERED = Called(job="a", request="cancel"), Answered(job="a", request="cancel")
HOST_LOST = (Excuse(assumption="no_faults"),)


def life(*happenings: OfJob) -> list[OfJob]:
    first = Submitted(job="a", id="1", attempts=2, waits=False, knowledge=HELD)
    return [replace(happening, at_ms=number) for number, happening in enumerate([first, *happenings])]


def saw(status: str, **more) -> Saw:
    return Saw(job="a", status=status, **more)


CANCEL_KILLED = life(saw("RUNNABLE"), saw("RUNNING"), CALLED, ANSWERED, saw("RUNNING"), saw("FAILED"))


def test_a_file_is_judged_as_it_was_live(tmp_path):
    """Otherwise a stored history would prove nothing."""
    live, written = Follower(Assumptions()), Recorder(header("nowhere"), tmp_path / "h.jsonl")
    written.variant(Variant(title="nowhere"))
    for happening in CANCEL_KILLED:
        live.feed(written.add(happening))
    written.close()
    (section,) = read(tmp_path / "h.jsonl").sections
    again = judged(section.jobs()["a"], section.variant.assumptions)
    assert again
    assert live.monitor
    assert again.verdict == live.monitor.verdict
    assert again.verdict


def test_a_read_that_a_call_overlapped_may_show_what_was_before_it():
    """The read began while the job waited, and was answered after the cancel: RUNNABLE without a flag is no fault."""
    overlapped = life(saw("RUNNABLE"), CALLED, ANSWERED, saw("FAILED", is_cancelled=True), saw("RUNNABLE", since=2))
    assert judged(overlapped, Assumptions()).verdict is None
    instant = [*overlapped[:-1], replace(overlapped[-1], since=None)]
    assert judged(instant, Assumptions()).verdict


def test_a_history_is_cut_to_what_shows_the_fault():
    """Nobody reads forty lines; what was done stays, what was seen in vain goes."""
    kept = shortened(CANCEL_KILLED, Assumptions(), {})
    assert [type(happening) for happening in kept] == [Submitted, Called, Answered, Saw, Saw]
    assert judged(kept, Assumptions()).verdict


def test_a_violation_names_what_would_excuse_it():
    """A job behind the gate cannot fail by itself, unless its host was lost."""
    assert excuses(CANCEL_KILLED, Assumptions(), {}) == HOST_LOST


def test_a_required_reading_is_excused_by_the_other_one():
    """The report then says which document the service follows."""
    released = Knowledge(exits=(frozenset({"exit_retry"}),), later_exits=frozenset(), stopped_exits=frozenset())
    tried_again = life(
        saw("RUNNING"), CALLED, ANSWERED, Knows(job="a", knowledge=released), saw("RUNNABLE", is_cancelled=True)
    )
    required = {"cancel_overrides_retry": "yes"}
    assert judged(tried_again, Assumptions()).verdict is None
    assert judged(tried_again, Assumptions(), required).verdict
    assert Excuse(reading="cancel_overrides_retry", value="no") in excuses(tried_again, Assumptions(), required)


def lines(*happenings, first=None) -> list[bytes]:
    told = [first or header("nowhere"), Variant(title="nowhere"), *happenings]
    return [encoded(line) + b"\n" for line in told]


def test_an_answer_that_was_kept_once_is_read_back_wherever_it_came():
    """A poller gets the same answer a hundred times: it stands in the file once, and a later kit finds it each time."""
    sent = [Sent(number=n, scenario="watcher", operation="describe_jobs", arguments=Raw(b"{}")) for n in (1, 2)]
    body = Raw(b'{"jobs":[]}')
    got = [Got(number=1, status=200, body=body), Got(number=2, status=200, same_as=1)]
    (section,) = parsed(lines(*sent, *got), "h").sections
    assert [answer.body for _, answer in section.exchanges()] == [body] * 2


def test_a_history_of_a_later_format_is_refused_by_name():
    """A kit that reads what it does not know would judge it wrongly."""
    later = replace(header("nowhere"), format=FORMAT + 1, kit="9.9")
    with pytest.raises(NoHistory, match=r"h is a history of format 2, written by batchproof 9\.9"):
        parsed(lines(first=later), "h")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "h is empty"),
        (b"\0\n", "h:1 is not a line of a history"),
        (b"[" * 100_000 + b"\n", "h:1 is not a line of a history"),
        (b'{"what":"saw","job":"a","status":"RUNNING"}\n', "h:1 is not the first line of a history"),
        (b"".join(lines()) + b'{"what":"danced","job":"a"}\n', "h:3 is not a line of a history"),
        (b"".join(lines()) + b'{"what":"called","job":"a"}\n', "h:3 is not a line of a history"),
        (b"".join(lines()) + encoded(header("nowhere")) + b"\n", "h:3 begins another history"),
    ],
)
def test_what_is_no_history_is_refused_with_the_line_that_is_none(text, says):
    """A misspelt member would be a weaker verdict in silence."""
    with pytest.raises(NoHistory, match=says):
        parsed(text.splitlines(keepends=True), "h")


def test_a_line_that_a_crash_cut_short_is_left_out():
    """All that came before it happened, and is worth judging."""
    whole = lines(*CANCEL_KILLED)
    (section,) = parsed([*whole[:-1], whole[-1][:20]], "h").sections
    assert len(section.jobs()["a"]) == len(CANCEL_KILLED) - 1
