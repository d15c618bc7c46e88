"""From graphs to SymPy’s expressions, which are differentiated, tidied and compared there.

A row's text becomes an expression: + − × / and powers are SymPy's, and so are exp and the root.
Every other function stays a name that SymPy knows nothing about: σ(x) stays σ(x), with the row's
own partial, so that conventions such as relu′(0) = 0 are kept. (SymPy's own tanh asks at each
level whether its argument is real, and each level doubles the time: 36 of them never end.) A choice

    where(x > y, a, where(x < y, b, c))  is  c + (a − b)/2 · sign(x − y),  for c = (a + b)/2
    where(x <= 0, a, b)                  is  a + (b − a) · step(x)

Numbers are bounded before SymPy sees them: it would write out 9^9^9, of 370 million digits.
"""

import ast
from collections.abc import Callable, Mapping
from functools import reduce
from math import e, pi
from typing import Any

import sympy

from backprop.engine.compiled.rules import read
from backprop.engine.errors import LimitError
from backprop.engine.forward import values
from backprop.engine.graph import Graph
from backprop.engine.ops import APPLIED, OPS
from backprop.notation.symbolic.derivative import operands_by_name

Expression = Any  # sympy.Expr; SymPy states no types

NATIVE: Mapping[str, Callable[..., Expression]] = {"exp": sympy.exp, "sqrt": sympy.sqrt}
WAVES = ("sin", "cos", "tan", "tanh", "sinh", "cosh")  # exponentials, of i x or of a real x
MOST_DIGITS = 15  # of a number that is kept exact
LARGEST = 1e99  # number that constants may make by themselves
MOST_POWER = 64  # the exponent of a number or a product, which SymPy multiplies out
MOST_TIDIED = 120  # operations up to which other forms are tried
MOST_EXPANDED = 60
HUGE = 10**9
TOO_LARGE = "a number in it is too large, too small or not defined"
WORTH = 0.85  # of the length: a form that saves less is not worth looking unlike the rule


def to_expression(graph: Graph, *, written_out: bool = False) -> Expression:
    """Return a function as an expression.

    Args:
        graph: of numbers, small enough; `symbolic.derivative` counts first.
        written_out: put in their place functions that are arithmetic, such as σ.
    """
    return _values(graph, written_out=written_out)[-1]


def derivative_expression(graph: Graph, name: str) -> Expression:
    """Return the derivative of a function by one variable, tidied."""
    values = _values(graph)
    slopes: list[Expression] = []
    for position, node in enumerate(graph.nodes):
        total = sympy.Integer(int(node.is_variable and node.name == name))
        if node.operation == "where":  # the slope of the branch that is taken
            condition, *branches = node.inputs
            total = _choice(values[condition], *(slopes[i] for i in branches))
        elif not node.is_leaf:
            names = {**operands_by_name(graph, position, values), "out": values[position]}
            terms = [
                _expression(text, names) * slopes[i]
                for text, i in zip(OPS[node.operation].partials, node.inputs, strict=True)
                if slopes[i] != 0
            ]
            total = sympy.Add(*terms)
        slopes.append(total)
    return tidy(slopes[-1])


def tidy(expression: Expression) -> Expression:
    """Return the shortest of a few forms of an expression, each found in bounded time."""
    if sympy.count_ops(expression) > MOST_TIDIED:
        return expression
    short = (sympy.powsimp, sympy.factor_terms, sympy.together)
    forms = [_without_factor(form(expression)) for form in short]
    if _is_small_polynomial(expression):
        forms.append(sympy.expand(expression))
    shortest = min(forms, key=_length)
    worth = WORTH * _length(expression)
    return shortest if _length(shortest) <= worth else expression


def _without_factor(expression: Expression) -> Expression:
    """Return a sum whose number in front is put back into its terms: 2(x − 1) is 2x − 2."""
    number, rest = expression.as_coeff_Mul()
    return sympy.Add(*(number * term for term in rest.args)) if rest.is_Add else expression


def is_zero(expression: Expression) -> bool:
    """Whether algebra shows that an expression is 0; False where it stays open."""
    if sympy.count_ops(expression) > MOST_TIDIED:
        return bool(expression == 0)
    top = sympy.together(expression).as_numer_denom()[0]
    if sympy.count_ops(top) > MOST_TIDIED or not _is_expandable(top):
        return bool(top == 0)
    expanded = sympy.expand(top)
    if expanded != 0 and sympy.count_ops(expanded) <= MOST_EXPANDED and _nesting(expanded) <= 2:
        waves = sympy.together(_as_exponentials(expanded)).as_numer_denom()[0]
        expanded = sympy.expand(waves) if _is_expandable(waves) else waves
    return bool(expanded == 0)


def _as_exponentials(expression: Expression) -> Expression:
    """Return an expression in which sines, cosines and tangents are sums of exponentials."""
    for name in WAVES:
        known = getattr(sympy, name)
        expression = expression.replace(sympy.Function(name), known)
    return expression.rewrite(sympy.exp)


def _nesting(expression: Expression) -> int:
    """Return how many functions stand inside each other: each is written out several times."""
    inside = max(map(_nesting, expression.args), default=0)
    return inside + int(bool(expression.is_Function))


