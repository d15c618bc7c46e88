"""How far a number may be from what it was before it was printed, as its own digits tell.

PyTorch prints 4 decimals and NumPy 8: a right gradient, pasted, is then off by half a unit of its
last digit. Numbers that all end early were rounded; numbers of 17 digits were not. A small number
printed with 4 decimals is 0.0000.
"""

import re
from collections.abc import Mapping

import numpy as np

from backprop.notation.printed_text import Array

FEWEST, MOST = 3, 8  # digits after the point that count as a print's
SHORTEST = 2  # digits after the first one of a scientific print, as %.3g leaves
_FLOAT32 = 2.0**-20  # eight roundings of float32, of the largest entry


_ZERO = re.compile(r"(?<![\w.])0\.(0+)(?![\w.])")


def zero_decimals(text: str) -> int:
    """Return how many decimals the zeros of a print have, 4 for 0.0000; 0 if too few to tell."""
    most = max((len(decimals) for decimals in _ZERO.findall(text)), default=0)
    return most if most >= FEWEST else 0


def roundings(arrays: Mapping[str, Array], decimals: int = 0) -> dict[str, Array]:
    """Return for each entry how far it may be from what was printed; 0 if one array is unrounded.

    All arrays must be rounded, each to the decimals of a fixed print or the digits of a scientific
    one: a single short number, such as 0.25, may be what it says. Numbers that float32 holds
    exactly were computed in it.

    Args:
        arrays: the numbers, by name.
        decimals: those of a print's zeros, where it is known; else they have as many as the others.
    """
    found = {name: _rounding(array) for name, array in arrays.items()}
    if all(each is not None for each in found.values()):
        rounded = {name: each for name, each in found.items() if each is not None}
        return _together(arrays, rounded, decimals)
    if all(_is_float32(array) for array in arrays.values()):
        return {
            name: np.full(array.shape, _FLOAT32 * np.max(np.abs(array), initial=0.0))
            for name, array in arrays.items()
        }
    return {name: np.zeros(array.shape) for name, array in arrays.items()}


def _together(
    arrays: Mapping[str, Array], rounded: dict[str, Array], decimals: int
) -> dict[str, Array]:
    """Return the roundings where all arrays come from one print: %.3g, or one of few decimals."""
    joined = np.concatenate([np.empty(0), *map(np.ravel, arrays.values())])
    finite = np.where(np.isfinite(joined), joined, 0.0)
    if np.all(finite == np.round(finite)):
        fixed, short = None, False
    else:
        fixed, short = _by_decimals(finite), _is_short(finite[finite != 0])
    zero = 0.5 * 10.0**-decimals if decimals else 0.0 if fixed is None else float(fixed[0])
    found = {}
    for name, array in arrays.items():
        digit = 0.5 * 10.0 ** (_magnitudes(array) - SHORTEST) if short else 0.0
        found[name] = np.maximum(rounded[name], np.where(array == 0, zero, digit))
    return found


def _rounding(array: Array) -> Array | None:
    """Return half a unit of each entry's last digit; None if the entries were not rounded."""
    finite = np.where(np.isfinite(array), array, 0.0)
    if np.all(finite == np.round(finite)):
        return np.zeros(array.shape)  # whole numbers are what they say
    fixed, scientific = _by_decimals(finite), _by_digits(finite)
    if fixed is None or scientific is None:
        return fixed if scientific is None else scientific
    return np.maximum(fixed, scientific)


def _by_decimals(finite: Array) -> Array | None:
    for decimals in range(FEWEST, MOST + 1):
        if np.all(np.round(finite, decimals) == finite):
            return np.full(finite.shape, 0.5 * 10.0**-decimals)
    return None


def _by_digits(finite: Array) -> Array | None:
    digits = _digits(finite)
    if digits is None:
        return None
    last = max(int(digits.max(initial=0)), FEWEST)
    rounding: Array = 0.5 * 10.0 ** (_magnitudes(finite) - last) * (finite != 0)  # 0 is 0
    return rounding


def _digits(finite: Array) -> Array | None:
    """Return how many digits each number has after its first; None if one has more than MOST."""
    texts = [format(number, f".{MOST}e") for number in finite.ravel().tolist()]
    if any(float(text) != number for text, number in zip(texts, finite.flat, strict=True)):
        return None
    return np.array([len(text.partition("e")[0].rstrip("0").partition(".")[2]) for text in texts])


def _is_short(numbers: Array) -> bool:
    """Whether numbers look printed by %.3g rather than with so many decimals.

    A print that would end in 0 more often is the less likely one.
    """
    digits = _digits(numbers)
    if digits is None or digits.max() != SHORTEST:
        return False
    decimals = np.maximum(digits - _magnitudes(numbers), 0)
    return bool(np.sum(SHORTEST - digits) <= np.sum(decimals.max() - decimals))


def _magnitudes(array: Array) -> Array:
    """Return the power of ten of each first digit; 0 for what has none."""
    known = np.isfinite(array) & (array != 0)
    found: Array = np.floor(np.log10(np.where(known, np.abs(array), 1.0)))
    return found


def _is_float32(array: Array) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.array_equal(array.astype(np.float32).astype(float), array, equal_nan=True))
