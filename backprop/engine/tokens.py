"""A typed formula is cut into tokens: numbers, names, signs.

What looks different and means the same becomes the same here: `**` and `^`, `·` and `*`, `w₁` and
`w1`, `ln` and `log`. Names that must not be variables are refused here too.
"""

import math
import re
import unicodedata
from difflib import get_close_matches
from typing import NamedTuple

from backprop.engine.errors import ExpressionError
from backprop.engine.ops import FUNCTIONS

CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}
ALIASES = {"ln": "log", "σ": "sigmoid"}

SIGNS = {sign: sign for sign in "+-*/^(),|"}
SIGNS |= {"−": "-", "·": "*", "⋅": "*", "×": "*", "∗": "*", "÷": "/"}
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
NUMBER = re.compile("([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-−+]?[0-9]+)?")
EXPONENT = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")

ADVICE = {
    "=": "Type what stands to the right of the equals sign.",
    **dict.fromkeys("<>≤≥≠", "A formula cannot compare; max, min, relu and abs can choose."),
    **dict.fromkeys("[]{}", "Use round parentheses."),
    **dict.fromkeys("\"'“”", "Type names and numbers without quotation marks."),
    ".": "A point stands only in a number, as in 0.5.",
    "_": "A name starts with a letter, as in w_1.",
}
READABLE = "I read numbers, variables, + - * / ^, parentheses, and functions such as sin(x)."


class Token(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: "number", "exponent" (as in x²), "variable", "constant", "function", "sign" or "end".
        text: how it is called from here on.
        start, end: where it stands in the text.
    """

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """Return the pieces of a text, and an end.

    Raises:
        ExpressionError: a character or a name that means nothing.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        else:
            found.append(_token(text, at))
            at = found[-1].end
    return (*found, Token("end", "", at, at))


def _token(text: str, at: int) -> Token:
    if text.startswith("**", at):
        return Token("sign", "^", at, at + 2)
    if text[at] in SIGNS:
        return Token("sign", SIGNS[text[at]], at, at + 1)
    if text[at] == "√":
        return Token("function", "sqrt", at, at + 1)
    if match := NUMBER.match(text, at):
        return _number(match)
    if match := EXPONENT.match(text, at):
        return Token("exponent", "".join(RAISED[c] for c in match[0]), at, match.end())
    if _is_letter(text[at]):
        return _word(text, at)
    hint = ADVICE.get(text[at], READABLE)
    raise ExpressionError(f"“{text[at]}” has no meaning here.", hint=hint, at=at)


def _number(match: re.Match[str]) -> Token:
    plain = match[0].replace("−", "-")
    if math.isinf(float(plain)):
        hint = "The largest number is about 1.8e308."
        raise ExpressionError(f"“{match[0]}” is too large.", hint=hint, at=match.start())
    return Token("number", plain, match.start(), match.end())


def _is_letter(character: str) -> bool:
    """Whether a character is a Latin or Greek letter; a raised one is not."""
    if unicodedata.decomposition(character).startswith("<super>"):
        return False
    plain = unicodedata.normalize("NFKC", character)  # so that µ and μ, or 𝑥 and x, are one
    names = [unicodedata.name(c, "") for c in plain]
    return plain.isalpha() and all(name.startswith(("LATIN ", "GREEK ")) for name in names)


def _word(text: str, at: int) -> Token:
    """Return the name that starts here: of a constant, a function, or a variable."""
    end = at
    while end < len(text) and (text[end] in "_0123456789₀₁₂₃₄₅₆₇₈₉" or _is_letter(text[end])):
        end += 1
    word = unicodedata.normalize("NFKC", text[at:end])
    called = text[end:].lstrip().startswith("(")
    if word in CONSTANTS:
        return Token("constant", word, at, end)
    if word in FUNCTIONS or word == "ln" or (word == "σ" and called):
        return Token("function", ALIASES.get(word, word), at, end)
    if called:
        raise _unknown_function(word, at)
    return Token("variable", word, at, end)


def _unknown_function(word: str, at: int) -> ExpressionError:
    near = nearest_function(word)
    known = ", ".join(sorted((*FUNCTIONS, "ln")))
    hint = f"I know {known}; for a product write {word}*(…)."
    if near or len(word) == 1:
        hint = f"Did you mean “{near}”?" if near else f"For a product write {word}*(…)."
    return ExpressionError(f"“{word}” is not a function I know.", hint=hint, at=at)


def nearest_function(word: str) -> str:
    """Return the function whose name is most like a word of several letters; empty if none is."""
    names = (*FUNCTIONS, "ln") if len(word) > 1 else ()
    return next(iter(get_close_matches(word.lower(), names, n=1, cutoff=0.7)), "")
