"""
SubmitJob's timeout is shown, but of it and the definition's the smaller one is applied.

Breaks: TO-09, TO-04
"""

from __future__ import annotations

from batchproof.reference_impl.operations import submission


def break_it() -> None:
    order_of, named = submission.Order, submission.definition_named
    latest = {}

    def definition_named(call, text):
        definition = named(call, text)
        latest["timeout_s"] = definition.registered.get("timeout", {}).get("attemptDurationSeconds")
        return definition

    def smaller(**members):
        # Nothing is awaited between the look at the definition and this.
        given = [one for one in (members["timeout_s"], latest["timeout_s"]) if one is not None]
        return order_of(**{**members, "timeout_s": min(given, default=None)})

    submission.definition_named = definition_named
    submission.Order = smaller
