"""A row's text becomes code: the only place that compiles, and only our own text.

A rule is one Python expression in a row's inputs and `out`, with + − * / **, comparisons,
`where(condition, a, b)`, pi, the primitives below, and the names of other rows. It is read once;
names are then replaced by whatever a caller calls them, and the result is code in a dialect:

    FLOATS   Python floats: `where` chooses, and an impossible operation raises
    ARRAYS   NumPy: `where` computes both sides, and an impossible operation gives inf or NaN
    LETTERS  not to be run: for a person to read

`rare(a > 0.999, usual, phrase(x))` is a choice of which the second is dear and seldom wanted, such
as the slope of a saturated unit: over arrays it is computed only if an entry asks for it.

What a learner types never comes here: expression.py reads that, and makes a Graph.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from types import CodeType
from typing import Any

import numpy as np

PRIMITIVES = ("abs", "cos", "exp", "log", "log1p", "pow", "sin", "sqrt", "tan", "tanh")
TYPED = {  # what only a typed formula needs: NumPy's names
    **{"sinh": "sinh", "cosh": "cosh", "floor": "floor"},
    **{"asin": "arcsin", "acos": "arccos", "atan": "arctan"},
}
CALLABLE = (*PRIMITIVES, *TYPED, "erf", "erfc")  # the functions of numbers that a text may call
ON_ARRAYS = (  # NumPy's functions for what is written with signs, and two more
    *("add", "subtract", "multiply", "divide", "negative", "dot", "sign"),
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
)
TAKING_OUT = (*PRIMITIVES, *ON_ARRAYS, "row_peak")  # what can be told where to leave its result


def _largest(*numbers: Any) -> Any:
    """Return the largest of several columns, element by element; NaN beside a number is NaN."""
    return reduce(np.maximum, numbers)


def _erf(x: Any) -> Any:
    """Return the error function of each entry of an array; NumPy has none."""
    return np.asarray(_EACH_ERF(x), np.float64)[()]


def _erfc(x: Any) -> Any:
    """Return 1 − erf of each entry, without the rounding of that difference."""
    return np.asarray(_EACH_ERFC(x), np.float64)[()]


_EACH_ERF, _EACH_ERFC = np.frompyfunc(math.erf, 1, 1), np.frompyfunc(math.erfc, 1, 1)


def _floor(x: float) -> float:
    """Return the largest whole number up to x, as a float; ±∞ and NaN are their own."""
    return float(math.floor(x)) if math.isfinite(x) else x


def _true_score(*numbers: Any) -> Any:
    """Return Σ yᵢzᵢ of scores z₁…zₖ and targets y₁…yₖ: the score of the true class."""
    half = len(numbers) // 2
    return sum(y * z for z, y in zip(numbers[:half], numbers[half:], strict=True))


def _scores_beyond(*numbers: Any) -> Any:
    """Return how many other scores come within 1 of the true class's; arguments as above."""
    half, true = len(numbers) // 2, _true_score(*numbers)
    pairs = zip(numbers[:half], numbers[half:], strict=True)
    return sum((1.0 - y) * (1 + z - true > 0) for z, y in pairs)


def _row_peak(scores: Any, out: Any = None) -> Any:
    """Return the largest of each row, [batch, 1]."""
    return np.maximum.reduce(scores, axis=1, keepdims=True, out=out)


def _where_zero(condition: Any, otherwise: Any) -> Any:
    """Return 0 where the condition holds, `otherwise` elsewhere, as 0 · log 0 wants it."""
    return np.where(condition, 0.0, otherwise)


def _rare(a: Any, most: float, usual: Any, phrase: str, letters: str, *arguments: Any) -> Any:
    """Return what is usual, and in its place what a phrase gives where a exceeds a number.

    A trained network has such entries in every pass; so nothing else is computed for them.
    """
    if not a.size or a.item(a.argmax()) <= most:  # quicker than a > most
        return usual
    result, rare = np.array(usual), np.greater(a, most)
    precise = compiled_phrase(phrase, letters)
    if "dot(" not in phrase and all(np.shape(each) == result.shape for each in arguments):
        places = rare.ravel().nonzero()[0]  # quicker to take and put than where `rare` is true
        result.put(places, precise(*[np.asarray(each).take(places) for each in arguments]))
    else:  # it needs whole rows, or a number
        np.copyto(result, precise(*arguments), where=rare)
    return result[()]


