"""What the server's figures are, measured: `python -m benchmarks` from a checkout."""
