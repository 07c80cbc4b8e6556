"""The one clock that everything in the kit waits by."""
