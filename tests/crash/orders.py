"""What is submitted while processes are killed: what runs, in which form, after what, and who is stopped.

Each attempt appends `begin TIME` and, unless it is killed, `end CODE TIME` to a file of its own, so that its file says
whether it ran twice, when, and how it ended, whatever the server believes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BEGIN = 'f="$RUNS/$AWS_BATCH_JOB_ID.$AWS_BATCH_JOB_ATTEMPT"; echo begin $EPOCHREALTIME >> "$f"; '
ENDS = 'echo end $c $EPOCHREALTIME >> "$f"; exit $c'
WORKER = '[ "$AWS_BATCH_JOB_NODE_INDEX" = "$AWS_BATCH_JOB_MAIN_NODE_INDEX" ] || '
STEPS_ASIDE = WORKER + "exec sleep 600; "
# It waits until they have left its session: those that have not end with it in any case.
AWAY = "(setsid sh -c ': > away; sleep 300 & sleep 300' &); until [ -e away ]; do sleep 0.01; done; "


@dataclass(frozen=True)
class Kind:
    """What one process does. `stopped`: it ends only when it is terminated."""

    script: str
    attempts: int = 1
    stopped: bool = False


KINDS = {
    "succeeds": Kind(BEGIN + "c=0; " + ENDS),
    "fails": Kind(BEGIN + "c=7; " + ENDS, attempts=2),
    "third time": Kind(BEGIN + "sleep 0.05; [ $AWS_BATCH_JOB_ATTEMPT = 3 ] && c=0 || c=9; " + ENDS, attempts=3),
    "sleeps": Kind(BEGIN + "sleep 0.$((RANDOM % 8)); c=3; " + ENDS, attempts=2),
    "takes a moment": Kind(BEGIN + "sleep 0.2; c=0; " + ENDS, attempts=2),
    "leaves strays": Kind(BEGIN + AWAY + "c=0; " + ENDS),
    "obeys a stop": Kind(BEGIN + "exec sleep 600", attempts=2, stopped=True),
    "ignores a stop": Kind(BEGIN + "trap '' TERM; setsid sleep 600 & while :; do sleep 0.1; done", 2, stopped=True),
    "exits 0 on a stop": Kind(BEGIN + f"trap 'c=0; {ENDS}' TERM; while :; do sleep 0.1; done", 2, stopped=True),
    "odd ones fail": Kind(BEGIN + "c=$((AWS_BATCH_JOB_ARRAY_INDEX % 2 * 5)); sleep 0.1; " + ENDS, attempts=2),
    "each the second time": Kind(BEGIN + "[ $AWS_BATCH_JOB_ATTEMPT = 2 ] && c=0 || c=4; sleep 0.1; " + ENDS, 2),
    "breaks the row": Kind(BEGIN + "[ $AWS_BATCH_JOB_ARRAY_INDEX = 1 ] && c=8 || c=0; " + ENDS),
    "main succeeds": Kind(BEGIN + STEPS_ASIDE + "sleep 0.2; c=0; " + ENDS),
    "main succeeds at last": Kind(BEGIN + STEPS_ASIDE + "[ $AWS_BATCH_JOB_ATTEMPT = 2 ] && c=0 || c=6; " + ENDS, 2),
    "workers die": Kind(BEGIN + WORKER + f"{{ c=5; {ENDS}; }}; sleep 0.2; c=0; " + ENDS),
}

Form = Literal["job", "array", "nodes"]


@dataclass(frozen=True)
class Halt:
    """A CancelJob or TerminateJob, up to `within_s` after the submission. `whole`: not of one child, but of all."""

    operation: Literal["canceljob", "terminatejob"]
    within_s: float
    whole: bool = True


AT_ONCE_S, SOON_S, LATER_S = 0.05, 0.5, 3.0


@dataclass(frozen=True)
class Order:
    """
    One thing to submit. `weight` is how often it is chosen; `after` are orders that are submitted before it unless one
    of the same sort has just been; `crowded`: in a queue in which jobs wait for room.
    """

    kind: str
    weight: int = 0
    form: Form = "job"
    after: tuple[Order, ...] = ()
    n_to_n: bool = False
    sequential: bool = False
    crowded: bool = False
    halts: tuple[Halt, ...] = ()


def _terminated(within_s: float = LATER_S) -> tuple[Halt]:
    return (Halt("terminatejob", within_s),)


def _cancelled(within_s: float = SOON_S) -> tuple[Halt]:
    return (Halt("canceljob", within_s),)


_GOOD, _BAD = Order("takes a moment"), Order("fails")
_GOOD_ARRAY, _BAD_ARRAY = Order("each the second time", form="array"), Order("odd ones fail", form="array")

ORDERS = (
    Order("succeeds", 8),
    Order("fails", 6),
    Order("third time", 6),
    Order("sleeps", 6),
    Order("leaves strays", 6),
    Order("takes a moment", 6, crowded=True),
    # What runs is stopped, or a cancel leaves it running.
    Order("obeys a stop", 5, halts=_terminated()),
    Order("ignores a stop", 5, halts=_terminated()),
    Order("exits 0 on a stop", 5, halts=_terminated()),
    Order("sleeps", 5, halts=_cancelled()),
    # What waits is stopped: for room, for others.
    Order("takes a moment", 5, crowded=True, halts=_cancelled(AT_ONCE_S)),
    Order("takes a moment", 4, crowded=True, halts=_terminated(AT_ONCE_S)),
    Order("succeeds", 4, after=(_GOOD,), halts=_cancelled(AT_ONCE_S)),
    Order("succeeds", 4, after=(_GOOD,), halts=_terminated(AT_ONCE_S)),
    # Dependencies.
    Order("succeeds", 5, after=(_GOOD,)),
    Order("succeeds", 3, after=(_BAD,)),
    Order("succeeds", 3, after=(_GOOD, _BAD)),
    Order("third time", 3, after=(_GOOD_ARRAY, _GOOD)),
    Order("succeeds", 3, after=(_BAD_ARRAY,)),
    Order("takes a moment", 2, after=(Order("main succeeds at last", form="nodes"),)),
    # Arrays.
    Order("odd ones fail", 4, form="array"),
    Order("each the second time", 3, form="array", after=(_GOOD,)),
    Order("succeeds", 2, form="array", after=(_BAD,)),
    Order("takes a moment", 4, form="array", sequential=True),
    Order("breaks the row", 3, form="array", sequential=True),
    Order("takes a moment", 4, form="array", n_to_n=True, after=(_GOOD_ARRAY,)),
    Order("succeeds", 4, form="array", n_to_n=True, after=(_BAD_ARRAY,)),
    Order("obeys a stop", 3, form="array", halts=_terminated()),
    Order("ignores a stop", 2, form="array", halts=_terminated()),
    Order("each the second time", 3, form="array", halts=_cancelled()),
    Order("takes a moment", 3, form="array", crowded=True, halts=_cancelled(AT_ONCE_S)),
    Order("each the second time", 3, form="array", halts=(Halt("canceljob", SOON_S, whole=False),)),
    Order("obeys a stop", 3, form="array", halts=(Halt("terminatejob", SOON_S, whole=False), *_terminated())),
    # Several nodes.
    Order("main succeeds", 3, form="nodes"),
    Order("main succeeds at last", 4, form="nodes"),
    Order("workers die", 2, form="nodes"),
    Order("obeys a stop", 3, form="nodes", halts=_terminated()),
    Order("main succeeds at last", 2, form="nodes", crowded=True, halts=_cancelled(AT_ONCE_S)),
    Order("main succeeds", 2, form="nodes", after=(_GOOD,)),
)
