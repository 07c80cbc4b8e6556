"""Whether a service keeps what AWS Batch promises: rules, monitors and verdicts, through boto3 alone.

from batchproof.conformance import run_conformance
report = run_conformance(endpoint_url="http://127.0.0.1:4566")
assert report.exit_status == 0, report.text()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .asked import Asked
    from .judging.outcome import Outcome
    from .lifecycle import BatchLifecycle
    from .power import Power
    from .report.report import Report
    from .run import run_conformance
    from .targets.target import Target, Variants

_WHERE = {
    "Asked": ".asked",
    "BatchLifecycle": ".lifecycle",
    "Outcome": ".judging.outcome",
    "Power": ".power",
    "Report": ".report.report",
    "Target": ".targets.target",
    "Variants": ".targets.target",
    "run_conformance": ".run",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for, so that `batchproof --help` does not wait for boto3 and Hypothesis.
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Asked", "BatchLifecycle", "Outcome", "Power", "Report", "Target", "Variants", "run_conformance"]
