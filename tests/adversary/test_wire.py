"""What modes see of a message, and how a changed one is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from batchproof.conformance.adversary.exchange import Answer
from batchproof.conformance.adversary.wire import (
    RawAnswer,
    RawRequest,
    answer_of,
    header,
    raw_answer,
    raw_request,
    request_of,
)

HEADERS = ((b"Host", b"a"), (b"content-length", b"17"), (b"X-Odd", b"1"))
LIST = RawRequest(b"POST", b"/v1/listjobs", HEADERS, b'{"jobQueue": "q"}')


def test_a_request_that_is_not_changed_goes_on_as_it_came():
    request = request_of(LIST)
    assert raw_request(request) is LIST


def test_a_changed_request_has_the_length_of_its_new_body_and_its_other_headers():
    request = request_of(LIST)
    changed = raw_request(replace(request, asked={"jobQueue": "another"}))
    assert changed.body == b'{"jobQueue": "another"}'
    assert changed.headers == ((b"Host", b"a"), (b"X-Odd", b"1"), (b"Content-Length", b"23"))


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        (b"POST", b"/v1/listjobs", "ListJobs"),
        (b"POST", b"/v1/listjobs?x=y", "ListJobs"),
        (b"GET", b"/v1/tags/arn%3Aaws%3Abatch", "ListTagsForResource"),
        (b"DELETE", b"/v1/tags/arn?tagKeys=a", "UntagResource"),
        (b"GET", b"/v1/listjobs", None),
        (b"POST", b"/v1/listjobs/", None),
        (b"POST", b"/", None),
    ],
)
def test_the_operation_is_told_by_method_and_path(method, target, operation):
    request = request_of(replace(LIST, method=method, target=target))
    assert (request and request.operation) == operation


def test_who_signed_is_told_by_the_credential():
    scope = b"AWS4-HMAC-SHA256 Credential=AKIA1/20261124/eu-west-1/batch/aws4_request, SignedHeaders=host, Signature=0"
    assert request_of(replace(LIST, headers=(*HEADERS, (b"AUTHORIZATION", scope)))).credential == "AKIA1"
    assert request_of(LIST).credential == ""


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"7", b"[" * 100_000])
def test_a_body_that_is_no_json_object_says_nothing(body):
    assert answer_of(RawAnswer(200, b"OK", (), body)).said is None
    assert request_of(replace(LIST, body=body)).asked == {}


@pytest.mark.parametrize("encoding", [b"br", b"gzip"])
def test_a_body_that_cannot_be_unpacked_says_nothing(encoding):
    assert answer_of(RawAnswer(200, b"OK", ((b"Content-Encoding", encoding),), b'{"jobs": []}')).said is None


def test_odd_text_survives():
    """Half of a pair of UTF-16, and what is no ASCII."""
    answer = answer_of(RawAnswer(200, b"OK", (), b'{"a": "\\ud800 \\u00e9 \xc3\xa9"}'))
    again = answer_of(raw_answer(answer.saying(b=1)))
    assert again.said == {"a": "\ud800 é é", "b": 1}


def test_an_answer_of_a_modes_own_has_a_date_and_a_length():
    raw = raw_answer(Answer(429, {"message": "x"}, (("Content-Type", "application/json"),)))
    assert header(raw.headers, b"content-length") == b"16"
    assert header(raw.headers, b"date")
