"""What the digits of all that was brought leave open: how far a right claim may be from ours.

Not only the gradient was rounded when it was printed: W, b, X and Y were, and the gradient beside
them belongs to the numbers before that. And what was computed in float32 was rounded on the way,
as if each number it came from had been off by a few units of that type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from backprop.engine.differences.precision import (
    EPSILONS,
    Rounding,
    find_precision,
    find_rounding,
    find_type,
)
from backprop.engine.differences.rounded_inputs import find_lost_slopes, find_reach, find_spread
from backprop.engine.network import Array
from backprop.notation.names import name_list
from backprop.notation.submission.read import FunctionSubmission, Submission

TYPED = 0.5e-3  # half a unit of numbers that are typed, and not what is left of longer ones
FINE = 1e-7  # half a unit that is not worth a word
ON_THE_WAY = 2.0  # units of its type by which a number stands for the rounding on the way
_OTHER = {"half": "float16"}  # other names of types


@dataclass(frozen=True, slots=True, eq=False)
class Tolerance:
    """How far each entry of a right claim may be from the exact slope at the numbers read.

    Attributes:
        own: by the rounding of the claim itself, by the parameters' names.
        reach: by the rounding of what it was computed from; ∞ where nothing bounds it.
        kinks: how many pre-activations may lie on either side of a kink.
        words: what its digits are due to, “2 significant digits”; empty where they are many.
        assumed: how the inputs were read, in a sentence; empty where they are exact.
        off: how far each number of the inputs may be from what was meant: of W1, b1, …, X and Y.
    """

    own: Mapping[str, Array]
    reach: Mapping[str, Array]
    kinks: int = 0
    words: str = ""
    assumed: str = ""
    off: Mapping[str, Array] = field(default_factory=dict)


def find_tolerance(
    submission: Submission | FunctionSubmission, *, each_its_own: bool = False
) -> Tolerance:
    """Return what the digits of a submission leave open.

    Args:
        submission: what was brought.
        each_its_own: whether each array is taken to be rounded to its own decimals, although
            others have more: what is possible, though nothing shows it.
    """
    rounding = read_as(submission, each_its_own=each_its_own)
    if isinstance(submission, FunctionSubmission):
        slopes = {name: np.array(slope) for name, slope in submission.gradient.items()}
        precision = find_precision(slopes, submission.decimals)
        typed = find_rounding(slopes, {}, each_its_own=True)
        own = {n: np.maximum(a, typed[n].half) for n, a in precision.allowed.items()}
        words = precision.words or next((each.words for each in typed.values() if each.words), "")
        halves = {name: float(each.half) for name, each in rounding.items()}
        reach = find_reach(submission.graph, submission.at, halves)
        return Tolerance(own, reach, words=words)
    claimed = _as_given(submission)
    kind = _type_of(submission, claimed, rounding)
    precision = find_precision(claimed, submission.decimals, kind)
    own = {name: np.zeros(array.shape) for name, array in submission.gradient.items()}
    for name, allowed in precision.allowed.items():
        own[name] = np.maximum(allowed, rounding[f"d{name}"].half) / submission.factor
    at = submission.network.batch(submission.parameters, submission.X, submission.Y)
    half = {
        name: rounding[name].half if name in rounding else np.zeros(array.shape)
        for name, array in at.items()
    }
    off = _on_the_way(submission, half, kind)
    spread = find_spread(submission.network, at, off)
    reach = spread.reach
    if kind:
        lost = find_lost_slopes(submission.network, at, EPSILONS[kind] / 2)
        reach = {name: reach[name] + lost[name] for name in reach}
    return Tolerance(
        own,
        reach,
        spread.kinks,
        precision.words,
        _assumed({name: rounding[name] for name in at if name in rounding}),
        off,
    )


def read_as(
    submission: Submission | FunctionSubmission, *, each_its_own: bool = False
) -> dict[str, Rounding]:
    """Return how far each number that was read may be from what was meant, by W1, X, dW1.

    Arrays that are the numbers here are not among them: they have all their digits. So have those
    at which a function is looked at, unless each may have its own.

    Args:
        submission: what was brought.
        each_its_own: as in `find_tolerance`.
    """
    if isinstance(submission, FunctionSubmission):
        at = {name: np.array(number) for name, number in submission.at.items()}
        found = find_rounding(at if each_its_own else {}, {}, each_its_own=True)
        return {name: each for name, each in found.items() if each.half <= TYPED}
    inputs = {**submission.parameters, "X": submission.X, "Y": submission.Y}
    read = {name: array for name, array in inputs.items() if name not in submission.ours}
    claimed = {f"d{name}": array for name, array in _as_given(submission).items()}
    found = find_rounding(read, submission.written, claimed, each_its_own=each_its_own)
    slopes = find_rounding(claimed, submission.written, each_its_own=True)
    coarsest = max(found.values(), key=lambda each: float(each.half.max()), default=None)
    for name, array in claimed.items():
        if coarsest and not array.any() and np.signbit(array).any():  # −0 is what rounding left
            half = np.full(array.shape, max(coarsest.half.max(), slopes[name].half.max()))
            slopes[name] = Rounding(half, coarsest.words)
    return found | slopes


@np.errstate(all="ignore")
def _as_given(submission: Submission) -> dict[str, Array]:
    """Return the arrays of the gradient as they stand in the text, before they were divided."""
    given = {n: a for n, a in submission.gradient.items() if n not in submission.absent}
    if submission.factor == 1:
        return given
    return {name: np.vectorize(_near)(array * submission.factor) for name, array in given.items()}


def _near(number: float) -> float:
    """Return the number of 15 digits, which dividing and multiplying moved by one unit."""
    return float(f"{number:.15g}")


def _type_of(
    submission: Submission, claimed: Mapping[str, Array], rounding: Mapping[str, Rounding]
) -> str:
    """Return the coarsest type that the gradient may have been computed in; "" for float64.

    Of numbers with 8 digits or fewer nobody can tell whether they were of float32.
    """
    named = {
        _OTHER.get(how.kind, how.kind)
        for name, how in submission.written.items()
        if name.startswith("d") and how.kind
    }
    known = next((kind for kind in EPSILONS if kind in named), "")
    if known:
        return known
    if shown := find_type(np.concatenate([np.ravel(array) for array in claimed.values()])):
        return shown
    short = all(rounding[f"d{name}"].words or not array.any() for name, array in claimed.items())
    return "float32" if short and "float64" not in named else ""


@np.errstate(all="ignore")
def _on_the_way(submission: Submission, half: Mapping[str, Array], kind: str) -> dict[str, Array]:
    """Return how far inputs may be off, with what stands for the rounding of a type on the way."""
    if not kind:
        return dict(half)
    unit = ON_THE_WAY * EPSILONS[kind]
    network = submission.network
    sizes = {**submission.parameters, "X": submission.X, "Y": submission.Y}
    outputs = np.abs(network.outputs(submission.parameters, submission.X))
    sizes["Y"] = np.maximum(np.abs(submission.Y), outputs)
    off = {name: half[name] + unit * np.abs(size) for name, size in sizes.items()}
    return {name: np.where(np.isfinite(each), each, 0.0) for name, each in off.items()}


def _assumed(roundings: Mapping[str, Rounding]) -> str:
    """Return how the inputs were read, in a sentence; nothing where their digits are many."""
    groups: dict[str, list[str]] = {}
    for name, each in roundings.items():
        groups.setdefault(each.words if each.half.max(initial=0.0) > FINE else "", []).append(name)
    exact = groups.pop("", [])
    if not groups:
        return ""
    parts = [f"{name_list(names)} to {each}" for each, names in groups.items()]
    also = f"; {name_list(exact)} as exact" if exact else ""
    return f"Read as rounded: {', '.join(parts)}{also}."
