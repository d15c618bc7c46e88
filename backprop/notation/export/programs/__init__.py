"""A program of arrays as NumPy, PyTorch and JAX code, and as LaTeX."""
