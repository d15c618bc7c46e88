"""Expressions become nodes: signs, names, what stands in brackets."""

import ast
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from math import inf, pi, prod
from typing import Any

from backprop.engine.arrays import moving
from backprop.engine.arrays.known import BETWEEN, Static, computed, number
from backprop.engine.arrays.moving import At, Count, Slice
from backprop.engine.arrays.nodes import Nodes
from backprop.engine.arrays.signatures import METHODS, MODULES, RESERVED
from backprop.engine.arrays.trees import called, labelled
from backprop.engine.errors import ExpressionError, LimitError


class Expressions(Nodes):
    """Adds the nodes of expressions."""

    @abstractmethod
    def call(self, tree: ast.Call, scope: Mapping[str, int]) -> int | Static:
        """Add the nodes of a call; see calls.py."""

    def build(self, tree: ast.expr, scope: Mapping[str, int]) -> int | Static:
        """Add the nodes of an expression; return where its value stands, or what is known of it."""
        match tree:
            case ast.Constant(value=value) if not isinstance(value, str):
                return Static(value)
            case ast.Name(id=name):
                return self.named(name, tree, scope)
            case ast.UnaryOp(op=op, operand=operand):
                found = self.build(operand, scope)
                if isinstance(op, ast.UAdd):
                    return found
                if isinstance(found, Static):
                    said = ast.UnaryOp(op, found.said())
                    return Static(-number(found.value, operand), ast.unparse(said))
                return self.node("negate", (found,), (), tree)
            case ast.BinOp(left=left, op=op, right=right):
                return self.between(op, self.build(left, scope), self.build(right, scope), tree)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.between(op, self.build(left, scope), self.build(right, scope), tree)
            case ast.Compare():
                what = f"“{ast.unparse(labelled(tree))}” compares twice."
                hint = "Multiply two comparisons, as in (a < b) * (b < c)."
                raise ExpressionError(what, hint=hint, at=tree.col_offset)
            case ast.Attribute():
                return self.attribute(tree, scope)
            case ast.Subscript():
                return self.subscript(tree, scope)
            case ast.Call():
                return self.call(tree, scope)
            case ast.Constant(value=str() as text):
                raise ExpressionError(f"“{text}” is text: it stands in einsum only.",
                                      at=tree.col_offset)  # fmt: skip
            case ast.Tuple() | ast.List():
                return Static(tuple(self.static(each, scope) for each in tree.elts))
        assert isinstance(tree, ast.Slice), "all that is accepted stands above"
        raise ExpressionError("Here stands one number, not a slice.", at=tree.col_offset)

    def named(self, name: str, tree: ast.expr, scope: Mapping[str, int]) -> int | Static:
        """Return where a name stands, or the number that it is."""
        if name in scope:
            return scope[name]
        if name in ("inf", "pi"):
            return Static(inf if name == "inf" else pi, name)
        if name in RESERVED:
            what = f"“{name}” is a word: it needs brackets."
            raise ExpressionError(what, hint=f"Write {name}(…).", at=tree.col_offset)
        what = f"There is no “{name}” above this line."
        known = [name for name in self.places if "." not in name]
        hint = f"There are {', '.join(known[-12:])}." if known else "Declare it as a leaf first."
        raise ExpressionError(what, hint=hint, at=tree.col_offset)

    def between(
        self, op: ast.AST, left: int | Static, right: int | Static, tree: ast.expr
    ) -> int | Static:
        """Add an operation between two values; of two known numbers it is one."""
        if isinstance(left, Static) and isinstance(right, Static):
            said = (
                ast.BinOp(left.said(), op, right.said()) if isinstance(op, ast.operator) else tree
            )
            return Static(computed(op, left.value, right.value, tree), ast.unparse(said))
        if isinstance(op, ast.Pow) and isinstance(right, Static):
            assert isinstance(left, int)
            return self.node("power_of", (left,), (float(number(right.value, tree)),), tree)
        if isinstance(op, ast.FloorDiv):
            what = "“//” divides whole numbers of shapes; these are arrays."
            raise ExpressionError(what, hint="Write floor(x / y).", at=tree.col_offset)
        a, b = (self.position(each, tree) for each in (left, right))
        name = "power" if isinstance(op, ast.Pow) else BETWEEN[type(op)]
        return self.node(name, (a, b), (), tree)

    def position(self, value: int | Static, tree: ast.expr) -> int:
        """Return where a value stands; a known number becomes a constant."""
        if isinstance(value, int):
            return value
        return self.number(number(value.value, tree), value.typed)

    def attribute(self, tree: ast.Attribute, scope: Mapping[str, int]) -> int | Static:
        """Return what stands after a point: a transpose, or what is known of a shape."""
        if isinstance(tree.value, ast.Name) and tree.value.id in MODULES - set(scope):
            return self.named(tree.attr, tree, scope)
        value = self.build(tree.value, scope)
        if tree.attr in ("T", "mT"):
            return self.node(tree.attr, (self.position(value, tree),), (), tree)
        if isinstance(value, int) and tree.attr in ("shape", "size", "ndim"):
            shape = self.shape(value)
            return Static({"shape": shape, "size": prod(shape), "ndim": len(shape)}[tree.attr])
        if tree.attr in METHODS:
            what = f".{tree.attr} needs brackets."
            raise ExpressionError(what, hint=f"Write .{tree.attr}().", at=tree.col_offset)
        hint = "Known are .T, .mT, .shape, .size and methods such as .sum()."
        raise ExpressionError(f"“.{tree.attr}” is not known.", hint=hint, at=tree.col_offset)

    def subscript(self, tree: ast.Subscript, scope: Mapping[str, int]) -> int | Static:
        """Add x[…]."""
        value = self.build(tree.value, scope)
        items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        if isinstance(value, Static):
            return self.static_item(value, tree, scope)
        inputs, found = self.index_items(items, len(self.shape(value)), scope)
        return self.node("index", (value, *inputs), (found,), tree)

    def static_item(self, value: Static, tree: ast.Subscript, scope: Mapping[str, int]) -> Static:
        """Return one of what is known: x.shape[0]."""
        k = self.static(tree.slice, scope)
        try:
            return Static(value.value[k])
        except (TypeError, IndexError):
            what = f"“{ast.unparse(tree)}” is not there."
            raise ExpressionError(what, at=tree.col_offset) from None

    def index_items(
        self, items: Sequence[ast.expr], axes: int, scope: Mapping[str, int]
    ) -> tuple[list[int], tuple[Any, ...]]:
        """Return the index inputs and the items of what stands in brackets, at so many axes."""
        items = _without_dots(items, axes)
        inputs: list[int] = []
        found: list[Any] = []
        for item in items:
            if isinstance(item, ast.Slice):
                parts = (item.lower, item.upper, item.step)
                bounds = [None if p is None else self.whole(p, scope) for p in parts]
                if bounds[2] is not None and bounds[2] < 1:
                    what = "A slice steps forward by 1 at least."
                    raise ExpressionError(what, at=item.col_offset)
                found.append(Slice(*bounds))
            elif isinstance(item, ast.Constant) and item.value is None:
                found.append(None)
            elif isinstance(item, ast.Call) and called(item) == "arange":
                found.append(Count(self.whole(self.only_argument(item), scope)))
            elif isinstance(item, ast.Name) and item.id in scope:
                position = scope[item.id]
                if position not in self.indices:
                    what = f"“{item.id}” is not an index."
                    hint = f"Declare it with “index”: {item.id} : index 4 = [0, 2, 1, 0]."
                    raise ExpressionError(what, hint=hint, at=item.col_offset)
                found.append(At(len(inputs)))
                inputs.append(position)
            else:
                found.append(self.whole(item, scope))
        if len(inputs) > len(moving.LETTERS):
            raise LimitError("More than four indices stand in one pair of brackets.")
        return inputs, tuple(found)

    def only_argument(self, call: ast.Call) -> ast.expr:
        """Return the argument of a call that has one."""
        if len(call.args) != 1 or call.keywords:
            what = f"“{called(call)}” takes one argument."
            raise ExpressionError(what, at=call.col_offset)
        return call.args[0]

    def static(self, tree: ast.expr, scope: Mapping[str, int]) -> Any:
        """Return what is known of an expression before anything runs.

        Raises:
            ExpressionError: its value would have to be computed.
        """
        value = self.build(tree, scope)
        if isinstance(value, Static):
            return value.value
        what = f"“{ast.unparse(labelled(tree))}” must be known before the program runs."
        hint = "Here stand whole numbers, len(x), or x.shape[0]."
        raise ExpressionError(what, hint=hint, at=tree.col_offset)

    def whole(self, tree: ast.expr, scope: Mapping[str, int]) -> int:
        """Return a whole number that is known before anything runs."""
        value = self.static(tree, scope)
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or abs(value) > 10**9:
            what = f"“{ast.unparse(labelled(tree))}” is no whole number."
            raise ExpressionError(what, at=tree.col_offset)
        return value


def _without_dots(items: Sequence[ast.expr], axes: int) -> list[ast.expr]:
    """Return what stands in brackets with “...” written out as so many “:”."""
    dots = [k for k, item in enumerate(items) if _is(item, ...)]
    if len(dots) > 1:
        raise ExpressionError("“...” stands twice in one pair of brackets.", at=items[0].col_offset)
    if not dots:
        return [*items]
    taken = sum(not _is(item, None) for item in items) - 1
    full: list[ast.expr] = [ast.Slice()] * max(axes - taken, 0)
    return [*items[: dots[0]], *full, *items[dots[0] + 1 :]]


def _is(item: ast.expr, constant: object) -> bool:
    return isinstance(item, ast.Constant) and item.value is constant
