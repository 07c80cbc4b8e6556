"""The steps of a history, as values: what Hypothesis draws, what a case file holds, and what a player carries out.

A step names the jobs that it is about by the names that earlier steps gave them. None depends on what a service
answered: where a step does not apply any more, it does nothing, so any of them may be left out of a history.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from ...model.event import Event
from ...model.status import STARTING, Status
from ..payload import OnSigterm

# What a step of a case file may say: it comes from anywhere, and does no more than one that was drawn.
JobName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}(:[0-9]{1,4})?\Z")]
"""Of a job, or `a:0` of a child of an array."""

Attempts = Annotated[int, Meta(ge=1, le=10)]
Code = Annotated[int, Meta(ge=0, le=255)]
Milliseconds = Annotated[int, Meta(ge=0, le=60_000)]
Request = Annotated[str, Meta(pattern=r"^(cancel|terminate)\Z")]
Place = Annotated[str, Meta(pattern=rf"^({'|'.join(Status)})\Z")]


class _Step(Struct, frozen=True, tag_field="step", omit_defaults=True, forbid_unknown_fields=True):
    pass


class Submit(_Step, frozen=True, tag="submit", kw_only=True):
    """
    SubmitJob of a job that the gate holds, where there is one.

    attempts    retryStrategy.attempts; None sends no strategy
    exits_stop  whether its strategy has an entry by which exit code 9 is not tried again
    needs       the jobs that it depends on
    narrow      whether it goes to the queue that has room for one job
    on_sigterm  what an attempt does with a SIGTERM
    ends        the codes with which its attempts end when nothing else was said of them
    """

    name: JobName
    attempts: Attempts | None = None
    exits_stop: bool = False
    needs: Annotated[tuple[JobName, ...], Meta(max_length=20)] = ()
    narrow: bool = False
    on_sigterm: OnSigterm = OnSigterm.DIE
    ends: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=10)] = (0,)


class SubmitArray(_Step, frozen=True, tag="submit-array", kw_only=True):
    """
    SubmitJob of an array whose children the gate holds.

    sequential   each child waits for the one before it
    after        N_TO_N: each child waits for the child of this array that has its index
    """

    name: JobName
    size: Annotated[int, Meta(ge=2, le=100)] = 2
    sequential: bool = False
    after: JobName = ""


class Ask(_Step, frozen=True, tag="ask"):
    """CancelJob or TerminateJob of a job, or of a whole array; in bulk of several jobs."""

    request: Request
    jobs: Annotated[tuple[JobName, ...], Meta(min_length=1, max_length=100)]
    bulk: bool = False


class Release(_Step, frozen=True, tag="release"):
    """Let the attempt that is held end with a code: once it is there, where nothing keeps it from coming."""

    job: JobName
    code: Code


class Until(_Step, frozen=True, tag="until"):
    """
    Wait until a job is seen in a status, and for an attempt to be at the gate where it is RUNNING.

    attempt   which attempt that has to be, at least
    """

    job: JobName
    status: Place
    attempt: Attempts = 1


class Pause(_Step, frozen=True, tag="pause"):
    """Let some time pass."""

    ms: Milliseconds


class Close(_Step, frozen=True, tag="close"):
    """Let nothing more be placed from the narrow queue."""


class Open(_Step, frozen=True, tag="open"):
    """Let jobs be placed from it again."""


class Settle(_Step, frozen=True, tag="settle"):
    """Give the service all the time that it is allowed for what is due of a job, and see where the job stays."""

    job: JobName


class Look(_Step, frozen=True, tag="look"):
    """DescribeJobs of one job."""

    job: JobName


class List(_Step, frozen=True, tag="list"):
    """ListJobs for one job, with the status that it was seen in last."""

    job: JobName


class Together(_Step, frozen=True, tag="together"):
    """Several callers at once, each with a client of its own: its delay in milliseconds, and what it does then."""

    branches: Annotated[tuple[tuple[Milliseconds, Ask | Release | Look], ...], Meta(min_length=1, max_length=20)]


Step: TypeAlias = Submit | SubmitArray | Ask | Release | Until | Settle | Pause | Close | Open | Look | List | Together


class History(Struct, frozen=True, omit_defaults=True):
    """
    The steps of a history in turn.

    begins   how many of them lead to where it begins
    """

    steps: tuple[Step, ...]
    begins: int = 0

    @property
    def begins_at(self) -> Step | None:
        """The step by which it has come to where it begins, where that is a place at which a job is held."""
        return next((step for step in reversed(self.steps[: self.begins]) if isinstance(step, Until)), None)


REQUESTS = (str(Event.CANCEL), str(Event.TERMINATE))
CODES = (0, 1, 9)
"""How attempts end: well, badly, and in the way that `exits_stop` does not try again."""

NOT_AGAIN = {"action": "EXIT", "onExitCode": "9"}


def names(step: Step) -> frozenset[str]:
    """
    The jobs that a step is about.

    >>> sorted(names(Submit(name="c", needs=("a", "b"))))
    ['a', 'b', 'c']
    """
    match step:
        case Submit(name=name, needs=needs):
            return frozenset({name, *needs})
        case SubmitArray(name=name, after=after):
            return frozenset({name, after} - {""})
        case Ask(jobs=jobs):
            return frozenset(jobs)
        case Release(job=job) | Until(job=job) | Settle(job=job) | Look(job=job) | List(job=job):
            return frozenset({job})
        case Together(branches=branches):
            return frozenset().union(*(names(inner) for _, inner in branches))
        case Pause() | Close() | Open():
            return frozenset()


def on_the_way(steps: Iterable[Step]) -> int:
    """
    How many requests may meet a job on its way: since it was submitted or let go nobody has waited for it to be anywhere.

    Which of them comes first is up to the service and to the machine, and so may be what a history shows.

    >>> a, cancel = Submit(name="a"), Ask("cancel", ("a",))
    >>> on_the_way((a, cancel)), on_the_way((a, Until("a", "STARTING"), cancel)), on_the_way((a, Until("a", "RUNNING"), cancel))
    (1, 1, 0)
    """
    held: set[str] = set()
    found = 0
    for step in steps:
        match step:
            case Until(job=job, status=status) if status != STARTING:
                held.add(job)
            case Settle(job=job):
                held.add(job)
            case Ask(jobs=jobs):
                found += not held.issuperset(jobs)
            case Together():
                found += 1
            case Release(job=job):
                held.discard(job)
            case Open():
                held.clear()
    return found


def told(step: Step) -> str:
    """
    A step as a line for people.

    >>> told(Submit(name="a", attempts=3, exits_stop=True, needs=("b",)))
    'submit a: 3 attempts, 9 is not tried again, after b'
    >>> told(Together(((0, Ask("cancel", ("a",))), (5, Ask("terminate", ("a", "b"), bulk=True)))))
    'at once: cancel a | after 5 ms terminate a and b in bulk'
    """
    match step:
        case Submit():
            return _submitted(step)
        case SubmitArray(name=name, size=size, sequential=sequential, after=after):
            how = ", one after the other" if sequential else f", each after its fellow of {after}" if after else ""
            return f"submit {name}: an array of {size}{how}"
        case Ask(request=request, jobs=jobs, bulk=bulk):
            return f"{request} {' and '.join(jobs)}{' in bulk' if bulk else ''}"
        case Release(job=job, code=code):
            return f"let {job} exit {code}"
        case Until(job=job, status=status, attempt=attempt):
            return f"wait until {job} is {status}{f', in attempt {attempt}' if attempt > 1 else ''}"
        case Settle(job=job):
            return f"give {job} all the time that it is allowed"
        case Pause(ms=ms):
            return f"wait {ms} ms"
        case Close():
            return "let nothing more be placed in the narrow queue"
        case Open():
            return "let jobs be placed in the narrow queue again"
        case Look(job=job):
            return f"look at {job}"
        case List(job=job):
            return f"list {job}"
        case Together(branches=branches):
            return "at once: " + " | ".join(
                f"{f'after {delay_ms} ms ' if delay_ms else ''}{told(inner)}" for delay_ms, inner in branches
            )


def numbered(steps: Iterable[Step]) -> tuple[str, ...]:
    """
    Steps as numbered lines.

    >>> numbered((Submit(name="a"), Ask("cancel", ("a",))))
    ('1. submit a', '2. cancel a')
    """
    return tuple(f"{number}. {told(step)}" for number, step in enumerate(steps, start=1))


def _submitted(step: Submit) -> str:
    said = []
    if step.attempts:
        said.append(f"{step.attempts} attempt{'s' if step.attempts > 1 else ''}")
    if step.exits_stop:
        said.append("9 is not tried again")
    if step.on_sigterm is not OnSigterm.DIE:
        said.append("ignores SIGTERM" if step.on_sigterm is OnSigterm.IGNORE else "exits 0 on SIGTERM")
    if step.needs:
        said.append(f"after {' and '.join(step.needs)}")
    if step.narrow:
        said.append("in the narrow queue")
    if step.ends != (0,):
        said.append(f"ends with {' then '.join(map(str, step.ends))}")
    return f"submit {step.name}{': ' if said else ''}{', '.join(said)}"


def kind(step: Step) -> str:
    """
    The kind of a step, without names and times.

    >>> kind(Ask("cancel", ("a", "b"), bulk=True)), kind(Release("a", 9)), kind(Until("a", "RUNNING", 2))
    ('cancel in bulk', 'exit 9', 'until RUNNING in attempt 2')
    """
    match step:
        case Submit():
            strategy = f" {step.attempts}" if step.attempts else ""
            more = (("9", step.exits_stop), (step.on_sigterm.value, True), ("narrow", step.narrow))
            return f"submit{strategy} {' '.join(word for word, so in more if so)} needs {len(step.needs)}"
        case SubmitArray():
            how = " sequential" if step.sequential else " after" if step.after else ""
            return f"array of {step.size}{how}"
        case Ask(request=request, bulk=bulk):
            return f"{request} in bulk" if bulk else request
        case Release(code=code):
            return f"exit {code}"
        case Until(status=status, attempt=attempt):
            return f"until {status}{f' in attempt {attempt}' if attempt > 1 else ''}"
        case Pause():
            return "pause"
        case Close() | Open() | Settle() | Look() | List() | Together():
            return type(step).__name__.lower()


def name(step: Step) -> str:
    """
    What a person calls the step, in a list of what was done.

    >>> name(Submit(name="a", attempts=3)), name(Ask("cancel", ("a",)))
    ('submit', 'cancel')
    """
    match step:
        case Submit():
            return "submit"
        case SubmitArray():
            return "submit array"
        case Release():
            return "release"
        case Until():
            return "wait"
        case _:
            return kind(step)
