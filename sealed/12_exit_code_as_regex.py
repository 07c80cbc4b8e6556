"""
onExitCode is taken for a regular expression, so `40*` fits 4 and 400 and does not fit 404.

Breaks: RETRY-13, RETRY-12
"""

from __future__ import annotations

import re

from batchproof.reference_impl.deciding.run_news import attempts


def break_it() -> None:
    def matches(self, end):
        code = "" if end.exit_code is None else str(end.exit_code)
        pattern = self.on_exit_code
        fits_code = pattern in (None, "*") or re.fullmatch(pattern, code) is not None
        return (
            attempts.fits(self.on_status_reason, end.status_reason)
            and attempts.fits(self.on_reason, end.reason)
            and fits_code
        )

    attempts.Entry.matches = matches
