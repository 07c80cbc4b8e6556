"""Makes a failing history shorter: leaves out steps, and keeps what still fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .step import Step

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
