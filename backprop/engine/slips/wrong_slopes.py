"""Wrong slopes: what a slip takes for the local derivative along one use of a node.

    right   arriving · ∂later/∂node            wrong   arriving · what stands here

A slip takes another slope at some operations, and the right one at all others. So it has a reading
at one node, the sum over its uses, and in a whole pass.

Notation:
    x     the value of the node that is used        out   that of the node that uses it
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.compiled.rules import names_in
from backprop.engine.graph import Graph
from backprop.engine.ops import Operation
from backprop.engine.slips import catalog
from backprop.engine.slips.slip import Slip
from backprop.engine.trace import Term, Trace, other_factor

WrongSlope = Callable[[Trace, Term], float]

FROM_INPUT = Slip(
    "from-input",
    "The slope is taken from x, not from the result",
    "The slope of exp is its own result, eˣ, and those of √ and tan are 1/(2√x) and 1 + tan² x; "
    "here x stands in the place of that result.",
)
QUOTIENT_SIGN = Slip(
    "quotient-sign",
    "The sign of the quotient rule",
    "The slope of x / y by y is −x / y²: what is divided by lowers the quotient. Here the − is "
    "lost.",
)
AS_PRODUCT = Slip(
    "quotient-as-product",
    "The quotient is taken for a product",
    "The slope of x / y by x is 1 / y; here it is y, as in x · y.",
)
MINUS_LOST = Slip(
    "minus-lost",
    "A minus sign is lost",
    "The slope of x − y by y is −1, that of −x is −1, that of cos x is −sin x; here it has no −.",
)
EXPONENT_KEPT = Slip(
    "exponent-kept",
    "The exponent is not lowered",
    "The slope of xⁿ is n xⁿ⁻¹; here the power stays n.",
)
OUTER_LOST = Slip(
    "outer-lost",
    "The outer slope is forgotten",
    "The slope of the function that stands outermost is left out: what arrives is handed on.",
)
INNER_LOST = Slip(
    "inner-lost",
    "The inner slope is forgotten",
    "The slope of a function that stands inside another is left out: what arrives is handed on.",
)
NO_FACTOR = Slip(
    "no-factor",
    "The other factor is forgotten on the way back",
    "What goes back through a product is multiplied by the other factor, such as a weight; "
    "here it goes through as it is.",
)
SLOPE_OF_Z, ONE_MINUS_A, OTHER_SLOPE, MASK_INVERTED = (
    *(catalog.SLOPE_OF_Z, catalog.ONE_MINUS_A, catalog.OTHER_SLOPE),
    catalog.MASK_INVERTED,
)


def _operation(trace: Trace, term: Term) -> Operation:
    row = trace.graph.row(term.edge.later)
    assert not isinstance(row, ArrayOperation), "a node is a number here"
    return row


def _slope(row: Operation, out: float, x: float) -> float:
    """Return what the printed formula of a slope gives."""
    printed = replace(row, partial_kernels=())
    return float(printed.local_derivatives(out, x)[0])


def _at(*names: str, which: int = 0) -> Callable[[WrongSlope], WrongSlope]:
    """Return what makes a wrong slope one at some operations only, by one of their inputs."""

    def only(slope: WrongSlope) -> WrongSlope:
        def chosen(trace: Trace, term: Term) -> float:
            here = _operation(trace, term).name in names and term.edge.which == which
            return slope(trace, term) if here else float(term.local)

        return chosen

    return only


def _x(trace: Trace, term: Term) -> float:
    return float(trace.values[term.edge.node])


def _out(trace: Trace, term: Term) -> float:
    return float(trace.values[term.edge.later])


def _x_for_out(*, activating: bool) -> WrongSlope:
    """Return the slope of an operation with x where its formula has its result."""

    def slope(trace: Trace, term: Term) -> float:
        row = _operation(trace, term)
        written = len(row.inputs) == 1 and "out" in names_in(row.partials[0])
        if not written or row.activates is not activating:
            return float(term.local)
        return _slope(row, _x(trace, term), _x(trace, term))

    return slope


@_at("sigmoid", "tanh")
def _one_minus_a(trace: Trace, term: Term) -> float:
    return 1 - _out(trace, term)


@_at("sigmoid", "tanh")
def _other_slope(trace: Trace, term: Term) -> float:
    a = _out(trace, term)
    return a * (1 - a) if _operation(trace, term).name == "tanh" else 1 - a * a


@_at("relu", "leaky_relu")
def _inverted(trace: Trace, term: Term) -> float:
    return _slope(_operation(trace, term), _out(trace, term), -_x(trace, term))


@_at("subtract", which=1)
def _subtracted(_: Trace, term: Term) -> float:
    return -float(term.local)


@_at("negate", "cos")
def _negated(_: Trace, term: Term) -> float:
    return -float(term.local)


@_at("divide", which=1)
def _divided_by(_: Trace, term: Term) -> float:
    return -float(term.local)


@_at("divide")
def _multiplied_by(_: Trace, term: Term) -> float:
    return 1 / float(term.local) if term.local else float(term.local)


@_at("power")
def _exponent_kept(trace: Trace, term: Term) -> float:
    return float(term.local) * _x(trace, term)


def _minus_lost(trace: Trace, term: Term) -> float:
    lost = _subtracted(trace, term)
    return lost if lost != term.local else _negated(trace, term)


def _no_factor(trace: Trace, term: Term) -> float:
    between = not trace.graph.nodes[term.edge.node].is_leaf
    return (
        1.0 if between and other_factor(trace.graph, term.edge) is not None else float(term.local)
    )


def _outer_lost(trace: Trace, term: Term) -> float:
    return 1.0 if find_functions(trace.graph).get(term.edge.later) else float(term.local)


def _inner_lost(trace: Trace, term: Term) -> float:
    inner = find_functions(trace.graph).get(term.edge.later) is False
    return 1.0 if inner else float(term.local)


def _before_activation(trace: Trace, term: Term) -> float:
    """Take a weight's gradient times z, what entered the activation before it, not times a."""
    graph, other = trace.graph, other_factor(trace.graph, term.edge)
    if other is None or not _is_parameter(graph, term.edge.node) or graph.nodes[other].is_leaf:
        return float(term.local)
    row = graph.row(other)
    activated = not isinstance(row, ArrayOperation) and row.activates
    return float(trace.values[graph.nodes[other].inputs[0]] if activated else term.local)


