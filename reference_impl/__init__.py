"""A server that keeps the promises of AWS Batch: the table of `model` decides, real processes run."""