def _values(graph: Graph, *, written_out: bool = False) -> list[Expression]:
    refuse_large_numbers(graph)
    expressions: list[Expression] = []
    for position, node in enumerate(graph.nodes):
        if node.number is not None:
            expressions.append(_number(node.number))
        elif node.is_leaf:
            expressions.append(sympy.Symbol(node.name))
        else:
            row = OPS[node.operation]
            inputs = operands_by_name(graph, position, expressions)
            arithmetic = written_out and "where" not in row.value
            called = row.name in APPLIED and not arithmetic
            expressions.append(
                _applied(row.name, *inputs.values()) if called else _expression(row.value, inputs)
            )
        if expressions[-1] in (sympy.zoo, sympy.nan):
            raise declined(TOO_LARGE)
    return expressions


def refuse_large_numbers(graph: Graph) -> None:
    """Decline a graph in which constants alone make a number that is not worth writing out."""
    varying = graph.varying()
    numbers = values(graph, dict.fromkeys(graph.variables, 1.0))
    for fixed, x in zip(varying, numbers, strict=True):
        if not fixed and not (x == 0 or 1 / LARGEST < abs(x) < LARGEST):
            raise declined(TOO_LARGE)


def _number(x: float) -> Expression:
    """Return a constant as it was typed: 0.1 is one tenth."""
    if x in (pi, e):
        return sympy.pi if x == pi else sympy.E
    typed = repr(float(x))
    return sympy.Rational(typed) if len(typed) <= MOST_DIGITS else sympy.Float(x)


def declined(why: str) -> LimitError:
    """Return the refusal to write a closed form, with its reason."""
    hint = "Smaller numbers, or a shorter function, can be written out."
    return LimitError(f"No closed form here: {why}.", hint=hint)


def _applied(name: str, *arguments: Expression) -> Expression:
    if name == "where":
        return _choice(*arguments)
    return (NATIVE.get(name) or sympy.Function(name))(*arguments)


def _choice(condition: Expression, yes: Expression, no: Expression) -> Expression:
    """Return a choice between two expressions; between equal ones there is nothing to choose."""
    return yes if yes == no else sympy.Function("where")(condition, yes, no)


def _expression(text: str, names: Mapping[str, Expression]) -> Expression:
    return _Reader(names).visit(read(text))


class _Reader(ast.NodeVisitor):
    """Reads a rule's syntax tree as an expression."""

    def __init__(self, names: Mapping[str, Expression]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> Expression:
        return sympy.pi if node.id == "pi" else self.names[node.id]

    def visit_Constant(self, node: ast.Constant) -> Expression:
        assert isinstance(node.value, int | float), "a rule's constants are numbers"
        return _number(float(node.value))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Expression:
        return -self.visit(node.operand)

    def visit_BinOp(self, node: ast.BinOp) -> Expression:
        left, right = self.visit(node.left), self.visit(node.right)
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
        return _raised(left, right)

    def visit_Call(self, node: ast.Call) -> Expression:
        assert isinstance(node.func, ast.Name), "a rule calls functions by name"
        if node.func.id == "where":
            return self.choice(*node.args)
        return _applied(node.func.id, *map(self.visit, node.args))

    def choice(self, condition: ast.expr, yes: ast.expr, no: ast.expr) -> Expression:
        """Return a choice by steps and signs; see the module's head."""
        assert isinstance(condition, ast.Compare), "a choice is by a comparison"
        sign = type(condition.ops[0])
        gap = self.visit(condition.left) - self.visit(condition.comparators[0])
        a = self.visit(yes)
        if isinstance(no, ast.Call) and sign in (ast.Lt, ast.Gt):
            b, c = (self.visit(part) for part in no.args[1:])
            assert 2 * c == a + b, "where both sides meet stands their mean"
            rise = (a - b) / 2 if sign is ast.Gt else (b - a) / 2
            return c + rise * sympy.Function("sign")(gap)
        b = self.visit(no)
        assert sign is ast.LtE, "other choices have no letters yet"
        return a + (b - a) * sympy.Function("step")(gap)


def _raised(base: Expression, exponent: Expression) -> Expression:
    """Return a power whose numbers stay small, or decline."""
    plain = base.is_Symbol or base.is_Add or not exponent.is_number or exponent.is_Float
    if not plain and exponent.is_Rational and abs(exponent) > MOST_POWER:
        raise declined("an exponent in it is too large to be worked with")
    return base**exponent


def _length(expression: Expression) -> int:
    """Return how long an expression is to read; a fraction within a fraction counts as five."""
    nested = sum(
        any(part is not inner and _has_below(part) for part in inner.args if part.is_Add)
        for inner in sympy.preorder_traversal(expression)
        if inner.is_Mul or inner.is_Pow
    )
    return int(sympy.count_ops(expression)) + 5 * nested


def _has_below(expression: Expression) -> bool:
    return any(
        part.is_Pow and part.exp.could_extract_minus_sign()
        for part in sympy.preorder_traversal(expression)
        if not isinstance(part, sympy.exp)
    )


def _is_small_polynomial(expression: Expression) -> bool:
    symbols = expression.free_symbols
    return bool(
        symbols
        and sympy.count_ops(expression) <= MOST_EXPANDED
        and expression.is_polynomial(*symbols)
        and _is_expandable(expression)
    )


def _is_expandable(expression: Expression) -> bool:
    """Whether multiplying out stays small: the terms are counted beforehand."""
    return _terms(expression) <= 400


def _terms(expression: Expression) -> int:
    if expression.is_Add:
        return sum(map(_terms, expression.args))
    if expression.is_Mul:
        return reduce(lambda n, factor: min(HUGE, n * _terms(factor)), expression.args, 1)
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 1:
        inside = _terms(expression.base)
        return inside if inside == 1 else min(HUGE, inside ** min(int(expression.exp), 40))
    return 1
