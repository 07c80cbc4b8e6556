"""What an answer means: the service's judgement of the request, or something that came between the two.

Decided here and nowhere else. Only a judgement counts for a verdict. Everything else is transport: throttling, a missing
permission, a fault of the service, a connection that was cut. Such a request may have taken effect, except where the
answer says that it was not even looked at.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

import msgspec

from .happenings import Failed, Got


class Meaning(Enum):
    """What came of a request."""

    DONE = "answered with success"
    REFUSED = "refused: the request was judged"
    ABSENT = "there is no such operation"
    THROTTLED = "not looked at: too many requests"
    DENIED = "not looked at: the caller may not, or is not known"
    UNSENT = "never sent: there was no connection"
    FAULT = "no judgement: it may have taken effect, or not"

    @property
    def judged(self) -> bool:
        """Whether a verdict may rest on it."""
        return self in (Meaning.DONE, Meaning.REFUSED)

    @property
    def without_effect(self) -> bool:
        """Whether the request surely did nothing."""
        return self not in (Meaning.DONE, Meaning.FAULT)


THROTTLED = re.compile(r"throttl|toomanyrequests|requestlimit|slowdown|limitexceeded|quotaexceeded|bandwidth", re.I)
DENIED = re.compile(
    r"accessdenied|expired|signature|unrecognizedclient|invalidclienttokenid|authenticationtoken|credential|notauthorized"
    r"|unauthorized|authfailure|optin|skewed|forbidden",
    re.I,
)
UNSENT = frozenset(
    {"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError"}
    | {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "NoRegionError"}
)
"""boto3's exceptions for what happens before a request goes out."""
ABSENT = frozenset({"NotImplemented", "NotImplementedException", "UnknownOperationException", "InvalidAction"})
FAULTY = re.compile(r"internal|serverexception|serviceunavailable|unavailable|timeout|failure$", re.I)
JUDGING = re.compile(
    r"^(client|validation|invalid|resource|notfound|conflict|bad|malformed|missing|unknown|unsupported|param)", re.I
)
"""
ClientException and ValidationException are Batch's own words for a request that cannot be served; emulators have others
of this kind. A code of none of these kinds says nothing of the request.
"""


def meaning(answer: Got | Failed | None, *, operation_answers: bool = False) -> Meaning:
    """
    What an answer says. `operation_answers`: the same operation has judged a request before, so it is not absent.

    >>> meaning(Got(number=1, status=200)).name, meaning(None).name
    ('DONE', 'FAULT')
    >>> meaning(Got(number=1, status=400, code="ThrottlingException")).name
    'THROTTLED'
    >>> meaning(Got(number=1, status=404, code="404")).name, meaning(Got(number=1, status=404, code="404"), operation_answers=True).name
    ('ABSENT', 'FAULT')
    """
    if isinstance(answer, Failed) and answer.failure in UNSENT:
        return Meaning.UNSENT
    if not isinstance(answer, Got) or answer.unreadable:
        return Meaning.FAULT
    status, code = answer.status, answer.code
    if 200 <= status < 300 and not code:
        return Meaning.DONE if _is_object(answer) else Meaning.FAULT
    if status == 429 or THROTTLED.search(code):
        return Meaning.THROTTLED
    if code in ABSENT or status == 501:
        return Meaning.ABSENT
    if status in (401, 403, 407) or DENIED.search(code):
        return Meaning.DENIED
    if status in (404, 405) and not operation_answers:
        return Meaning.ABSENT
    if 400 <= status < 500 and status not in (408, 425) and _judges(answer):
        return Meaning.REFUSED
    return Meaning.FAULT


def of_item(code: str) -> Meaning:
    """
    What the code of one item says, among the errors of a bulk request.

    >>> [of_item(code).name for code in ("ClientException", "AccessDenied", "ThrottlingException", "ServerException")]
    ['REFUSED', 'DENIED', 'THROTTLED', 'FAULT']
    """
    if THROTTLED.search(code):
        return Meaning.THROTTLED
    if DENIED.search(code):
        return Meaning.DENIED
    return Meaning.REFUSED if JUDGING.match(code) and not FAULTY.search(code) else Meaning.FAULT


def _is_object(answer: Got) -> bool:
    """Whether a success is one of this protocol: a JSON object, or nothing at all. boto3 takes any page for an empty one."""
    return not isinstance(answer.body, msgspec.Raw) or bytes(answer.body).lstrip()[:1] == b"{"


def _judges(answer: Got) -> bool:
    """Whether an error speaks of the request: by its code, or as a message where it has none."""
    if FAULTY.search(answer.code):
        return False
    if answer.code.isdigit() or not answer.code:  # boto3 takes the status where the service gives no code
        body = content(answer)
        return isinstance(body, dict) and any(name.lower() == "message" for name in body)
    return JUDGING.match(answer.code) is not None


def content(answer: Got) -> Any:
    """The body of an answer as Python's JSON types; None where there is none."""
    return msgspec.json.decode(answer.body) if isinstance(answer.body, msgspec.Raw) else None


def told(answer: Got | Failed | None) -> str:
    """An answer in a few words, with the service's own."""
    if answer is None:
        return "no answer"
    if isinstance(answer, Failed):
        return f"{answer.failure}: {answer.why}"
    if answer.unreadable:
        return f"{answer.status}, and boto3 cannot read it: {answer.unreadable}"
    if answer.code in ("", str(answer.status)):  # boto3 gives the status where the answer names no error
        page = "" if _is_object(answer) else f", and no JSON object: {str(content(answer))[:60]!r}"
        return f"HTTP {answer.status}{page}"
    body = content(answer)
    said = next((str(body[name]) for name in body if name.lower() == "message"), "") if isinstance(body, dict) else ""
    return f"{answer.status} {answer.code}{f': {said}' if said else ''}"
