"""Bring your own gradient: what a learner’s code prints is judged entry by entry."""
