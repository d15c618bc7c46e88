"""Check a gradient: nudges beside a backward pass, what they cost, and planted mistakes."""
