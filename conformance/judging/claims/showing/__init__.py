"""What claims of several themes look at."""
