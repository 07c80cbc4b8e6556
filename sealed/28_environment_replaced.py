"""
containerOverrides.environment replaces the whole environment of the definition, and not only variables of the same name.

Breaks: ENV-03
"""

from __future__ import annotations

from batchproof.reference_impl.operations import containers


def break_it() -> None:
    replaced = containers._replaced

    def whole(entries, overriding, key):
        return list(overriding) if key == "name" and overriding else replaced(entries, overriding, key)

    containers._replaced = whole