def _transposed(trace: Trace, term: Term) -> float:
    """Go back from unit j to unit i by the weight from j to i, not by that from i to j."""
    graph, other = trace.graph, other_factor(trace.graph, term.edge)
    if other is None or graph.nodes[term.edge.node].is_leaf:
        return float(term.local)
    turned = _turned_weights(graph).get(other)
    return float(term.local if turned is None else trace.values[turned])


@lru_cache(maxsize=64)
def _turned_weights(graph: Graph) -> Mapping[int, int]:
    """Return, for each weight of a square layer, that of the transposed matrix in its place."""
    at: dict[tuple[int, ...], int] = {}
    for position, node in enumerate(graph.nodes):
        if node.name.startswith("w") and node.name.count("_") == 2:
            at[tuple(map(int, node.name[1:].split("_")))] = position
    ends: dict[int, tuple[int, int]] = {}
    for layer, to, from_ in at:
        most = ends.get(layer, (0, 0))
        ends[layer] = max(to, most[0]), max(from_, most[1])
    return {
        position: at[layer, from_, to]
        for (layer, to, from_), position in at.items()
        if ends[layer][0] == ends[layer][1]
    }


def _no_target(trace: Trace, term: Term) -> float:
    """Take the slope of a squared error as if its target were 0."""
    row = _operation(trace, term)
    if row.name not in ("half_squared_error", "mean_squared_error"):
        return float(term.local)
    inputs = trace.graph.nodes[term.edge.later].inputs
    outputs = [trace.values[i] for i in inputs[: len(inputs) // 2]]
    slopes = row.local_derivatives(_out(trace, term), *outputs, *([0.0] * len(outputs)))
    return float(slopes[term.edge.which])


def _output_not_loss(trace: Trace, term: Term) -> float:
    """Begin with 1 at the outputs, not at the loss."""
    at_loss = trace.graph.nodes[trace.graph.output].name == "L" == _name(trace, term.edge.later)
    return 1.0 if at_loss else float(term.local)


def _name(trace: Trace, position: int) -> str:
    return trace.graph.nodes[position].name


def _is_parameter(graph: Graph, position: int) -> bool:
    node = graph.nodes[position]
    return node.is_variable and not node.given


@lru_cache(maxsize=64)
def find_functions(graph: Graph) -> Mapping[int, bool]:
    """Return the nodes that are functions of one number, each with whether it stands outermost.

    No other function comes after an outermost one. In a network these are the activations alone:
    the outermost are those of the outputs.
    """
    behind = stand_inside(graph)
    return {k: not behind[k] for k in range(len(graph)) if _is_function(graph, k)}


@lru_cache(maxsize=64)
def stand_inside(graph: Graph) -> tuple[bool, ...]:
    """Return, for each node, whether a function comes after it, of which it is a part."""
    inside = [False] * len(graph)
    for position in range(graph.output, -1, -1):
        through = inside[position] or _is_function(graph, position)
        for i in graph.nodes[position].inputs:
            inside[i] = inside[i] or through
    return tuple(inside)


def _is_function(graph: Graph, position: int) -> bool:
    if graph.nodes[position].is_leaf:
        return False
    row = graph.row(position)
    assert not isinstance(row, ArrayOperation), "a node is a number here"
    if any(node.given for node in graph.nodes):  # a network's loss is no activation
        return row.activates
    return len(row.inputs) == 1 and row.name != "negate"


WRONG_SLOPES: dict[str, tuple[Slip, WrongSlope]] = {
    slip.name: (slip, slope)
    for slip, slope in (
        (SLOPE_OF_Z, _x_for_out(activating=True)),
        (FROM_INPUT, _x_for_out(activating=False)),
        (ONE_MINUS_A, _one_minus_a),
        (OTHER_SLOPE, _other_slope),
        (MASK_INVERTED, _inverted),
        (QUOTIENT_SIGN, _divided_by),
        (AS_PRODUCT, _multiplied_by),
        (MINUS_LOST, _minus_lost),
        (EXPONENT_KEPT, _exponent_kept),
        (NO_FACTOR, _no_factor),
        (OUTER_LOST, _outer_lost),
        (INNER_LOST, _inner_lost),
    )
}

NETWORK_SLOPES: dict[str, tuple[Slip, WrongSlope]] = {  # of a network’s pass of numbers, by neurons
    slip.name: (slip, slope)
    for slip, slope in (
        (catalog.BEFORE_ACTIVATION, _before_activation),
        (catalog.TRANSPOSED, _transposed),
        (catalog.NO_TARGET, _no_target),
        (catalog.OUTPUT_NOT_LOSS, _output_not_loss),
    )
}
