"""The tape: what a program must keep of its forward pass to go back, and how little will do."""
