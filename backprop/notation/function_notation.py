"""A function and its arguments, as a textbook writes them: ln x, √x, |x|, eˣ, σ(x), max(x, y).

The names are those of the engine's rules.
"""

from collections.abc import Callable, Mapping

from backprop.notation.formula import (
    Brackets,
    Cases,
    Factor,
    Formula,
    Label,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
)
from backprop.notation.juxtaposition import (
    APPLY,
    ATOM,
    GAP,
    PRODUCT,
    add,
    bracketed,
    multiply,
    power,
    strength,
)

_UPRIGHT = {
    **{"sigmoid": "σ", "leaky_relu": "leaky relu", "log": "ln", "gelu_tanh": "gelu tanh"},
    **{"asin": "arcsin", "acos": "arccos", "atan": "arctan"},
    **{"largest": "max", "maximum": "max", "minimum": "min"},
}
# Before a single letter they take no brackets: ln x.
_WITHOUT_BRACKETS = ("ln", "sin", "cos", "tan", "tanh", "sinh", "cosh")


def call(name: str, *arguments: Formula) -> Formula:
    """Return a function of these arguments, in its own notation if it has one."""
    special = _CALLS.get(name)
    return special(*arguments) if special else _plain(name, *arguments)


def _plain(name: str, *arguments: Formula) -> Formula:
    text = Text(_UPRIGHT.get(name, name))
    first = arguments[0]
    alone = isinstance(first.inside if isinstance(first, Factor) else first, Label | Number)
    if text.text in _WITHOUT_BRACKETS and alone and strength(first) == ATOM:
        return Row((text, APPLY, first))
    listed = [part for argument in arguments for part in (Operator(","), argument)][1:]
    return Row((text, Brackets(first if len(arguments) == 1 else Row(tuple(listed)))))


def _exponential(x: Formula) -> Formula:
    return Power(Text("e"), x)


def _total(x: Formula) -> Formula:
    return Row((Text("Σ"), GAP, bracketed(x, PRODUCT)))


def _comparison(sign: str) -> Callable[..., Formula]:
    """Return how a comparison is written: in brackets, so that (x < 1)y is a product."""
    return lambda x, y: Brackets(Row((_held(x), Operator(sign), _held(y))))


def _held(side: Formula) -> Formula:
    return Brackets(side) if isinstance(side, Cases) else side


_COMPARISONS = {
    **{"less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥"},
    **{"equal": "=", "not_equal": "≠"},
}
_CALLS: Mapping[str, Callable[..., Formula]] = {
    "exp": _exponential,
    "sqrt": Root,
    "abs": lambda x: Brackets(x, bars=True),
    "log1p": lambda x: _plain("log", add(Number("1", 1.0), x)),
    "pow": power,
    "xlogy": lambda x, y: multiply(x, _plain("log", y)),
    "ones": lambda _: Text("Σ"),
    "dot": lambda x, y: _total(y) if x == Text("Σ") else multiply(x, y),  # ones · g adds g up
    "total": _total,
    **{name: _comparison(sign) for name, sign in _COMPARISONS.items()},
    "log_sum_exp": lambda x: _plain("log", _total(_exponential(x))),
}
