"""chain_rule."""
