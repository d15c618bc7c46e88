"""Find the bug: a backward pass as lines of NumPy, one of which is wrong."""
