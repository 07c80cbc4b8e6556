"""What is claimed of every scenario, whatever it was played for."""

from . import deeds, every_read, throughout

__all__ = ["deeds", "every_read", "throughout"]
