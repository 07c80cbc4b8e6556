"""Every state that the engine can come to in a small world: searched breadth-first, with no clock and no I/O."""
