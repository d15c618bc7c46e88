"""An answer that was typed: a number, or how one is worked out; read, and repeated.

    0.138*0.4 - 0.038*0.5     read as 0.138 × 0.4 − 0.038 × 0.5 = 0.0362
    3/8   −0,055   4.39·10⁻⁴   1e-3   0.741(1 − 0.741)

It is read by our own parser; nothing that is typed is ever run. A rounded factor makes the result
uncertain: by half a unit of its last digit, times how fast the result follows it, which one
backward pass through the typed expression gives.
"""

import math
import re
import unicodedata
from dataclasses import dataclass

from backprop.engine.backward import differentiate
from backprop.engine.errors import InputError
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.engine.tokens import Token, tokens
from backprop.notation.numerals import MINUS, exact
from backprop.stage.choices import ChoiceError, Kind

LONGEST = 120  # characters
QUOTED = 40  # characters of it that a refusal repeats
LARGEST = 1e12  # what is larger is no gradient that is asked for
FUNCTIONS = ("exp", "sqrt")  # that a number may be worked out with
SHOWN = 4  # significant digits of a result that is repeated
SHARE = 0.01  # of a result: the most that rounded factors are allowed to explain
HINT = "Type a number, a product, a sum or a fraction, such as 0.4 × 0.5 − 0.1."
TAKEN = "What is read here: numbers, + − × ÷, powers, brackets, exp and sqrt."
POWER_OF_TEN = re.compile(r"(?<![\w.^])(\d+\.?\d*)\s*[·⋅×]\s*10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
OF_FORMULAS = ("variable", "I know", "For a product", "where(", "comparison", "names")  # in a hint

_SPACED = {"+": " + ", "-": f" {MINUS} ", "*": " × ", "/": "/", "^": "^"}
_RAISED = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_PLAIN_KINDS = ("number", "constant", "exponent")


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """A number as it was typed.

    Attributes:
        typed: the text, as it came.
        value: what it comes to.
        text: as it is repeated: 0.138 × 0.4 − 0.038 × 0.5.
        digits: the significant digits of the number; of an expression, those of its shortest
            decimal fraction that has at least two; 0 where there is none.
        half_unit: how far from the value the number meant may lie, for what was rounded.
        graph: the expression, of constants alone.
        numbers: its constants, in the graph's order, as they are repeated but without a minus.
    """

    typed: str
    value: float
    text: str
    digits: int
    half_unit: float
    graph: Graph
    numbers: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether one number was typed, and nothing is worked out."""
        return len(self.graph) == 1

    @property
    def result(self) -> str:
        """The value in four significant digits: 0.0362, 6.684·10⁻⁴."""
        return significant(self.value)

    @property
    def read_back(self) -> str:
        """What was typed, and what it comes to; a number stands for itself."""
        return self.text if self.is_plain else f"{self.text} = {self.result}"


def read_answer(text: str, at: str = "answer") -> TypedAnswer:
    """Return what was typed, read.

    Args:
        text: with products, sums, quotients, powers, brackets, √ and exp; a decimal comma counts.
        at: the name of the field, for the refusal.

    Raises:
        ChoiceError: it is no number: nothing, letters, too long, too large, undefined.
    """
    plain = _cleaned(text, at)
    try:
        pieces = tokens(plain)
        _refuse_others(pieces, plain, at)
        graph = parse(plain)
    except InputError as error:
        what = error.what.replace("The formula", "Your answer").replace("variable", "letter")
        what = what.replace("is not a function I know", "is not worked out here")
        hint = TAKEN if any(word in error.hint for word in OF_FORMULAS) else error.hint
        raise ChoiceError(what, hint=hint or HINT, at=at) from None
    number = float(value(graph, {}))
    quoted, hint = f"“{plain[:QUOTED]}{'…' * (len(plain) > QUOTED)}”", ""
    if "/" in plain:
        hint = "Look for a division by 0."
    if math.isnan(number):
        raise ChoiceError(f"{quoted} has no value.", hint=hint, at=at)
    if abs(number) > LARGEST:
        raise ChoiceError(f"{quoted} is too large to be the answer.", hint=hint, at=at)
    typed = [token for token in pieces if token.kind in _PLAIN_KINDS]
    digits, half_unit = _precision(graph, [each.text for each in typed], number)
    numbers = tuple(_number(each.text) if each.kind == "number" else each.text for each in typed)
    repeated = _repeated(pieces)
    return TypedAnswer(text.strip(), number + 0.0, repeated, digits, half_unit, graph, numbers)


def significant(x: float, digits: int = SHOWN) -> str:
    """Return a number in so many significant digits, without zeros at its end: 6.684·10⁻⁴."""
    if not x or not math.isfinite(x):
        return exact(x)
    power = math.floor(math.log10(abs(float(f"{x:.{digits - 1}e}"))))
    if -3 <= power < 6:
        text = f"{float(f'{x:.{digits - 1}e}'):.{max(0, digits - 1 - power)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        front = f"{x:.{digits - 1}e}".partition("e")[0].rstrip("0").rstrip(".")
        text = f"{front}·10{str(power).translate(_RAISED)}"
    return text.replace("-", MINUS)


def _cleaned(text: str, at: str) -> str:
    """Return a text with a point in its numbers, and without signs that nobody sees."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    plain = " ".join(seen.split())
    if not plain:
        raise ChoiceError("There is no answer yet.", hint=HINT, at=at)
    if len(plain) > LONGEST:
        hint = f"At most {LONGEST} are possible."
        raise ChoiceError(f"Your answer has {len(plain)} characters.", hint=hint, at=at)
    if not plain.isprintable():
        raise ChoiceError("Your answer holds a sign that cannot be shown.", hint=HINT, at=at)
    if both := re.search(r"\d+,\d+\.\d+|\d+\.\d+,\d+", plain):
        what = f"“{both[0]}” has a comma and a point."
        raise ChoiceError(what, hint="Leave out what parts the thousands.", at=at)
    return POWER_OF_TEN.sub(_as_typed, re.sub(r",(?=\d)", ".", plain))


def _as_typed(printed: re.Match[str]) -> str:
    """Return a number that this page prints as 4.39·10⁻⁴ as it is typed: 4.39e-4."""
    return f"{printed[1]}e{printed[2].translate(_LOWERED)}"


def _refuse_others(pieces: tuple[Token, ...], plain: str, at: str) -> None:
    """Refuse what a number is not worked out with: letters, functions, comparisons."""
    for token in pieces:
        quoted = f"“{plain[token.start : token.end]}”"
        if token.kind == "variable":
            raise ChoiceError(f"{quoted} is no number.", hint=HINT, at=at)
        if token.kind == "function" and token.text not in FUNCTIONS:
            hint = f"Type the number that it gives. {TAKEN}"
            raise ChoiceError(f"{quoted} is not worked out here.", hint=hint, at=at)
        if token.kind == "sign" and token.text not in "+-*/^()":
            raise ChoiceError(f"{quoted} has no meaning in a number.", hint=HINT, at=at)


def _precision(graph: Graph, typed: list[str], number: float) -> tuple[int, float]:
    """Return the significant digits of what was typed, and half a unit of its last place.

    Of an expression, decimal fractions of two digits or more count as rounded, whole numbers and
    0.5 as exact.
    """
    if len(graph) == 1:
        return _digits(typed[0]), _half_unit(typed[0])
    constants = [i for i, node in enumerate(graph.nodes) if node.number is not None]
    rounded = {
        i: text
        for i, text in zip(constants, typed, strict=True)
        if "." in text and _digits(text) > 1
    }
    if not rounded:
        return 0, 0.0
    free = Graph(
        tuple(
            node._replace(number=None, name=f"c{i}") if i in rounded else node
            for i, node in enumerate(graph.nodes)
        )
    )
    at = {f"c{i}": float(graph.nodes[i].number or 0.0) for i in rounded}
    slopes = differentiate(free, at).gradient
    unsure = sum(abs(slopes[f"c{i}"]) * _half_unit(text) for i, text in rounded.items())
    least = min(map(_digits, rounded.values()))
    return least, min(unsure, SHARE * abs(number)) if math.isfinite(unsure) else 0.0


def _digits(text: str) -> int:
    front = text.lower().partition("e")[0]
    return len(front.replace(".", "").lstrip("0"))


def _half_unit(text: str) -> float:
    """Return half a unit of the last digit of a number: 0.0005 of 0.035 and of 35e-3."""
    if text in ("e", "pi", "π"):
        return 0.0
    front, _, power = text.lower().partition("e")
    return 0.5 * 10.0 ** (int(power or 0) - len(front.partition(".")[2]))


def _repeated(pieces: tuple[Token, ...]) -> str:
    """Return what was typed, as it is printed: signs apart, a minus, a product with its sign."""
    parts: list[str] = []
    before = Token("sign", "(", 0, 0)
    for token in pieces[:-1]:
        starts = token.kind in ("number", "constant", "function") or token.text == "("
        ended = before.kind in _PLAIN_KINDS or before.text == ")"
        if token.kind == "number":
            text = _number(token.text)
        elif token.kind == "exponent":
            text = token.text.translate(_RAISED)
        elif token.text in "+-" and not ended:
            text = MINUS if token.text == "-" else ""
        elif token.kind == "sign":
            text = _SPACED.get(token.text, token.text)
        else:
            text = "√" if token.text == "sqrt" else token.text
        parts.append(f" × {text}" if starts and ended else text)
        before = token
    return "".join(parts).strip()


def _number(text: str) -> str:
    """Return a number as it was typed, with a power of ten as it is printed: 1·10⁻³."""
    front, _, power = text.lower().partition("e")
    front = f"0{front}" if front.startswith(".") else front.removesuffix(".")
    return f"{front}·10{str(int(power)).translate(_RAISED)}" if power else front


@dataclass(frozen=True, slots=True)
class AnswerKind(Kind):
    """The spelling of a typed answer in an address: the text itself; None where it is empty."""

    def read(self, text: str, name: str) -> TypedAnswer | None:
        """Return the value that a text spells; raises ChoiceError."""
        return read_answer(text, name) if text.strip() else None

    def write(self, value: TypedAnswer | None) -> str:
        """Return the text that spells a value."""
        return "" if value is None else value.typed
