"""A step of a pass as a formula: how a node is computed, and its slope to each of its inputs.

A formula in letters has the names of nodes, z = w₁x₁ + b; in a formula in numbers each number
points to the node whose value it is.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from backprop.engine.compiled.rules import names_in
from backprop.engine.graph import Graph
from backprop.engine.ops import ArrayOperation, calculate
from backprop.engine.trace import Term, Trace
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Factor, Formula, Label, Number, Row, Text, partial
from backprop.notation.juxtaposition import DOTS, PRODUCT, bracketed, multiply, sum_of
from backprop.notation.line_breaking import broken
from backprop.notation.numerals import adds_up
from backprop.notation.printer import MOST_TERMS, constant, rule_formula

NameOf = Callable[[str], Label]

_MOST_PRODUCTS = 8  # of a weighted sum in numbers; of longer ones the middle is one number


def value_equation(
    graph: Graph, position: int, values: Sequence[float], name_of: NameOf, stands: str = ""
) -> Equation:
    """Return a forward step in full: z = letters = numbers = result.

    `stands` is the result as it is printed elsewhere already.
    """
    letters = value_formula(graph, position, name_of)
    numbers, sign, result = value_numbers(graph, position, values, stands)
    left = name_of(graph.nodes[position].name)
    return equation(left, ("=", letters), ("=", numbers), (sign, result))


def value_formula(graph: Graph, position: int, name_of: NameOf) -> Formula:
    """Return how a node is computed, in letters: w₁x₁ + w₂x₂ + b."""
    node = graph.nodes[position]
    letters = [_letter(graph, i, name_of) for i in node.inputs]
    if node.operation == "weighted_sum":
        return broken(_weighted(letters, MOST_TERMS))
    return broken(rule_formula(*_value_text(graph, position, letters)))


def value_numbers(
    graph: Graph, position: int, values: Sequence[float], stands: str = ""
) -> tuple[Formula, str, Number]:
    """Return how a node is computed, in numbers, the sign before the result, and the result.

    The numbers have the fewest digits at which they give the result as printed; where six are
    not enough, the sign is ≈.

    Args:
        graph: of numbers, not of arrays.
        position: of the node.
        values: of every node of the graph, in its order.
        stands: the result as it is printed elsewhere already.
    """
    node = graph.nodes[position]
    row = graph.row(position)
    assert not isinstance(row, ArrayOperation), "the values of a graph of arrays are no numbers"
    if node.operation == "weighted_sum" and len(node.inputs) // 2 > _MOST_PRODUCTS:
        return _wide_weighted(graph, position, values, stands)
    inputs = [float(values[i]) for i in node.inputs]

    def again(*point: float) -> float:
        return float(row.evaluate(*point))

    written = adds_up(inputs, values[position], again, stands=stands)
    numbers = [
        _plugged(graph, i, text, values[i])
        for i, text in zip(node.inputs, written.terms, strict=True)
    ]
    result = Number(written.result, values[position], "forward")
    if node.operation == "weighted_sum":
        return broken(_weighted(numbers, _MOST_PRODUCTS)), written.sign, result
    return broken(rule_formula(*_value_text(graph, position, numbers))), written.sign, result


def local_formula(graph: Graph, later: int, which: int, name_of: NameOf) -> Formula:
    """Return the slope of a node to one of its inputs, in letters: o₁(1 − o₁).

    Of an array it is what arrives at the input, with ∂L/∂(this array) in it.

    Args:
        graph: the function.
        later: the position of the node whose slope it is.
        which: the number of the input.
        name_of: how a node's name is written.
    """
    node, row = graph.nodes[later], graph.row(later)
    letters = (_letter(graph, i, name_of, points=False) for i in node.inputs)
    names: dict[str, Formula] = dict(zip(row.inputs, letters, strict=True))
    out = name_of(node.name)
    if isinstance(row, ArrayOperation):
        whole = name_of(graph.nodes[graph.output].name)
        arriving = Number("1", 1.0) if later == graph.output else partial(whole, out)
        return rule_formula(row.products[which], names | {"out": out, "g": arriving})
    return rule_formula(row.partials[which], names | {"out": out}, fold=True)


def local_equation(
    left: Formula, trace: Trace, term: Term, name_of: NameOf, stands: str = ""
) -> Equation | None:
    """Return a local derivative in full: ∂o/∂z = o(1 − o) = 0.751(1 − 0.751) = 0.187.

    None where its rule is one letter or one number, so that nothing is to be plugged in. `stands`
    is the slope as it is printed beside it.
    """
    graph, edge = trace.graph, term.edge
    row = graph.row(edge.later)
    assert not isinstance(row, ArrayOperation), "the slopes of arrays are no numbers"
    text = row.partials[edge.which]
    inputs = graph.nodes[edge.later].inputs
    point = {"out": edge.later} | dict(zip(row.inputs, inputs, strict=True))
    used = [name for name in point if name in names_in(text)]
    if not used or text.isidentifier():
        return None

    exact = {name: trace.values[i] for name, i in point.items()}
    by_kernel = not math.isfinite(_from_text(text, exact))

    def again(*numbers: float) -> float:
        at = exact | dict(zip(used, numbers, strict=True))
        if by_kernel:
            return float(row.local_derivatives(*at.values())[edge.which])
        return _from_text(text, at)

    written = adds_up([trace.values[point[name]] for name in used], term.local, again, stands)
    numbers = {
        name: _plugged(graph, point[name], shown, trace.values[point[name]])
        for name, shown in zip(used, written.terms, strict=True)
    }
    letters = local_formula(graph, edge.later, edge.which, name_of)
    plugged = rule_formula(text, numbers, fold=True)
    result = Number(written.result, term.local, "backward")
    return equation(left, ("=", broken(letters)), ("=", broken(plugged)), (written.sign, result))


def _from_text(text: str, at: Mapping[str, float]) -> float:
    """Return what a rule's text gives at a point."""
    return float(calculate(text, tuple(at), tuple(at.values())))


