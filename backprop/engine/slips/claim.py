"""A claimed gradient, and its distance from others beyond the rounding of its digits."""

from collections.abc import Mapping

import numpy as np

from backprop.engine.differences.precision import find_precision
from backprop.engine.differences.slopes import joined
from backprop.engine.network import Array
from backprop.engine.slips.slip import Gradient

SMALL = 1e-9  # the share of a gradient beside which an array is noise
MORE = 1.01  # of what its digits allow: a little for the way a number is stored
LEAST = 1e-15  # a difference that is nothing, whatever the size


class Claim:
    """A claimed gradient, which measures how far others are from it.

    Args:
        arrays: the claim, in the shapes of the parameters.
        right: the right gradient, for the size that counts.
        spread: how far each array may be off besides, as a share of its size.

    Attributes:
        half: how far rounding may have moved each number, 0 if they do not look rounded.
        words: what made its digits few: “float16”, “2 significant digits”; else empty.
    """

    @np.errstate(over="ignore")
    def __init__(
        self,
        arrays: Mapping[str, Array],
        right: Gradient,
        spread: Mapping[str, float] | None = None,
    ) -> None:
        self.arrays = arrays
        self.flat = joined(arrays, arrays)
        precision = find_precision(arrays)
        self.half = MORE * joined(precision.allowed, arrays)
        self.words = precision.words
        sizes = [array.size for array in arrays.values()]
        self.starts = np.cumsum([0, *sizes[:-1]])
        self.own = self._norms(self.flat)
        self.spread = np.array([(spread or {}).get(name, 0.0) for name in arrays])
        self.least = SMALL * np.linalg.norm(joined(right, right))

    def gaps(self, other: Gradient) -> dict[str, float]:
        """Return the distance from another gradient, array by array; ∞ where it is not finite."""
        gaps = self.gaps_of_all(joined(other, self.arrays))
        return dict(zip(self.arrays, gaps.tolist(), strict=True))

    @np.errstate(all="ignore")
    def gaps_of_all(self, flat: Array) -> Array:
        """Return the same of gradients whose entries stand one after the other, [.., N]."""
        same = (self.flat == flat) | (np.isnan(self.flat) & np.isnan(flat))
        beyond = np.maximum(np.abs(self.flat - flat) - self.half, 0.0)
        distances = self._norms(np.where(same, 0.0, beyond))
        gaps = distances / (self.own + self._norms(flat) + self.least)
        gaps = np.maximum(gaps - self.spread, 0.0)
        found: Array = np.where(distances <= LEAST, 0.0, np.where(np.isfinite(gaps), gaps, np.inf))
        return found

    def distance(self, other: Gradient) -> float:
        """Return the distance from another gradient."""
        return max(self.gaps(other).values())

    @np.errstate(over="ignore")
    def _norms(self, flat: Array) -> Array:
        """Return the size of each array's part; ∞ where a square is too large for a number."""
        norms: Array = np.sqrt(np.add.reduceat(flat * flat, self.starts, axis=-1))
        return norms
