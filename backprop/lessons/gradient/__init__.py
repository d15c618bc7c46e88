"""The lesson on the gradient."""