def _value_text(
    graph: Graph, position: int, inputs: Sequence[Formula]
) -> tuple[str, Mapping[str, Formula]]:
    """Return the text of a node's value, and what stands for the names in it."""
    row = graph.row(position)
    called = row.name in ("max", "min")  # their names say more than their cases
    text = f"{row.name}({', '.join(row.inputs)})" if called else row.value
    return text, dict(zip(row.inputs, inputs, strict=True))


def _letter(graph: Graph, position: int, name_of: NameOf, *, points: bool = True) -> Formula:
    node = graph.nodes[position]
    if node.number is not None:
        return constant(node.number)
    return Factor(name_of(node.name), f"n-{node.name}") if points else name_of(node.name)


def _plugged(graph: Graph, position: int, shown: str, exact: float) -> Formula:
    node = graph.nodes[position]
    if node.number is not None:
        return Number(shown, node.number) if node.number % 1 else constant(node.number)
    return Factor(Number(shown, exact, "forward"), f"n-{node.name}")


def _weighted(inputs: Sequence[Formula], most: int) -> Formula:
    """Return w₁x₁ + … + b; of more products than `most`, two, dots, and the last."""
    n = len(inputs) // 2
    products = [multiply(inputs[i], inputs[n + i]) for i in range(n)]
    if n > most:
        products = [*products[:2], DOTS, products[-1]]
    return sum_of((*products, inputs[-1]))


def _wide_weighted(
    graph: Graph, position: int, values: Sequence[float], stands: str
) -> tuple[Formula, str, Number]:
    """Return a weighted sum in numbers, with the products in its middle as one number."""
    inputs = graph.nodes[position].inputs
    n = len(inputs) // 2
    w, x, b = inputs[:n], inputs[n:-1], inputs[-1]
    products = [values[i] * values[j] for i, j in zip(w, x, strict=True)]
    rest = math.fsum(products[2:-1])
    kept = (w[0], x[0], w[1], x[1], w[-1], x[-1], b)
    terms = (*(values[i] for i in kept), rest)
    written = adds_up(terms, values[position], _sum_of_four, stands=stands)
    p, q, r, s, t, u, v = (
        _plugged(graph, i, text, values[i]) for i, text in zip(kept, written.terms, strict=False)
    )
    number = bracketed(Number(written.terms[-1], rest, "forward"), PRODUCT)
    middle = Row((number, Text(f"\u00a0({n - 3} products)")))
    result = Number(written.result, values[position], "forward")
    parts = (multiply(p, q), multiply(r, s), middle, multiply(t, u), v)
    return broken(sum_of(parts)), written.sign, result


def _sum_of_four(*point: float) -> float:
    w1, x1, w2, x2, w, x, b, rest = point
    return w1 * x1 + w2 * x2 + rest + w * x + b
