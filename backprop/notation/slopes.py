"""The backward pass as equations, and a whole derivation of which it is a part.

For each use of a quantity the gradient that arrives is multiplied by the local slope; the products
are added up.

∂f/∂x = ∂f/∂u · ∂u/∂x + ∂f/∂v · ∂v/∂x
      = ∂f/∂u · y + ∂f/∂v · 2x
      = (−4) × 5 + 3 × 2
      = −14
"""

from collections.abc import Sequence
from dataclasses import replace

from backprop.engine.errors import InputError
from backprop.engine.graph import Graph
from backprop.engine.text import to_text
from backprop.engine.trace import Term, Trace
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Formula, Number, Operator, Row, partial
from backprop.notation.full_formula import whole_formula
from backprop.notation.juxtaposition import PRODUCT, bracketed, multiply, sum_of
from backprop.notation.line_breaking import broken
from backprop.notation.numerals import adds_up
from backprop.notation.printer import constant
from backprop.notation.steps import NameOf, local_formula, value_equation

_LONGEST = 120  # characters of a function that is written as a whole
_TIMES = Operator("×")


def slope_equation(trace: Trace, position: int, name_of: NameOf) -> Equation:
    """Return the gradient of a node in full: letters, rules, numbers, result.

    Args:
        trace: of a graph of numbers, not of arrays.
        position: of a node that a parameter reaches, or of the last one: there it is 1.
        name_of: how a node's name is written.
    """
    graph, terms = trace.graph, trace.terms[position]
    left = partial(_letter(trace, graph.output, name_of), _letter(trace, position, name_of))
    if not terms:  # the base case; or the function does not depend on it
        result = trace.gradients[position]
        return equation(left, ("=", Number(f"{result:.0f}", result, "backward")))
    sides = [broken(sum_of([_rule(trace, term, name_of) for term in terms]))]
    uses = [term.edge.later for term in terms]
    if graph.output not in uses and len(set(uses)) == len(uses):  # else it says itself, or x twice
        sides.insert(0, broken(sum_of([_chain(trace, term, name_of) for term in terms])))
    numbers, sign, result = _numbers(trace, terms)
    sides = [side for side in (*sides, numbers) if not _is_same(side, result)]
    return equation(left, *(("=", side) for side in sides), (sign, result))


def derivation(trace: Trace, name_of: NameOf) -> dict[str, list[Equation]]:
    """Return the function, both passes and the gradient, each as equations under its title.

    A function that is long, or cannot be typed, is not written as a whole.

    Args:
        trace: of a graph of numbers, not of arrays.
        name_of: how a node's name is written.
    """
    graph, steps = trace.graph, [step.node for step in trace.backward_steps]
    backward = {i: slope_equation(trace, i, name_of) for i in steps}
    asked = [i for i in backward if graph.nodes[i].name in graph.parameters]
    return {
        "Function": _whole(graph, name_of),
        "Forward pass": [
            value_equation(graph, i, trace.values, name_of)
            for i, node in enumerate(graph.nodes)
            if not node.is_leaf
        ],
        "Backward pass": [*backward.values()],
        "Gradient": [replace(backward[i], sides=backward[i].sides[-1:]) for i in sorted(asked)],
    }


def _whole(graph: Graph, name_of: NameOf) -> list[Equation]:
    try:
        typed = to_text(graph)
    except InputError:
        return []
    if len(typed) > _LONGEST or graph.nodes[-1].is_leaf:
        return []
    return [equation(name_of(graph.nodes[-1].name), ("=", broken(whole_formula(graph, name_of))))]


def _letter(trace: Trace, position: int, name_of: NameOf) -> Formula:
    """Return how a node is written: its name, or its number if it is a constant."""
    node = trace.graph.nodes[position]
    return name_of(node.name) if node.number is None else constant(node.number)


def _arriving(trace: Trace, term: Term, name_of: NameOf) -> Formula | None:
    """Return ∂f/∂(the node that uses this one); None where that is f itself."""
    graph, later = trace.graph, term.edge.later
    if later == graph.output:
        return None
    return partial(*(_letter(trace, i, name_of) for i in (graph.output, later)))


def _chain(trace: Trace, term: Term, name_of: NameOf) -> Formula:
    own, later = (_letter(trace, i, name_of) for i in term.edge[:2])
    arriving = _arriving(trace, term, name_of)
    return multiply(arriving, partial(later, own)) if arriving else partial(later, own)


def _rule(trace: Trace, term: Term, name_of: NameOf) -> Formula:
    rule = local_formula(trace.graph, term.edge.later, term.edge.which, name_of)
    arriving = _arriving(trace, term, name_of)
    return multiply(arriving, rule) if arriving else rule


def _numbers(trace: Trace, terms: Sequence[Term]) -> tuple[Formula, str, Number]:
    """Return the sum of products in numbers, the sign before the result, and the result."""
    factors = [number for term in terms for number in (term.arriving, term.local)]
    total = terms[-1].total
    written = adds_up(factors, total, _sum_of_products)
    shown = [Number(t, x, "backward") for t, x in zip(written.terms, factors, strict=True)]
    products = [
        local if term.edge.later == trace.graph.output else _product(arriving, local)
        for term, arriving, local in zip(terms, shown[::2], shown[1::2], strict=True)
    ]
    return broken(sum_of(products)), written.sign, Number(written.result, total, "backward")


def _product(x: Formula, y: Formula) -> Formula:
    return Row((bracketed(x, PRODUCT), _TIMES, bracketed(y, PRODUCT)))


def _is_same(side: Formula, result: Number) -> bool:
    """Whether a side says nothing that the result does not say."""
    return isinstance(side, Number) and side.shown == result.shown


def _sum_of_products(*factors: float) -> float:
    return sum(x * y for x, y in zip(factors[::2], factors[1::2], strict=True))
