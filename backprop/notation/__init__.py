"""Floor 2, letters: a step or a rule as a formula."""
