"""What speaks to a service, and writes down what was asked and what was seen: the vocabulary of every test."""
