"""Whether a printed equation holds: both sides computed again from what is printed.

`check(line)` finds each = of a line, takes the arithmetic that stands before it and behind it,
and says of each whether it holds at the precision that is printed, or why it cannot be read:
“letters” where a side has names in it, so that it is a rule and no arithmetic; “words” where none
of its sides are numbers.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from mpmath import mp

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
RELATIONS = re.compile(r"[+=:!<>]=|[=≈≠<>≤≥]")  # those of code are no equations
NAME = re.compile(r"[⟩›\w\U0001D434-\U0001D7FF]$")
FUNCTIONS: dict[str, Callable[..., float]] = {
    "ln": math.log,
    "log": math.log,
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "arctan": math.atan,
    "arcsin": math.asin,
    "arccos": math.acos,
    "σ": lambda x: 1 / (1 + math.exp(-x)),
    "sqrt": math.sqrt,
    "√": math.sqrt,
    "abs": abs,
    "min": min,
    "max": max,
    "sign": lambda x: (x > 0) - (x < 0),
    "relu": lambda x: max(0.0, x),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "erf": math.erf,
}


TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d{1,3}(?:[,\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
    r"(?:[·×]10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|e[−+-]?\d+)?|∞|NaN)"
    r"|(?P<name>" + "|".join(sorted(FUNCTIONS, key=len, reverse=True)) + r")(?=[\s(\d])"
    r"|(?P<constant>⟨[eπ]⟩)"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)"
    r"|(?P<sign>[-+−×·÷/^(),|]))"
)


FINE: dict[str, Callable[..., Any]] = FUNCTIONS | {
    **{name: getattr(mp, name) for name in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{"ln": mp.log, "log": mp.log, "sqrt": mp.sqrt, "√": mp.sqrt, "erf": mp.erf},
    "σ": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
}


@dataclass(frozen=True)
class Result:
    """What became of one = sign."""

    kind: str  # "holds", "broken", or why it was not computed
    left: str
    right: str
    again: float = math.nan


class Unreadable(Exception):
    """It is no arithmetic."""


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


def check(line: str) -> list[Result]:
    """Return what becomes of every = of a line."""
    results = []
    places = [(m.start(), m.end(), m.group()) for m in RELATIONS.finditer(line)]
    bounds = [(0, 0, ""), *places, (len(line), len(line), "")]
    sides = [line[a[1] : b[0]] for a, b in pairwise(bounds)]
    for i, (_, _, sign) in enumerate(places):
        if sign == "=":
            results.append(_check_one(sides, [p[2] for p in places], i))
    return results


def _check_one(sides: list[str], signs: list[str], i: int) -> Result:
    """Return what becomes of one =; the end of a chain a = b = c is what a and b must give."""
    left = _suffix(sides[i])
    right = _prefix(sides[i + 1])
    if left is None or right is None:
        return Result(_why(sides[i].rstrip(), sides[i + 1].strip()), sides[i], sides[i + 1])
    last = i + 1
    while not _is_number(right) and last < len(signs) and signs[last] == "=":
        after = _prefix(sides[last + 1])
        if after is None:
            break
        right, last = after, last + 1
    try:
        return _compare(left, right)
    except Unreadable:
        return Result("unreadable", left, right)


def _why(left: str, right: str) -> str:
    """Return why an equation is no arithmetic."""
    if "⟨" in left or "⟨" in right:
        return "a rule in letters"
    if not left or left.endswith("¦"):
        return "the end of what stands before"
    return "a name and its number" if NAME.search(left) else "other"


def _compare(left: str, right: str) -> Result:
    printed = right if _is_number(right) else left if _is_number(left) else ""
    if not printed:
        x, y = evaluate(left), evaluate(right)
        good = math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) or (x != x and y != y)
        return Result("holds" if good else "broken", left, right, x)
    computed = left if printed == right else right
    again, there = evaluate(computed), evaluate(printed)
    good = _agrees(again, there, printed)
    if not good and math.isfinite(there):  # floats lose 1 − tanh 40, and ∞ · 0: compute it finer
        again = _finely(computed)
        good = _agrees(again, there, printed)
    return Result("holds" if good else "broken", left, right, again)


def _agrees(again: float, there: float, printed: str) -> bool:
    """Whether a number, rounded like the printed one, is the printed one."""
    if not (math.isfinite(again) and math.isfinite(there)):
        return again == there or (again != again and there != there)
    unit = _unit(printed)
    slack = 0.5000001 * unit if unit else 1e-9 * max(1.0, abs(there))
    # what is a half exactly may be rounded either way, and is not exactly one in binary
    return abs(again - there) <= slack + 4e-16 * abs(there)


def _finely(text: str) -> float:
    """Return what printed arithmetic gives with four hundred digits."""
    with mp.workdps(400):
        return float(evaluate(text, FINE, mp.mpf))


def _is_number(text: str) -> bool:
    return bool(
        re.fullmatch(
            r"\(?\s*[+−-]?\s*"
            + TOKEN.pattern.split("|(?P<name>")[0].replace(r"\s*(?:(?P<number>", "(?:")
            + r"\s*\)?",
            text.strip(),
        )
    )


def _unit(text: str) -> float:
    """Return the last printed place of a number; 0 for a whole one."""
    digits, _, power = text.strip("() +−-").replace("×10", "·10").partition("·10")
    digits, _, typed = digits.partition("e")
    places = len(digits.partition(".")[2])
    exponent = int((power or typed.replace("−", "-")).translate(RAISED) or 0)
    if len(digits) >= 6 and not places:
        return 1.0  # of six digits in a table none is left for decimals
    return 10.0 ** (exponent - places) if places or exponent else 0.0


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text that is arithmetic throughout."""
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise Unreadable(text[at:])
        kind = match.lastgroup
        assert kind
        found.append(Token(kind, match.group(kind), match.start(kind), match.end()))
        at = match.end()
    return found


