"""Histories are data: what was judged live is judged the same from its file, also when things overlapped."""

from __future__ import annotations

from batchproof.conformance.judging.history import Assumptions, Follower, History, as_data, judged, read
from batchproof.conformance.judging.verdict import excuses, shortened
from batchproof.model.knowledge import Knowledge

HELD = as_data(Knowledge(later_exits=frozenset(), stopped_exits=frozenset({"exit_retry"})))


def history(*events: dict) -> list[dict]:
    first = {"what": "submitted", "attempts": 2, "waits": False, "knowledge": HELD}
    return [{"job": "a", "at_ms": n, **event} for n, event in enumerate([first, *events])]


def saw(status: str, **more) -> dict:
    return {"what": "saw", "status": status, **more}


CALLED, ANSWERED = {"what": "called", "request": "cancel"}, {"what": "answered", "request": "cancel"}
CANCEL_KILLED = history(saw("RUNNABLE"), saw("RUNNING"), CALLED, ANSWERED, saw("RUNNING"), saw("FAILED"))


def test_a_file_is_judged_as_it_was_live(tmp_path):
    """Otherwise a stored history would prove nothing."""
    live, written = Follower(Assumptions()), History(tmp_path / "h.jsonl")
    for event in CANCEL_KILLED:
        live.feed(written.add({key: value for key, value in event.items() if key != "at_ms"}))
    written.close()
    again = judged(read(tmp_path / "h.jsonl")["a"], Assumptions())
    assert again
    assert live.monitor
    assert again.verdict == live.monitor.verdict
    assert again.verdict


def test_a_read_that_a_call_overlapped_may_show_what_was_before_it():
    """The read began while the job waited, and was answered after the cancel: RUNNABLE without a flag is no fault."""
    events = history(saw("RUNNABLE"), CALLED, ANSWERED, saw("FAILED", isCancelled=True), saw("RUNNABLE", since=2))
    assert judged(events, Assumptions()).verdict is None
    instant = [*events[:-1], {**events[-1], "since": None}]
    assert judged(instant, Assumptions()).verdict


def test_a_history_is_cut_to_what_shows_the_fault():
    """Nobody reads forty lines; what was done stays, what was seen in vain goes."""
    told = [event["what"] for event in shortened(CANCEL_KILLED, Assumptions(), {})]
    assert told == ["submitted", "left out", "left out", "called", "answered", "saw", "saw"]
    assert judged(shortened(CANCEL_KILLED, Assumptions(), {}), Assumptions()).verdict


def test_a_violation_names_what_would_excuse_it():
    """A job behind the gate cannot fail by itself, unless its host was lost."""
    assert excuses(CANCEL_KILLED, Assumptions(), {}) == (
        "a host or a start may fail by itself, or the service may give a job up",
    )


def test_a_required_reading_is_excused_by_the_other_one():
    """The report then says which document the service follows."""
    released = as_data(
        Knowledge(exits=(frozenset({"exit_retry"}),), later_exits=frozenset(), stopped_exits=frozenset())
    )
    events = history(
        saw("RUNNING"), CALLED, ANSWERED, {"what": "knows", "knowledge": released}, saw("RUNNABLE", isCancelled=True)
    )
    assert judged(events, Assumptions()).verdict is None
    assert judged(events, Assumptions(), {"cancel_overrides_retry": "yes"}).verdict
    assert any(
        "cancel_overrides_retry=no" in excuse
        for excuse in excuses(events, Assumptions(), {"cancel_overrides_retry": "yes"})
    )
