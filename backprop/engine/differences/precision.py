"""Rounding error of numbers that were printed, or computed in a narrower type.

PyTorch prints 4 decimals and NumPy 8: a right gradient, pasted, is then off by half a unit of its
last digit. Numbers that all end early were rounded; numbers of 17 digits were not. A small number
printed with 4 decimals is 0.0000. Numbers that float16 or float32 holds exactly, or that are
written as NumPy writes these, were computed in it:

    printed       half a unit of the last digit
    a type        8 ε of the array's largest entry, or 2 ε of the largest of all, for slopes that
                  cancel, as those of a bias do that softmax shares
                  ε = 2⁻⁷ of bfloat16, 2⁻¹⁰ of float16, 2⁻²³ of float32

The numbers of a single array may be what they say, and so may numbers of one digit.

What a gradient was computed from was printed, too, each array perhaps with digits of its own
(`find_rounding`). Its text tells more than its values: 0.5 of 0.5000 was rounded to 4 decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EPSILONS = {"bfloat16": 2.0**-7, "float16": 2.0**-10, "float32": 2.0**-23}  # the coarsest first

FEWEST, MOST = 3, 8  # digits after the point that count as a print's
SHORTEST = 2  # digits after the first one up to which a scientific print is short, as %.3g
FEW_DECIMALS = 2  # as %.2f leaves
HELD = 6  # significant digits that tell numbers a type holds from a print, as 0.5390625
FIRST = 64  # numbers that are looked at before all are
ALIKE = 0.5  # the share of numbers that a print of so many significant digits leaves without a 0
PRINTED = 4  # decimals that nobody types in many numbers
LONG, MANY = 4, 4  # significant digits, and how many numbers with them tell what float16 writes


@dataclass(frozen=True, slots=True)
class Written:
    """How the text of an array writes its numbers: what their values no longer tell.

    Attributes:
        decimals: the most digits after a point, zeros at the end counted: 4 of 0.5000.
        even: whether every number has as many.
        padded: whether zeros at the end are seen to be written, as PyTorch and %.4f do; NumPy
            leaves them out.
        scientific: whether they have powers of ten, as 5.0000e-01.
        factor: what stands before the brackets and multiplies all of them.
        kind: the type that the text or the file names, as “float32”; else empty.
    """

    decimals: int = 0
    even: bool = False
    padded: bool = False
    scientific: bool = False
    factor: float = 1.0
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Precision:
    """What the digits of some arrays allow.

    Attributes:
        allowed: for each entry how far it may be from what was meant, by the arrays' names.
        words: what it is due to, where it is coarse: “float16”, “2 significant digits”; else empty.
    """

    allowed: Mapping[str, Array]
    words: str = ""


class Rounding(NamedTuple):
    """How far each entry of an array may be from what was meant, and in words what it has."""

    half: Array
    words: str = ""  # “4 decimals”; empty where it is exact


@np.errstate(all="ignore")  # huge and tiny numbers have no decimals to be seen
def find_precision(arrays: Mapping[str, Array], decimals: int = 0, kind: str = "") -> Precision:
    """Return how far each entry may be from what was meant; 0 if one array is unrounded.

    All arrays must be rounded, each to the decimals of a fixed print or the digits of a scientific
    one: a single short number, such as 0.25, may be what it says.

    Args:
        arrays: the numbers, by name.
        decimals: those of a print's zeros, where it is known; else they have as many as the others.
        kind: the type they were computed in, of EPSILONS, where it is known; else values tell.
    """
    joined = np.concatenate([np.empty(0), *map(np.ravel, arrays.values())])
    finite = np.where(np.isfinite(joined), joined, 0.0)
    roundings = {name: _rounding(array) for name, array in arrays.items()}
    printed = {name: each for name, each in roundings.items() if each is not None}
    precision = Precision({name: np.zeros(array.shape) for name, array in arrays.items()})
    if len(printed) == len(arrays) and not (_is_of_one_digit(finite) and not decimals):
        precision = _together(arrays, printed, finite, decimals)
    kind = kind or find_type(finite)
    return _computed(arrays, precision, kind) if kind else precision


def _together(
    arrays: Mapping[str, Array], rounded: dict[str, Array], finite: Array, decimals: int
) -> Precision:
    """Return the precision where all arrays come from one print: %.3g, or one of few decimals."""
    if np.all(finite == np.round(finite)):
        fixed, short, few = None, 0, False
    else:
        fixed, (short, few) = _by_decimals(finite), _few_digits(finite, len(arrays) < 2)
    least = 0.5 * 10.0**-FEW_DECIMALS if few else 0.0
    zero = 0.5 * 10.0**-decimals if decimals else 0.0 if fixed is None else float(fixed[0])
    allowed = {}
    for name, array in arrays.items():
        digit = 0.5 * 10.0 ** (_magnitudes(array) - short) if short else 0.0
        own = np.where(array == 0, zero, digit)
        allowed[name] = np.maximum(np.maximum(rounded[name], own), least)
    words = f"{short + 1} significant digits" if short else ""
    return Precision(allowed, f"{FEW_DECIMALS} decimals" if few else words)


def _rounding(array: Array) -> Array | None:
    """Return half a unit of each entry's last digit; None if the entries were not rounded."""
    finite = np.where(np.isfinite(array), array, 0.0)
    if np.all(finite == np.round(finite)):
        return np.zeros(array.shape)  # whole numbers are what they say
    fixed, scientific = _by_decimals(finite), _by_digits(finite)
    if fixed is None or scientific is None:
        return fixed if scientific is None else scientific
    digits = _digits(finite)
    if digits is not None and digits.max() <= SHORTEST:  # so few are those of the decimals
        return fixed
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
    return _digits_of(np.ascontiguousarray(finite, dtype=float).tobytes())


