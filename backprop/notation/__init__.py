"""Formulas: rules, steps and whole functions in letters and in numbers."""
