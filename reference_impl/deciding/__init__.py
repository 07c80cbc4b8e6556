"""What a server decides, without a clock and without I/O: an input goes in, effects come out. The import test holds this."""
