"""Where tests come from, beside the rules that somebody wrote: histories that are drawn, and how many run at once."""
