"""What the end of an attempt means, by the rules of `evaluateOnExit` (RETRY-01 to RETRY-30)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchproof.model.attempts import Action, AttemptEnd, Ended, Entry, RetryStrategy, action, event, fits, parse
from batchproof.model.event import Kind
from batchproof.model.limits import Violation

RETRY, EXIT = Action.RETRY, Action.EXIT

texts = st.text(alphabet="aB1 *:.(", max_size=6)
patterns = st.none() | texts
entries = st.builds(
    Entry, st.sampled_from(Action), patterns, patterns, st.none() | st.from_regex(r"[0-9]{0,3}\*?", fullmatch=True)
)
outcomes = st.builds(
    AttemptEnd, st.just(Ended.EXITED), st.integers(0, 255), st.none() | texts, st.none() | texts
) | st.builds(
    AttemptEnd,
    st.sampled_from([Ended.START_FAILED, Ended.HOST_LOST]),
    st.none() | st.integers(0, 255),
    st.none() | texts,
    st.none() | texts,
)
strategies = st.builds(RetryStrategy, st.integers(1, 10), st.lists(entries, max_size=5).map(tuple))


def exited(code: int, **reasons: str) -> AttemptEnd:
    return AttemptEnd(Ended.EXITED, code, **reasons)


# The order of entries, and what is inside one.


def test_the_first_entry_that_matches_decides():
    """RETRY-08: the guide's closing EXIT for everything else works only so."""
    first_retry = RetryStrategy(3, (Entry(RETRY, on_exit_code="1*"), Entry(EXIT, on_exit_code="1")))
    first_exit = RetryStrategy(3, (Entry(EXIT, on_exit_code="1"), Entry(RETRY, on_exit_code="1*")))
    assert [action(first_retry, exited(code)) for code in (1, 10)] == [RETRY, RETRY]
    assert [action(first_exit, exited(code)) for code in (1, 10)] == [EXIT, RETRY]


@settings(deadline=None)
@given(strategies, outcomes)
def test_an_entry_after_the_first_match_changes_nothing(strategy, outcome):
    cut = next((n for n, e in enumerate(strategy.evaluate_on_exit, 1) if e.matches(outcome)), None)
    if cut is not None:
        shorter = RetryStrategy(strategy.attempts, strategy.evaluate_on_exit[:cut])
        assert action(shorter, outcome) is action(strategy, outcome) is strategy.evaluate_on_exit[cut - 1].action


@settings(deadline=None)
@given(strategies, outcomes)
def test_an_entry_that_does_not_match_changes_nothing(strategy, outcome):
    matching = tuple(e for e in strategy.evaluate_on_exit if e.matches(outcome))
    assert action(RetryStrategy(strategy.attempts, matching), outcome) is action(strategy, outcome)


def test_every_condition_of_an_entry_must_hold():
    """RETRY-07, for each of the eight cases: one that fails is enough."""
    entry = Entry(EXIT, on_status_reason="Host*", on_reason="OutOf*", on_exit_code="137")
    for status_reason, reason, code in product(("Host EC2", "Task"), ("OutOfMemory", "Cannot"), (137, 1)):
        holds = (status_reason, reason, code) == ("Host EC2", "OutOfMemory", 137)
        assert entry.matches(AttemptEnd(Ended.EXITED, code, status_reason, reason)) is holds


@settings(deadline=None)
@given(entries, outcomes)
def test_a_further_condition_never_makes_an_entry_match(entry, outcome):
    for dropped in ("on_status_reason", "on_reason", "on_exit_code"):
        conditions = {n: getattr(entry, n) for n in ("on_status_reason", "on_reason", "on_exit_code") if n != dropped}
        assert Entry(entry.action, **conditions).matches(outcome) or not entry.matches(outcome)


@settings(deadline=None)
@given(outcomes)
def test_an_entry_without_conditions_matches_everything(outcome):
    """RETRY-10: unspecified; a condition that is not there asks for nothing."""
    assert Entry(EXIT).matches(outcome)


@settings(deadline=None)
@given(st.integers(1, 10), outcomes)
def test_no_match_is_a_retry(attempts, outcome):
    """RETRY-09, with no entries and with one that cannot match."""
    assert action(RetryStrategy(attempts), outcome) is RETRY
    assert action(RetryStrategy(attempts, (Entry(EXIT, on_reason="never said"),)), outcome) is RETRY


