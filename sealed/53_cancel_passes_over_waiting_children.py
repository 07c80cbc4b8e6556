"""
CancelJob on an array's parent goes to its RUNNABLE children; those that are PENDING, as in a SEQUENTIAL array, begin later all the same.

Breaks: CANCEL-24, CANCEL-05
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.families import Families
from batchproof.reference_impl.deciding.engine import Event
from batchproof.reference_impl.deciding.records import Status


def break_it() -> None:
    requested_of_all, children = Families.requested_of_all, Families.children

    def of_runnable(self, parent, after, event, reason):
        if event is not Event.CANCEL:
            requested_of_all(self, parent, after, event, reason)
            return
        self.children = lambda array: [
            child for child in children(self, array) if child.status is not Status.PENDING
        ]
        try:
            requested_of_all(self, parent, after, event, reason)
        finally:
            del self.children

    Families.requested_of_all = of_runnable
