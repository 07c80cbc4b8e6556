"""What a shell is told when somebody presses Tab: how each shell asks, and what completes each kind of argument."""

ASKED = "_BATCHPROOF_COMPLETE"
"""The environment variable in which a shell's script says that it asks, and for which shell."""
