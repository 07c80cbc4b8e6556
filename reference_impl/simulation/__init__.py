"""The reference server under a virtual clock, with simulated processes, in the kit's own process."""
