"""The demon: a Batch service that makes every choice which Batch leaves to a service, and is right by definition."""
