"""Typical mistakes in a backward pass, what each gives, and how it is recognized."""
