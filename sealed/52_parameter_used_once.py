"""
Each parameter is put into the command once: a second argument `Ref::name` of the same name is left as it is.

Breaks: ENV-04
"""

from __future__ import annotations

from batchproof.reference_impl.operations import containers


def break_it() -> None:
    def once(command, parameters):
        replaced = list(command)
        for name, value in parameters.items():
            if f"Ref::{name}" in replaced:
                replaced[replaced.index(f"Ref::{name}")] = value
        return tuple(replaced)

    containers.substituted = once
