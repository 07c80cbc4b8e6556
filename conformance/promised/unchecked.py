"""Why a promise is not checked, where no rule says how it is: written by hand, and only here.

What is not listed needs no reason: it is checked, or binds nobody (`checked.py` says which), or is a check that nobody has
written. A promise that an answer, a read, the gate, a log stream or a power of the kit could show is never called untestable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType


class Why(StrEnum):
    """The three ways of not being checked though it binds somebody."""

    NOT_YET = "not yet"
    UNTESTABLE = "not testable from outside"
    OUT_OF_SCOPE = "out of scope"


# fmt: off
_REASONS = (
    # What could be shown. A MUST without a line here is one of these too: the line says what would show it.
    (Why.NOT_YET, "a job has to be SUBMITTED for so long that a cancel meets it there", "CANCEL-02"),
    (Why.NOT_YET, "a read from STARTING on would have to show a task", "ST-06"),
    (Why.NOT_YET, "needs a container that never comes up, such as a command or an image that is not there", "ST-07"),
    (Why.NOT_YET, "needs a definition that is accepted and found invalid only when its job is to start", "ST-14"),
    (Why.NOT_YET, "needs a job whose host is lost, and its flags and reason", "TERM-30"),
    (Why.NOT_YET, "needs the longest timeout that can be said, and a clock put forward for a job without one", "TO-08"),
    (Why.NOT_YET, "needs a multi-node job in a queue that has only an UNMANAGED, Spot or Fargate environment", "MNP-10"),
    (Why.NOT_YET, "needs a queue that asks for an action for one of these reasons; whether it is refused is not said", "Q-15"),
    (Why.NOT_YET, "needs a dependency of a third type, and that it is refused", "DEP-21"),
    (Why.NOT_YET, "allowed as such; that no attempt is STARTING or RUNNING twice could be held against the gate's reports", "ST-17"),
    (Why.NOT_YET, "which comes first is open; that the statuses at the end are those of an array could be held", "BULK-14"),
    (Why.NOT_YET, "it may lag; that it agrees with the children after the end could be held in more arrays than ARR-08 and ARR-10 make", "ARR-09"),
    (Why.NOT_YET, "that a filter brings the newest first is in both texts, and could be held", "LIST-08"),

    # What nothing that a service shows could speak against.
    (Why.UNTESTABLE, "it says what a job may still show after the answer, and a container may outlive its job (TERM-19): no read is against it", "TERM-05"),
    (Why.UNTESTABLE, "it says what a caller is to do with an answer, and no service can break it", "BULK-08 EVT-05"),
    (Why.UNTESTABLE, "it says what cannot be asked for: there is no request that would show it", "DEP-22"),
    (Why.UNTESTABLE, "it says that no order is promised, so no order is against it", "MNP-03 Q-09"),
    (Why.UNTESTABLE, "it says how whoever reads reasons has to match them", "ENV-13"),

    # What would need an eye or a hand that the kit does not have.
    (Why.OUT_OF_SCOPE, "shows in EventBridge events alone, and the kit has no power that brings it any", "CANCEL-32 EVT-01 EVT-02 EVT-06 EVT-07 EVT-09"),
    (Why.OUT_OF_SCOPE, "shows in CloudTrail alone, and the kit has no power that brings it records", "CANCEL-33 EVT-10 EVT-11"),
    (Why.OUT_OF_SCOPE, "is about IAM permissions: the kit calls with one caller's, and has no power to take any away", "CANCEL-36 TERM-29 BULK-10 DESC-04"),
    (Why.OUT_OF_SCOPE, "is about service jobs, which run on SageMaker: the kit submits none, and the model has no table of them yet",
     "SVC-01 SVC-02 SVC-04 SVC-05 SVC-06 SVC-07 SVC-08 SVC-09 SVC-12 SVC-14 SVC-15 SVC-17 SVC-18 SVC-19 SVC-20 SVC-21 SVC-22 Q-16 Q-25 Q-26"),
    (Why.OUT_OF_SCOPE, "needs a managed compute environment whose hosts are exchanged by an update: the kit has no power over hosts that a service makes", "RETRY-32 Q-19"),
    (Why.OUT_OF_SCOPE, "is about one emulator as it was seen, and no promise of the service: what it gets wrong is found by the rules of what it breaks",
     "BULK-18 EMUL-01 EMUL-02 EMUL-03 EMUL-04 EMUL-05 EMUL-06 EMUL-07 EMUL-08 EMUL-09 EMUL-10"),
    (Why.OUT_OF_SCOPE, "is about the library that calls, and no service can break it", "ERR-08"),
)
# fmt: on


def _by_id() -> Iterator[tuple[str, tuple[Why, str]]]:
    for why, reason, ids in _REASONS:
        for id in ids.split():
            yield id, (why, reason)


REASONS: Mapping[str, tuple[Why, str]] = MappingProxyType(dict(_by_id()))
"""By the id of a promise: which of the three it is, and why, in words."""
assert len(REASONS) == sum(1 for _ in _by_id()), "a promise has two reasons"
