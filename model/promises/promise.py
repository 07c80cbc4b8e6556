"""What a promise is: one rule about what AWS Batch does, how sure it is, who says so and how it shows.

How sure: `MUST` is documented, or follows directly from what is; `MAY` is legal and not required; where no page says
what happens (`UNSPECIFIED`) every outcome that a rule lists is allowed; where two pages disagree (`CONFLICTING`) each
is. A confidence is H (read in a current AWS text or in the service model), M (derived from such a text, or reported by
users of the service) or L (one weak or old source). No rule was tested on a real AWS account.

How it shows: D a field of DescribeJobs, L of ListJobs, E an EventBridge event, T a CloudTrail record, C seen inside
the container, Q DescribeJobQueues or GetJobQueueSnapshot, S DescribeServiceJob or ListServiceJobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Modality(Enum):
    """How binding a promise is."""

    MUST = "MUST"
    MAY = "MAY"
    UNSPECIFIED = "UNSPECIFIED"
    CONFLICTING = "CONFLICTING"


@dataclass(frozen=True, slots=True)
class Promise:
    """
    One rule. `sources` are keys of `model.sources.find`, or plain words where there is no page.

    >>> from batchproof.model.promises import PROMISES
    >>> PROMISES["CANCEL-07"].says
    'A RUNNING job is not cancelled; its container gets no signal.'
    >>> PROMISES["CANCEL-07"].theme
    'CANCEL'
    """

    id: str
    modality: Modality
    confidence: Literal["H", "M", "L"]
    says: str
    sources: tuple[str, ...]
    observed_by: str = ""

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
