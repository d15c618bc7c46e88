"""Asking first about programs of arrays: the shape, the rule, one entry."""
