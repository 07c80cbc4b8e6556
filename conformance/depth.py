"""How deep a run looks: how many random histories, in words that anybody remembers."""

from __future__ import annotations

QUICK, FULL, SOAK = "quick", "full", "soak"

DEPTHS = {QUICK: 82, FULL: 820, SOAK: 3280}
"""
So many random histories are played. The first is for every change and takes seconds, the second takes minutes, the third
belongs into a night.
"""
