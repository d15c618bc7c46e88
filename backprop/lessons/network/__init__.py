"""One round of a network, step by step."""
