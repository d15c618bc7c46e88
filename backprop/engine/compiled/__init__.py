"""Generated code: the same passes as the plain loops beside this folder, one line for each node."""
