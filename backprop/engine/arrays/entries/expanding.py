"""A text at one entry: (1 - H ** 2).T at [1, 0] is 1 - H[0, 1] ** 2.

An index is pushed down to the arrays of a text: through what works entry by entry, through
transposes and repetitions, and through a product of matrices of which one row has one entry.
What does not come out short has no text here.
"""

import ast
from collections.abc import Sequence
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from backprop.engine.arrays.entries.frames import Frame
from backprop.engine.arrays.entries.places import came_from, narrowed, put, steady_index
from backprop.engine.arrays.known import BETWEEN, typed
from backprop.engine.arrays.rows import ENTRYWISE, number_text
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.trees import called
from backprop.engine.ops import compute

LONGEST = 48  # characters of a text at an entry
MOST = 3  # entries that one is made of
SUMMANDS = 256  # parts at most that a sum of what curves is written out in
INNER = 64  # products that are looked through for the one that is not 0


class Cell(NamedTuple):
    """An entry of an array: its name and place."""

    name: str
    at: tuple[int, ...]

    @property
    def text(self) -> str:
        """As it is written: X[0, 1]; a number alone by its name."""
        return f"{self.name}[{', '.join(map(str, self.at))}]" if self.at else self.name


class Expanded(NamedTuple):
    """A text at one entry.

    Attributes:
        tree: the text, of single entries.
        cells: the entries.
        numbers: its value at each point.
    """

    tree: ast.expr
    cells: tuple[Cell, ...]
    numbers: tuple[float, ...]


