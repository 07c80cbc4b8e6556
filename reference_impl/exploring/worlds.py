"""The worlds that are explored: small ones whenever the tests run, larger ones when there is time."""

from __future__ import annotations

from ..deciding.records import Group, Nodes
from .world import FINAL_CODE, World, job

ALL_CODES = (0, 1, FINAL_CODE)

_AGAIN = job("a", attempts=2)
_DEPENDENT = job("b", depends_on=("a",))
_NODES = Nodes(2, 0, (Group(":", ("true",), {}, {}, 1000),))


def both(*jobs: str) -> tuple[tuple[str, str], ...]:
    """A cancel and a terminate of each of these jobs."""
    return tuple((request, name) for name in jobs for request in ("cancel", "terminate"))


SMALL = (
    World("a job, a full queue", (_AGAIN,), both("a"), ALL_CODES, room=False, turns=2, crashes=1),
    World("a job, two inputs at once", (_AGAIN,), both("a"), room=False, turns=1, crashes=1, ahead=2),
    World(
        "a job, and what breaks", (_AGAIN,), (*both("a"), ("lose_host", "a")), failed_starts=1, lost_hosts=1, crashes=1
    ),
    World("a job with a timeout", (job("a", attempts=2, timeout_s=60),), both("a"), crashes=1),
    World("a job that is refused late", (job("a", late_refusal="no"), _DEPENDENT), crashes=1),
    World("a dependency", (_AGAIN, _DEPENDENT), both("a", "b"), crashes=1),
    World("a deleted queue", (_AGAIN, _DEPENDENT), (("cancel", "b"),), crashes=1, deletes_queue=True),
    World("an array and its dependent", (job("a", attempts=2, array_size=2), _DEPENDENT), both("a"), crashes=1),
    World("a multi-node job", (job("a", attempts=2, nodes=_NODES),), both("a"), vcpus=2, crashes=1),
)
"""With one crash each, between any two effects."""

LARGE = (
    World("two jobs for one place", (_AGAIN, job("b", attempts=2)), both("a"), turns=1, crashes=1),
    World("two jobs, two places", (_AGAIN, job("b", attempts=2)), both("a", "b"), vcpus=2, crashes=1),
    World("a job, two inputs at once, two crashes", (_AGAIN,), both("a"), turns=1, crashes=2, ahead=2),
    World("a job of three attempts, two crashes", (job("a", attempts=3),), both("a"), ALL_CODES, turns=1, crashes=2),
    World("a dependency, two inputs at once", (job("a"), _DEPENDENT), both("a", "b"), crashes=1, ahead=2),
    World("a dependency, two crashes", (_AGAIN, _DEPENDENT), both("b"), crashes=2),
    World("what breaks, two crashes", (_AGAIN,), both("a"), failed_starts=1, lost_hosts=2, crashes=2),
)
"""What takes minutes."""
