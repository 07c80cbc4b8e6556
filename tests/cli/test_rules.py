"""`batchproof rules`: what is checked, and with --unchecked what is not."""

from __future__ import annotations

import re

from batchproof.conformance.promised.checked import Kind, answers, only_by_the_monitor, unchecked
from batchproof.conformance.register import rules
from batchproof.model.promises import PROMISES, Modality


def ids(output: str) -> list[str]:
    return re.findall(r"^([A-Z]+-\d\d|S2) ", output, flags=re.MULTILINE)


def test_a_promise_is_listed_as_checked_or_as_unchecked(batchproof):
    """Together they are all that there are, but for the few that have no rule and that the monitor sees."""
    checked, other = batchproof("rules"), batchproof("rules", "--unchecked")
    assert (checked.returncode, other.returncode) == (0, 0)
    assert ids(checked.stdout) == list(rules())
    assert ids(other.stdout) == [answer.id for answer in unchecked()]
    both = set(ids(checked.stdout)) | set(ids(other.stdout)) | only_by_the_monitor()
    assert both & PROMISES.keys() == PROMISES.keys()
    assert not set(ids(checked.stdout)) & set(ids(other.stdout))


def test_what_is_not_checked_is_listed_with_how_it_binds_and_why_each_must_first(batchproof):
    output = batchproof("rules", "--unchecked").stdout
    bindings = re.findall(r"^[A-Z]+-\d\d +(MUST|MAY|UNSPECIFIED|CONFLICTING) ", output, flags=re.MULTILINE)
    assert bindings == sorted(bindings, key=[modality.value for modality in Modality].index)
    assert bindings.count("MUST") == sum(PROMISES[each.id].modality is Modality.MUST for each in unchecked())
    assert re.search(r"^CANCEL-33 +MUST .* out of scope: shows in CloudTrail alone", output, flags=re.MULTILINE)
    for kind in set(Kind) - {Kind.CHECKED}:
        assert kind.value in output


def test_a_pattern_chooses_among_what_is_not_checked_in_small_letters_too(batchproof):
    found = ids(batchproof("rules", "--unchecked", "cancel-3*", "EMUL-01").stdout)
    assert found == [each.id for each in unchecked() if each.id.startswith("CANCEL-3") or each.id == "EMUL-01"]


def test_where_all_that_is_asked_for_is_checked_that_is_said(batchproof):
    assert answers()["CANCEL-07"].kind is Kind.CHECKED
    done = batchproof("rules", "--unchecked", "CANCEL-07")
    assert (done.returncode, done.stdout) == (0, "nothing of CANCEL-07 is unchecked\n")


def test_a_pattern_that_no_promise_has_is_no_word_of_comfort(batchproof):
    """Whoever mistypes one would believe that everything is checked."""
    done = batchproof("rules", "--unchecked", "cancel")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no promise is called cancel; did you mean 'CANCEL-*'?" in done.stderr


def test_explain_says_why_something_is_not_checked(batchproof):
    assert "checked   no; out of scope: shows in CloudTrail alone" in batchproof("explain", "CANCEL-33").stdout
    assert re.search(r"^ +by a rule \(holds-running\);", batchproof("explain", "CANCEL-07").stdout, flags=re.MULTILINE)


def test_the_help_teaches_it(batchproof):
    told = " ".join(batchproof("rules", "--help").stdout.split())
    assert "--unchecked" in told
    assert "With --unchecked, list the promises of AWS Batch that nothing checks, each MUST first, and why" in told
