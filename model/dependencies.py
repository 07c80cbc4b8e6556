"""Who waits for whom: what the entries of `dependsOn` ask for, and what the end of a dependency means.

Source  SubmitJob in the API, "Job dependencies" and "Array jobs" in the user guide (DEP-01 to DEP-20).

An entry with a job id and no type is plain: it waits for the whole job, which for an array is all of its children
(DEP-18). Real jobs show an id together with SEQUENTIAL used in the same way (DEP-17). SEQUENTIAL without an id puts the
children of this array in order (DEP-12), N_TO_N makes each child wait for the one of its own index elsewhere (DEP-14).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .arrays import child_id
from .event import Event
from .limits import DEPENDENCIES, Violation
from .status import SUCCEEDED, Status

DEPENDENCY_FAILED = "Dependent Job failed"
"""statusReason of a job that fails because one that it depends on has failed (DEP-05)."""

TYPES = ("N_TO_N", "SEQUENTIAL")


@dataclass(frozen=True, slots=True)
class Waits:
    """
    What one `dependsOn` asks for.

    whole        jobs that must have succeeded before this one, or any of its children, may run; each once
    n_to_n       arrays of the same size: child i waits for child i of each (DEP-14)
    sequential   child i waits for child i - 1 (DEP-12)
    """

    whole: tuple[str, ...] = ()
    n_to_n: tuple[str, ...] = ()
    sequential: bool = False


def parse(entries: Iterable[Mapping[str, str]], *, array: bool, field: str = "dependsOn") -> Waits:
    """
    The entries of a request. Whether their jobs exist is for the service to say.

    Raises Violation, which names the entry, what it asks for, and what that needs.

    >>> parse([{"jobId": "a"}, {"jobId": "b", "type": "SEQUENTIAL"}, {"jobId": "a"}], array=False)
    Waits(whole=('a', 'b'), n_to_n=(), sequential=False)
    >>> parse([{"type": "SEQUENTIAL"}, {"jobId": "c", "type": "N_TO_N"}], array=True)
    Waits(whole=(), n_to_n=('c',), sequential=True)
    >>> parse([{"type": "SEQUENTIAL"}], array=False)
    Traceback (most recent call last):
    ...
    batchproof.model.limits.Violation: dependsOn[0].type is SEQUENTIAL without a jobId: it orders the children of an array job, and this is none
    """
    entries = list(entries)
    try:
        DEPENDENCIES.check(len(entries), field)
    except Violation as violation:  # with the service's own words (DEP-01)
        raise Violation(f"Job cannot have more than {DEPENDENCIES.high} dependencies: {violation}") from None
    whole: dict[str, None] = {}
    n_to_n: dict[str, None] = {}
    sequential = False
    for index, entry in enumerate(entries):
        at, job_id, kind = f"{field}[{index}]", entry.get("jobId"), entry.get("type")
        if kind is not None and kind not in TYPES:
            raise Violation(f"{at}.type is {kind[:100]!r}: it must be one of {', '.join(TYPES)}")
        if job_id == "":
            raise Violation(f"{at}.jobId is an empty text: at least 1 character is needed")
        if kind == "SEQUENTIAL" and job_id is None:
            if not array:
                raise Violation(
                    f"{at}.type is SEQUENTIAL without a jobId: it orders the children of an array job, and this is none"
                )
            sequential = True
        elif job_id is None:
            raise Violation(f"{at}.jobId is required, and it is absent")
        elif kind == "N_TO_N":
            if not array:
                raise Violation(f"{at}.type is N_TO_N: it is about the children of an array job, and this is none")
            n_to_n[job_id] = None
        else:
            whole[job_id] = None
    return Waits(tuple(whole), tuple(n_to_n), sequential)


def of_child(waits: Waits, parent_id: str, index: int) -> tuple[str, ...]:
    """
    The jobs that one child of an array waits for, once its parent waits for nothing any more.

    >>> waits = Waits(whole=("a",), n_to_n=("b", "c"), sequential=True)
    >>> of_child(waits, "p", 0), of_child(waits, "p", 2)
    (('b:0', 'c:0'), ('p:1', 'b:2', 'c:2'))
    """
    before = (child_id(parent_id, index - 1),) if waits.sequential and index else ()
    return (*before, *(child_id(other, index) for other in waits.n_to_n))


def met(statuses: Iterable[Status]) -> bool:
    """
    Whether these dependencies let a job run: only when all have succeeded (DEP-02, DEP-08, DEP-13).

    >>> met([]), met([Status.SUCCEEDED]), met([Status.SUCCEEDED, Status.RUNNING]), met([Status.FAILED])
    (True, True, False, False)
    """
    return all(status is SUCCEEDED for status in statuses)


def event(*, failed: bool, outstanding: bool, removal_accepted: bool) -> Event | None:
    """
    The event of the table that the state of a job's dependencies is, None while it has to wait.

    One failure is enough (DEP-03), and we act on the first (DEP-06 leaves that open). A job whose cancel was accepted
    ends only when all that it waits for has ended (CANCEL-04). So a failure travels: what fails here is the failed
    dependency of the next (DEP-04).

    >>> event(failed=True, outstanding=True, removal_accepted=False).value
    'dependency_failed'
    >>> event(failed=True, outstanding=True, removal_accepted=True)
    >>> event(failed=False, outstanding=False, removal_accepted=True).value
    'dependencies_met'
    """
    if outstanding and (removal_accepted or not failed):
        return None
    return Event.DEPENDENCY_FAILED if failed else Event.DEPENDENCIES_MET