@lru_cache(maxsize=64)
def compiled_phrase(text: str, letters: str) -> Callable[..., Any]:
    """Return a phrase, already written for arrays, as a function of its letters."""
    return compiled("phrase", letters, [f"return {text}"], ARRAYS)


@lru_cache(maxsize=64)
def _ones(*shape: int) -> Any:
    """Return ones; dot(ones, g) adds up the rows of g faster than a reduction does."""
    ones = np.ones(shape)
    ones.setflags(write=False)
    return ones


def _ones_but_one(a: Any) -> Any:
    """Return the matrix that a matrix is multiplied with to add up, in each row, all others."""
    return _others(a.shape[1])


@lru_cache(maxsize=64)
def _others(size: int) -> Any:
    others = 1.0 - np.eye(size)
    others.setflags(write=False)
    return others


def _column_beside(a: Any) -> Any:
    """Return the column of ones that a matrix is multiplied with to add up each of its rows."""
    return _ones(a.shape[1], 1)


@dataclass(frozen=True, eq=False)
class Dialect:
    """A way to run a rule: the functions its text may call, and how it chooses."""

    name: str
    functions: Mapping[str, Any]
    where: str  # how `where(condition, a, b)` is written
    power: str = "pow"  # the function that x ** y becomes; empty: it stays
    number: str = "({!r})"  # how a constant is written
    zero: str = ""  # how 0 is written, where dividing by Python's would raise
    rare: str = ""  # how `rare(a > most, usual, phrase(x))` is written; empty: as a `where`
    writes_out: bool = True  # rows and phrases that a text calls; else they are functions here


FLOATS = Dialect(
    "floats",
    {name: getattr(math, name, abs) for name in (*PRIMITIVES, *TYPED)}
    | {"largest": max, "floor": _floor, "erf": math.erf, "erfc": math.erfc, "pi": math.pi}
    | {"true_score": _true_score, "scores_beyond": _scores_beyond},
    where="(({a}) if {condition} else {b})",
)
ARRAYS = Dialect(
    "arrays",
    {name: getattr(np, name) for name in (*PRIMITIVES, *ON_ARRAYS)}
    | {name: getattr(np, numpys) for name, numpys in TYPED.items()}
    | {
        "erf": _erf,
        "erfc": _erfc,
        "true_score": _true_score,
        "scores_beyond": _scores_beyond,
        "pi": math.pi,
        "array": np.array,
        "copyto": np.copyto,
        "vdot": np.vdot,
        "where": np.where,
        "float64": np.float64,
        "largest": _largest,
        "ones": _ones,
        "ones_but_one": _ones_but_one,
        "rare": _rare,
        "column_beside": _column_beside,
        "row_peak": _row_peak,
        "total": np.add.reduce,
        "where_zero": _where_zero,
    },
    where="where({condition}, {a}, {b})",
    number="float64({!r})",  # so that 1 / 0 is ∞ here
    rare="rare({a}, {most}, {usual}, {phrase!r}, {letters!r}, {arguments})",
)
LETTERS = Dialect("letters", {}, where=FLOATS.where, power="")


@lru_cache(maxsize=2048)
def read(text: str) -> ast.expr:
    """Return a rule's text as a syntax tree; it is shared, and only to be read."""
    return _fresh(text)


@lru_cache(maxsize=2048)
def names_in(text: str) -> frozenset[str]:
    """Return the names that a rule's text uses, its functions' among them."""
    return frozenset(node.id for node in ast.walk(read(text)) if isinstance(node, ast.Name))


