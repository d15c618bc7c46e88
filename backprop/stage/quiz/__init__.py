"""Asking before showing: the question, how an answer is judged, what stays covered, the score."""
