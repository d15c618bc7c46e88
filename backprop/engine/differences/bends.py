"""What reverse mode may give at a point where kinks meet, told from a function's values alone.

Near such a point a function is, but for what is smooth, Σ cₙ relu(kₙ · v). How much more it rises
along v than it falls behind, its bend, and what reverse mode gives by the number e are

    B(v) = Σ cₙ |kₙ · v|        Σ cₙ kₙₑ sₙ     with sₙ from 0 to 1, by the convention at each kink

so the second lies within ½ Σ |cₙ kₙₑ| of the mean slope of both sides. Along v + t e the slope of B
changes by 2 cₙ |kₙₑ| where the n-th kink is crossed: these changes, added up, are four times that.

Of kinks that are crossed between two neighbours t only the sum is seen. Where all bend one way, the
range is that of the slopes of both sides, and no more is open than before.
"""

from collections.abc import Callable

import numpy as np

from backprop.engine.network import Array

Along = Callable[[Array, float], tuple[float, float]]  # direction, nudge -> slopes of its sides

NUDGE = 1e-6
NARROWER = 8.0  # times: what is smooth bends less by as much
ALIKE = 0.1  # the share by which the bends of a kink differ at most
LEAST_BEND = 1e-5  # the share of the slopes that a bend has at least
STEEPEST = np.geomspace(1e-2, 1e2, 16)
MULTIPLES = np.concatenate([-STEEPEST[::-1], [0.0], STEEPEST])  # t
DIRECTIONS = 6  # directions v for each number, at most
CLOSE = 1e-3  # the share of the slopes by which a claim may miss
PROBES = 2  # directions in which any kink is looked for


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
    """Return by how much the slope of B changes along v + t e, all changes added up."""
    bends = []
    for t in MULTIPLES:
        direction = start + t * axis
        length = float(np.linalg.norm(direction)) or 1.0
        right, left = along(direction / length * unit, NUDGE)
        bends.append((right - left) * length)
    slopes = np.diff(bends) / np.diff(MULTIPLES)
    return float(np.abs(np.diff(slopes)).sum())
