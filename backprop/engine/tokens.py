"""A typed formula is cut into tokens: numbers, names, signs.

What looks different and means the same becomes the same here: `**` and `^`, `·` and `*`, `≤` and
`<=`, `w₁` and `w1`, `ln` and `log`, `np.exp` and `exp`.
"""

import math
import re
import unicodedata
from typing import NamedTuple

from backprop.engine.errors import ExpressionError
from backprop.engine.function_names import (
    ALIASES,
    MODULES,
    NUMBERS,
    WITHOUT_PARENTHESES,
    WRITTEN_OUT,
    advice,
    operation_called,
)

CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}
OF_MODULES = {"pi": "pi", "PI": "pi", "e": "e", "E": "e"}  # np.pi, Math.E

SIGNS = {sign: sign for sign in "+-*/^(),|"}
SIGNS |= {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "≠": "!="}
SIGNS |= {"−": "-", "·": "*", "⋅": "*", "×": "*", "∗": "*", "÷": "/"}
TWO_SIGNS = {"**": "^", "<=": "<=", ">=": ">=", "==": "==", "!=": "!=", "=<": "<=", "<>": "!="}
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
NUMBER = re.compile("([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-−+]?[0-9]+)?")
EXPONENT = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")

ADVICE = {
    "=": "Type what stands to the right of the equals sign.",
    **dict.fromkeys("{}", "Use round parentheses."),
    **dict.fromkeys("[]", f"{NUMBERS}; use round parentheses."),
    **dict.fromkeys("@ᵀ⊤", WRITTEN_OUT),
    **dict.fromkeys("\"'“”", "Type names and numbers without quotation marks."),
    **dict.fromkeys("?:;", "Write where(x > 0, a, b) to choose."),
    "&": "Multiply comparisons, as in (x > 0)*(x < 1).",
    "%": "Write x - y*floor(x/y) for what division leaves.",
    "!": "Write x != y to compare; factorials have no slope here.",
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


def tokens(text: str, *, lines: bool = False) -> tuple[Token, ...]:
    """Return the pieces of a text, and an end.

    Args:
        text: as typed.
        lines: whether it is of named lines: “=” and “;” are signs then, and so is a new line
            outside of parentheses.

    Raises:
        ExpressionError: a character or a name that means nothing.
    """
    result: list[Token] = []
    at = depth = 0
    while at < len(text):
        if lines and (text[at] == ";" or (text[at] == "\n" and not depth) or _is_equals(text, at)):
            result.append(Token("sign", "=" if text[at] == "=" else ";", at, at + 1))
            at += 1
        elif text[at].isspace():
            at += 1
        else:
            depth = max(depth + (text[at] == "(") - (text[at] == ")"), 0)
            result.append(_token(text, at))
            at = result[-1].end
    return (*result, Token("end", "", at, at))


def _is_equals(text: str, at: int) -> bool:
    """Whether an equals sign stands here that compares nothing."""
    return text[at] == "=" and text[at : at + 2] not in TWO_SIGNS


def _token(text: str, at: int) -> Token:
    if text[at : at + 2] in TWO_SIGNS:
        return Token("sign", TWO_SIGNS[text[at : at + 2]], at, at + 2)
    if text[at] in SIGNS:
        return Token("sign", SIGNS[text[at]], at, at + 1)
    if text[at] == "√":
        return Token("function", "sqrt", at, at + 1)
    if match := NUMBER.match(text, at):
        return _number(match)
    if match := EXPONENT.match(text, at):
        return Token("exponent", "".join(RAISED[c] for c in match[0]), at, match.end())
    if _is_letter(text[at]) or _is_underscored(text, at):
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
    if not character or unicodedata.decomposition(character).startswith("<super>"):
        return False
    plain = unicodedata.normalize("NFKC", character)  # so that µ and μ, or 𝑥 and x, are one
    names = [unicodedata.name(c, "") for c in plain]
    return plain.isalpha() and all(name.startswith(("LATIN ", "GREEK ")) for name in names)


def _is_underscored(text: str, at: int) -> bool:
    """Whether a name starts with underscores here, as __name__ does."""
    rest = text[at:].lstrip("_")
    return text[at] == "_" and _is_letter(rest[:1]) and not text[:at].endswith((*"0123456789", ")"))


def _word(text: str, at: int) -> Token:
    """Return the name that starts here: of a constant, a function, or a variable."""
    end = _end_of_word(text, at)
    word = unicodedata.normalize("NFKC", text[at:end])
    if text[end : end + 1] == "." and _is_letter(text[end + 1 : end + 2]):
        return _dotted(text, at, end)
    called = text[end:].lstrip().startswith("(")
    if word in CONSTANTS:
        return Token("constant", word, at, end)
    if (called and operation_called(word)) or word in WITHOUT_PARENTHESES:
        return Token("function", ALIASES.get(word, word), at, end)
    if called:
        raise ExpressionError(f"“{word}” is not a function I know.", hint=advice(word), at=at)
    return Token("variable", word, at, end)


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and (text[at] in "_0123456789₀₁₂₃₄₅₆₇₈₉" or _is_letter(text[at])):
        at += 1
    return at


def _dotted(text: str, at: int, end: int) -> Token:
    """Return what a module's name stands before: np.exp, torch.nn.functional.relu, Math.PI."""
    root = text[at:end]
    while text[end : end + 1] == "." and _is_letter(text[end + 1 : end + 2]):
        start, end = end + 1, _end_of_word(text, end + 1)
    name, whole = text[start:end], text[at:end]
    called = text[end:].lstrip().startswith("(")
    if root not in MODULES:
        hint = f"Write {name}({root})." if operation_called(name) else ADVICE["."]
        hint = WRITTEN_OUT if name in ("T", "t", "transpose", "dot") else hint
        raise ExpressionError(f"“{whole}” has no meaning here.", hint=hint, at=at + len(root))
    if name in OF_MODULES and not called:
        return Token("constant", OF_MODULES[name], at, end)
    if called and operation_called(name.lower()):
        return Token("function", ALIASES.get(name.lower(), name.lower()), at, end)
    if operation_called(name):
        hint = f"Write {whole}(x)."
        raise ExpressionError(f"“{whole}” needs parentheses.", hint=hint, at=at)
    if not called:
        hint = "Of numbers, pi and e are known by name."
        raise ExpressionError(f"“{whole}” is not a number I know.", hint=hint, at=at)
    raise ExpressionError(f"“{whole}” is not a function I know.", hint=advice(name), at=at)
