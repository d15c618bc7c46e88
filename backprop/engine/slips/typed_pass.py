"""The slips that can be planted in a pass of numbers, such as that of a typed function.

    right   gradient = Σ over uses k of the node   arrivingₖ · localₖ
    wrong   the same pass, but that at every node the slip's reading stands for this line

What a slip gives at one node, at_node.py says; here it is made at all nodes of a pass, so what
arrives at a node may be wrong already. The sign is turned round once, where the pass begins.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backprop.engine.slips.at_node import (
    ADDED,
    BY_VALUE,
    EXPONENT_LOST,
    MISSED_PATH,
    NO_ARRIVING,
    NO_LOCAL,
    OWN_FACTOR,
    PATHS_MULTIPLIED,
    SLOPE_AT_OUT,
    WrongValue,
    values_by,
)
from backprop.engine.slips.catalog import (
    ASSIGNED,
    HALF_LOST,
    NO_HIDDEN_SLOPE,
    NO_OUTPUT_SLOPE,
    NO_WEIGHTS,
    NOT_ZEROED,
    ONE_PATH,
    SIGN,
    STALE_GRADIENT,
    TWO_LOST,
)
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.wrong_slopes import NETWORK_SLOPES, WRONG_SLOPES, WrongSlope
from backprop.engine.trace import Term, Trace

Memory = Mapping[str, float]

# Names and titles are the catalogue's; the sentences about them fit a typed function.
PLANTED: tuple[Slip, ...] = (
    replace(
        ONE_PATH,
        about="What is used more than once gets the gradient of one use alone; the other paths to "
        "the result are missing.",
    ),
    ASSIGNED,
    replace(
        MISSED_PATH,
        about="What is used more than twice gets a gradient from each use but one.",
    ),
    replace(
        PATHS_MULTIPLIED,
        about="What different uses bring is multiplied; it belongs in a sum.",
    ),
    replace(
        NO_LOCAL,
        about="The gradient that arrives is handed on as it is, not times how fast this use "
        "responds.",
    ),
    replace(
        NO_ARRIVING,
        about="Each node takes its local derivative alone, whatever arrives from behind it.",
    ),
    replace(
        ADDED,
        about="The gradient that arrives and the local derivative are added; they are factors.",
    ),
    replace(
        BY_VALUE,
        about="The gradient that arrives is multiplied by how large the result is, not by how fast "
        "it changes.",
    ),
    replace(
        OWN_FACTOR,
        about="In a product each factor gets itself as its slope, where the other one belongs.",
    ),
    replace(
        SLOPE_AT_OUT,
        about="The slope of sigmoid, tanh or softplus is taken at what comes out, not at what "
        "enters.",
    ),
    replace(
        TWO_LOST,
        about="The slope of a square is taken as x, without the 2 that comes down.",
    ),
    replace(HALF_LOST, about="The ½ before the square is forgotten in its derivative."),
    replace(
        EXPONENT_LOST,
        about="The slope of a power is taken without its exponent as a factor.",
    ),
    replace(
        SIGN,
        about="The pass begins with −1 where 1 belongs: every gradient has the other sign, every "
        "step climbs.",
    ),
    *(slip for slip, _ in WRONG_SLOPES.values()),
    STALE_GRADIENT,
    NOT_ZEROED,
)


FIRST = tuple(slip for slip, _ in (WRONG_SLOPES[name] for name in ("outer-lost", "inner-lost")))
IN_A_NETWORK = {
    "outer-lost": NO_OUTPUT_SLOPE,
    "inner-lost": NO_HIDDEN_SLOPE,
    "no-factor": NO_WEIGHTS,
}
MOST_NODES = 150  # of a pass for which all slips are tried


@dataclass(frozen=True, slots=True)
class WrongPass:
    """What a pass with a slip gives.

    Attributes:
        gradients: of every node, in the graph's order.
        terms: what each node's gradient should be the sum of, by position: what arrives there is
            that of this pass.
        made: the positions at which the slip itself changes something; at the others a number is
            wrong only because what arrives is.
    """

    gradients: tuple[float, ...]
    terms: Mapping[int, tuple[Term, ...]]
    made: frozenset[int]


@dataclass(frozen=True, eq=False)
class _PassSoFar(Trace):
    """A backward pass that is not finished: it has the terms so far."""

    terms_so_far: Mapping[int, tuple[Term, ...]] = field(default_factory=dict)

    @property
    def terms(self) -> Mapping[int, tuple[Term, ...]]:
        return self.terms_so_far


def wrong_pass(slip: Slip, trace: Trace, *, last: bool = False) -> WrongPass:
    """Return the gradients of all nodes that a pass with this slip gives.

    A slip that needs a round before gives the right ones.

    Args:
        slip: of `PLANTED`, or one of a network’s.
        trace: the right pass, of numbers.
        last: whether a slip that has several readings at a node takes the last one.
    """
    output = trace.graph.output
    slopes = [0.0] * len(trace.graph)
    slopes[output] = -1.0 if slip.name == SIGN.name else 1.0
    made, terms_by_node = {output} if slip.name == SIGN.name else set(), {}
    for position in range(output - 1, -1, -1):
        terms = _terms(trace.terms[position], slopes)
        if not terms:
            continue
        terms_by_node[position], right = terms, terms[-1].total
        wrong = _slip_value(slip, trace, position, terms, last=last)
        if wrong is not None:
            made.add(position)
        slopes[position] = right if wrong is None else wrong
    return WrongPass(tuple(slopes), terms_by_node, frozenset(made))


def _terms(right: tuple[Term, ...], slopes: list[float]) -> tuple[Term, ...]:
    """Return the terms of a node where these gradients arrive."""
    terms, total = [], 0.0
    for term in right:
        arriving = slopes[term.edge.later]
        product = arriving * float(term.local)
        total += product
        terms.append(Term(term.edge, arriving, term.local, product, total))
    return tuple(terms)


def _slip_value(
    slip: Slip, trace: Trace, position: int, terms: tuple[Term, ...], *, last: bool
) -> float | None:
    """Return what a slip gives at a node where these terms are; None where it changes nothing."""
    if slip.name == SIGN.name or slip.blend:
        return None
    right = terms[-1].total
    if slope := find_slope(slip):
        wrong = sum(float(term.arriving) * slope(trace, term) for term in terms)
        return wrong if math.isfinite(wrong) and wrong != right else None
    gradients = (*([0.0] * position), right)
    here = _PassSoFar(trace.graph, trace.values, gradients, (), (), (), {position: terms})
    values = values_by(slip, here, position)
    return values[-1 if last else 0] if values else None


def find_slope(slip: Slip) -> WrongSlope | None:
    """Return what a slip takes for the local derivative of a use; None where it is no such slip."""
    pair = WRONG_SLOPES.get(slip.name) or NETWORK_SLOPES.get(slip.name)
    return pair[1] if pair else None


@np.errstate(all="ignore")
def wrong_round(
    slip: Slip, trace: Trace, memory: Memory | None = None
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the wrong gradient by each variable, and what the next round must be given.

    Args:
        slip: of `PLANTED`.
        trace: the right pass, of numbers.
        memory: what the round before returned; without it, a slip that needs one gives the right
            gradient.
    """
    gradients = wrong_pass(slip, trace).gradients
    nodes = zip(trace.graph.nodes, gradients, strict=True)
    gradient = {node.name: slope for node, slope in nodes if node.name in trace.graph.parameters}
    if slip.blend is None or memory is None:
        return gradient, gradient
    used: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    for name, slope in gradient.items():
        pair = slip.blend(np.asarray(slope), np.asarray(memory[name]))
        used[name], kept[name] = map(float, pair)
    return used, kept


