"""Floor 4, the only floor that knows HTTP."""