@lru_cache(maxsize=32)
def _digits_of(held: bytes) -> Array | None:
    """Return the same of the bytes of numbers: an array is asked about several times."""
    numbers = np.frombuffer(held).tolist()
    if len(numbers) > FIRST and _digits_of(held[: 8 * FIRST]) is None:
        return None  # soon seen, where there are thousands
    texts = [format(number, f".{MOST}e") for number in numbers]
    if any(float(text) != number for text, number in zip(texts, numbers, strict=True)):
        return None
    digits = np.array([len(text.partition("e")[0].rstrip("0").partition(".")[2]) for text in texts])
    digits.setflags(write=False)
    return digits


def _few_digits(finite: Array, alone: bool) -> tuple[int, bool]:
    """Return how many digits after the first one a short print has, else 0; and if 2 decimals.

    A print that would end in 0 more often is the less likely one, but with 2 decimals both are
    possible.
    """
    numbers = finite[finite != 0]
    digits = _digits(numbers)
    if digits is None:
        return 0, False
    most, decimals = int(digits.max()), np.maximum(digits - _magnitudes(numbers), 0)
    short, fixed = np.sum(most - digits), np.sum(decimals.max() - decimals)
    is_short = most == SHORTEST or (most == 1 and not alone)
    few = not alone and decimals.max() == FEW_DECIMALS
    return most if is_short and short <= fixed else 0, bool(few)


def _is_of_one_digit(finite: Array) -> bool:
    """Whether numbers are such as 0.5, 2 and 0, with which no print ends."""
    digits = _digits(finite)
    return digits is not None and not digits.any() and bool(np.all(np.round(finite, 1) == finite))


def _magnitudes(array: Array) -> Array:
    """Return the power of ten of each first digit; 0 for what has none."""
    known = np.isfinite(array) & (array != 0)
    powers: Array = np.floor(np.log10(np.where(known, np.abs(array), 1.0)))
    return powers


@np.errstate(all="ignore")
def find_type(numbers: Array) -> str:
    """Return the type that numbers were computed in: it holds them, or float16 writes them so.

    Of float32 the second cannot be told: every number of six digits is written as one.
    """
    finite = np.where(np.isfinite(numbers), numbers, 0.0)
    digits = _digits(finite)
    for kind in EPSILONS:
        if np.array_equal(_narrowed(finite, kind), finite):
            held = digits is None or int(digits.max(initial=0)) + 1 >= HELD
            return kind if held else ""
    if digits is None or np.sum(digits + 1 >= LONG) < MANY:
        return ""
    written = zip(finite.astype(np.float16).flat, finite.flat, strict=True)
    return "float16" if all(float(str(a)) == b for a, b in written) else ""


def _narrowed(numbers: Array, kind: str) -> Array:
    """Return the nearest numbers that a type holds; of bfloat16, those below."""
    if kind != "bfloat16":
        return numbers.astype(kind).astype(float)
    bits = numbers.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
    return bits.view(np.float32).astype(float)


def _computed(arrays: Mapping[str, Array], printed: Precision, kind: str) -> Precision:
    """Return the precision of a type, and of its print: the coarser of the two."""
    allowed = {}
    least = float(np.finfo(np.float16 if kind == "float16" else np.float32).smallest_subnormal)
    sizes = {
        name: np.max(np.abs(array), initial=0.0, where=np.isfinite(array))
        for name, array in arrays.items()
    }
    for name in arrays:
        largest = max(8 * sizes[name], 2 * max(sizes.values()))
        allowed[name] = np.maximum(printed.allowed[name], EPSILONS[kind] * largest + least)
    return Precision(allowed, kind if kind != "float32" else printed.words)


