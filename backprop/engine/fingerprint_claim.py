"""A claimed gradient, and how far others are from it, digits that were not printed set aside."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from backprop.engine.network import Array
from backprop.engine.slips import Gradient

SMALL = 1e-9  # the share of a gradient beside which an array is noise
HALF = 0.505  # of the last digit, and a little for the way a number is stored
LEAST = 1e-15  # a difference that is nothing, whatever the size


class Claim:
    """A claimed gradient, which measures how far others are from it.

    Args:
        arrays: the claim, in the shapes of the parameters.
        right: the right gradient, for the size that counts.
    """

    def __init__(self, arrays: Mapping[str, Array], right: Gradient) -> None:
        self.arrays = arrays
        self.flat = _joined(arrays.values())
        self.half = _half_of_the_last_digit(self.flat)
        sizes = [array.size for array in arrays.values()]
        self.starts = np.cumsum([0, *sizes[:-1]])
        self.own = self._norms(self.flat)
        self.least = SMALL * np.linalg.norm(_joined(right.values()))

    @np.errstate(all="ignore")
    def gaps(self, other: Gradient) -> dict[str, float]:
        """Return the distance from another gradient, array by array; ∞ where it is not finite."""
        flat = _joined(other[name] for name in self.arrays)
        same = (self.flat == flat) | (np.isnan(self.flat) & np.isnan(flat))
        beyond = np.maximum(np.abs(self.flat - flat) - self.half, 0.0)
        apart = self._norms(np.where(same, 0.0, beyond))
        found = apart / (self.own + self._norms(flat) + self.least)
        found = np.where(apart <= LEAST, 0.0, np.where(np.isfinite(found), found, np.inf))
        return dict(zip(self.arrays, found.tolist(), strict=True))

    def distance(self, other: Gradient) -> float:
        """Return the distance from another gradient."""
        return max(self.gaps(other).values())

    def _norms(self, flat: Array) -> Array:
        """Return the size of each array's part."""
        return np.sqrt(np.add.reduceat(flat * flat, self.starts))


@np.errstate(all="ignore")
def _half_of_the_last_digit(flat: Array) -> Array:
    """Return how far rounding may have moved each number, 0 if they do not look rounded.

    Numbers look rounded if all have at most 3 … 8 digits after the point, as [0.0822, 0.0827], or
    at most 3 … 7 significant digits, as 8.2167e-02; if both, the coarser counts, but 3 digits only
    if fewer numbers would then end in 0. With fewer digits they are taken for exact.
    """
    exponent = np.floor(np.log10(np.abs(np.where(flat == 0, 1, flat))))
    decimals, digits = _fewest(flat, 9), _fewest(flat / 10.0**exponent, 7)
    after_point, mantissa = decimals.max(), digits.max()
    counted = flat != 0
    many = np.sum(mantissa - digits, where=counted) > np.sum(after_point - decimals, where=counted)
    fixed = HALF * 10.0**-after_point if after_point >= 3 else 0.0
    looks_floating = mantissa >= 3 or (mantissa == 2 and not many)
    floating = HALF * 10.0 ** (exponent - mantissa) * counted if looks_floating else 0.0
    return np.broadcast_to(np.maximum(fixed, floating), flat.shape)


def _fewest(numbers: Array, most: int) -> Array:
    """Return the fewest digits after the point that write each number; ∞ from `most` on."""
    found = np.zeros(numbers.shape)
    for k in range(most):
        moved = numbers * 10.0**k
        found[~(np.abs(moved - np.rint(moved)) <= 1e-6)] = k + 1
    return np.where(found == most, np.inf, found)


def _joined(arrays: Iterable[Any]) -> Array:
    return np.concatenate([np.ravel(array) for array in arrays])
