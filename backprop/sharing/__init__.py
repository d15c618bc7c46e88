"""Sharing: a snapshot shares a moment, a room the present."""
