"""Finds which mistake produced a wrong gradient, by comparing it with what each slip gives.

The distance of two gradients is the largest over the arrays W1, b1, …: ‖c − w‖ / (‖c‖ + ‖w‖), so
that a small array counts as much as a large one. Where the claim has few digits, as printed
numbers have, only what rounding does not explain counts. A claim whose distance from the right
gradient is at most 1e-5 is right.

A slip is named if it leaves so small a share of the claim's distance that chance does not: a wrong
number comes within a share s of one candidate with a chance of about 2s, and k independent numbers
of one of N candidates with N (2s)ᵏ. So s is at most ½ (CHANCE / N)^(1/k), and never more than a
thousandth, or a fiftieth where numbers are rounded. All that fit as well are named (what is under
1e-5 is equally near).

Slips are looked for in this order, until one fits: in the whole gradient, or in some arrays; at
some layers; any factor; a slip and a factor; a slip of its own for each array. What rounding of the
network's own numbers explains is set aside, too, where the claim is rounded, and where else nothing
fits.

Of a claim that is NaN or ∞ where a number belongs only these entries are named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backprop.engine.differences.precision import find_precision
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.network import Array, Network
from backprop.engine.slips.batch_pass import BatchPass
from backprop.engine.slips.candidates import LESS, TOGETHER, Candidate, Case
from backprop.engine.slips.claim import Claim
from backprop.engine.slips.slip import Gradient, Slip
from backprop.engine.slips.suspect import (
    SHOWN,
    UNKNOWN,
    Explanation,
    Suspect,
    in_words,
    suspects,
    unexplained,
)

RIGHT = 1e-5  # a distance that is none: float32 comes no nearer
EXACTLY, ROUNDED = 1e-3, 0.02  # what a slip may leave of the claim's distance at most
CHANCE, CANDIDATES = 0.01, 60  # how often one is named by accident, and how many there are

FEWEST = 3  # numbers that must be explained where others are not
DRAWN = 6  # networks whose numbers print as the given ones do

ONE_TRANSPOSED = Slip(
    "one-transposed",
    "The gradient of a matrix is transposed",
    "It stands at [from, to] where [to, from] belongs.",
)


def fingerprint(
    network: Network,
    parameters: Mapping[str, Any],
    X: Any,
    Y: Any,
    claimed: Gradient,
    previous: Gradient | None = None,
) -> tuple[Suspect, ...]:
    """Return the slips that a claimed gradient points to, the likeliest first; none if it is right.

    Slips that give the same gradient here are all named, and the sentences say so. A gradient
    that is wrong in an unknown way has UNKNOWN for its only suspect, with confidence 0; where only
    some arrays are, it is the last.

    Args:
        network: whose gradient it is.
        parameters: the point.
        X: inputs, [n, fan_in].
        Y: targets, [n, outputs].
        claimed: the gradient to judge, an array for each parameter; one that has the shape of the
            transpose is taken for transposed.
        previous: the gradient of the round before, if there was one.

    Raises:
        PointError: the claim says nothing of a parameter.
        ShapeError: an array does not fit.
    """
    at = network.batch(parameters, X, Y)
    passes = BatchPass(network, at)
    right = passes.gradient()
    arrays, turned = fitted_claim(claimed, right)
    claim = Claim(arrays, right)
    if claim.half.any():  # a print, so that what was put in may be one as well
        claim = Claim(arrays, right, _spread(network, at, right, claim))
    gaps = claim.gaps(right)
    wrong = tuple(name for name in right if not gaps[name] <= RIGHT or name in turned)
    if not wrong:
        return ()
    endless = not_finite_entries(arrays, right)
    if endless:
        return (without_value(endless),)
    if max(gaps.values()) <= RIGHT:
        return suspects([Explanation(ONE_TRANSPOSED, 1.0)], turned)
    last = max(int(name[1:]) for name in wrong)
    case = Case(network, passes, right, arrays, previous, len(Y), last)
    result = _search(case, claim, wrong)
    if not result and not claim.half.any() and (spread := _spread(network, at, right, claim)):
        result = _search(case, Claim(arrays, right, spread), wrong)
    return tuple(result) or (unexplained(wrong, tuple(right), digits=claim.words),)


def _search(case: Case, claim: Claim, wrong: tuple[str, ...]) -> list[Suspect]:
    """Return the slips that explain a claim, in the whole or array by array; none if none does."""
    whole, most = claim.distance(case.right), _most(claim)
    if not 0 < whole < np.inf:
        return []

    def explaining(candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
        matches = ((claim.distance(each.gradient) / whole, each) for each in candidates)
        return [
            (left, each)
            for left, each in matches
            if left <= most and left <= _least(case.met(each, case.changed(each.gradient)))
        ]

    scaled = [*case.scaled, *(case.some_scaled(*wrong) if len(wrong) < len(case.right) else ())]
    matches = (
        explaining((*case.planted, *(s for s in scaled if not s.fitted), *case.mixed(claim)))
        or explaining(case.at_layers)
        or explaining(each for each in scaled if each.fitted)
        or explaining(case.twofold())
    )
    return _named(claim, matches, whole, wrong) if matches else _array_by_array(case, claim, wrong)


def _most(claim: Claim) -> float:
    return ROUNDED if claim.half.any() or claim.spread.any() else EXACTLY


def _least(met: int) -> float:
    """Return the share of a distance that may be left where so many numbers are met; −1: none."""
    return 0.5 * (CHANCE / CANDIDATES) ** (1 / met) if met > 0 else -1.0


def _named(
    claim: Claim, matches: list[tuple[float, Candidate]], whole: float, wrong: tuple[str, ...]
) -> list[Suspect]:
    """Return the suspects for some arrays: of their candidates all that fit as well as the best."""
    best = min(left for left, _ in matches)
    close = [(left, each) for left, each in matches if left <= max(10 * best, RIGHT / whole)]
    surest = max(each.prior for _, each in close)
    named: dict[str, tuple[float, Candidate]] = {}
    for left, each in close:
        if each.prior == surest:
            named.setdefault(each.slip.name, (left, each))
    explanations = [
        Explanation(each.slip, each.prior * (1 - left), each.words) for left, each in named.values()
    ]
    return [*suspects(explanations, wrong, claim.words)]


def _array_by_array(case: Case, claim: Claim, wrong: tuple[str, ...]) -> list[Suspect]:
    """Return a slip of its own for each array, or for some together; UNKNOWN for the others."""
    far, fits = claim.gaps(case.right), []
    scaled = [each for name in wrong for each in case.some_scaled(name)]
    alone = [each for each in case.planted if each.slip not in TOGETHER]
    for each in (*scaled, *alone, *case.at_layers):
        gaps = claim.gaps(each.gradient)
        there = tuple(
            name
            for name in wrong
            if gaps[name] <= _most(claim) * far[name] > 0
            and gaps[name] <= far[name] * _least(case.met(each, [name]))
        )
        if there:
            fits.append((there, each))
    result: list[Suspect] = []
    rest, explained = wrong, 0
    while any({*rest} & {*there} for there, _ in fits):
        here = max((tuple(n for n in rest if n in there) for there, _ in fits), key=len)
        matches = [
            (max(claim.gaps(each.gradient)[name] / far[name] for name in here), each)
            for there, each in fits
            if {*here} <= {*there}
        ]
        parts = [
            (left, replace(each, prior=LESS * min(LESS, each.prior))) for left, each in matches
        ]
        explained += max(case.met(each, here) for _, each in parts)
        result += _named(claim, parts, max(far[name] for name in here), here)
        rest = tuple(name for name in rest if name not in here)
    if rest and explained < FEWEST:
        return []
    if result and rest:
        result.append(unexplained(rest, tuple(case.right)))
    return result


def _spread(
    network: Network, at: Mapping[str, Array], right: Gradient, claim: Claim
) -> dict[str, float]:
    """Return how far rounding of the network's own numbers moves its gradient, array by array.

    Drawn from networks whose numbers print alike, as a share of each array's size; empty where the
    numbers do not look rounded. Beside a claim of more digits they are what they say.
    """
    allowed = find_precision(at).allowed
    sizes = np.abs(claim.flat, where=np.isfinite(claim.flat), out=np.zeros(len(claim.flat)))
    if claim.half.any() and sizes.any():
        largest = int(np.argmax(sizes))
        share = claim.half[largest] / 10.0 ** np.floor(np.log10(sizes[largest]))
        alike = {n: np.maximum(claim.half.max(), share * np.abs(array)) for n, array in at.items()}
        allowed = {name: np.minimum(array, alike[name]) for name, array in allowed.items()}
    if not any(array.any() for array in allowed.values()):
        return {}
    rng = np.random.default_rng(0)
    moved = dict.fromkeys(right, 0.0)
    for _ in range(DRAWN):
        near = {n: array + allowed[n] * rng.uniform(-1, 1, array.shape) for n, array in at.items()}
        other = BatchPass(network, near).gradient()
        for name, array in right.items():
            size = float(np.linalg.norm(array))
            share = float(np.linalg.norm(other[name] - array)) / size if size else 0.0
            moved[name] = max(moved[name], share)
    return (
        {n: 2 * share for n, share in moved.items()} if np.isfinite([*moved.values()]).all() else {}
    )


def fitted_claim(claimed: Gradient, right: Gradient) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Return the claim in the shapes of the parameters, and the arrays that were transposed."""
    fitted: dict[str, Array] = {}
    turned: list[str] = []
    for name, wanted in right.items():
        if name not in claimed:
            hint = "Give one array for each parameter."
            raise PointError(f"The gradient says nothing of “{name}”.", hint=hint, at=name)
        array = np.asarray(claimed[name], dtype=np.float64)
        if array.shape == wanted.shape[::-1] != wanted.shape:
            turned.append(name)
            array = array.T
        if array.shape != wanted.shape:
            what = f"The gradient of “{name}” is shaped {list(array.shape)}."
            raise ShapeError(what, hint=f"The parameter is shaped {list(wanted.shape)}.", at=name)
        fitted[name] = array
    return fitted, tuple(turned)


def not_finite_entries(claimed: Gradient, right: Gradient) -> dict[str, list[str]]:
    """Return the entries that are NaN or ∞ where the right gradient is a number, by array."""
    entries = {}
    for name, array in claimed.items():
        places = np.argwhere(~np.isfinite(array) & np.isfinite(right[name])).tolist()
        if places:
            entries[name] = [f"{name}[{','.join(map(str, place))}]" for place in places]
    return entries


def without_value(not_finite: Mapping[str, list[str]]) -> Suspect:
    """Return the suspect for entries that are NaN or ∞ where a number belongs."""
    entries = [entry for each in not_finite.values() for entry in each]
    more = len(entries) - SHOWN
    named = f"{', '.join(entries[:SHOWN])} and {more:,} more" if more > 0 else in_words(entries)
    verb = "is" if len(entries) == 1 else "are"
    explanation = (
        f"{named} {verb} NaN or infinite, and a number belongs there: look for a division by 0, a "
        "logarithm of 0, or an exponential that overflows."
    )
    return Suspect(UNKNOWN, 0.0, explanation, tuple(not_finite))
