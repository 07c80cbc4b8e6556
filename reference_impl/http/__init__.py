"""From an HTTP request to a handler and back: who may call, what is meant, what an answer looks like."""
