"""Services that the kit knows how to reach: each file starts one, names it and cleans up after it."""
