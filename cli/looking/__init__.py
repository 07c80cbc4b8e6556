"""What `jobs` and `logs` look at: any service that speaks AWS Batch, through its API and nothing else."""
