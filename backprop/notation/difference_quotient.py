"""A difference quotient with as many digits as it takes for it to compute as printed.

(f(θ + h) − f(θ − h)) / 2h        (0.298371166 − 0.298371002) / (2·10⁻⁶) = 0.0821670
"""

import math
from typing import NamedTuple

from backprop.notation.numerals import MINUS, long

FEWEST, MOST = 4, 17
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Quotient(NamedTuple):
    """What is printed.

    Attributes:
        high, low: f(θ + h) and f(θ − h).
        width: 2h.
        result: the quotient, six digits.
    """

    high: str
    low: str
    width: str
    result: str

    @property
    def low_held(self) -> str:
        """The second value as it stands after a minus."""
        return f"({self.low})" if self.low.startswith(MINUS) else self.low

    @property
    def width_held(self) -> str:
        """2h as it stands below a line: a power of ten in brackets."""
        return f"({self.width})" if "·" in self.width else self.width


def quotient(high: float, low: float, width: float) -> Quotient:
    """Return a difference quotient with the fewest digits at which it computes as printed."""

    def rise(digits: int) -> str:
        if not width:
            return long(math.nan)
        return long((float(f"{high:.{digits}g}") - float(f"{low:.{digits}g}")) / width)

    shown = rise(MOST)  # all the digits there are
    digits = next(d for d in range(FEWEST, MOST + 1) if rise(d) == shown)
    enough = next(d for d in range(1, MOST + 1) if float(f"{width:.{d}g}") == width)
    return Quotient(printed(high, digits), printed(low, digits), printed(width, enough), shown)


def printed(x: float, digits: int) -> str:
    """Return a number with so many significant digits; with a power of ten if small or large."""
    if not math.isfinite(x) or not x:
        return long(x)
    text, _, power = f"{x:.{digits - 1}e}".partition("e")
    if 1e-4 <= abs(x) < 1e10:
        text = f"{float(f'{text}e{power}'):.{max(0, digits - 1 - int(power))}f}"
        return _bare(text).replace("-", MINUS)
    text, raised = _bare(text), str(int(power)).translate(RAISED)
    return (f"10{raised}" if text == "1" else f"{text}·10{raised}").replace("-", MINUS)


def _bare(text: str) -> str:
    """Return decimals without the zeros at their end."""
    return text.rstrip("0").rstrip(".") if "." in text else text
