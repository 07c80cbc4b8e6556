"""The rules, one file per theme of the semantics. To add one, write it in its theme's file."""

THEMES = ("smoke", "states", "retry", "cancel", "terminate", "bulk", "arrays", "listing", "submission", "life")

from . import arrays, bulk, cancel, life, listing, retry, smoke, states, submission, terminate  # noqa: E402, F401
