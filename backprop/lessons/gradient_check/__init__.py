"""gradient_check."""
