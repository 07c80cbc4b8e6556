"""What is true of the table as a whole, stated a second time and proved on every life: see docs/properties.md."""

from .after_inputs import POSSIBLE
from .whole_lives import ALWAYS, DOCUMENTED, EVENTUALLY, SOMETIMES, broken, findings

__all__ = ["ALWAYS", "DOCUMENTED", "EVENTUALLY", "POSSIBLE", "SOMETIMES", "broken", "findings"]
