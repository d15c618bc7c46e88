"""Learning from data: data sets, and what is done with a gradient once it is known."""
