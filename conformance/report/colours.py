"""Whether what is shown has colours."""

from __future__ import annotations

import os
from typing import Literal


def colours() -> Literal["auto"] | None:
    """None where NO_COLOR is set: then there are no escapes at all, for what is dim or bold is one too."""
    return None if os.environ.get("NO_COLOR") else "auto"
