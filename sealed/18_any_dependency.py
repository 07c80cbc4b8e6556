"""
A job that waits for several others goes on when the first of them has SUCCEEDED.

Breaks: DEP-02, ST-04
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.dependencies import Books, Status


def break_it() -> None:
    ended = Books.ended

    def any_will_do(self, job_id, status):
        dependents = ended(self, job_id, status)
        if status is Status.SUCCEEDED:
            for dependent in dependents:
                for other in self._outstanding.pop(dependent, ()):
                    self._dependents[other].remove(dependent)
        return dependents

    Books.ended = any_will_do