def _fresh(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


class _Writer(ast.NodeTransformer):
    """Replaces names by expressions, and calls of other rows by those rows' text."""

    def __init__(
        self, names: Mapping[str, ast.expr], rows: Mapping[str, Any], dialect: Dialect
    ) -> None:
        self.names = names
        self.rows = rows
        self.dialect = dialect

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow) and self.dialect.power:
            # `**` turns complex for a negative base; pow does not
            return ast.Call(ast.Name(self.dialect.power), [left, right], [])
        return ast.BinOp(left, node.op, right)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "rare" and len(node.args) == 3:
            return self.choose_rarely(node)
        arguments = [self.visit(argument) for argument in node.args]
        if name == "where" and self.dialect.writes_out:
            if self.dialect.functions:  # it is run: a choice between 1 and 0 gives a float, too
                arguments[1:] = map(_as_float, arguments[1:])
            condition, a, b = (ast.unparse(argument) for argument in arguments)
            return read(self.dialect.where.format(condition=condition, a=a, b=b))
        if name in self.rows and name not in CALLABLE:
            row = self.rows[name]
            inner = dict(zip(row.inputs, arguments, strict=True))
            written: ast.expr = _Writer(inner, self.rows, self.dialect).visit(_fresh(row.code))
            return written
        return ast.Call(self.visit(node.func), arguments, node.keywords)

    def choose_rarely(self, written: ast.Call) -> ast.expr:
        """Write a choice whose last argument, a phrase, is seldom wanted."""
        condition, usual, phrase = written.args
        if not self.dialect.rare:
            return self.visit_Call(ast.Call(ast.Name("where"), [condition, phrase, usual], []))
        assert isinstance(condition, ast.Compare), "a number decides what is rare"
        assert isinstance(phrase, ast.Call), "what is rare is a phrase"
        assert isinstance(phrase.func, ast.Name), "a phrase is called by its name"
        row = self.rows[phrase.func.id]
        text = self.dialect.rare.format(
            a=ast.unparse(self.visit(condition.left)),
            most=ast.unparse(condition.comparators[0]),
            usual=ast.unparse(self.visit(usual)),
            phrase=ast.unparse(_Writer({}, self.rows, self.dialect).visit(_fresh(row.code))),
            letters=", ".join(row.inputs),
            arguments=", ".join(ast.unparse(self.visit(each)) for each in phrase.args),
        )
        return read(text)


def write(text: str, names: Mapping[str, str], dialect: Dialect, rows: Mapping[str, Any]) -> str:
    """Return a rule's text with its names replaced, in a dialect.

    Args:
        text: the rule, such as "out * (1 - out)".
        names: what each input, and `out`, is called in the result: {"out": "v7"}.
        dialect: how choices and powers are written.
        rows: the scalar operations that are written out where the text calls them, by name.
    """
    trees = {name: _tree(replacement) for name, replacement in names.items()}
    return ast.unparse(_Writer(trees, rows, dialect).visit(_fresh(text)))


def _as_float(tree: ast.expr) -> ast.expr:
    """Return a whole number as a float: −0.0 is not what 0 negated is."""
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.operand, ast.Constant):
        return ast.UnaryOp(tree.op, _as_float(tree.operand))
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int):
        return ast.Constant(float(tree.value))
    return tree


def _tree(replacement: str) -> ast.expr:
    """Return what stands for a name; one that Python reserves, such as lambda, is a name too."""
    is_name = replacement.replace(".", "").isidentifier()  # Z.1 is a part of the line Z
    return ast.Name(replacement) if is_name else read(replacement)


def compiled(name: str, arguments: str, lines: list[str], dialect: Dialect) -> Callable[..., Any]:
    """Return the function whose body is these lines, in a dialect's functions."""
    name = f"_{name}"  # so that it does not hide the primitive it may be named after
    source = f"def {name}({arguments}):\n " + "\n ".join(lines)
    code: CodeType = compile(source, f"<backprop {name}>", "exec")
    scope: dict[str, Any] = {"inf": math.inf, "nan": math.nan}  # as repr() writes such constants
    scope.update(dialect.functions)
    exec(code, scope)
    function: Callable[..., Any] = scope[name]
    return function