@np.errstate(all="ignore")
def find_rounding(
    arrays: Mapping[str, Array],
    written: Mapping[str, Written],
    beside: Mapping[str, Array] = MappingProxyType({}),
    *,
    each_its_own: bool = False,
) -> dict[str, Rounding]:
    """Return how far each entry of what was printed may be from what was meant.

    NumPy leaves zeros at the end out, so an array with fewer decimals than others of its print is
    exact to the decimals of those. PyTorch and %.4f write them: each array has its own. Few
    numbers of few decimals may be what they say, as 0.25, where others have more.

    Args:
        arrays: what was printed together, by name.
        written: how arrays are written, as far as the text tells.
        beside: what else stands in the text, perhaps printed together with it.
        each_its_own: whether an array of at least 3 decimals is taken to be rounded to these,
            although others have more; and whole numbers to the decimals of the others.
    """
    shown = {name: _shown(array, written.get(name)) for name, array in arrays.items()}
    most = max((each.decimals for each in shown.values() if each), default=0)
    significant = _significant(arrays, shown)
    if not _is_print(arrays, shown, most):
        others = {name: _shown(array, written.get(name)) for name, array in beside.items()}
        most = max([most, *(each.decimals for each in others.values() if each)])
        significant = significant or _significant(beside, others)
    kept = any(each.padded for each in written.values())
    roundings = {}
    for name, array in arrays.items():
        how = shown[name]
        if how is None:
            digits, how = most if each_its_own else 0, Written()
        elif how.padded or (how.decimals >= FEWEST and (each_its_own or (kept and how.even))):
            digits = how.decimals
        else:
            digits = max(how.decimals, most)
        roundings[name] = _rounded_to(array, digits, how, 0 if how.padded else significant)
    return roundings


def _is_print(arrays: Mapping[str, Array], shown: Mapping[str, Written | None], most: int) -> bool:
    """Whether so many numbers have so many decimals that nobody would have typed them."""
    if not PRINTED <= most <= MOST:
        return False
    alike = (
        array for name, array in arrays.items() if (how := shown[name]) and how.decimals == most
    )
    return sum(int(np.sum(np.round(array, most - 1) != array)) for array in alike) >= MANY


def _shown(array: Array, how: Written | None) -> Written | None:
    """Return how an array is written, by its text or its values; None of whole numbers."""
    finite = np.where(np.isfinite(array), array, 0.0)
    is_whole = bool(np.all(finite == np.round(finite)))
    if how is not None and (how.decimals or how.scientific):
        return None if is_whole and how.decimals < FEW_DECIMALS else how
    return None if is_whole else _by_values(finite)


def _significant(arrays: Mapping[str, Array], shown: Mapping[str, Written | None]) -> int:
    """Return how many digits after the first a print such as %.4g leaves, 3; 0 of another print.

    They are as many in most of the numbers, wherever the point is.
    """
    plain = [
        np.where(np.isfinite(arrays[name]), arrays[name], 0.0).ravel()
        for name, how in shown.items()
        if how and not (how.padded or how.scientific)
    ]
    numbers = np.concatenate([np.empty(0), *plain])
    numbers = numbers[numbers != 0]
    digits = _digits(numbers)
    if digits is None or len(digits) < MANY or not 1 < digits.max() < FEWEST + 3:
        return 0
    full = digits == digits.max()
    decimals = (digits - _magnitudes(numbers))[full]
    return int(digits.max()) if full.mean() >= ALIKE and np.ptp(decimals) > 0 else 0


def _by_values(finite: Array) -> Written:
    for decimals in range(1, MOST + 1):
        if np.all(np.round(finite, decimals) == finite):
            return Written(decimals)
    digits = _digits(finite)
    return Written(MOST + 1 if digits is None else int(digits.max()), scientific=True)


def _rounded_to(array: Array, digits: int, how: Written, significant: int) -> Rounding:
    """Return half a unit of the last of some digits, and how many these are.

    Args:
        array: the numbers.
        digits: decimals, or those after the first; fewer than 2 or more than 8 round nothing.
        how: how the array is written.
        significant: digits after the first that a print leaves as well, wherever the point is.
    """
    if not FEW_DECIMALS <= digits <= MOST:
        return Rounding(np.zeros(array.shape))
    factor = abs(how.factor)
    units = factor * 10.0 ** _magnitudes(array / factor) * (array != 0)
    if how.scientific:
        return Rounding(0.5 * 10.0**-digits * units, f"{digits + 1} significant digits")
    half = np.full(array.shape, 0.5 * factor * 10.0**-digits)
    if significant:
        half = np.maximum(half, 0.5 * 10.0**-significant * units)
        return Rounding(half, f"{significant + 1} significant digits")
    return Rounding(half, f"{digits} decimals")
