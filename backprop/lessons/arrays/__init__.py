"""Arrays: a program of named lines, its values and gradients, line by line and use by use."""
