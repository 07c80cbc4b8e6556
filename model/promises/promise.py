"""What a promise is: one rule about what AWS Batch does, how sure it is, who says so and through what it shows.

No rule was tested on a real AWS account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from ..sources import Cited


class Modality(Enum):
    """How binding a promise is. `says` puts it into words."""

    MUST = "MUST"
    MAY = "MAY"
    UNSPECIFIED = "UNSPECIFIED"
    CONFLICTING = "CONFLICTING"

    @property
    def says(self) -> str:
        """
        What it means.

        >>> Modality.MAY.says
        'allowed, and not required'
        """
        return _BINDS[self]


_BINDS: Mapping[Modality, str] = {
    Modality.MUST: "documented, or it follows directly from what is",
    Modality.MAY: "allowed, and not required",
    Modality.UNSPECIFIED: "no page that was read says what happens, so each outcome is allowed",
    Modality.CONFLICTING: "documents disagree, and what any of them says is allowed unless a note decides",
}

Confidence = Literal["H", "M", "L"]

CONFIDENCE: Mapping[Confidence, str] = {
    "H": "high: read in a current text of AWS or in its service model",
    "M": "middling: derived from a text of AWS, or reported by users of the service",
    "L": "low: one weak or old source",
}
"""How sure a rule is, in words."""


class Seen(Enum):
    """Through what a rule shows itself."""

    ANSWER = "the answer itself"
    DESCRIBE_JOBS = "DescribeJobs"
    LIST_JOBS = "ListJobs"
    CONTAINER = "inside the container"
    EVENTS = "EventBridge events"
    CLOUDTRAIL = "CloudTrail records"
    QUEUES = "GetJobQueueSnapshot and DescribeJobQueues"
    SERVICE_JOBS = "DescribeServiceJob and ListServiceJobs"
    DEFINITIONS = "DescribeJobDefinitions"


@dataclass(frozen=True, slots=True)
class Promise:
    """
    One rule.

    says       the rule in a sentence or two
    sources    the places where it is written, best first; none where no page says what happens
    rests_on   ids of the rules that it follows from
    observed   through what it shows itself
    shows      what is to be seen there, where that does not go without saying
    notes      what a reader has to know besides: what was decided where documents disagree, how old a text is

    >>> from batchproof.model.promises import PROMISES
    >>> PROMISES["CANCEL-07"].says, PROMISES["CANCEL-07"].shows
    ('A RUNNING job is not cancelled; its container gets no signal.', 'no SIGTERM arrives, and the job runs on')
    >>> PROMISES["CANCEL-07"].theme
    'CANCEL'
    """

    id: str
    modality: Modality
    confidence: Confidence
    says: str
    sources: tuple[Cited, ...] = ()
    rests_on: tuple[str, ...] = ()
    observed: tuple[Seen, ...] = ()
    shows: str = ""
    notes: str = ""

    @property
    def theme(self) -> str:
        """The id without its number."""
        return self.id.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class Property:
    """
    A statement about whole lives that several promises make together.

    Safety (S) says what never happens. Liveness (L) says what happens in the end, if what it `assumes` holds.
    """

    id: str
    says: str
    rules: tuple[str, ...]
    assumes: str = ""
