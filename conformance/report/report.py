"""What a run hands to its caller: its findings, which can say themselves."""

from __future__ import annotations

from dataclasses import dataclass

from .findings import Findings
from .terminal import as_text


@dataclass
class Report(Findings):
    """
    What came of a run, for a test or a script.

    >>> from batchproof.conformance import run_conformance
    >>> report = run_conformance(endpoint_url="http://127.0.0.1:4566")  # doctest: +SKIP
    >>> assert report.exit_status == 0, report.text()  # doctest: +SKIP
    """

    def text(self) -> str:
        """The report as plain text, for an assertion's message."""
        return as_text(self)
