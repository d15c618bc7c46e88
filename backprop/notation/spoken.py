"""A formula read aloud: “o 1 times the quantity 1 minus o 1”."""

from itertools import pairwise

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
    match formula:
        case Label():
            return str(formula)
        case Number(shown):
            return spoken(shown)
        case Text(text):
            return _WORDS.get(text, text)
        case Operator(sign):
            return _WORDS.get(sign, sign)
        case Row(parts):
            return _row_words(parts)
        case Fraction(Row((Operator("∂"), of)), Row((Operator("∂"), by))):
            return f"the derivative of {words(of)} with respect to {words(by)}"
        case Fraction(top, bottom):
            return f"{words(top)} over {words(bottom)}"
        case Root(inside):
            return f"the square root of {words(inside)}"
        case Power(base, Number("2")):
            return f"{words(base)} squared"
        case Power(base, Text("T")):
            return f"{words(base)} transposed"
        case Power(base, exponent):
            return f"{words(base)} to the power {words(exponent)}"
        case Brackets(inside, bars):
            return f"{'the absolute value of' if bars else 'the quantity'} {words(inside)},"
        case Cases(cases, otherwise):
            branches = ", ".join(
                f"{words(part)} if {words(condition)}" for part, condition in cases
            )
            return f"{branches}, otherwise {words(otherwise)}"
        case Factor(inside):
            return words(inside)
        case Lines(lines):
            return " ".join(map(words, lines))


def _row_words(parts: tuple[Formula, ...]) -> str:
    """Return the parts one after the other, with “times” where nothing stands between factors."""
    spoken = [words(parts[0])]
    for before, part in pairwise(parts):
        if not isinstance(before, Operator | Text) and not isinstance(part, Operator):
            spoken.append("times")
        spoken.append(words(part))
    return " ".join(filter(None, spoken)).rstrip(",")