def whole_values(trace: Trace, position: int) -> tuple[WrongValue, ...]:
    """Return what slips that are made in the whole pass give at a node, likely ones first.

    What is right is left out, and so is what is not finite. In a network the functions are its
    activations, so what is called the outer slope there is that of the output.

    Args:
        trace: the right pass, of numbers, of a function or of a network with one example.
        position: the node.
    """
    graph, right = trace.graph, float(trace.gradients[position])
    network = any(node.given for node in graph.nodes)
    values: list[WrongValue] = []
    own = tuple(slip for slip, _ in NETWORK_SLOPES.values()) if network else ()
    for slip in FIRST if len(graph) > MOST_NODES else (*FIRST, *own, *PLANTED):
        wrong = wrong_pass(slip, trace).gradients[position]
        known = any(slip.name == other.slip.name for other in values)
        if math.isfinite(wrong) and not known and not math.isclose(wrong, right, rel_tol=1e-9):
            values.append(WrongValue(slip, wrong))
    names = IN_A_NETWORK if network else {}
    return tuple(WrongValue(names.get(slip.name, slip), value) for slip, value in values)


def can_be_planted(slip: Slip, trace: Trace) -> bool:
    """Whether a slip changes the gradient here; one that needs a round before, in the next.

    None can where the value, or the right gradient, is no finite number.
    """
    right = {name: float(slope) for name, slope in trace.gradient.items()}
    if not all(map(math.isfinite, (float(trace.value), *right.values()))):
        return False
    before = {name: slope + 1 for name, slope in right.items()}  # as it might have been
    wrong = wrong_round(slip, trace, before)[0]
    pairs = [(wrong[name], slope) for name, slope in right.items()]
    return any(not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-15) for a, b in pairs)
