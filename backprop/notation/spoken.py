"""A formula read aloud: “o 1 times the quantity 1 minus o 1”."""

from collections.abc import Callable, Mapping
from typing import Any

from backprop.notation.formula import (
    Brackets,
    Cases,
    Factor,
    Formula,
    Fraction,
    Label,
    Lines,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
)
from backprop.notation.numerals import MINUS, spoken

_WORDS = {
    "+": "plus",
    MINUS: "minus",
    "·": "times",
    "×": "times",
    "=": "equals",
    "≈": "is about",
    "≠": "is not",
    "<": "is less than",
    "≤": "is at most",
    ">": "is more than",
    "≥": "is at least",
    "∂": "the change of",
    "⋯": "and so on",
    "σ": "sigma of",
    "Σ": "the sum of",
    "ln": "the logarithm of",
    "\u2009": "times",
    "\u2061": "",
    ",": "and",
    "(": "the quantity",
    ")": "",
}


def words(formula: Formula) -> str:
    """Return a formula in words, for a screen reader: “o 1 minus t 1”."""
    return _SAY[type(formula)](formula)


def _fraction_words(fraction: Fraction) -> str:
    match fraction:
        case Fraction(Row((Operator("∂"), of)), Row((Operator("∂"), by))):
            return f"the derivative of {words(of)} with respect to {words(by)}"
    return f"{words(fraction.top)} over {words(fraction.bottom)}"


def _power_words(power: Power) -> str:
    base = words(power.base)
    match power.exponent:
        case Number("2"):
            return f"{base} squared"
        case Text("T"):
            return f"{base} transposed"
    return f"{base} to the power {words(power.exponent)}"


def _brackets_words(brackets: Brackets) -> str:
    opening = "the absolute value of" if brackets.bars else "the quantity"
    return f"{opening} {words(brackets.inside)},"


def _cases_words(cases: Cases) -> str:
    branches = [f"{words(part)} if {words(condition)}" for part, condition in cases.cases]
    return f"{', '.join(branches)}, otherwise {words(cases.otherwise)}"


def _row_words(row: Row) -> str:
    """Return the parts one after the other, with “times” where nothing stands between factors."""
    said = []
    is_factor = False  # what stood before
    for part in row.parts:
        kind = type(part)
        if is_factor and kind is not Operator:
            said.append("times")
        said.append(_SAY[kind](part))
        is_factor = kind is not Operator and kind is not Text
    return " ".join(filter(None, said)).rstrip(",")


_SAY: Mapping[type, Callable[[Any], str]] = {
    Label: str,
    Number: lambda number: spoken(number.shown),
    Text: lambda text: _WORDS.get(text.text, text.text),
    Operator: lambda operator: _WORDS.get(operator.sign, operator.sign),
    Row: _row_words,
    Fraction: _fraction_words,
    Root: lambda root: f"the square root of {words(root.inside)}",
    Power: _power_words,
    Brackets: _brackets_words,
    Cases: _cases_words,
    Factor: lambda factor: words(factor.inside),
    Lines: lambda lines: " ".join(map(words, lines.lines)),
}
