"""The matrix: every optimizer with its gradient from every source, each cell a run."""
