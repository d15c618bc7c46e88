"""Closed forms: derivatives as graphs again, tidied by SymPy behind one door."""
