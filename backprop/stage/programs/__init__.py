"""A program of arrays as a picture: its rows, a step told, an entry opened; of any lesson's."""
