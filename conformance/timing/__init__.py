"""The one clock by which everything in the kit waits: real time, or a virtual one in which nothing is ever waited for."""
