"""Any entry of an array opens: the scalar sum that it is, with where each term came from."""
