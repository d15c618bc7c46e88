"""The slopes that reverse mode may give where kinks meet, from the values of a function alone.

Near such a point a function is the sum of a smooth part and Σ cₙ relu(kₙ · v). Its bend along v,
the slope ahead less the slope behind, and what reverse mode gives for the number e, are

    B(v) = Σ cₙ |kₙ · v|        Σ cₙ kₙₑ sₙ     with sₙ from 0 to 1, by the convention at each kink

so the second lies within ½ Σ |cₙ kₙₑ| of the mean slope of both sides. Along v + t e the slope of B
changes by 2 cₙ |kₙₑ| where the n-th kink is crossed: these changes, added up, are four times that.

Of kinks that are crossed between two neighbouring t only the sum is measured. Where all kinks bend
one way, the range is that between the slopes of both sides.
"""

import numpy as np

from backprop.engine.differences.slopes import Along
from backprop.engine.differences.ties import CLOSE
from backprop.engine.network import Array

NUDGE = 1e-6
NARROWER = 8.0  # times that a nudge is narrower; a smooth part bends less by as much
ALIKE = 0.1  # the share by which the bends of a kink by several nudges differ at most
LEAST_BEND = 1e-5  # the share of the slopes that a bend has at least
STEEPEST = np.geomspace(1e-2, 1e2, 16)
MULTIPLES = np.concatenate([-STEEPEST[::-1], [0.0], STEEPEST])  # t
DIRECTIONS = 6  # directions v for each number, at most
PROBES = 2  # random directions in which `has_kinks` looks


def has_kinks(along: Along, unit: Array) -> bool:
    """Whether a function bends at its point however small the nudge is.

    Args:
        along: gives the slopes to both sides along a direction of all numbers.
        unit: how far each number is nudged in proportion to the others, [N].
    """
    for direction in np.random.default_rng(1).standard_normal((PROBES, len(unit))):
        sides = np.array([along(direction * unit, NUDGE * NARROWER**power) for power in (1, 0, -1)])
        bends = sides[:, 0] - sides[:, 1]  # of rounding they differ, too
        if (
            np.ptp(bends) < ALIKE * abs(bends[1])
            and abs(bends[1]) > LEAST_BEND * np.abs(sides[1]).max()
        ):
            return True
    return False


@np.errstate(all="ignore")
def may_be_reverse_slope(along: Along, unit: Array, which: int, claimed: float) -> bool:
    """Whether reverse mode may give a slope by a number, whatever it follows at the kinks.

    Args:
        along: gives the slopes to both sides along a direction of all numbers.
        unit: how far each number is nudged in proportion to the others, [N].
        which: the number's place.
        claimed: the slope.
    """
    axis = np.zeros(len(unit))
    axis[which] = 1.0
    sides = np.array(along(axis * unit, NUDGE))
    slack = CLOSE * float(np.abs(sides).max())
    miss = abs(claimed * float(unit[which]) - float(sides.mean())) - slack
    rng = np.random.default_rng(which)
    for _ in range(DIRECTIONS):
        direction = rng.standard_normal(len(unit))
        direction[which] = 0.0
        direction /= np.linalg.norm(direction) or 1.0
        if miss <= (1 + CLOSE) * _changes(along, unit, direction, axis) / 4:
            return True
    return False


def _changes(along: Along, unit: Array, start: Array, axis: Array) -> float:
    """Return the sum of the sizes of the changes of B's slope along v + t e.

    Args:
        along: as in `may_be_reverse_slope`.
        unit: as there.
        start: v.
        axis: e.
    """
    bends = []
    for t in MULTIPLES:
        direction = start + t * axis
        length = float(np.linalg.norm(direction)) or 1.0
        right, left = along(direction / length * unit, NUDGE)
        bends.append((right - left) * length)
    slopes = np.diff(bends) / np.diff(MULTIPLES)
    return float(np.abs(np.diff(slopes)).sum())
