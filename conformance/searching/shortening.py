"""Makes a failing history shorter: leaves out steps, and keeps what still fails, or what has to do with what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .step import Close, Open, Pause, Step, Submit, SubmitArray, names

Fails = Callable[[Sequence[Step]], bool]


def shorter(steps: Sequence[Step], fails: Fails, tries: int) -> tuple[tuple[Step, ...], int]:
    """
    The shortest part of a history that was found to fail still, and how many were tried.

    Ever smaller pieces are left out, as in delta debugging (Zeller, 2002); it ends when no single step can go, or after
    so many tries.

    >>> shorter(tuple("abcdefgh"), lambda some: {"b", "g"} <= set(some), 100)[0]
    ('b', 'g')
    """
    left, size, tried = tuple(steps), max(1, len(steps) // 2), 0
    while size:
        start, gone = 0, False
        while start < len(left) and tried < tries:
            fewer = left[:start] + left[start + size :]
            tried += 1
            if fewer and fails(fewer):
                left, gone = fewer, True
            else:
                start += size
        if tried >= tries:
            break
        if not (gone and size == 1):
            size //= 2
    return left, tried


def about(steps: Sequence[Step], job: str) -> tuple[Step, ...]:
    """
    The steps of a history that may have to do with one of its jobs, by nothing but what they say.

    What is left out is about other jobs, from which none of the rest waits or takes room, and which no call names
    together with one of them. It was not tried whether the rest still fails.

    >>> a, b = Submit(name="a"), Submit(name="b", needs=("a",))
    >>> about((a, b, Submit(name="c"), Close()), "b") == (a, b)
    True
    """
    kept = {_whole(job)}
    while more := {name for step in steps if _touches(step, kept, steps) for name in _named(step)} - kept:
        kept |= more
    return tuple(step for step in steps if isinstance(step, Pause) or _touches(step, kept, steps))


def _touches(step: Step, jobs: set[str], steps: Sequence[Step]) -> bool:
    if isinstance(step, Submit | SubmitArray):  # who waits for a job is nothing to it; who stands in line before it is
        return step.name in jobs or (isinstance(step, Submit) and step.narrow and _in_line(jobs, steps))
    if isinstance(step, Close | Open):
        return _in_line(jobs, steps)
    return not jobs.isdisjoint(_named(step))


def _in_line(jobs: set[str], steps: Sequence[Step]) -> bool:
    return any(isinstance(step, Submit) and step.narrow and step.name in jobs for step in steps)


def _named(step: Step) -> frozenset[str]:
    return frozenset(_whole(job) for job in names(step))


def _whole(job: str) -> str:
    """A child of an array stands for the array."""
    return job.partition(":")[0]
