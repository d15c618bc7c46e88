"""Stepping through a graph: its steps, the film strip, the explanation, the ledger, the picture."""
