"""
Nothing of a DISABLED queue is placed, not even what was in it before.

Breaks: Q-01
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.scheduling.capacity import Capacity


def break_it() -> None:
    first_of_each = Capacity.first_of_each

    def of_enabled(self, now_ms):
        return [waiting for waiting in first_of_each(self, now_ms) if waiting.queue.enabled]

    Capacity.first_of_each = of_enabled