class Expander:
    """Pushes indices down a text, at several points at once.

    Args:
        frame: of the text.
        points: the arrays at each point.
        arriving: the array in which the text is linear; empty for a value.
    """

    def __init__(self, frame: Frame, points: Sequence[dict[str, object]], arriving: str) -> None:
        self.frame, self.points, self.arriving = frame, points, arriving
        self.wide: Shape = frame.shapes[arriving] if arriving else ()
        count = len(points)
        self.one = Expanded(ast.Constant(1), (), (1.0,) * count)
        self.zero = Expanded(ast.Constant(0), (), (0.0,) * count)

    def short(self, found: Expanded | None) -> tuple[str, tuple[Cell, ...]] | None:
        """Return a text and its entries, if it is short enough to be read."""
        if found is None or not 0 < len(set(found.cells)) <= MOST:
            return None
        text = factor_text(found.tree)
        return (text, tuple(dict.fromkeys(found.cells))) if len(text) <= LONGEST else None

    # Parts in which nothing arrives

    def entry(self, tree: ast.expr, at: Shape) -> Expanded | None:
        """Return a part of the text at an entry, if it is made of few."""
        if _is_number(tree):
            return self._number(tree)
        if isinstance(tree, ast.Name) and tree.id in self.frame.shapes:
            return self._named(tree.id, at)
        if (found := _entrywise(tree)) is None:
            down = came_from(self.frame, tree, at)
            return down and self.entry(*down)
        name, parts = found
        inner = [self._within(each, at) for each in parts]
        known = [each for each in inner if each is not None]
        return self._applied(name, tree, known) if len(known) == len(inner) else None

    def _within(self, part: ast.expr, at: Shape) -> Expanded | None:
        return self.entry(part, self._narrowed(part, at))

    def _narrowed(self, part: ast.expr, at: Shape) -> Shape:
        """Return the entry of a part that is used at an entry of what it is broadcast to."""
        return narrowed(self.frame.shape_of(part), at)

    def _number(self, tree: ast.expr) -> Expanded | None:
        found = self.frame.builder.build(tree, self.frame.builder.places)
        position = self.frame.builder.position(found, tree)
        number = self.frame.builder.nodes[position].number
        return None if number is None else Expanded(tree, (), (number,) * len(self.points))

    def _named(self, name: str, at: Shape) -> Expanded:
        cell = Cell(name, at)
        tree: ast.expr = ast.Name(name)
        if at:
            items: list[ast.expr] = [ast.Constant(i) for i in at]
            tree = ast.Subscript(tree, ast.Tuple(items) if len(at) > 1 else items[0])
        numbers = tuple(float(np.asarray(point[name])[at]) for point in self.points)
        return Expanded(tree, (cell,), numbers)

    def _applied(self, name: str, tree: ast.expr, parts: Sequence[Expanded]) -> Expanded:
        """Return an operation entry by entry, of parts at their entries."""
        cells = tuple(cell for part in parts for cell in part.cells)
        columns = zip(*(part.numbers for part in parts), strict=True)
        numbers = tuple(float(compute(ENTRYWISE[name], *each)) for each in columns)
        return Expanded(_with_parts(tree, [part.tree for part in parts]), cells, numbers)

    def summands(self, at: Shape) -> tuple[float, list[Expanded | None]]:
        """Return the factor and the parts of a text that ends with a sum or a mean, at an entry."""
        tree, factor = self.frame.tree, 1.0
        while (peeled := self._peeled(tree)) is not None:
            tree, factor = peeled[0], factor * peeled[1]
        if not (isinstance(tree, ast.Call) and called(tree) in ("sum", "mean")):
            return factor, []
        inner = self.frame.shape_of(tree.args[0])
        axis, keepdims = self.frame.parameters(tree)
        gone = {i % len(inner) for i in ((axis,) if isinstance(axis, int) else axis or ())}
        gone = set(range(len(inner))) if axis is None else gone
        left = iter(at)
        places = [range(n) for n in inner]
        for i in range(len(inner)):
            if i not in gone or keepdims:
                k = next(left)
                places[i] = places[i] if i in gone else range(k, k + 1)
        count = prod(map(len, places))
        if count > SUMMANDS:
            return factor, []
        factor /= count if called(tree) == "mean" else 1
        return factor, [self.entry(tree.args[0], each) for each in product(*places)]

    def _peeled(self, tree: ast.expr) -> tuple[ast.expr, float] | None:
        """Return what a text multiplies by a number, and the number."""
        match tree:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return operand, -1.0
            case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
                number = self._number(right) if _is_number(right) else None
                if number is not None:
                    return left, 1 / number.numbers[0] if isinstance(
                        op, ast.Div
                    ) else number.numbers[0]
                if _is_number(left) and isinstance(op, ast.Mult):
                    number = self._number(left)
                    return None if number is None else (right, number.numbers[0])
        return None

    # Parts in which it does

    def coefficient(self, tree: ast.expr, at: Shape, o: Shape) -> Expanded | None:
        """Return what entry o of the arriving array is multiplied with in a part, at an entry."""
        match tree:
            case ast.Name(id=name) if name == self.arriving:
                return self.one if at == o else self.zero
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.coefficient(operand, at, o)
                if inner is None or inner is self.zero:
                    return inner
                return self._applied("negate", tree, [inner])
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self._of_product(left, right, at, o)
            case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
                if not self._arrives(left):
                    left, right = right, left
                inner = self.coefficient(left, self._narrowed(left, at), o)
                if inner is None or inner is self.zero:
                    return inner
                other = self._within(right, at)
                return other and self._times(inner, op, other)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._of_sum(left, right, at, o)
            case ast.Call(args=[value, *_]) if called(tree) == "placed":
                index = steady_index(self.frame, tree)
                if index is None:  # whole numbers may put several in one place
                    return None
                place = put(self.frame, tree, at, index)
                return self.coefficient(value, place, o) if place is not None else self.zero
            case ast.Call(args=[value, *_]) if called(tree) in ("fit", "sum"):
                places = (o, o[::-1]) if self.frame.shape_of(value) == self.wide[::-1] else (o,)
                if self.frame.shape_of(value) not in (self.wide, self.wide[::-1]):
                    return None
                found = [self.coefficient(value, place, o) for place in places]
                return next((each for each in found if each is not self.zero), self.zero)
        down = came_from(self.frame, tree, at)
        return down and self.coefficient(*down, o)

    def _arrives(self, tree: ast.expr) -> bool:
        return any(isinstance(n, ast.Name) and n.id == self.arriving for n in ast.walk(tree))

    def _times(self, a: Expanded, op: ast.operator, b: Expanded) -> Expanded:
        if a is self.one and isinstance(op, ast.Mult):
            return b
        return self._applied(BETWEEN[type(op)], ast.BinOp(a.tree, op, b.tree), [a, b])

    def _of_sum(self, left: ast.expr, right: ast.expr, at: Shape, o: Shape) -> Expanded | None:
        parts = [each for each in (left, right) if self._arrives(each)]
        found = [self.coefficient(each, self._narrowed(each, at), o) for each in parts]
        known = [each for each in found if each is not None]
        some = [each for each in known if each is not self.zero]
        if len(known) < len(found) or not some:
            return None if len(known) < len(found) else self.zero
        if len(some) == 1:
            return some[0]
        return self._applied("add", ast.BinOp(some[0].tree, ast.Add(), some[1].tree), some)

    def _of_product(self, left: ast.expr, right: ast.expr, at: Shape, o: Shape) -> Expanded | None:
        """Return the coefficient in a product of two matrices, of whose terms one is not 0."""
        shapes = [self.frame.shape_of(each) for each in (left, right)]
        inner = shapes[0][-1]
        if inner > INNER:
            return None
        first, ahead = self._arrives(left), [*at]
        column = [ahead.pop()] if len(shapes[1]) > 1 else []
        row = [ahead.pop()] if len(shapes[0]) > 1 else []
        found: list[tuple[Expanded, ast.expr, Shape]] = []
        for k in range(inner):
            sides = [(left, narrowed(shapes[0], (*ahead, *row, k))),
                     (right, narrowed(shapes[1], (*ahead, k, *column)))]  # fmt: skip
            (part, place), other = sides if first else sides[::-1]
            each = self.coefficient(part, place, o)
            if each is None:
                return None
            if each is not self.zero:
                found.append((each, *other))
        if len(found) != 1:
            return None if found else self.zero
        ((each, part, place),) = found
        factor = self.entry(part, place)
        return factor and self._times(each, ast.Mult(), factor)


