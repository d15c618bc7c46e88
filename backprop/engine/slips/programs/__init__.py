"""Slips in the backward pass of a program: where they can be made, what they give, who made it."""
