"""A rule as a tree: computed at the arrays of a pass, written, and taken apart.

What is computed here is our own text, or our text with one thing done wrong; it may fail to fit,
which is then the reason why it is wrong. Each part's shape is wanted, so the tree is gone through
node by node; nothing is compiled.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import partial
from operator import add, eq, floordiv, ge, gt, le, lt, matmul, mul, ne, neg, pos, sub, truediv
from typing import Any

import numpy as np

from backprop.engine.arrays.rows import ENTRYWISE
from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.engine.arrays.texts import rewritten
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.ops import compute

Arrays = Mapping[str, Any]
Put = Callable[[ast.expr], ast.expr]

OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    **{ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv, ast.MatMult: matmul},
    **{ast.FloorDiv: floordiv, ast.Pow: np.power, ast.USub: neg, ast.UAdd: pos},
    **{ast.Lt: lt, ast.LtE: le, ast.Gt: gt, ast.GtE: ge, ast.Eq: eq, ast.NotEq: ne},
}
SIGNS: Mapping[type[ast.AST], str] = {
    **{ast.Add: "+", ast.Sub: "−", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"},
}
BY_SHAPE_ALONE = {"fit": 1, "spread": 1, "placed": 1, "overlap_add": 1}  # arguments that pass on
WORDS: Mapping[str, Any] = {
    **{name: partial(compute, each) for name, each in ENTRYWISE.items()},
    **PROGRAMS.functions,
    **{"where": np.where, "pi": np.pi},
}


class MisfitError(Exception):
    """A part of a rule whose shapes do not fit."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def tree_of(text: str) -> ast.expr:
    """Return the tree of a rule."""
    return ast.parse(text, mode="eval").body


def text_of(tree: ast.expr) -> str:
    """Return a rule as it is typed, rewritten as a person would write it."""
    return ast.unparse(rewritten(tree_of(ast.unparse(tree))))


