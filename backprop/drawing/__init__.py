"""Floor 2, numbers for pictures; no markup."""
