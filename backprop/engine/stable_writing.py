"""Other writings of a formula, in which nothing overflows though its value is finite.

    ln(eˣ + eʸ)       logsumexp(x, y)              eˣ / (eˣ + eʸ)      exp(x − logsumexp(x, y))
    ln(1 + eˣ)        softplus(x)                  1 / (1 + e⁻ˣ)       sigmoid(x)
    ln(eˣ)            x                            (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)       tanh(x)

A sum counts as one of exponentials where each term is one, or is 1, which is e⁰.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from backprop.engine.backward import gradient
from backprop.engine.compose import compose, part
from backprop.engine.errors import InputError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph, Node
from backprop.engine.text import to_text

MOST = 5  # writings that are tried: each is a graph to compile
ONE = -1  # in the place of an exponent: of a term that is 1


class Writing(NamedTuple):
    """A part of a function that can be typed otherwise.

    Attributes:
        node: the part.
        text: how to type it.
        whole: the function with that part typed so.
    """

    node: int
    text: str
    whole: str


def stable_writing(graph: Graph, at: Mapping[str, float]) -> Writing | None:
    """Return how to type a node so that the function and its slopes are finite at a point.

    Args:
        graph: a typed function, with something that overflows at the point.
        at: a number for each variable.
    """
    for position, text in islice(_writings(graph), MOST):
        try:
            whole = _rewritten(graph, position, text)
            value, slopes = gradient(whole, at)
        except InputError:  # too long to be typed, or a variable is gone
            continue
        if all(map(math.isfinite, (value, *slopes.values()))):
            return Writing(position, text, to_text(whole))
    return None


def _rewritten(graph: Graph, position: int, text: str) -> Graph:
    """Return the function with another writing of one of its nodes."""
    other = parse(text)
    if position == graph.output:
        return other
    nodes = list(graph.nodes)
    nodes[position] = Node(nodes[position].name)
    return compose(part(Graph(tuple(nodes)), graph.output), {nodes[position].name: other})


def _writings(graph: Graph) -> Iterator[tuple[int, str]]:
    """Give the nodes that can be typed otherwise, the last first."""
    for position in reversed(range(len(graph))):
        operation, inputs = graph.nodes[position][1:3]
        if operation == "log":
            inside = graph.nodes[inputs[0]]
            if exponents := _exponents(graph, inputs[0]):
                yield position, _log_of_sum(graph, exponents)
            elif inside.operation == "divide":
                above, below = (_exponents(graph, i) for i in inside.inputs)
                if below and len(above) == 1:
                    log = _log_of_sum(graph, below)
                    yield position, f"{_text(graph, above[0])} - {log}"
        elif operation == "divide":
            above, below = (_exponents(graph, i) for i in inputs)
            if below and len(above) == 1:
                yield position, _share(graph, above[0], below)
            elif len(below) == 2 and (text := _tanh(graph, inputs[0], below)):
                yield position, text


def _exponents(graph: Graph, position: int) -> tuple[int, ...]:
    """Return where a, b … of a sum eᵃ + eᵇ … stand, ONE for a term 1; empty if it is none."""
    operation, inputs = graph.nodes[position][1:3]
    if operation == "exp":
        return inputs
    if graph.nodes[position].number == 1:
        return (ONE,)
    if operation != "add":
        return ()
    left, right = (_exponents(graph, i) for i in inputs)
    return (*left, *right) if left and right else ()


def _log_of_sum(graph: Graph, exponents: tuple[int, ...]) -> str:
    texts = [_text(graph, exponent) for exponent in exponents]
    if len(texts) == 1:
        return texts[0]
    if len(texts) == 2 and ONE in exponents:
        return f"softplus({texts[1 - exponents.index(ONE)]})"
    return f"logsumexp({', '.join(texts)})"


def _share(graph: Graph, exponent: int, exponents: tuple[int, ...]) -> str:
    """Return one exponential as a share of a sum of them."""
    if len(exponents) == 2 and ONE in exponents:
        other = exponents[1 - exponents.index(ONE)]
        return f"sigmoid({_negative(graph, other) if exponent == ONE else _text(graph, other)})"
    return f"exp({_text(graph, exponent)} - {_log_of_sum(graph, exponents)})"


def _tanh(graph: Graph, above: int, below: tuple[int, ...]) -> str:
    """Return tanh for (eᵃ − eᵇ) / (eᵃ + eᵇ), that of (a − b) / 2; empty for another fraction."""
    operation, inputs = graph.nodes[above][1:3]
    if operation != "subtract":
        return ""
    texts = [[_text(graph, i) for i in _exponents(graph, side)] for side in inputs]
    a, b = (_text(graph, i) for i in below)
    if texts != [[a], [b]]:
        return ""
    if _negative(graph, below[1]) == a:
        return f"tanh({a})"
    return f"tanh(({a} - ({b}))/2)" if ONE not in below else f"tanh(({a})/2)"


def _text(graph: Graph, position: int) -> str:
    return "0" if position == ONE else to_text(part(graph, position))


def _negative(graph: Graph, position: int) -> str:
    """Return −u, typed: x for -x."""
    node = graph.nodes[position]
    if node.operation == "negate":
        return _text(graph, node.inputs[0])
    text = _text(graph, position)
    return f"-{text}" if node.is_variable else f"-({text})"