def names_in(tree: ast.expr) -> tuple[str, ...]:
    """Return the names of the arrays that a rule mentions, each once, in the order of its text."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [
        (node.lineno, node.col_offset, node.id)
        for node in ast.walk(ast.parse(ast.unparse(tree), mode="eval"))
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in WORDS
    ]
    return tuple(dict.fromkeys(name for *_, name in sorted(found)))


class Run:
    """Computes rules at the arrays of a pass; parts that several rules share are computed once.

    Args:
        arrays: what the names stand for.
    """

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self._known: dict[int, tuple[ast.expr, Any]] = {}

    def of(self, tree: ast.expr) -> Any:
        """Return what a rule computes.

        Raises:
            MisfitError: shapes do not fit.
        """
        with np.errstate(all="ignore"):
            return self._of(tree)

    def shape(self, tree: ast.expr) -> Shape:
        """Return the shape of what a rule computes; raises MisfitError."""
        return np.shape(self.of(tree))

    def _of(self, node: ast.expr | None) -> Any:
        if not isinstance(node, ast.BinOp | ast.Call | ast.Subscript | ast.Compare):
            return self._computed(node)
        if id(node) not in self._known:
            self._known[id(node)] = node, self._computed(node)
        return self._known[id(node)][1]

    def _computed(self, node: ast.expr | None) -> Any:
        match node:
            case None:
                return None
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.arrays[name] if name in self.arrays else WORDS[name]
            case ast.UnaryOp(op=op, operand=operand):
                return OPERATORS[type(op)](self._of(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return self._together(op, self._of(left), self._of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._together(op, self._of(left), self._of(right))
            case ast.Attribute(value=value, attr="T"):
                return np.transpose(self._of(value))
            case ast.Attribute(value=value, attr="mT"):
                return _turned(self._of(value))
            case ast.Subscript(value=value, slice=index):
                return self._entry(self._of(value), self._of(index))
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(self._of(lower), self._of(upper), self._of(step))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(map(self._of, parts))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                return self._called(name, args, keywords)
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=keywords):
                return self._called(name, [value, *args], keywords)
        raise AssertionError(f"{ast.dump(node)[:60]} is in no rule")

    def _together(self, op: ast.AST, x: Any, y: Any) -> Any:
        try:
            return OPERATORS[type(op)](x, y)
        except (ValueError, TypeError):
            raise MisfitError(misfit(op, np.shape(x), np.shape(y))) from None

    def _called(self, name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        if name not in WORDS:
            raise MisfitError(f"{name} is opened, not computed here.")
        given = [self._of(each) for each in args]
        named = {each.arg or "": self._of(each.value) for each in keywords}
        try:
            return WORDS[name](*given, **named)
        except (ValueError, IndexError, TypeError, np.exceptions.AxisError) as error:
            shapes = " and ".join(shape_text(np.shape(x)) for x in given if np.ndim(x)) or "numbers"
            raise MisfitError(f"{name} of {shapes} does not fit.") from error

    def _entry(self, x: Any, index: Any) -> Any:
        try:
            return x[index]
        except (IndexError, ValueError, TypeError) as error:
            words = f"{shape_text(np.shape(x))} has no such entries."
            raise MisfitError(words) from error


def _turned(x: Any) -> Any:
    if np.ndim(x) < 2:
        raise MisfitError(f"{shape_text(np.shape(x))} has one axis: .mT needs two.")
    return np.swapaxes(x, -1, -2)


def misfit(op: ast.AST, x: Shape, y: Shape) -> str:
    """Return why two shapes do not fit: (4×3)(2×3): 3 and 2 differ."""
    if isinstance(op, ast.MatMult):
        if not x or not y:
            return "@ multiplies arrays, and one of these is a number."
        inner = x[-1], y[-2] if len(y) > 1 else y[0]
        if inner[0] == inner[1]:
            return f"{_product(x, y)}: the other axes differ."
        return f"{_product(x, y)}: {inner[0]} and {inner[1]} differ."
    for m, n in zip(reversed(x), reversed(y), strict=False):
        if m != n and 1 not in (m, n):
            return (
                f"{shape_text(x)} {SIGNS.get(type(op), 'and')} {shape_text(y)}: {m} and {n} differ."
            )
    return f"{shape_text(x)} and {shape_text(y)} do not fit."


def _product(x: Shape, y: Shape) -> str:
    return f"({shape_text(x)})({shape_text(y)})"


def shapes_of(tree: ast.expr, run: Run) -> str:
    """Return the shapes at the last operation of a rule, and of its result: (2×4)(4×3) → 2×3.

    Raises:
        MisfitError: they do not fit.
    """
    result = shape_text(run.shape(tree))
    match tree:
        case ast.BinOp(left=left, op=op, right=right):
            x, y = (run.shape(each) for each in (left, right))
            if isinstance(op, ast.MatMult):
                return f"{_product(x, y)} → {result}"
            if x and y and type(op) in SIGNS:
                return f"{shape_text(x)} {SIGNS[type(op)]} {shape_text(y)} → {result}"
            return f"{shape_text(x or y)} → {result}"
        case ast.Call(args=[first, *_]) if not isinstance(first, ast.Constant):
            return f"{shape_text(run.shape(first))} → {result}"
        case ast.Attribute(value=value) | ast.Subscript(value=value):
            return f"{shape_text(run.shape(value))} → {result}"
    return f"→ {result}"


def places(tree: ast.expr) -> Iterator[tuple[ast.expr, Put]]:
    """Yield each part of a rule that is an array, and what puts another in its place.

    The other parts are not copied: what is known of them stays known. Left out are axes, shapes and
    indices, and what a word needs for its shape alone.
    """
    yield tree, lambda new: new
    for field, number, child in _children(tree):
        for part, put in places(child):

            def put_here(
                new: ast.expr, put: Put = put, field: str = field, number: int | None = number
            ) -> ast.expr:
                outer, inner = copy(tree), put(new)
                if number is None:
                    setattr(outer, field, inner)
                else:
                    parts = list(getattr(tree, field))
                    parts[number] = inner
                    setattr(outer, field, parts)
                return outer

            yield part, put_here


def _children(tree: ast.expr) -> Iterator[tuple[str, int | None, ast.expr]]:
    match tree:
        case ast.BinOp(left=left, right=right):
            yield "left", None, left
            yield "right", None, right
        case ast.UnaryOp(operand=operand):
            yield "operand", None, operand
        case ast.Attribute(value=value) | ast.Subscript(value=value):
            yield "value", None, value
        case ast.Call(func=ast.Name(id=name), args=args):
            for n, each in enumerate(args[: BY_SHAPE_ALONE.get(name, len(args))]):
                if not isinstance(each, ast.Constant | ast.Tuple | ast.Compare):
                    yield "args", n, each
