"""A network written out as a graph, at three magnifications that give the same gradient.

    operations   a node is one scalar ×, +, σ …, as in a hand calculation
    neurons      a node is one weighted sum z, or one activation a
    layers       a node is one array: Z = A Wᵀ + b, A = σ(Z), the loss of a batch

Inside the loss, at operations detail: d a difference, e an exponential, q a product, u and r
running sums, m the largest score; in a hinge m a margin and s the true class's score; in Huber's
loss m the difference cut off at −1 and 1.

The loss is called L. It is the last node, unless penalties on the weights follow it:

    objective  J = L + S1 + S2 + … + R1 + R2 + …
    Sₖ = l1 · Σ|w|          Rₖ = ½ · l2 · Σw²          over the weights of layer k, not its biases

They are nodes like any other. So the gradient of a weight has a term for each way to J: one through
its z, one through each penalty. Where l1 or l2 is 0 its nodes are left out; without both, J too.
Inside a penalty, where a node is a number: h an absolute value, q a square, s and r running sums.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING

from backprop.engine.graph import Builder, Graph

if TYPE_CHECKING:
    from backprop.engine.network import Network

DETAILS = ("operations", "neurons", "layers")


@lru_cache(maxsize=1024)
def unroll(detail: str, network: "Network") -> Graph:
    """Return what a network minimizes as a function of inputs, targets and parameters.

    Args:
        detail: one of DETAILS.
        network: says sizes, activations, loss, whether biases are shared, and penalties.
    """
    return _layers(network) if detail == "layers" else _scalars(detail, network)


def _layers(network: "Network") -> Graph:
    """Return the objective of a batch, a node an array."""
    builder = Builder()
    above, targets = builder.leaf("X", given=True), builder.leaf("Y", given=True)
    affine = "affine_shared_bias" if network.shared_biases else "affine"
    for layer, activation in enumerate(network.activations, 1):
        inputs = (above, builder.leaf(f"W{layer}"), builder.leaf(f"b{layer}"))
        above = builder.node(affine, inputs, f"Z{layer}")
        if activation not in ("linear", "softmax"):
            above = builder.node(activation, (above,), f"A{layer}")
    loss = builder.node(f"batch_{network.loss}", (above, targets), "L")
    _penalize_arrays(builder, network, loss)
    return builder.graph()


def _scalars(detail: str, network: "Network") -> Graph:
    """Return the objective of one example, a node a number."""
    builder, sizes = Builder(), network.sizes
    above = [builder.leaf(f"x{i}", given=True) for i in range(1, sizes[0] + 1)]
    weigh = _weigh_by_operations if detail == "operations" else _weigh
    for layer, activation in enumerate(network.activations, 1):
        below = []
        for unit in range(1, sizes[layer] + 1):
            name = f"{layer}_{unit}"
            weights = [
                builder.leaf(f"w{name}_{i}", part_of=f"W{layer}") for i in range(1, len(above) + 1)
            ]
            bias = f"b{layer}_1" if network.shared_biases else f"b{name}"
            z = weigh(builder, weights, above, builder.leaf(bias, part_of=f"b{layer}"), name)
            if activation not in ("linear", "softmax"):
                z = builder.node(activation, (z,), f"a{name}", part_of=f"A{layer}")
            below.append(z)
        above = below
    targets = [builder.leaf(f"y{i}", given=True) for i in range(1, len(above) + 1)]
    if detail == "operations":
        loss = _LOSSES[network.loss](builder, above, targets)
    else:
        loss = builder.node(network.loss, (*above, *targets), "L")
    _penalize_scalars(builder, network, loss, by_operations=detail == "operations")
    return builder.graph()


def _weigh(builder: Builder, weights: list[int], above: list[int], bias: int, name: str) -> int:
    """Add z = w₁a₁ + … + b as one node."""
    inputs = (*weights, *above, bias)
    return builder.node("weighted_sum", inputs, f"z{name}", part_of=f"Z{name.split('_')[0]}")


def _weigh_by_operations(
    builder: Builder, weights: list[int], above: list[int], bias: int, name: str
) -> int:
    """Add z = w₁a₁ + … + b as products p and running sums s."""
    z = f"z{name}"
    products = [
        builder.node("multiply", pair, f"p{name}_{i}", part_of=z)
        for i, pair in enumerate(zip(weights, above, strict=True), 1)
    ]
    total = builder.running_sum(products, f"s{name}_", z)
    return builder.node("add", (total, bias), z)


def _squares(builder: Builder, outputs: list[int], targets: list[int]) -> int:
    squares = []
    for i, pair in enumerate(zip(outputs, targets, strict=True), 1):
        difference = builder.node("subtract", pair, f"d{i}", part_of="L")
        two = builder.constant(2, part_of="L")
        squares.append(builder.node("power", (difference, two), f"q{i}", part_of="L"))
    return builder.running_sum(squares, "u", "L")


def _half_squared_error(builder: Builder, outputs: list[int], targets: list[int]) -> int:
    half = builder.constant(0.5, part_of="L")
    return builder.node("multiply", (half, _squares(builder, outputs, targets)), "L")


def _mean_squared_error(builder: Builder, outputs: list[int], targets: list[int]) -> int:
    total = _squares(builder, outputs, targets)
    return builder.node("divide", (total, builder.constant(len(outputs), part_of="L")), "L")


def _binary_cross_entropy(builder: Builder, outputs: list[int], targets: list[int]) -> int:
    terms = []
    for i, (output, target) in enumerate(zip(outputs, targets, strict=True), 1):
        one = builder.constant(1, part_of="L")
        yes = builder.node("xlogy", (target, output), f"q{i}", part_of="L")
        other = builder.node("subtract", (one, output), f"d{i}", part_of="L")
        rest = builder.node("subtract", (one, target), f"e{i}", part_of="L")
        no = builder.node("xlogy", (rest, other), f"r{i}", part_of="L")
        terms.append(builder.node("add", (yes, no), f"t{i}", part_of="L"))
    total = builder.running_sum(terms, "u", "L")
    if len(terms) > 1:
        count = builder.constant(len(terms), part_of="L")
        total = builder.node("divide", (total, count), "u", part_of="L")
    return builder.node("negate", (total,), "L")


def _cross_entropy(builder: Builder, scores: list[int], targets: list[int]) -> int:
    largest = scores[0]
    for i, score in enumerate(scores[1:], 2):
        largest = builder.node("max", (largest, score), f"m{i}", part_of="L")
    powers = []
    for i, score in enumerate(scores, 1):
        difference = builder.node("subtract", (score, largest), f"d{i}", part_of="L")
        powers.append(builder.node("exp", (difference,), f"e{i}", part_of="L"))
    logarithm = builder.node("log", (builder.running_sum(powers, "u", "L"),), "t", part_of="L")
    whole = builder.node("add", (logarithm, largest), "r", part_of="L")
    products = [
        builder.node("multiply", pair, f"q{i}", part_of="L")
        for i, pair in enumerate(zip(targets, scores, strict=True), 1)
    ]
    return builder.node("subtract", (whole, builder.running_sum(products, "r", "L")), "L")


def _huber(builder: Builder, outputs: list[int], targets: list[int]) -> int:
    """Add the mean of m·d − ½m², where m is the difference d cut off at −1 and 1."""
    terms = []
    for i, pair in enumerate(zip(outputs, targets, strict=True), 1):
        difference = builder.node("subtract", pair, f"d{i}", part_of="L")
        one, minus, half = (builder.constant(x, part_of="L") for x in (1, -1, 0.5))
        upper = builder.node("min", (difference, one), f"e{i}", part_of="L")
        cut = builder.node("max", (minus, upper), f"m{i}", part_of="L")
        whole = builder.node("multiply", (cut, difference), f"q{i}", part_of="L")
        two = builder.constant(2, part_of="L")
        square = builder.node("power", (cut, two), f"r{i}", part_of="L")
        less = builder.node("multiply", (half, square), f"s{i}", part_of="L")
        terms.append(builder.node("subtract", (whole, less), f"t{i}", part_of="L"))
    total = builder.running_sum(terms, "u", "L")
    return builder.node("divide", (total, builder.constant(len(terms), part_of="L")), "L")


def _multiclass_hinge(builder: Builder, scores: list[int], targets: list[int]) -> int:
    """Add the mean of (1 − y) · max(0, 1 + z − s), where s is the score of the true class."""
    products = [
        builder.node("multiply", pair, f"q{i}", part_of="L")
        for i, pair in enumerate(zip(targets, scores, strict=True), 1)
    ]
    true = builder.running_sum(products, "s", "L")
    terms = []
    for i, (score, target) in enumerate(zip(scores, targets, strict=True), 1):
        one = builder.constant(1, part_of="L")
        difference = builder.node("subtract", (score, true), f"d{i}", part_of="L")
        margin = builder.node("add", (difference, one), f"m{i}", part_of="L")
        beyond = builder.node("relu", (margin,), f"r{i}", part_of="L")
        other = builder.node("subtract", (one, target), f"e{i}", part_of="L")
        terms.append(builder.node("multiply", (other, beyond), f"t{i}", part_of="L"))
    total = builder.running_sum(terms, "u", "L")
    return builder.node("divide", (total, builder.constant(len(terms), part_of="L")), "L")


_LOSSES: Mapping[str, Callable[[Builder, list[int], list[int]], int]] = {
    "half_squared_error": _half_squared_error,
    "mean_squared_error": _mean_squared_error,
    "binary_cross_entropy": _binary_cross_entropy,
    "cross_entropy": _cross_entropy,
    "huber": _huber,
    "multiclass_hinge": _multiclass_hinge,
}


def _penalize_arrays(builder: Builder, network: "Network", loss: int) -> None:
    """Add the penalties and the objective, a node an array."""
    terms = [loss]
    for letter, row, strength in (("S", "l1_penalty", network.l1), ("R", "l2_penalty", network.l2)):
        if strength:
            factor = builder.constant(strength)
            for layer in range(1, network.depth + 1):
                pair = builder.leaf(f"W{layer}"), factor
                terms.append(builder.node(row, pair, f"{letter}{layer}"))
    if len(terms) > 1:
        builder.node("sum", terms, "J")


def _penalize_scalars(
    builder: Builder, network: "Network", loss: int, *, by_operations: bool
) -> None:
    """Add the penalties and the objective, a node a number."""
    terms = [loss]
    if network.l1:
        terms += _penalties(builder, network, "S", network.l1, _absolute(builder))
    if network.l2:
        terms += _penalties(builder, network, "R", network.l2 / 2, _square(builder))
    if by_operations and len(terms) > 1:
        builder.node("add", (builder.running_sum(terms[:-1], "j", "J"), terms[-1]), "J")
    elif len(terms) > 1:
        builder.node("sum", terms, "J")


_Size = Callable[[str, str], int]  # entry and penalty, such as 1_2_1 and R1 -> the node of its size


def _absolute(builder: Builder) -> _Size:
    return lambda at, name: builder.node("abs", (builder.leaf(f"w{at}"),), f"h{at}", name)


def _square(builder: Builder) -> _Size:
    two = builder.constant(2)
    return lambda at, name: builder.node("power", (builder.leaf(f"w{at}"), two), f"q{at}", name)


def _penalties(
    builder: Builder, network: "Network", letter: str, strength: float, size: _Size
) -> list[int]:
    """Add one penalty for each layer: strength · Σ size(w)."""
    factor, penalties = builder.constant(strength), []
    for layer, (fan_in, fan_out) in enumerate(pairwise(network.sizes), 1):
        name = f"{letter}{layer}"
        entries = product(range(1, fan_out + 1), range(1, fan_in + 1))
        sizes = [size(f"{layer}_{unit}_{i}", name) for unit, i in entries]
        total = builder.running_sum(sizes, f"{name.lower()}_", name)
        penalties.append(builder.node("multiply", (factor, total), name))
    return penalties
