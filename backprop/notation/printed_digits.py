"""How many decimals a print has, where its numbers alone do not tell: 4 for 0.0000."""

import re

from backprop.engine.differences.precision import FEWEST

_ZERO = re.compile(r"(?<![\w.])0\.(0+)(?![\w.])")


def zero_decimals(text: str) -> int:
    """Return how many decimals the zeros of a print have, 4 for 0.0000; 0 if too few to tell."""
    most = max((len(decimals) for decimals in _ZERO.findall(text)), default=0)
    return most if most >= FEWEST else 0
