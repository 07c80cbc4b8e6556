"""What an answer means is decided once: a judgement of the request, or something that came between the two."""

from __future__ import annotations

import json

import pytest
from msgspec import Raw

from batchproof.conformance.judging.answers import Meaning, meaning, told
from batchproof.conformance.judging.happenings import Failed, Got


def got(status: int, code: str = "", body: object = None) -> Got:
    """An answer as the wire records it: boto3 takes the status for a code where the service gives none."""
    return Got(number=1, status=status, code=code, body=Raw(json.dumps(body if body is not None else {}).encode()))


SAYS = {"message": "it cannot be"}
JUDGED = [
    (400, "ClientException"),
    (400, "ValidationException"),
    (404, "ClientException"),
    (400, "InvalidParameterValue"),
    (400, "ResourceNotFoundException"),
    (409, "ConflictException"),
    (400, "BadRequestException"),
]
THROTTLED = [
    (429, "429"),
    (429, "TooManyRequestsException"),
    (400, "ThrottlingException"),
    (400, "Throttling"),
    (503, "RequestLimitExceeded"),
    (503, "SlowDown"),
    (400, "ServiceQuotaExceededException"),
]
DENIED = [
    (403, "AccessDeniedException"),
    (403, "403"),
    (400, "ExpiredTokenException"),
    (400, "UnrecognizedClientException"),
    (403, "InvalidSignatureException"),
    (403, "SignatureDoesNotMatch"),
    (403, "InvalidClientTokenId"),
    (400, "MissingAuthenticationTokenException"),
    (403, "RequestTimeTooSkewed"),
    (401, "UnauthorizedException"),
]
FAULTS = [
    (500, "500"),
    (500, "ServerException"),
    (502, "502"),
    (503, "ServiceUnavailable"),
    (504, "504"),
    (400, "InternalFailure"),
    (400, "SomethingElse"),
    (408, "RequestTimeoutException"),
    (302, "302"),
]


@pytest.mark.parametrize(("status", "code"), JUDGED)
def test_a_refusal_of_the_request_is_a_judgement(status, code):
    """Only such an answer counts for a verdict; emulators have other words for it than AWS."""
    assert meaning(got(status, code, SAYS), operation_answers=True) is Meaning.REFUSED


@pytest.mark.parametrize(("status", "code"), THROTTLED)
def test_throttling_judges_nothing_and_did_nothing(status, code):
    """One 429 in ten made false accusations of three rules, and false passes of others."""
    says = meaning(got(status, code, SAYS))
    assert says is Meaning.THROTTLED
    assert says.without_effect
    assert not says.judged


@pytest.mark.parametrize(("status", "code"), DENIED)
def test_a_missing_or_expired_permission_judges_nothing(status, code):
    """The caller may not ask: what he would have been told, nobody knows."""
    assert meaning(got(status, code, SAYS)) is Meaning.DENIED


@pytest.mark.parametrize(("status", "code"), FAULTS)
def test_a_fault_may_have_taken_effect(status, code):
    """A 500 after a TerminateJob was called "no effect", and the stop that followed a divergence."""
    says = meaning(got(status, code, SAYS))
    assert says is Meaning.FAULT
    assert not says.without_effect


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (got(501, "501"), Meaning.ABSENT),
        (got(400, "UnknownOperationException", SAYS), Meaning.ABSENT),
        (got(400, "InvalidAction", SAYS), Meaning.ABSENT),
        (got(404, "404"), Meaning.ABSENT),
        (got(405, "405"), Meaning.ABSENT),
        (Got(number=1, status=404, code="404", body=Raw(b'"<html>Not Found</html>"')), Meaning.ABSENT),
    ],
)
def test_a_missing_operation_is_told_from_a_refusal(answer, wanted):
    """What is not there is NOT_SUPPORTED, and no divergence."""
    assert meaning(answer) is wanted


def test_a_404_of_an_operation_that_has_answered_is_an_answer():
    """TerminateJob of an unknown id breaks TERM-17 by it; no operation is absent that was there a moment ago."""
    assert meaning(got(404, "ClientException", SAYS), operation_answers=True) is Meaning.REFUSED
    assert meaning(got(404, "ClientException", SAYS), operation_answers=False) is Meaning.ABSENT


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (None, Meaning.FAULT),
        (Failed(number=1, failure="ConnectionClosedError", why="closed"), Meaning.FAULT),
        (Failed(number=1, failure="ReadTimeoutError", why="timeout"), Meaning.FAULT),
        (Failed(number=1, failure="EndpointConnectionError", why="refused"), Meaning.UNSENT),
        (Failed(number=1, failure="NoCredentialsError", why="none"), Meaning.UNSENT),
        (Got(number=1, status=200, unreadable="ResponseParserError()"), Meaning.FAULT),
        (Got(number=1, status=400, code="400", body=Raw(b'"<html>Bad Request</html>"')), Meaning.FAULT),
        (got(400, "400", {"message": "jobName is missing"}), Meaning.REFUSED),
        (got(200), Meaning.DONE),
    ],
)
def test_what_never_came_and_what_nobody_can_read_is_no_judgement(answer, wanted):
    """A proxy's page is not the service's word; a JSON message without a code is."""
    assert meaning(answer) is wanted


def test_an_answer_is_told_in_the_services_own_words():
    """A report shows them to the person whose service it is."""
    assert told(got(400, "ClientException", {"message": "no [/a-z] here"})) == "400 ClientException: no [/a-z] here"
    assert told(None) == "no answer"
