"""own_gradient."""
