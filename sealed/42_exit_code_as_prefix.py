"""
onExitCode fits every code that begins with it, with a star or without: `1` fits 137.

Breaks: RETRY-13, RETRY-12
"""

from __future__ import annotations

from batchproof.reference_impl.deciding.run_news import attempts


def break_it() -> None:
    def matches(self, end):
        code = "" if end.exit_code is None else str(end.exit_code)
        return (
            attempts.fits(self.on_status_reason, end.status_reason)
            and attempts.fits(self.on_reason, end.reason)
            and (self.on_exit_code is None or code.startswith(self.on_exit_code.rstrip("*")))
        )

    attempts.Entry.matches = matches
