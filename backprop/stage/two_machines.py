"""Two machines and a wall: one makes the gradient, the other uses it.

Exchange the first, and the numbers agree while the cost does not. Exchange the second, and the
gradient does not move by one digit while the step does.
"""

import math
from collections.abc import Sequence
from itertools import takewhile

SOURCE_TITLES = {
    "backward": "backpropagation",
    "central": "central differences",
    "closed": "closed form",
}


def agreement(slopes: Sequence[float], exactly: Sequence[float]) -> str:
    """Return how many leading digits two gradients share, in words."""
    if list(slopes) == list(exactly):
        return "the same to the last digit"
    if not all(map(math.isfinite, (*slopes, *exactly))):
        return "not a finite number everywhere"
    fewest = min(_shared_digits(a, b) for a, b in zip(slopes, exactly, strict=True))
    return f"the same to {fewest} digits" if fewest else "not the same"


def _shared_digits(a: float, b: float) -> int:
    if a == b:
        return 17
    apart = abs(a - b) / max(abs(a), abs(b))
    return sum(1 for _ in takewhile(lambda n: apart <= 0.5 * 10.0**-n, range(1, 18)))
