"""Which RUNNABLE job goes next and where, and why the first of a queue does not."""
