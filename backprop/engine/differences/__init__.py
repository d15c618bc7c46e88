"""Gradients again, by finite differences: steps, kinks, precision, and the check that compares."""
