"""Finds which mistake produced a wrong gradient, by comparing it with what each slip gives.

The distance of two gradients is the largest over the arrays W1, b1, …: ‖c − w‖ / (‖c‖ + ‖w‖), so
that a small array counts as much as a large one. Where the claim has few digits, as printed
numbers have, only what rounding does not explain counts. A claim whose distance from the right
gradient is at most 1e-5 is right. A slip is named if it leaves less than a fiftieth of the claim's
distance, and no other leaves ten times less (what is under 1e-5 is equally near).

A claim that is NaN or ∞ where a number belongs is told where, and compared no further.

Besides the slips of the catalogue there are a few simple ones: all entries times the same number,
a matrix in the shape of its transpose, a slip in some of the arrays only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.errors import PointError, ShapeError
from backprop.engine.network import Array, Network
from backprop.engine.slips.catalog import (
    ASSIGNED,
    NO_HIDDEN_SLOPE,
    NO_WEIGHTS,
    ONE_PATH,
    SLIPS,
    SLOPE_AT_ACTIVATION,
    TRANSPOSED,
)
from backprop.engine.slips.claim import Claim
from backprop.engine.slips.slip import STALE_WEIGHTS, Gradient, Slip

RIGHT = 1e-5  # a distance that is none: float32 comes no nearer
EXPLAINED = 0.02  # what a slip may leave of the claim's distance
LESS = 0.8  # how sure one is of a slip in some arrays only, beside one in all

SHOWN = 5  # entries that a sentence names
MOST_HIDDEN = 4  # layers, up to which each is tried alone: each try is a pass to compile

PASSED_ON = (NO_HIDDEN_SLOPE, SLOPE_AT_ACTIVATION, ONE_PATH, ASSIGNED, TRANSPOSED, NO_WEIGHTS)
SCALED = Slip(
    "scaled",
    "All is multiplied by the same number",
    "Every entry is the right one times the same number: look for a lost or doubled factor in "
    "the loss, where the gradient starts.",
)
ONE_SCALED = Slip(
    "one-scaled",
    "One array is multiplied by a number",
    "Its entries are the right ones times the same number; the other arrays are right.",
)
ONE_TRANSPOSED = Slip(
    "one-transposed",
    "The gradient of a matrix is transposed",
    "It stands at [from, to] where [to, from] belongs.",
)
UNKNOWN = Slip(
    "unknown",
    "None of the slips that are known",
    "The gradient is wrong, in a way that no slip of the catalogue explains.",
)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A slip that may have made a gradient.

    Attributes:
        slip: which.
        confidence: 0 … 1: how much of the difference it explains, shared among those that explain
            it as well.
        sentence: what was found, for a learner.
        arrays: the names of the arrays that are wrong.
    """

    slip: Slip
    confidence: float
    sentence: str
    arrays: tuple[str, ...]


_Given = tuple[Network, Mapping[str, Any], Any, Any]  # and its parameters, inputs and targets


class _Candidate(NamedTuple):
    """A gradient that the claim may be, how sure that would be, and what is said then."""

    slip: Slip
    gradient: Gradient
    prior: float
    words: str


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
    that is wrong in an unknown way has UNKNOWN for its only suspect, with confidence 0.

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
    right = network.objective_and_gradient(parameters, X, Y)[1]
    arrays, turned = _fitted(claimed, right)
    claim = Claim(arrays, right)
    gaps = claim.gaps(right)
    wrong = tuple(name for name in right if not gaps[name] <= RIGHT or name in turned)
    whole = max(gaps.values())
    if not wrong:
        return ()
    endless = _not_finite(arrays, right)
    if endless:
        return (_without_value(endless),)
    if whole <= RIGHT:
        return (Suspect(ONE_TRANSPOSED, 1.0, _sentence(ONE_TRANSPOSED, "", turned), turned),)
    given = network, parameters, X, Y
    likely = (*_planted(given, right, claim, previous), *_simple(right, claim, wrong))
    found = _explaining(likely, claim, whole) or _explaining(_at_one_layer(given), claim, whole)
    if not found:
        return (Suspect(UNKNOWN, 0.0, f"{_unknown(wrong, right)}{_precision(claim)}", wrong),)
    best = min(left for left, _ in found)
    close = [(left, each) for left, each in found if left <= max(10 * best, RIGHT / whole)]
    surest = max(each.prior for _, each in close)
    named = [(left, each) for left, each in close if each.prior == surest]
    titles = [each.slip.title for _, each in named]
    return tuple(
        Suspect(
            each.slip,
            each.prior * (1 - left) / len(named),
            _sentence(each.slip, each.words, wrong, [t for t in titles if t != each.slip.title])
            + _precision(claim),
            wrong,
        )
        for left, each in named
    )


def _explaining(
    candidates: Iterable[_Candidate], claim: Claim, whole: float
) -> list[tuple[float, _Candidate]]:
    """Return the candidates that explain a claim, each with the distance that it leaves."""
    found = ((claim.distance(each.gradient) / whole, each) for each in candidates)
    return [(left, each) for left, each in found if left <= EXPLAINED]


