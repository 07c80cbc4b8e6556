"""From a record to a verdict: data only. It imports the model and nothing else, so that a file can be judged for ever."""
