"""A row's text becomes code: the only place that compiles, and only our own text.

A rule is one Python expression in a row's inputs and `out`, with + − * / **, comparisons,
`where(condition, a, b)`, the primitives below, and the names of other rows. It is read once;
names are then replaced by whatever a caller calls them, and the result is code in a dialect:

    FLOATS   Python floats: `where` chooses, and an impossible operation raises
    ARRAYS   NumPy: `where` computes both sides, and an impossible operation gives inf or NaN
    LETTERS  not to be run: for a person to read

What a learner types never comes here: expression.py reads that, and makes a Graph.
"""

import ast
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from types import CodeType
from typing import Any

import numpy as np

PRIMITIVES = ("abs", "cos", "exp", "log", "log1p", "pow", "sin", "sqrt", "tan", "tanh")
SIGNS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
TAKING_OUT = (*PRIMITIVES, "dot")  # what can be told where to leave its result


def _largest(*numbers: Any) -> Any:
    """Return the largest of several columns, element by element; NaN beside a number is NaN."""
    return reduce(np.maximum, numbers)


def _softmax(scores: Any) -> Any:
    """Return the softmax of each row of scores, [batch, classes]; rows sum to 1."""
    e = np.exp(scores - np.maximum.reduce(scores, axis=1, keepdims=True))  # the peak cancels
    return e / np.add.reduce(e, axis=1, keepdims=True)


def _log_sum_exp(scores: Any) -> Any:
    """Return log Σₖ exp(scoresₖ) of each row of scores, [batch]; never overflows."""
    peak = np.maximum.reduce(scores, axis=1, keepdims=True)
    return np.log(np.add.reduce(np.exp(scores - peak), axis=1)) + peak[:, 0]


def _where_zero(condition: Any, otherwise: Any) -> Any:
    """Return 0 where the condition holds, `otherwise` elsewhere, as 0 · log 0 wants it."""
    return np.where(condition, 0.0, otherwise)


@lru_cache(maxsize=64)
def _ones(n: int) -> Any:
    """Return a row of ones; dot(ones, g) adds up the rows of g faster than a reduction does."""
    ones = np.ones(n)
    ones.setflags(write=False)
    return ones


def _squared_distance(a: Any, b: Any) -> Any:
    """Return Σ (a − b)² over all entries."""
    difference = a - b
    return np.vdot(difference, difference)


@dataclass(frozen=True, eq=False)
class Dialect:
    """A way to run a rule: the functions its text may call, and how it chooses."""

    name: str
    functions: Mapping[str, Any]
    where: str  # how `where(condition, a, b)` is written
    power: str = "pow"  # the function that x ** y becomes; empty: it stays
    number: str = "({!r})"  # how a constant is written


FLOATS = Dialect(
    "floats",
    {name: getattr(math, name, abs) for name in PRIMITIVES} | {"largest": max},
    where="({a} if {condition} else {b})",
)
ARRAYS = Dialect(
    "arrays",
    {name: getattr(np, name) for name in (*PRIMITIVES, *SIGNS.values(), "negative")}
    | {
        "where": np.where,
        "float64": np.float64,
        "largest": _largest,
        "copyto": np.copyto,
        "dot": np.dot,
        "ones": _ones,
        "squared_distance": _squared_distance,
        "total": np.add.reduce,
        "softmax": _softmax,
        "log_sum_exp": _log_sum_exp,
        "where_zero": _where_zero,
    },
    where="where({condition}, {a}, {b})",
    number="float64({!r})",  # so that 1 / 0 is ∞ here
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
        arguments = [self.visit(argument) for argument in node.args]
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "where":
            condition, a, b = (ast.unparse(argument) for argument in arguments)
            return read(self.dialect.where.format(condition=condition, a=a, b=b))
        if name in self.rows and name not in PRIMITIVES:
            row = self.rows[name]
            inner = dict(zip(row.inputs, arguments, strict=True))
            written: ast.expr = _Writer(inner, self.rows, self.dialect).visit(_fresh(row.code))
            return written
        return ast.Call(self.visit(node.func), arguments, node.keywords)


def write(text: str, names: Mapping[str, str], dialect: Dialect, rows: Mapping[str, Any]) -> str:
    """Return a rule's text with its names replaced, in a dialect.

    Args:
        text: the rule, such as "out * (1 - out)".
        names: what each input, and `out`, is called in the result: {"out": "v7"}.
        dialect: how choices and powers are written.
        rows: the scalar operations that are written out where the text calls them, by name.
    """
    trees = {name: read(replacement) for name, replacement in names.items()}
    return ast.unparse(_Writer(trees, rows, dialect).visit(_fresh(text)))


class _Keeper(ast.NodeTransformer):
    """Makes each operation leave its array in a variable, and write over it when run again."""

    def __init__(self, names: Iterator[str]) -> None:
        self.names = names

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        return self.keep(SIGNS[type(node.op)], self.visit(node.left), self.visit(node.right))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        if isinstance(node.operand, ast.Constant):
            return node
        return self.keep("negative", self.visit(node.operand))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments = [self.visit(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id in TAKING_OUT:
            return self.keep(node.func.id, *arguments)
        return ast.Call(node.func, arguments, node.keywords)

    def keep(self, function: str, *arguments: ast.expr) -> ast.expr:
        kept = ast.Name(next(self.names))
        return ast.NamedExpr(kept, ast.Call(ast.Name(function), [*arguments, kept], []))


def keeping(code: str, names: Iterator[str], into: str = "") -> str:
    """Return array code that keeps what it makes in variables, for its next run to write over.

    An operation whose variable is still None makes a new array: so the first run finds the shapes.

    Args:
        code: an expression in the ARRAYS dialect; none of its operations may yield a mere number.
        names: what to call the variables; one is taken for each operation.
        into: the variable of an array that receives the result.
    """
    tree = _Keeper(names).visit(_fresh(code))
    if not into:
        return ast.unparse(tree)
    if isinstance(tree, ast.NamedExpr):
        tree.target.id = into  # the call's last argument too, which is the same node
        return ast.unparse(tree)
    return f"copyto({into}, {ast.unparse(tree)})"


def compiled(name: str, arguments: str, lines: list[str], dialect: Dialect) -> Callable[..., Any]:
    """Return the function whose body is these lines, in a dialect's functions."""
    name = f"_{name}"  # so that it does not hide the primitive it may be named after
    source = f"def {name}({arguments}):\n " + "\n ".join(lines)
    code: CodeType = compile(source, f"<backprop {name}>", "exec")
    scope: dict[str, Any] = dict(dialect.functions)
    exec(code, scope)
    function: Callable[..., Any] = scope[name]
    return function
