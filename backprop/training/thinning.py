"""Which epochs are remembered: multiples of a power of two that doubles as a run grows.

So it depends on how far a run has come alone, not on when somebody looked.
"""


def stride(epoch: int, most: int) -> int:
    """Return how many epochs lie between two that are remembered, when so many have passed."""
    every = 1
    while epoch // every > most:
        every *= 2
    return every


def thinned(epochs: tuple[int, ...], now: int, most: int) -> tuple[int, ...]:
    """Return those of the epochs that are still remembered now; the first of all always is."""
    return tuple(epoch for epoch in epochs if epoch % stride(now, most) == 0)
