"""Estimates of a slope from ever smaller nudges to both sides of a point, and their error.

    right(d) = (f(θ + d) − f(θ)) / d      left(d) = (f(θ) − f(θ − d)) / d      central = their mean

Wide nudges feel the bend of f, narrow ones its rounding; of sin(1000000 x) at a million, the usual
nudge of 10 spans a million periods, and one that is small enough moves x by hardly more than it is
rounded. How far a slope may be off shows in its neighbours:

    doubt(d) = min over the two wider, the two narrower neighbours of  max |s(d) − s(next)|, …
               + floor(d)                                   floor(d) = rounding of f / d

A nudge is believed if its slope differs from those of all narrower ones by no more than rounding
explains; the best is the believed one with the smallest doubt. So a kink or a wave that is near
the point, but not at it, does no harm.

At a kink the slopes of the two sides differ however small the nudge is. A claim between them is
right. A slope counts as 0 only in comparison with something: the slope of the other side, other
slopes of the same gradient, the function's own size.

The rounding of a function is measured by how the narrowest nudges move it, and by its leaps: a
function that computes with few digits is constant and then leaps. Leaps that are a larger share of
it are no rounding: between its leaps floor has slope 0, and at a leap it has none.

Source: Press et al., Numerical Recipes, section 5.7, for the two parts of the error.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backprop.engine.differences.slopes import STEP
from backprop.engine.differences.verdict import JUMPS, ROUNDING, TURNS
from backprop.engine.network import Array

Flags = NDArray[np.bool_]
Places = NDArray[np.int_]

SHRINKS = 8.0  # each nudge is an eighth of the one before
STEPS = tuple(STEP * SHRINKS**-power for power in range(-4, 12))  # the widest first
SHARP = 3e-5  # the share of its slopes by which the sides of a kink differ at least
DIM = 0.1  # the share of a slope above which one that agrees does so by luck
ZERO = 2e-6  # the share of a tolerance, beside what is large, in which a slope is 0
MOST_DOUBT = 0.5  # the share of the largest slope from which a doubt leaves nothing known
WITHIN = 3.0  # doubts around a slope in which a claim is left open
COARSE = 2.0**-7  # the share of f up to which a leap is its rounding: float16's is 2⁻¹⁰
FINE = 1e-6  # above that of float32; between the two, a constant function may have slope 0
DOUBLE = 1e-12  # above that of float64
SMALL = 2.0**-4  # the value of a function that may be rounded by more than its own size tells
INNER_ROUNDING = 8 * math.ulp(1.0)  # how far rounded numbers near 1 inside a function may move it
LAST = 3  # of the narrowest nudges, which move a function by its rounding


def floor(size: Any, d: Any) -> Any:
    """Return how far rounding alone may move a slope: 8 ε · size / d.

    Args:
        size: how large the numbers are whose rounding reaches the function.
        d: how far was nudged.
    """
    return 8 * math.ulp(1.0) * size / d


class Ladder(NamedTuple):
    """The slopes of N numbers by K nudges, from wide to narrow; NaN where there is none.

    Attributes:
        right, left: of either side, [K, N].
        d: how far was nudged, [K, N].
    """

    right: Array
    left: Array
    d: Array


class SlopeEstimates(NamedTuple):
    """What a ladder shows of the slopes by N numbers.

    Attributes:
        slope, doubt: the best central slope, and how far it may be off.
        low, high: the smaller and the larger slope of the two sides.
        bend: how much more the right side rises than the left.
        side_doubt: how far each of these may be off.
        largest: a lower bound on the size of the slope, the largest that some nudge gives.
        resolution: the smallest slope that the widest nudge tells from 0.
        inner_resolution: below it, a slope may not move the function at all, if numbers near 1
            inside of it are rounded; 0 where nudges do move it.
        constant: whether the function does not move, but for its rounding.
        kink: whether the two sides differ by more than their doubt.
        unknown: whether the slope, or that of a side, cannot be estimated: there is no limit.
        jumps: whether the function jumps at the point.
        coarse: whether it moves in leaps that may be its rounding, or its shape.
        rounded: whether most of the doubt is rounding.
    """

    slope: Array
    doubt: Array
    low: Array
    high: Array
    bend: Array
    side_doubt: Array
    largest: Array
    resolution: Array
    inner_resolution: Array
    constant: Flags
    kink: Flags
    unknown: Flags
    jumps: Flags
    coarse: Flags
    rounded: Flags


class Judgement(NamedTuple):
    """Which of N claims are right, and which wrong.

    Attributes:
        right, wrong: [N]; a claim that is neither cannot be judged.
        reasons: why a claim is neither, by its place.
    """

    right: Flags
    wrong: Flags
    reasons: dict[int, str]


@np.errstate(all="ignore")
def estimate_slopes(
    ladder: Ladder, size: Array, value: float, leaps: Array | None = None
) -> SlopeEstimates:
    """Return the best estimates of the slopes that a ladder gives.

    Args:
        ladder: the slopes.
        size: how large the numbers are whose rounding reaches the function, [N] or [K, N].
        value: the function's.
        leaps: by how much the function leaps after it is constant, [N]; None for a function that
            is known to compute in float64.
    """
    right, left, d = ladder
    mean = (right + left) / 2
    central = np.where(np.isfinite(mean), mean, np.where(np.isfinite(right), right, left))
    right, left = (np.where(np.isfinite(each), each, central) for each in (right, left))
    larger = np.fmax(np.abs(right), np.abs(left))
    known = np.isfinite(larger)
    moves = np.where(known, larger * d, 0.0)
    noise, most = np.broadcast_to(floor(size, 1.0), d.shape), COARSE * abs(value)
    few_digits, coarse = np.zeros((2, d.shape[1]), dtype=bool)
    inner_resolution = 0.0 * d[0]
    if leaps is not None and abs(value) < SMALL:
        most = max(most, INNER_ROUNDING)
        at_rest = np.cumsum(moves[::-1], axis=0)[::-1] == 0  # so is it by all narrower nudges
        inner_resolution = np.where(
            at_rest[-1], INNER_ROUNDING / np.where(at_rest, d, 0.0).max(axis=0), 0.0
        )
    if leaps is not None:
        for each in (moves[-LAST:].max(axis=0), leaps):
            noise = np.maximum(noise, np.where(each <= most, each, 0.0))
        few_digits = (leaps > DOUBLE * abs(value)) & (leaps <= most)
        coarse = few_digits & (leaps > FINE * abs(value))
    rounding = noise / d
    few = np.all(moves == 0, axis=0) | (noise.min(axis=0) <= most)
    constant = np.all(moves <= 2 * noise, axis=0) & known.any(axis=0) & few
    certain = larger - np.maximum(_doubts(right, rounding), _doubts(left, rounding)) - rounding
    largest = np.where(known & np.isfinite(certain), np.maximum(certain, 0.0), 0.0).max(axis=0)
    uninformative = few_digits & (moves <= 2 * noise)  # it does not move although it has a slope
    doubt, best = _best((central,), rounding, uninformative)
    side_doubt, best_sides = _best((right, left), 2 * rounding, uninformative)
    ahead, behind = _pick(right, best_sides), _pick(left, best_sides)
    low, high = np.minimum(ahead, behind), np.maximum(ahead, behind)
    extent = np.maximum(np.abs(low), np.abs(high))
    jumping = (moves[-1] > moves[-LAST] / 2) & (moves[-1] > most) & known[-1]
    unknown = ~constant & (
        jumping | ~(doubt < MOST_DOUBT * largest) | ~(side_doubt < MOST_DOUBT * largest)
    )
    return SlopeEstimates(
        slope=_pick(central, best),
        doubt=doubt,
        low=low,
        high=high,
        bend=ahead - behind,
        side_doubt=side_doubt,
        largest=largest,
        resolution=rounding[0],
        inner_resolution=inner_resolution,
        constant=constant,
        kink=~constant & ~unknown & (high - low > WITHIN * side_doubt + SHARP * extent),
        unknown=unknown,
        jumps=jumping,
        coarse=coarse,
        rounded=2 * _pick(rounding, best) >= doubt,
    )


@np.errstate(all="ignore")
def judge_claims(
    estimates: SlopeEstimates, claims: Array, tolerance: float, scale: float
) -> Judgement:
    """Return which claims the estimates prove right, which wrong, and why others are neither.

    Args:
        estimates: of the slopes, [N].
        claims: a slope for each, [N], finite.
        tolerance: the relative difference up to which two slopes are one.
        scale: the size beside which a slope that rounding hides counts as 0.
    """
    s, size = estimates, np.abs(claims)
    gap, larger = np.abs(claims - s.slope), np.maximum(size, np.abs(s.slope))
    close, within = gap <= tolerance * larger, gap <= WITHIN * s.doubt
    nothing = ZERO * tolerance * scale
    as_good_as_0 = s.doubt <= tolerance * np.maximum(scale, s.largest)
    beyond = np.maximum(np.maximum(s.low - claims, claims - s.high), 0.0)
    slack = tolerance * np.maximum(size, np.maximum(np.abs(s.low), np.abs(s.high)))
    slack = np.maximum(slack, nothing)
    near_0 = size <= np.maximum(WITHIN * s.resolution, nothing)
    smooth = ~(s.constant | s.kink | s.unknown)
    right = (
        (s.constant & near_0 & (s.resolution <= tolerance * scale))
        | (s.kink & (beyond <= slack))
        | (smooth & ((close & (s.doubt <= DIM * larger)) | (within & as_good_as_0)))
        | (smooth & as_good_as_0 & (np.abs(s.slope) <= WITHIN * s.doubt) & (gap <= nothing))
    )
    wrong = (
        (s.constant & ~near_0)
        | (s.kink & (beyond > WITHIN * s.side_doubt))
        | (smooth & ~close & ~within)
    ) & ~(right | (size < s.inner_resolution) | (s.coarse & (claims == 0)))
    right &= ~s.coarse
    reasons = {
        i: JUMPS if s.jumps[i] else ROUNDING if s.constant[i] or s.rounded[i] else TURNS
        for i in np.flatnonzero(~right & ~wrong).tolist()
    }
    return Judgement(right, wrong, reasons)


def _best(sides: tuple[Array, ...], rounding: Array, uninformative: Flags) -> tuple[Array, Places]:
    """Return the smallest doubt among believed nudges, and which nudge has it, [N].

    Args:
        sides: the slopes that are to be known together, [K, N] each.
        rounding: how far rounding may move them, [K, N].
        uninformative: which nudges are left out, [K, N].
    """
    doubts = np.maximum.reduce([_doubts(each, rounding) for each in sides]) + rounding
    believed = np.all([_is_believed(each, doubts, rounding) for each in sides], axis=0)
    doubts = np.where(believed & ~uninformative & np.isfinite(doubts), doubts, np.inf)
    at = np.argmin(doubts, axis=0)
    return _pick(doubts, at), at


def _pick(column: Array, at: Places) -> Array:
    taken: Array = np.take_along_axis(column, at[None], 0)[0]
    return taken


def _doubts(slopes: Array, rounding: Array) -> Array:
    """Return how far each slope may be off because of the function's bend, [K, N]; ∞ unknown."""
    gaps = np.abs(np.diff(slopes, axis=0))
    gaps = np.where(np.isfinite(gaps), gaps, np.inf)
    two = np.maximum(gaps[:-1], gaps[1:])  # of three neighbours
    doubts = np.full(slopes.shape, np.inf)
    doubts[:-1] = gaps + rounding[1:]  # of one neighbour, as far as rounding lets it be known
    doubts[:-2] = np.minimum(doubts[:-2], two)
    doubts[2:] = np.minimum(doubts[2:], two)
    return doubts


def _is_believed(slopes: Array, doubts: Array, rounding: Array) -> Flags:
    """Return whether rounding explains how the slopes of narrower nudges differ, [K, N]."""
    believed = np.isfinite(slopes)
    for k in range(len(slopes) - 1):
        gaps = np.abs(slopes[k + 1 :] - slopes[k])
        explained = gaps <= WITHIN * rounding[k + 1 :] + doubts[k]
        believed[k] &= np.all(explained | np.isnan(gaps), axis=0)
    return believed
