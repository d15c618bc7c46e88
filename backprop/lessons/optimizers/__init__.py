"""The lesson on optimizers: what the gradient is for, once it is made."""
