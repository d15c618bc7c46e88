"""Numbers as they are written on the screen.

    short   graphs: 3 decimals               0.751   −0.055   4.39·10⁻⁴   1.23·10⁴   12   0
                    below 0.01, 3 digits     0.00723   0.0018
    typed   settings: as they were typed     0.500   0.0018   0.9999   1.00·10⁻⁸
    signed  the same with its sign           +0.751  −0.055   0
    answer  what a question asks for: 4 decimals, else as `short`   0.0822   6.68·10⁻⁴   −4
    long    tables: 6 significant digits     0.0363503   1.03000·10⁻⁵
    exact   what a click opens: all 17       0.036350306393144395
    field   what an input shows              -0.05   4.39e-05
    brief   what needs no more digits        −0.05   5·10⁻⁵
    aloud   what a screen reader says        minus 0.055

A whole number is written without decimals in `short`: 0 and 1 mean exactly that, where 1.000 is
only near. No number but zero is written as zero, and zero has no sign. Minus is U+2212 (−).
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

ALL_DIGITS = 17  # that a float64 has
MINUS = "\N{MINUS SIGN}"

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "+")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_LEAST = 0.0009995  # from here up, three decimals say 0.001 or more
_TWO_DIGITS = 0.00995  # from here up, three decimals are two digits or more
_MOST = 9999.9995  # from here up, three decimals say 10000.000
_MOST_DIGITS = 6  # of a number in a sentence; of one whose sum or product needs them, _LIMIT
_LIMIT = 9


def short(x: float) -> str:
    """Return a number for the graph: 3 decimals, or 3 digits and a power of ten.

    Of a number below 0.01 three decimals would be one digit: it has 3 digits, or as many as it has.
    """
    size = abs(x)
    if _TWO_DIGITS <= size < _MOST:
        text = f"{x:.0f}" if x % 1 == 0 else f"{x:.3f}"
        return text.replace("-", MINUS)
    if _LEAST <= size < _MOST:
        return _decimals(x, 5)
    return _scientific(f"{x:.2e}") if x and x - x == 0 else _special(x)


def typed(x: float) -> str:
    """Return a number that somebody typed: as `short`, but with all the digits it has."""
    text = short(x)
    if x - x != 0 or read_printed(text) == x:
        return text
    for digits in range(4, ALL_DIGITS + 1):
        if read_printed(text := as_factor(x, digits, ALL_DIGITS)) == x:
            break
    return text


def signed(x: float) -> str:
    """Return a gradient for the graph: `short` with + before a positive number."""
    return f"+{short(x)}" if x > 0 else short(x)


def as_answer(x: float) -> str:
    """Return a number that is asked for, or answered: 4 decimals; below 0.01, as `short`."""
    return as_factor(x, 4, _LIMIT) if abs(x) >= _TWO_DIGITS else short(x)


def long(x: float) -> str:
    """Return a number for a table: 6 significant digits, trailing zeros kept."""
    if not x or x - x != 0:
        return _special(x)
    text = f"{x:#.6g}" if abs(x) >= 0.0009999995 else f"{x:.5e}"
    return _scientific(text) if "e" in text else text.rstrip(".").replace("-", MINUS)


def exact(x: float) -> str:
    """Return a number with all the digits it has; reading them back gives the same number."""
    if not x or x - x != 0:
        return _special(x)
    return repr(float(x)).removesuffix(".0").replace("-", MINUS)


def field(x: float) -> str:
    """Return a number as an input shows it: 6 significant digits at most, readable by float()."""
    if x - x != 0:
        return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"
    return f"{x + 0.0:.6g}"  # + 0.0 takes the sign from −0


def brief(x: float) -> str:
    """Return a number as a sentence says it: as `field`, with U+2212 and a power of ten."""
    if not x or x - x != 0:
        return _special(x)
    text = field(x)
    return _scientific(text) if "e" in text else text.replace("-", MINUS)


def degrees(angle: float, decimals: int = 2) -> str:
    """Return an angle with at most so many decimals: −45, 26.57; one that rounds to 0 as 0."""
    return brief(round(angle, decimals))


def aloud(x: float) -> str:
    """Return a number in words that a screen reader says right: “minus 0.055”."""
    if x - x != 0:
        return "not a number" if x != x else "infinity" if x > 0 else "minus infinity"
    return spoken(short(x))


def spoken(shown: str) -> str:
    """Return a number that is already written, in words."""
    digits, _, power = shown.partition("·10")
    words = f"{digits} times ten to the {power.translate(_LOWERED)}" if power else digits
    return words.replace(MINUS, "minus ").replace("-", "minus ").replace("+", "plus ")


class Written(NamedTuple):
    """The numbers of a sum or a product as they are printed, and whether they add up."""

    terms: tuple[str, ...]
    result: str
    holds: bool  # whether what is printed, computed again, gives what is printed

    @property
    def sign(self) -> str:
        """The sign before the result: = where it holds as printed, else ≈."""
        return "=" if self.holds else "≈"

    def printed(self, between: str) -> str:
        """Return the terms with a sign between them, and the result: (−1) × 2 = −2."""
        terms = (f"({term})" if term.startswith(MINUS) else term for term in self.terms)
        return f"{between.join(terms)} {self.sign} {self.result}"


def adds_up(
    terms: Sequence[float],
    result: float,
    operation: str | Callable[..., float] = "product",
    stands: str = "",
    least: int = 3,
) -> Written:
    """Return the numbers with the fewest digits at which they add up as printed.

    At least three decimals, or of a factor below 0.01 three digits; at most nine significant
    digits; the result may have fewer than the terms. A short decimal is not made longer: 0.500 and
    0.0018 stay. Where nine digits are not enough, six, and `holds` False.

    Args:
        terms: what is combined.
        result: what they give.
        operation: “product”, “sum”, “difference”, “distance” (its size), or a function of the
            terms, as lambda w, r, g: w - r * g.
        stands: the result as it is printed elsewhere already, to be printed alike here.
        least: how many digits there are at least: six in a table.
    """
    combine = _COMBINE[operation] if isinstance(operation, str) else operation
    is_tiny = all(abs(x) < _TWO_DIGITS for x in (*terms, result))
    write = _aligned if operation in _IN_COLUMNS and not is_tiny else as_factor
    most = ALL_DIGITS if operation in ("difference", "distance") else _LIMIT
    mixed = abs(result) < _LEAST or any(abs(x) >= _MOST for x in terms)
    fewest = 3 if mixed else least  # what is left of a difference has fewer
    for digits in range(least, most + 1):
        limit = max(digits, _LIMIT)
        written = tuple(write(x, digits, limit) for x in terms)
        again = combine(*(read_printed(text) for text in written))
        for fewer in range(digits, fewest - 1, -1):
            if agrees(again, shown := stands or write(result, fewer, limit)):
                return Written(written, shown, holds=True)
            if stands:
                break
    written = tuple(write(x, _MOST_DIGITS, _MOST_DIGITS) for x in terms)
    return Written(written, stands or write(result, _MOST_DIGITS, _MOST_DIGITS), holds=False)


_COMBINE: dict[str, Callable[..., float]] = {
    "sum": lambda *terms: math.fsum(terms) if all(map(math.isfinite, terms)) else sum(terms),
    "product": lambda *terms: math.prod(terms),
    "difference": lambda x, y: x - y,
    "distance": lambda x, y: abs(x - y),
}
_IN_COLUMNS = ("sum", "difference", "distance")  # their decimals stand below each other


def _special(x: float) -> str:
    """Return zero, NaN and the infinities."""
    return "NaN" if x != x else "0" if not x else "∞" if x > 0 else f"{MINUS}∞"


def _scientific(text: str) -> str:
    """Return 4.39e-04 as 4.39·10⁻⁴."""
    digits, _, power = text.partition("e")
    raised = power.replace("-0", "-").replace("+0", "").translate(_RAISED)
    return f"{digits}·10{raised}".replace("-", MINUS)


def _aligned(x: float, decimals: int, most: int) -> str:
    """Return a number with so many decimals, as those below and above it in a sum."""
    if decimals == 3 or not _LEAST <= abs(x) < _MOST:
        finite = x and x - x == 0
        if finite and _LEAST <= abs(x) < _TWO_DIGITS:
            return f"{x:.3f}".replace("-", MINUS)
        return short(x) if decimals == 3 or not finite else _scientific(f"{x:.{decimals - 1}e}")
    if x % 1 == 0:
        return short(x)
    before = math.floor(math.log10(abs(x))) + 1
    return f"{x:.{max(3, min(decimals, most - before))}f}".replace("-", MINUS)


def as_factor(x: float, digits: int, most: int) -> str:
    """Return a number with so many decimals, as a factor: a short decimal stays short.

    Below 0.01, and beyond the range of decimals, they are significant digits.
    """
    if x - x != 0 or read_printed(short(x)) == x:
        return short(x)
    if not _LEAST <= abs(x) < _MOST:
        return _scientific(f"{x:.{digits - 1}e}")
    before = math.floor(math.log10(abs(x))) + 1
    places = digits if abs(x) >= _TWO_DIGITS else digits + 2
    return _decimals(x, max(3, min(places, most - before)))


def _decimals(x: float, places: int) -> str:
    """Return a number with so many decimals, fewer where it has no more, at least three."""
    text = f"{x:.{places}f}"
    if float(text) == x:
        whole, _, part = text.partition(".")
        text = f"{whole}.{part.rstrip('0'):0<3}"
    return text.replace("-", MINUS)


def read_printed(shown: str) -> float:
    """Return the number that is printed."""
    digits, _, power = shown.replace(MINUS, "-").replace("∞", "inf").partition("·10")
    return float(f"{digits}e{power.translate(_LOWERED)}" if power else digits)


def agrees(again: float, shown: str, *, half_up: bool = False) -> bool:
    """Whether a number, rounded like the printed one, is the printed one.

    Half a unit may be rounded either way, or with `half_up` away from zero only, as by hand.
    """
    there = read_printed(shown)
    if there - there != 0 or again - again != 0:
        return again == there or (again != again and there != there)
    digits, _, power = shown.partition("·10")
    decimals = len(digits.partition(".")[2])
    unit = 10.0 ** (int(power.translate(_LOWERED) or 0) - decimals)
    unit = unit if "." in digits else 1e-9 * max(1.0, abs(there))  # a whole number is exact
    toward_zero = half_up and abs(there) < abs(again) and "." in digits
    return abs(again - there) <= unit * (0.4999999 if toward_zero else 0.5000001)


def seconds(x: float) -> str:
    """Return a time in the unit in which it is a number from 1 to 1000."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if x >= size:
            return f"{x / size:.3g} {unit}"
    return f"{x / 1e-6:.3g} µs"
