"""Floor 3, what is taught: a lesson is a pure function from choices to a board."""