def _fitted(claimed: Gradient, right: Gradient) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Return the claim in the shapes of the parameters, and the arrays that were transposed."""
    found: dict[str, Array] = {}
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
        found[name] = array
    return found, tuple(turned)


def _planted(
    given: _Given, right: Gradient, claim: Claim, previous: Gradient | None
) -> Iterator[_Candidate]:
    """Yield what each slip of the catalogue gives, everywhere and in some of the arrays."""
    far = claim.gaps(right)
    for slip in SLIPS.values():
        if not slip.fits(given[0], len(given[3]), previous):
            continue
        rate, words = 0.0, ""
        if slip is STALE_WEIGHTS:
            rate = max(0.0, _learning_rate(given, right, claim))
            words = f" The learning rate would be {rate:.4g}."
        wrong = slip.gradient(*given, previous=previous, learning_rate=rate)
        changed = [name for name in right if not np.array_equal(wrong[name], right[name])]
        if not changed:
            continue
        yield _Candidate(slip, wrong, 1.0, words)
        gaps = claim.gaps(wrong)
        there = [name for name in changed if gaps[name] < far[name]]
        if there and there != changed and slip is not STALE_WEIGHTS:
            mixed = {name: wrong[name] if name in there else right[name] for name in right}
            yield _Candidate(slip, mixed, LESS, f" It was made in {_and(there)} only.")


def _learning_rate(given: _Given, right: Gradient, claim: Claim) -> float:
    """Return the learning rate at which updated weights explain the last hidden layer best.

    Its gradient goes through one layer that is updated, so it is a straight line in the rate:
    right + rate · slope, and the best rate is (claim − right) · slope / slope · slope.
    """
    names = f"W{given[0].depth - 1}", f"b{given[0].depth - 1}"
    wrong = STALE_WEIGHTS.gradient(*given, learning_rate=1.0)
    with np.errstate(all="ignore"):  # where the pass overflows no rate is found, and 0 is tried
        slope = {name: wrong[name] - right[name] for name in names}
        away = {name: claim.arrays[name] - right[name] for name in names}
    return _factor(slope, away, names)


def _at_one_layer(given: _Given) -> Iterator[_Candidate]:
    """Yield what slips that pass on a wrong gradient give at one of several hidden layers."""
    hidden = range(1, given[0].depth)
    for slip in PASSED_ON if 1 < len(hidden) <= MOST_HIDDEN else ():
        for layer in hidden if slip.fits(given[0], len(given[3])) else ():
            words = f" It was made at hidden layer {layer} only."
            yield _Candidate(slip, slip.at_layer(layer).gradient(*given), LESS, words)


def _simple(right: Gradient, claim: Claim, wrong: tuple[str, ...]) -> Iterator[_Candidate]:
    """Yield what needs no pass: the right gradient times a number, everywhere or in one array."""
    factor = _factor(right, claim.arrays, tuple(right))
    scaled = _times(factor, right)
    yield _Candidate(SCALED, scaled, 0.95 * LESS, f" The number is {factor:.4g}.")
    if len(wrong) == 1:
        factor = _factor(right, claim.arrays, wrong)
        one = {**right, **_times(factor, {wrong[0]: right[wrong[0]]})}
        yield _Candidate(ONE_SCALED, one, 0.9 * LESS, f" The number is {factor:.4g}.")


@np.errstate(all="ignore")
def _times(factor: float, gradient: Gradient) -> dict[str, Array]:
    return {name: factor * array for name, array in gradient.items()}


@np.errstate(all="ignore")
def _factor(a: Gradient, b: Gradient, names: tuple[str, ...]) -> float:
    """Return the number that turns these arrays of a best into those of b, by least squares."""
    size = sum(float(np.sum(a[name] * a[name])) for name in names)
    found = sum(float(np.sum(a[name] * b[name])) for name in names) / size if size else 0.0
    return found if np.isfinite(found) else 0.0


def _sentence(slip: Slip, words: str, wrong: tuple[str, ...], others: Sequence[str] = ()) -> str:
    verb, them = ("is", "it") if len(wrong) == 1 else ("are", "them")
    said = f"{slip.title}: {_and(wrong)} {verb} as that slip makes {them}.{words}"
    if others:
        said += f" Here the same numbers also come from: {'; '.join(others)}."
    return said


def _precision(claim: Claim) -> str:
    """Return what is said where a claim has so few digits that less shows in it."""
    if not claim.words:
        return ""
    few = "in float16" if claim.words == "float16" else f"given with {claim.words}"
    return f" The numbers are {few}; what that rounds away is set aside."


def _not_finite(claimed: Gradient, right: Gradient) -> dict[str, list[str]]:
    """Return the entries that are NaN or ∞ where the right gradient is a number, by array."""
    found = {}
    for name, array in claimed.items():
        places = np.argwhere(~np.isfinite(array) & np.isfinite(right[name])).tolist()
        if places:
            found[name] = [f"{name}[{','.join(map(str, place))}]" for place in places]
    return found


def _without_value(found: Mapping[str, list[str]]) -> Suspect:
    entries = [entry for each in found.values() for entry in each]
    more = len(entries) - SHOWN
    said = f"{', '.join(entries[:SHOWN])} and {more:,} more" if more > 0 else _and(entries)
    verb = "is" if len(entries) == 1 else "are"
    sentence = (
        f"{said} {verb} NaN or infinite, and a number belongs there: look for a division by 0, a "
        "logarithm of 0, or an exponential that overflows."
    )
    return Suspect(UNKNOWN, 0.0, sentence, tuple(found))


def _unknown(wrong: tuple[str, ...], right: Gradient) -> str:
    where = "Every array" if len(wrong) == len(right) > 1 else _and(wrong)
    verb = "are" if where == _and(wrong) and len(wrong) > 1 else "is"
    return f"{where} {verb} wrong, and no slip that I know explains how."


def _and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
