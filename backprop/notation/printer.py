"""A row's text as a formula: “out * (1 - out)” becomes o₁(1 − o₁).

The engine states each rule once, as text; what is printed is generated from that text.
"""

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from backprop.engine.compiled.rules import read
from backprop.notation.formula import (
    Brackets,
    Cases,
    Formula,
    Fraction,
    Label,
    Number,
    Operator,
    Row,
    Text,
)
from backprop.notation.function_notation import call
from backprop.notation.juxtaposition import (
    DOTS,
    GAP,
    add,
    divide,
    multiply,
    negate,
    power,
    subtract,
    sum_of,
)
from backprop.notation.numerals import MINUS, field, short

MOST_TERMS = 4  # of a sum in letters; longer ones are written t₁ + t₂ + ⋯ + tₙ

_SIGNS: Mapping[type, str] = {
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
}
_HALF = Fraction(Number("1", 1.0), Number("2", 2.0))


def rule_formula(text: str, names: Mapping[str, Formula], *, fold: bool = False) -> Formula:
    """Return a row's text as a textbook prints it.

    Args:
        text: a value or a partial derivative, such as "out * (1 - out)".
        names: what stands for each name in it; a name that is missing stands for itself.
        fold: work out what constants make simpler, so that 2x²⁻¹ becomes 2x.
    """
    return _Printer(names, fold=fold).visit(read(text))


def constant(x: float) -> Formula:
    """Return a constant as it was typed: 2, 0.01, π."""
    if x == math.pi:
        return Label("π")
    if x == math.e:
        return Text("e")
    shown = field(x)
    return Number(short(x) if "e" in shown else shown.replace("-", MINUS), float(x))


class _Printer:
    """Reads a rule's syntax tree as a formula."""

    def __init__(self, names: Mapping[str, Formula], *, fold: bool) -> None:
        self.names = names
        self.fold = fold

    def visit(self, node: ast.AST) -> Formula:
        assert type(node) in _READ, f"no notation for {type(node).__name__}"
        return _READ[type(node)](self, node)

    def name(self, node: ast.Name) -> Formula:
        if node.id == "pi" and "pi" not in self.names:
            return constant(math.pi)
        letter = node.id.rstrip("0123456789")
        return self.names.get(node.id) or Label(letter, node.id[len(letter) :], plain=node.id)

    def constant(self, node: ast.Constant) -> Formula:
        assert isinstance(node.value, int | float), "a rule's constants are numbers"
        return _HALF if node.value == 0.5 else constant(node.value)

    def negated(self, node: ast.UnaryOp) -> Formula:
        return negate(self.visit(node.operand))

    def joined(self, node: ast.BinOp) -> Formula:
        if isinstance(node.op, ast.Add) and len(terms := _addends(node)) > MOST_TERMS:
            first, second, last = (self.visit(terms[i]) for i in (0, 1, -1))
            return sum_of((first, second, DOTS, last))
        left, right = self.visit(node.left), self.visit(node.right)
        folded = _folded(type(node.op), left, right) if self.fold else None
        return folded or _JOIN[type(node.op)](left, right)

    def compared(self, node: ast.Compare) -> Formula:
        sign = Operator(_SIGNS[type(node.ops[0])])
        return Row((self.visit(node.left), sign, self.visit(node.comparators[0])))

    def attribute(self, node: ast.Attribute) -> Formula:
        if node.attr == "T":
            return power(self.visit(node.value), Text("T"))
        assert node.attr == "size", f"no notation for .{node.attr}"
        return Row((Label("n"), GAP, Label("k")))  # examples times outputs

    def called(self, node: ast.Call) -> Formula:
        if isinstance(node.func, ast.Attribute):  # .reshape: the same numbers
            return self.visit(node.func.value)
        assert isinstance(node.func, ast.Name), "a rule calls functions by name"
        name = node.func.id
        if name == "where":
            return self.cases(node)
        if name == "where_zero":  # 0 · ln 0 is 0: a matter of code, not of notation
            return self.visit(node.args[1])
        if name == "len":
            return Label("n")
        arguments = [self.visit(argument) for argument in node.args if not _is_axis(argument, name)]
        return call(name, *arguments)

    def cases(self, node: ast.Call) -> Cases:
        """Return nested choices as one; a condition x ≤ 0 is turned round to the usual x > 0."""
        condition, yes, no = node.args
        if _is_bounded_by_number(condition) and not isinstance(no, ast.Call):
            turned = ast.Compare(condition.left, [ast.Gt()], condition.comparators)
            return Cases(((self.visit(no), self.visit(turned)),), self.visit(yes))
        asked = self.visit(condition)
        if isinstance(asked, Brackets) and not asked.bars:  # a comparison that a node computes
            asked = asked.inside
        case = (self.visit(yes), asked)
        rest = self.visit(no)
        if isinstance(rest, Cases):
            return Cases((case, *rest.cases), rest.otherwise)
        return Cases((case,), rest)


_READ: Mapping[type, Callable[[_Printer, Any], Formula]] = {
    ast.Name: _Printer.name,
    ast.Constant: _Printer.constant,
    ast.UnaryOp: _Printer.negated,
    ast.BinOp: _Printer.joined,
    ast.Compare: _Printer.compared,
    ast.Attribute: _Printer.attribute,
    ast.Call: _Printer.called,
}


def _is_axis(argument: ast.expr, name: str) -> bool:
    return name == "total" and isinstance(argument, ast.Constant)


def _is_bounded_by_number(condition: ast.expr) -> TypeGuard[ast.Compare]:
    return (
        isinstance(condition, ast.Compare)
        and isinstance(condition.ops[0], ast.LtE)
        and isinstance(condition.comparators[0], ast.Constant)
    )


def _addends(node: ast.expr) -> list[ast.expr]:
    """Return the terms of a chain a + b + …, which text of any length makes from the left."""
    terms: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        terms.append(node.right)
        node = node.left
    return [node, *reversed(terms)]


def _folded(sign: type, x: Formula, y: Formula) -> Formula | None:
    """Return what constants make simpler: 3 − 1 is 2, x¹ is x, x·1 is x; else None."""
    if not isinstance(y, Number):
        return None
    if sign is ast.Sub and isinstance(x, Number):
        return constant(x.exact - y.exact)
    return x if sign in (ast.Pow, ast.Mult) and y.exact == 1 else None


_JOIN: Mapping[type, Callable[[Formula, Formula], Formula]] = {
    ast.Add: add,
    ast.Sub: subtract,
    ast.Mult: multiply,
    ast.Div: divide,
    ast.Pow: power,
}
