"""A run's report, for a terminal and as data."""
