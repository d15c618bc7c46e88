"""The lesson on memory: what must be kept to go back, and what can be computed again."""
