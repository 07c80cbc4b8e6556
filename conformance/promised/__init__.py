"""How each promise of the model is checked, what says why one is not, and what of them a run exercised."""
