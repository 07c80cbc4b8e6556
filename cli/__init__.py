"""The `batchproof` command: one thin file for each verb."""
