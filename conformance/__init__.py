"""Whether a service keeps what AWS Batch promises: rules, monitors and verdicts, through boto3 alone.

from batchproof.conformance import run_conformance
report = run_conformance(endpoint_url="http://127.0.0.1:4566")
assert report.exit_status == 0, report.text()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run import run_conformance


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `batchproof --help` does not wait for boto3 and Hypothesis.
    if name == "run_conformance":
        from .run import run_conformance

        return run_conformance
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["run_conformance"]
