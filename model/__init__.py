"""What AWS Batch promises about one job's life: pure data and pure functions, no clock and no I/O."""
