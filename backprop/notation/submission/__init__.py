"""What a person brings: printed arrays read, and a claimed gradient judged entry by entry."""
