"""Detects where finite differences cannot decide, because the function turns within the step.

Of sin(1000000 x) at a million, the usual nudge of 10 spans a million periods; one that is small
enough moves x and its product by hardly more than they are rounded. Between the two some nudge is
best, and how far it may be off shows in its neighbours:

    doubt = max(|s(d) − s(d/8)|, |s(d/8) − s(d/64)|) + floor(d)       floor = 8 ε · size / d

The best slope is that whose doubt is the smallest share of it. A claim within three doubts of it
is left open: nudging can neither prove it right nor accuse it. Where the doubt is half of the
slope itself, nothing is known; where it is less than 1e-4 of it, differences do decide.

Source: Press et al., Numerical Recipes, section 5.7, for the two parts of the error.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backprop.engine.differences.slopes import STEP
from backprop.engine.network import Array

SHRINKS = 8.0  # each nudge is an eighth of the one before
STEPS = tuple(STEP * SHRINKS**-power for power in range(-4, 12))  # the widest first
SHARP = 1e-4  # the share of a slope up to which its doubt leaves no doubt
BLIND = 0.5  # the share from which nothing is known of the slope
WITHIN = 3.0  # doubts around the best slope in which a claim is left open


def floor(size: Any, d: Any) -> Any:
    """Return how far rounding alone may move a slope: 8 ε · size / d.

    Args:
        size: how large the numbers are whose rounding reaches the function.
        d: how far was nudged.
    """
    return 8 * math.ulp(1.0) * size / d


class BestSlopes(NamedTuple):
    """The most reliable slope of each number over several steps.

    Attributes:
        slope: by the nudge that is best, [N].
        doubt: how far it may be off, [N].
        share: of the slope that is in doubt, [N]; ∞ where there is none.
    """

    slope: Array
    doubt: Array
    share: Array

    @property
    def blind(self) -> NDArray[np.bool_]:
        """Whether nothing is known of the slope: no nudge agrees with its neighbours, [N]."""
        found: NDArray[np.bool_] = self.share >= BLIND
        return found

    def leaves_open(self, claimed: Array) -> NDArray[np.bool_]:
        """Whether a claim lies so near that its doubt decides, [N]; never where the doubt is small.

        Args:
            claimed: a slope for each, [N].
        """
        near = np.abs(claimed - self.slope) <= WITHIN * self.doubt
        found: NDArray[np.bool_] = near & (self.share > SHARP)
        return found


@np.errstate(all="ignore")
def best_slopes(slopes: Array, floors: Array) -> BestSlopes:
    """Return the most reliable slope of each number, and its doubt.

    Args:
        slopes: by each nudge, from wide to narrow, [K, N]; what is not finite is passed over.
        floors: how far rounding may move each of them, [K, N].
    """
    apart = np.abs(np.diff(slopes, axis=0))
    doubts = np.maximum(apart[:-1], apart[1:]) + floors[:-2]  # [K − 2, N]
    shares = np.where(doubts == 0, 0.0, doubts / np.abs(slopes[:-2]))
    shares = np.where(np.isfinite(shares), shares, np.inf)
    best = np.argmin(shares, axis=0)[None]
    return BestSlopes(*(np.take_along_axis(e, best, 0)[0] for e in (slopes[:-2], doubts, shares)))
