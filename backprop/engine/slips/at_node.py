"""The wrong gradient that each slip gives at one node of a pass of numbers.

    gradient = Σ over uses k of the node   arrivingₖ · localₖ

So there is a slip for each part of this line: a use that is missed, a factor that is forgotten or
replaced, · taken for +. A learner's answer that is one of these numbers names its slip.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.ops import bends
from backprop.engine.slips.catalog import ASSIGNED, HALF_LOST, ONE_PATH, SIGN, TWO_LOST
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.wrong_slopes import NETWORK_SLOPES, WRONG_SLOPES
from backprop.engine.trace import Term, Trace, other_factor

_Local = Callable[[Trace, Term], float]
SAME = 1e-9  # a relative difference up to which two numbers are one

MISSED_PATH = Slip(
    "missed-path",
    "One path is missing",
    "A quantity that is used several times gets a gradient from each use; one is not there.",
)
PATHS_MULTIPLIED = Slip(
    "paths-multiplied",
    "The paths are multiplied",
    "Along one path the factors are multiplied; what different paths bring is added.",
)
NO_LOCAL = Slip(
    "no-local",
    "The local derivative is forgotten",
    "What you have is the gradient that arrives. Multiply it by how fast this use responds.",
)
NO_ARRIVING = Slip(
    "no-arriving",
    "The arriving gradient is forgotten",
    "What you have is the local derivative. Multiply it by the gradient that arrives.",
)
ADDED = Slip(
    "added",
    "Added instead of multiplied",
    "The arriving gradient and the local derivative are factors, not terms.",
)
BY_VALUE = Slip(
    "by-value",
    "The value instead of the derivative",
    "The arriving gradient is multiplied by how large the result is, not by how fast it changes.",
)
OWN_FACTOR = Slip(
    "own-factor",
    "The node's own value instead of the other factor",
    "In a product each factor's slope is the other factor.",
)
SLOPE_AT_OUT = Slip(
    "slope-at-out",
    "The slope is taken at the result",
    "The slope belongs at what enters the operation, not at what comes out.",
)
EXPONENT_LOST = Slip(
    "exponent-lost",
    "The exponent is not brought down",
    "The derivative of a power has its exponent as a factor, beside the power that is one lower.",
)
ITSELF = Slip(
    "itself",
    "That is the value of the node",
    "Asked for is how fast the result changes with it.",
)

AT_NODE = (
    *(MISSED_PATH, PATHS_MULTIPLIED, NO_LOCAL, NO_ARRIVING, ADDED, BY_VALUE, OWN_FACTOR),
    *(SLOPE_AT_OUT, EXPONENT_LOST, ITSELF),
)


class WrongValue(NamedTuple):
    """What a slip gives at a node."""

    slip: Slip
    value: float


def wrong_values(trace: Trace, position: int) -> tuple[WrongValue, ...]:
    """Return what known slips would give as the gradient at a node, likely ones first.

    Those that give the right number are left out, and so is what is not finite. Different slips
    may give the same number: then nobody can tell which it was.

    Args:
        trace: the right pass, of numbers.
        position: the node.
    """
    right, terms = float(trace.gradients[position]), trace.terms[position]
    values: list[WrongValue] = []
    by_slip = [*_slip_values(trace, position, right)]
    if terms:
        by_slip += [(slip, _instead(trace, terms, wrong)) for slip, wrong in WRONG_SLOPES.values()]
    for slip, number in by_slip:
        known = any(slip is other.slip and _same(number, other.value) for other in values)
        if math.isfinite(number) and not _same(number, right) and not known:
            values.append(WrongValue(slip, number))
    return tuple(values)


def values_by(slip: Slip, trace: Trace, position: int) -> tuple[float, ...]:
    """Return what one slip would give at a node, in the order of `wrong_values`.

    It is known by its name, and none of wrong_slopes.py, which have a single value at each node.
    """
    right = float(trace.gradients[position])
    numbers = (x for known, x in _slip_values(trace, position, right) if known.name == slip.name)
    return tuple(x for x in numbers if math.isfinite(x) and not _same(x, right))


def _slip_values(trace: Trace, position: int, right: float) -> Iterator[tuple[Slip, float]]:
    terms, value = trace.terms[position], float(trace.values[position])
    products = [float(term.product) for term in terms]
    if len(terms) > 1:
        for product in products:
            yield ONE_PATH, product
        yield ASSIGNED, products[-1]
        if len(terms) > 2:
            for product in products:
                yield MISSED_PATH, right - product
        yield PATHS_MULTIPLIED, math.prod(products)
    yield SIGN, -right
    if terms:
        arriving = [float(term.arriving) for term in terms]
        local = [float(term.local) for term in terms]
        yield NO_LOCAL, sum(arriving)
        yield NO_ARRIVING, sum(local)
        yield ADDED, sum(arriving) + sum(local)
        yield BY_VALUE, _instead(trace, terms, _value)
        yield OWN_FACTOR, _instead(trace, terms, _own_factor)
        yield SLOPE_AT_OUT, _instead(trace, terms, _slope_at_out)
        operations = {trace.graph.nodes[term.edge.later].operation for term in terms}
        if operations & {"half_squared_error"}:
            yield HALF_LOST, 2 * right
        if operations & {"mean_squared_error"}:
            yield TWO_LOST, right / 2
        powers = {_exponent(trace, term) for term in terms} - {None, 0.0, 1.0}
        if powers:
            yield TWO_LOST if powers == {2.0} else EXPONENT_LOST, _instead(trace, terms, _lower)
    yield ITSELF, value


def wrong_local(slip: Slip, trace: Trace, term: Term) -> float | None:
    """Return what a slip takes for the local derivative of a use; None where it is no such slip.

    It is known by its name. The sum of arriving · this over the uses of a node is its wrong value.
    """
    if slip.name in WRONG_SLOPES or slip.name in NETWORK_SLOPES:
        return (WRONG_SLOPES | NETWORK_SLOPES)[slip.name][1](trace, term)
    locals_: dict[str, _Local] = {
        **{NO_LOCAL.name: lambda _, __: 1.0, BY_VALUE.name: _value},
        **{OWN_FACTOR.name: _own_factor, SLOPE_AT_OUT.name: _slope_at_out},
        **{HALF_LOST.name: _doubled, TWO_LOST.name: _halved, EXPONENT_LOST.name: _lower},
    }
    return locals_[slip.name](trace, term) if slip.name in locals_ else None


def _doubled(trace: Trace, term: Term) -> float:
    operation = trace.graph.nodes[term.edge.later].operation
    return float(term.local) * (2 if operation == "half_squared_error" else 1)


def _halved(trace: Trace, term: Term) -> float:
    operation = trace.graph.nodes[term.edge.later].operation
    return float(term.local) / 2 if operation == "mean_squared_error" else _lower(trace, term)


def _instead(trace: Trace, terms: Sequence[Term], local: _Local) -> float:
    """Return the gradient with other local derivatives."""
    return sum(float(term.arriving) * local(trace, term) for term in terms)


def _value(trace: Trace, term: Term) -> float:
    return float(trace.values[term.edge.later])


def _own_factor(trace: Trace, term: Term) -> float:
    product = other_factor(trace.graph, term.edge) is not None
    return float(trace.values[term.edge.node] if product else term.local)


def _exponent(trace: Trace, term: Term) -> float | None:
    """Return the constant that a use raises the node to; None where it is no such power."""
    later = trace.graph.nodes[term.edge.later]
    if later.operation != "power" or term.edge.which:
        return None
    return trace.graph.nodes[later.inputs[1]].number


def _lower(trace: Trace, term: Term) -> float:
    return float(term.local) / (_exponent(trace, term) or 1)


def _slope_at_out(trace: Trace, term: Term) -> float:
    row, out = trace.graph.row(term.edge.later), trace.values[term.edge.later]
    assert not isinstance(row, ArrayOperation), "a node is a number here"
    if not (row.activates and bends(row)):
        return float(term.local)
    return float(row.local_derivatives(row.evaluate(out), out)[0])


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=SAME, abs_tol=1e-15)