def _is_number(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) or bool(typed(tree))


def _entrywise(tree: ast.expr) -> tuple[str, list[ast.expr]] | None:
    """Return the operation that a text ends with, if it works entry by entry, and its parts."""
    match tree:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "negate", [operand]
        case ast.BinOp(left=left, op=op, right=right) if not isinstance(op, ast.MatMult):
            return "power" if isinstance(op, ast.Pow) else BETWEEN[type(op)], [left, right]
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return BETWEEN[type(op)], [left, right]
        case ast.Call(args=args) if called(tree) in ENTRYWISE:
            return called(tree), args
    return None


def _with_parts(tree: ast.expr, parts: list[ast.expr]) -> ast.expr:
    """Return an operation with other parts."""
    match tree:
        case ast.UnaryOp(op=op):
            return ast.UnaryOp(op, parts[0])
        case ast.BinOp(op=op):
            return ast.BinOp(parts[0], op, parts[1])
        case ast.Compare(ops=ops):
            return ast.Compare(parts[0], ops, [parts[1]])
    assert isinstance(tree, ast.Call)
    return ast.Call(tree.func, parts, [])


def factor_text(tree: ast.expr) -> str:
    """Return a text as a factor: its numbers multiplied, 0.5·(N[1] - Y[1]); a sum in brackets."""
    over: list[ast.expr] = []
    under: list[ast.expr] = []
    number = _gathered(tree, over, under)
    texts = [[_bracketed(each) for each in part] for part in (over, under)]
    text = "·".join([number_text(float(f"{number:.4g}"))] * (number != 1 or not over) + texts[0])
    if number == -1 and over:
        text = "-" + "·".join(texts[0])
    below = "·".join(texts[1])
    return text + f" / {below if len(under) < 2 else f'({below})'}" * bool(under)


def _gathered(tree: ast.expr, over: list[ast.expr], under: list[ast.expr]) -> float:
    """Collect the factors of a product, and what it is divided by; return its numbers' product."""
    match tree:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_gathered(operand, over, under)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _gathered(left, over, under) * _gathered(right, over, under)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            below = _gathered(right, under, over)
            return _gathered(left, over, under) / below if below else float("nan")
        case ast.Constant(value=int() | float() as value):
            return float(value)
    over.append(tree)
    return 1.0


def _bracketed(tree: ast.expr) -> str:
    text = ast.unparse(tree)
    return f"({text})" if isinstance(tree, ast.BinOp) and not isinstance(tree.op, ast.Pow) else text
