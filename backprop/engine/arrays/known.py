"""What is known before anything runs: numbers, shapes, None, True; and how they are computed."""

import ast
from typing import Any, NamedTuple

from backprop.engine.arrays.rows import ENTRYWISE
from backprop.engine.errors import ExpressionError, ShapeError
from backprop.engine.ops import compute

BETWEEN: dict[type[ast.AST], str] = {
    **{ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"},
    **{ast.MatMult: "matmul", ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater"},
    **{ast.GtE: "greater_equal", ast.Eq: "equal", ast.NotEq: "not_equal"},
}


class Static(NamedTuple):
    """What is known before anything runs: a number, a tuple of them, None, True."""

    value: Any
    typed: str = ""  # how it was typed, where that is more than a number: 1 / 3

    def said(self) -> ast.expr:
        """Return it as an expression."""
        return ast.parse(self.typed or repr(self.value), mode="eval").body


NUMBERS = ("inf", "pi")


def typed(tree: ast.expr) -> str:
    """Return an expression as it was typed, if it computes a number of numbers; else nothing."""
    signed = tree.operand if isinstance(tree, ast.UnaryOp) else tree
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)]
    words = (*NUMBERS, *ENTRYWISE)
    known = all(isinstance(each, ast.Name) and each.id in words for each in parts)
    return ast.unparse(tree) if known and not isinstance(signed, ast.Constant) else ""


def number(value: Any, tree: ast.expr) -> Any:
    """Return what is known, if it is a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = f"“{value}” is no number."
        raise ExpressionError(what, at=tree.col_offset)
    return value


def computed(op: ast.AST, a: Any, b: Any, tree: ast.expr) -> Any:
    """Return a number computed of two known ones, as NumPy would."""
    a, b = number(a, tree), number(b, tree)
    if isinstance(op, ast.FloorDiv):
        if not b:
            raise ExpressionError("This divides by 0.", at=tree.col_offset)
        return a // b
    whole = isinstance(a, int) and isinstance(b, int)
    if whole and isinstance(op, ast.Add | ast.Sub | ast.Mult):
        signs = {ast.Add: a + b, ast.Sub: a - b, ast.Mult: a * b}
        return signs[type(op)]
    if isinstance(op, ast.MatMult):
        raise ShapeError("Numbers are multiplied with *.", at=tree.col_offset)
    name = "power" if isinstance(op, ast.Pow) else BETWEEN[type(op)]
    return float(compute(ENTRYWISE[name], float(a), float(b)))
