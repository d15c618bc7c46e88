"""How far a number may be from what it was before it was printed, as its own digits tell.

PyTorch prints 4 decimals and NumPy 8: a right gradient, pasted, is then off by half a unit of its
last digit. Numbers that all end early were rounded; numbers of 17 digits were not.
"""

from collections.abc import Mapping

import numpy as np

from backprop.notation.printed_text import Array

FEWEST, MOST = 3, 8  # digits after the point that count as a print's
_FLOAT32 = 2.0**-20  # eight roundings of float32, of the largest entry


def roundings(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return for each entry how far it may be from what was printed; 0 if one array is unrounded.

    All arrays must be rounded, each to the decimals of a fixed print or the digits of a scientific
    one: a single short number, such as 0.25, may be what it says. Numbers that float32 holds
    exactly were computed in it.
    """
    found = {name: _rounding(array) for name, array in arrays.items()}
    if all(each is not None for each in found.values()):
        return {name: each for name, each in found.items() if each is not None}
    if all(_is_float32(array) for array in arrays.values()):
        return {
            name: np.full(array.shape, _FLOAT32 * np.max(np.abs(array), initial=0.0))
            for name, array in arrays.items()
        }
    return {name: np.zeros(array.shape) for name, array in arrays.items()}


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
    magnitudes = np.floor(np.log10(np.where(finite == 0, 1.0, np.abs(finite))))
    texts = [format(number, f".{MOST}e") for number in finite.ravel().tolist()]
    if any(float(text) != number for text, number in zip(texts, finite.flat, strict=True)):
        return None
    digits = max(len(text.partition("e")[0].rstrip("0").partition(".")[2]) for text in texts)
    rounding: Array = 0.5 * 10.0 ** (magnitudes - max(digits, FEWEST))
    return rounding


def _is_float32(array: Array) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.array_equal(array.astype(np.float32).astype(float), array, equal_nan=True))