def test_the_guides_own_example():
    """RETRY-11: a plain exit has no reason at all, and still `onReason: *` means it."""
    strategy = RetryStrategy(5, (Entry(RETRY, on_status_reason="Host EC2*"), Entry(EXIT, on_reason="*")))
    assert event(strategy, exited(1)) == "exit_final"
    lost = AttemptEnd(Ended.HOST_LOST, status_reason="Host EC2 (instance i-0) terminated.")
    assert event(strategy, lost) == "host_lost"


# Patterns.


@settings(deadline=None)
@given(texts, texts)
def test_a_star_at_the_end_means_a_prefix(prefix, rest):
    assert fits(prefix + "*", prefix + rest)


@settings(deadline=None)
@given(st.text(alphabet="aB1 :.(", max_size=6), texts)
def test_without_a_star_the_whole_text_must_be_equal(pattern, text):
    assert fits(pattern, text) is (pattern == text)


@pytest.mark.parametrize("pattern", ["*EC2", "Host*EC2", "*EC2*", "Host?EC2", "Host.EC2", "[H]ost EC2"])
def test_a_star_means_something_at_the_end_only(pattern):
    """RETRY-12: elsewhere it is itself, and there are no other signs."""
    assert not fits(pattern, "Host EC2")
    assert fits(pattern, pattern)


def test_the_text_of_a_reason_is_compared_as_it_is_written():
    """RETRY-14 is silent about the patterns: only `action` is said not to be case sensitive."""
    assert not fits("host*", "Host EC2")


@settings(deadline=None)
@given(st.none() | texts)
def test_a_lone_star_fits_everything_and_nothing_too(text):
    assert fits("*", text)


def test_an_absent_text_fits_no_word():
    assert not fits("Host*", None)
    assert not Entry(EXIT, on_exit_code="0*").matches(AttemptEnd(Ended.HOST_LOST))


def test_an_exit_code_is_compared_in_decimal_form():
    """RETRY-13: digits, not a number: 40* is 40, 400 and 404, and 07 is no 7."""
    codes = {code for code in range(256) if Entry(EXIT, on_exit_code="4*").matches(exited(code))}
    assert codes == {4, *range(40, 50)}
    assert not Entry(EXIT, on_exit_code="07").matches(exited(7))
    assert not Entry(EXIT, on_exit_code="13").matches(exited(137))


# The event that an end is.


@settings(deadline=None)
@given(strategies, st.none() | texts, st.none() | texts)
def test_exit_zero_is_success_whatever_the_strategy_says(strategy, status_reason, reason):
    """RETRY-29: `evaluateOnExit` is about failed attempts."""
    assert event(strategy, AttemptEnd(Ended.EXITED, 0, status_reason, reason)) == "exit_zero"


def test_an_entry_for_exit_code_zero_makes_no_retry_of_a_success():
    assert event(RetryStrategy(3, (Entry(RETRY, on_exit_code="0"),)), exited(0)) == "exit_zero"
    assert event(RetryStrategy(3, (Entry(EXIT, on_exit_code="*"),)), exited(0)) == "exit_zero"


@settings(deadline=None)
@given(strategies, outcomes)
def test_an_end_is_an_event_of_the_table_and_of_its_kind(strategy, outcome):
    found = event(strategy, outcome)
    assert found.kind is (Kind.PROCESS if outcome.ended is Ended.EXITED else Kind.FAULT)
    assert found.endswith("final") is (outcome != exited(0, **_reasons(outcome)) and action(strategy, outcome) is EXIT)


def _reasons(outcome: AttemptEnd) -> dict:
    return {"status_reason": outcome.status_reason, "reason": outcome.reason}


@settings(deadline=None)
@given(strategies, st.integers(1, 10), outcomes)
def test_the_number_of_attempts_is_not_the_strategys_to_look_at(strategy, attempts, outcome):
    """Whether one is left is decided by the table (RETRY-28), which knows how many there were."""
    assert event(RetryStrategy(attempts, strategy.evaluate_on_exit), outcome) == event(strategy, outcome)


def test_a_process_that_exited_has_a_code():
    with pytest.raises(AssertionError, match="has a code"):
        AttemptEnd(Ended.EXITED)


# Requests.


@pytest.mark.parametrize("says", ["RETRY", "retry", "Retry", "EXIT", "exit", "eXiT"])
def test_an_action_is_taken_in_any_case(says):
    parsed = parse({"attempts": 2, "evaluateOnExit": [{"action": says}]})
    assert parsed is not None
    assert parsed.evaluate_on_exit == (Entry(Action[says.upper()]),)


