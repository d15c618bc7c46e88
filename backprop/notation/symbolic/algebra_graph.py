"""From SymPy's expressions back to graphs, terms and factors in the order of a textbook."""

from collections.abc import Sequence

import sympy

from backprop.engine.graph import Builder, Graph
from backprop.engine.ops import APPLIED
from backprop.notation.symbolic.algebra import (
    LARGEST,
    TOO_LARGE,
    Expression,
    declined,
    refuse_large_numbers,
)


def to_graph(expression: Expression) -> Graph:
    """Return an expression as a graph, its terms and factors in the order of a textbook.

    Raises:
        LimitError: it holds what is no real number, or one that is too large.
    """
    builder = Builder()
    _Writer(builder).write(expression)
    graph = builder.graph()
    refuse_large_numbers(graph)
    return graph


class _Writer:
    """Writes an expression into a builder; each method returns where its result stands."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def write(self, expression: Expression) -> int:
        if expression.is_Symbol:
            return self.builder.leaf(expression.name)
        if expression.is_number and (expression.is_Number or expression.is_NumberSymbol):
            return self.number(expression)
        if expression.is_Add:
            return self.sum(expression.as_ordered_terms())
        if expression.is_Mul:
            return self.product(expression)
        if expression.is_Pow:
            return self.power(expression)
        name = getattr(expression.func, "__name__", "")
        if name in APPLIED:
            return self.builder.node(name, [*map(self.write, expression.args)])
        raise declined("it holds a number that is not real")

    def number(self, number: Expression) -> int:
        if number.is_Rational and not number.is_Integer:
            return self.rational(number)
        value = float(number)
        if not abs(value) < LARGEST:
            raise declined(TOO_LARGE)
        if value < 0:
            return self.builder.node("negate", [self.builder.constant(-value)])
        return self.builder.constant(value)

    def rational(self, number: Expression) -> int:
        """Write a fraction of small numbers as one, and 0.01 as it was typed."""
        minus, size = number < 0, abs(number)
        if size.q > 12 and (
            max(size.p, size.q) > 1000 or sympy.Rational(repr(float(size))) == size
        ):
            at = self.builder.constant(float(size))
        else:
            parts = (self.number(sympy.Integer(size.p)), self.number(sympy.Integer(size.q)))
            at = self.builder.node("divide", parts)
        return self.builder.node("negate", [at]) if minus else at

    def sum(self, terms: Sequence[Expression]) -> int:
        first = next((term for term in terms if not term.could_extract_minus_sign()), terms[0])
        ordered = [first, *(term for term in terms if term is not first)]
        total = self.write(ordered[0])
        for term in ordered[1:]:
            minus = term.could_extract_minus_sign()
            at = self.write(-term if minus else term)
            total = self.builder.node("subtract" if minus else "add", (total, at))
        return total

    def product(self, product: Expression) -> int:
        """Write a product as one fraction, its number first and its minus before it."""
        coefficient, rest = product.as_coeff_Mul()
        if coefficient.is_negative:
            return self.builder.node("negate", [self.write(-product)])
        top: list[Expression] = []
        bottom: list[Expression] = []
        decimal = coefficient.is_Rational and coefficient.q > 12
        if coefficient.is_Rational and not decimal:
            top += [sympy.Integer(coefficient.p)] * (coefficient.p != 1)
            bottom += [sympy.Integer(coefficient.q)] * (coefficient.q != 1)
        else:
            top.append(coefficient)
        for factor in rest.as_ordered_factors():
            below = factor.is_Pow and factor.exp.could_extract_minus_sign()
            (bottom if below else top).append(1 / factor if below else factor)
        above = self.factors(top)
        return self.builder.node("divide", (above, self.factors(bottom))) if bottom else above

    def factors(self, factors: Sequence[Expression]) -> int:
        if not factors:
            return self.builder.constant(1)
        ordered = sorted(factors, key=_comes_late)
        total = self.write(ordered[0])
        for factor in ordered[1:]:
            total = self.builder.node("multiply", (total, self.write(factor)))
        return total

    def power(self, power: Expression) -> int:
        base, exponent = power.base, power.exp
        if exponent.could_extract_minus_sign():
            return self.builder.node("divide", (self.builder.constant(1), self.write(1 / power)))
        if exponent == sympy.S.Half:
            return self.builder.node("sqrt", [self.write(base)])
        return self.builder.node("power", (self.write(base), self.write(exponent)))


def _comes_late(factor: Expression) -> int:
    """Return where a factor stands in a product: numbers, letters, powers, functions, sums."""
    if factor.is_number:
        return 0
    base = factor.base if factor.is_Pow and not isinstance(factor, sympy.exp) else factor
    return 1 if base.is_Symbol else 3 if base.is_Add else 2
