"""What outlives a server: records as rows of a store."""