@pytest.mark.parametrize("says", ["", "STOP", "RETRY ", None])
def test_another_action_is_refused_by_name(says):
    with pytest.raises(Violation, match=r"retryStrategy\.evaluateOnExit\[1\]\.action is .*: it must be RETRY or EXIT"):
        parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT"}, {"action": says}]})


@pytest.mark.parametrize("attempts", [1, 2, 9, 10])
def test_one_to_ten_attempts_are_taken(attempts):
    assert parse({"attempts": attempts}) == RetryStrategy(attempts)


@pytest.mark.parametrize("attempts", [-1, 0, 11, 100])
def test_other_numbers_of_attempts_are_refused(attempts):
    with pytest.raises(Violation, match=f"retryStrategy.attempts is {attempts}: it must be between 1 and 10"):
        parse({"attempts": attempts})


@pytest.mark.parametrize("strategy", [{}, {"evaluateOnExit": [{"action": "EXIT"}]}, {"attempts": None}])
def test_a_strategy_without_attempts_is_refused_in_the_services_words(strategy):
    """RETRY-05."""
    with pytest.raises(Violation, match="RetryAttempts must be provided with retry strategy"):
        parse(strategy)


def test_no_strategy_is_no_strategy():
    """And so one attempt (RETRY-02), which is what the default says."""
    assert parse(None) is None
    assert RetryStrategy().attempts == 1


@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_up_to_five_entries_are_taken(count):
    """RETRY-06: 5 must be taken, 7 refused, and 6 is open; the API reference says 5, and so does this model."""
    parsed = parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT"}] * count})
    assert parsed is not None
    assert len(parsed.evaluate_on_exit) == count


@pytest.mark.parametrize("count", [6, 7, 20])
def test_more_than_five_entries_are_refused(count):
    with pytest.raises(Violation, match=rf"retryStrategy\.evaluateOnExit has {count} entries: at most 5 are allowed"):
        parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT"}] * count})


@pytest.mark.parametrize("member", ["onStatusReason", "onReason", "onExitCode"])
def test_a_pattern_has_at_most_512_characters(member):
    """RETRY-16, which counts a final star too."""
    longest = "1" * 511 + "*"
    parsed = parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT", member: longest}]})
    assert parsed is not None
    with pytest.raises(Violation, match=rf"\[0\]\.{member} has 513 characters: at most 512 are allowed"):
        parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT", member: "1" + longest}]})


@pytest.mark.parametrize("code", ["0", "1", "137", "40*", "*", "007"])
def test_an_exit_code_pattern_is_digits_and_perhaps_a_star(code):
    parsed = parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onExitCode": code}]})
    assert parsed is not None
    assert parsed.evaluate_on_exit[0].on_exit_code == code


@pytest.mark.parametrize("code", ["-1", "4*4", "**", "*4", "4?", "one", " 1", "1\n", "1.0", "１"])
def test_another_exit_code_pattern_is_refused(code):
    with pytest.raises(Violation, match=r"onExitCode is .*: it must be digits, which may end with one \*"):
        parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT", "onExitCode": code}]})


def test_what_is_parsed_is_what_was_asked():
    asked = {
        "attempts": 4,
        "evaluateOnExit": [
            {"action": "retry", "onStatusReason": "Host EC2*", "onReason": "*", "onExitCode": "13*"},
            {"action": "EXIT"},
        ],
    }
    assert parse(asked) == RetryStrategy(4, (Entry(RETRY, "Host EC2*", "*", "13*"), Entry(EXIT)))


def test_a_refusal_names_the_field_as_the_caller_wrote_it():
    with pytest.raises(Violation, match=r"^jobDefinition\.retryStrategy\.attempts is 0"):
        parse({"attempts": 0}, "jobDefinition.retryStrategy")


@pytest.mark.parametrize("pattern", ["*Spot*", "Cannot*Error*", "**"])
@pytest.mark.parametrize("member", ["onReason", "onStatusReason"])
def test_an_asterisk_that_is_not_last_is_refused(member, pattern):
    """RETRY-12, and what users report of AWS; a prefix may be anything else (RETRY-15 is open)."""
    with pytest.raises(Violation, match=rf"restricted characters.*{member} is "):
        parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT", member: pattern}]})
    assert parse({"attempts": 2, "evaluateOnExit": [{"action": "EXIT", member: "Host EC2 (i-1*"}]})
