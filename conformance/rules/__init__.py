"""What AWS Batch promises and how each promise is tried: one file per theme of `model.promises`."""