def evaluate(
    text: str, functions: Mapping[str, Callable[..., Any]] = FUNCTIONS, number: Any = float
) -> float:
    """Return what printed arithmetic gives, as floats do it, or as other numbers do.

    Raises:
        Unreadable: it is no arithmetic.
    """
    parser = _Parser(tokens(text), functions, number)
    value = parser.sum()
    if parser.rest():
        raise Unreadable(text)
    return value


def _prefix(side: str) -> str | None:
    """Return the longest arithmetic at the start of a side; None where it has none."""
    side = side.split("¦")[0]
    tail = side.lstrip()
    ends, at = [], 0
    while (match := TOKEN.match(tail, at)) is not None:
        at = match.end()
        ends.append(at)
    for end in reversed(ends):
        text, after = tail[:end], tail[end:].lstrip()
        if after[:1] in "⟨“%°" and after and not re.match(r"“?\s*[(]", after) and after[0] in "⟨%°":
            return None
        if _is_arithmetic(text):
            return text if not re.match(r"[×·÷/^]", after) else None
    return None


def _suffix(side: str) -> str | None:
    """Return the longest arithmetic at the end of a side; None where it has none."""
    side = side.split("¦")[-1].rstrip()
    starts = [0, *(m.start() for m in re.finditer(r"(?<=[\s:;,.“”(])\S|[(]", side))]
    for start in sorted(set(starts)):
        text, before = side[start:].strip(), side[:start].rstrip()
        if not text or not _is_arithmetic(text):
            continue
        goes_on = before.endswith((*FUNCTIONS, "×", "·", "÷", "/", "^", "+", "−"))
        return None if goes_on or "⟨" in before else text
    return None


def _is_arithmetic(text: str) -> bool:
    try:
        evaluate(text)
    except Unreadable:
        return False
    return bool(re.search(r"\d|∞|NaN", text))


class _Parser:
    """Sums of products of powers, as they are written by hand: 2(1 − 0.5) is a product."""

    def __init__(
        self, found: list[Token], functions: Mapping[str, Callable[..., Any]], number: Any
    ) -> None:
        self.found, self.at = found, 0
        self.functions, self.as_number = functions, number

    def rest(self) -> bool:
        return self.at < len(self.found)

    def peek(self) -> Token | None:
        return self.found[self.at] if self.rest() else None

    def take(self, *signs: str) -> str:
        token = self.peek()
        if token and token.kind == "sign" and token.text in signs:
            self.at += 1
            return token.text
        return ""

    def sum(self) -> float:
        value = self.product()
        while sign := self.take("+", "−", "-"):
            other = self.product()
            value = value + other if sign == "+" else value - other
        return value

    def product(self) -> float:
        value = self.signed()
        while True:
            if sign := self.take("×", "·", "÷", "/"):
                other = self.signed()
                value = value * other if sign in "×·" else _divide(value, other)
            elif (token := self.peek()) and (
                token.kind in ("name", "number", "constant") or token.text == "("
            ):
                value *= self.power()
            else:
                return value

    def signed(self) -> float:
        if sign := self.take("+", "−", "-"):
            value = self.signed()
            return value if sign == "+" else -value
        return self.power()

    def power(self) -> float:
        base = self.atom()
        if self.take("^"):
            return _power(base, self.atom())
        token = self.peek()
        if token and token.kind == "raised":
            self.at += 1
            return _power(base, float(token.text.translate(RAISED)))
        return base

    def atom(self) -> float:
        token = self.peek()
        if token is None:
            raise Unreadable("")
        self.at += 1
        if token.kind == "number":
            return self.as_number(_number(token.text))
        if token.kind == "constant":
            return self.as_number(math.e if "e" in token.text else math.pi)
        if token.kind == "name":
            return self.call(token.text)
        if token.text == "(":
            value = self.sum()
            if not self.take(")"):
                raise Unreadable("(")
            return value
        if token.text == "|":
            value = self.sum()
            if not self.take("|"):
                raise Unreadable("|")
            return abs(value)
        raise Unreadable(token.text)

    def call(self, name: str) -> float:
        values = []
        if self.take("("):
            values.append(self.sum())
            while self.take(","):
                values.append(self.sum())
            if not self.take(")"):
                raise Unreadable(name)
        else:
            values.append(self.power())
        try:
            return self.functions[name](*values)
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan
        except TypeError:
            raise Unreadable(name) from None


def _number(text: str) -> float:
    if text in ("∞", "NaN"):
        return math.inf if text == "∞" else math.nan
    digits, _, power = text.replace("×10", "·10").partition("·10")
    plain = digits.replace(",", "").replace("\u202f", "").replace("−", "-")
    return float(f"{plain}e{power.translate(RAISED)}" if power else plain)


def _divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return math.nan if not x or x != x else math.copysign(math.inf, x)


def _power(x: float, y: float) -> float:
    try:
        value = x**y
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return math.nan if isinstance(value, complex | mp.mpc) else value
