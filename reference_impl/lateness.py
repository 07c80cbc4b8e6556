"""How much later than at once a service does what it owes: it is slow then, and right all the same."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple

LONGEST_S = 86_400.0
"""Nothing is put off for longer than a day."""

_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


class Delay(NamedTuple):
    """Between so many seconds and so many, drawn anew for each event."""

    low_s: float
    high_s: float

    @classmethod
    def parse(cls, text: str) -> Delay:
        """
        A delay as it is written for people. Raises ValueError, whose text says what is wrong with it.

        >>> Delay.parse("25"), Delay.parse("0.5-15")
        (Delay(low_s=25.0, high_s=25.0), Delay(low_s=0.5, high_s=15.0))
        >>> Delay.parse("15-0.5")
        Traceback (most recent call last):
        ...
        ValueError: '15-0.5' is not S or LOW-HIGH in seconds, with 0 <= LOW <= HIGH <= 86400
        """
        found = _WRITTEN.fullmatch(text)
        if found is not None:
            low_s = float(found[1])
            high_s = float(found[2] or found[1])
            if low_s <= high_s <= LONGEST_S:
                return cls(low_s, high_s)
        raise ValueError(f"{text!r} is not S or LOW-HIGH in seconds, with 0 <= LOW <= HIGH <= {LONGEST_S:.0f}")

    def __str__(self) -> str:
        return f"{self.low_s:g} s" if self.low_s == self.high_s else f"{self.low_s:g} to {self.high_s:g} s"


AT_ONCE = Delay(0.0, 0.0)


class Lateness(NamedTuple):
    """
    What comes late, and by how much. A container is up `start` after its job was placed (ST-07). SIGTERM is sent `stop` after
    what calls for it, while the flag of a terminate shows at once (TERM-06). A cancel or a terminate takes effect, as a whole,
    `cancel` or `terminate` after it was accepted (CANCEL-08, CANCEL-22, TERM-05). Each is drawn with `seed`.
    """

    start: Delay = AT_ONCE
    stop: Delay = AT_ONCE
    cancel: Delay = AT_ONCE
    terminate: Delay = AT_ONCE
    seed: int = 0

    def drawing(self, what: str) -> Callable[[], float]:
        """
        Draws the seconds of one delay, named as here, one after the other; those of another are drawn apart from them.

        >>> first, second = (Lateness(start=Delay(1, 2), seed=7).drawing("start") for _ in range(2))
        >>> drawn = [first() for _ in range(3)]
        >>> drawn == [second() for _ in range(3)], all(1 <= seconds <= 2 for seconds in drawn)
        (True, True)
        """
        delay: Delay = getattr(self, what)
        numbers = random.Random(f"{self.seed} {what}")
        return lambda: numbers.uniform(*delay)
