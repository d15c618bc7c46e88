"""What a network minimizes beside its loss: penalties on its weights.

    objective  J = L + S1 + S2 + … + R1 + R2 + …
    Sₖ = l1 · Σ|w|          Rₖ = ½ · l2 · Σw²          over the weights of layer k, not its biases

They are nodes like any other. So the gradient of a weight has a term for each way to J: one through
its z, one through each penalty. Where l1 or l2 is 0 its nodes are left out; without both, J too.

Inside a penalty, where a node is a number: h an absolute value, q a square, s and r running sums.
"""

from collections.abc import Callable
from itertools import pairwise, product
from typing import TYPE_CHECKING

from backprop.engine.graph import Builder

if TYPE_CHECKING:
    from backprop.engine.network import Network


def penalize_arrays(builder: Builder, network: "Network", loss: int) -> None:
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


def penalize_scalars(
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
    factor, found = builder.constant(strength), []
    for layer, (fan_in, fan_out) in enumerate(pairwise(network.sizes), 1):
        name = f"{letter}{layer}"
        entries = product(range(1, fan_out + 1), range(1, fan_in + 1))
        sizes = [size(f"{layer}_{unit}_{i}", name) for unit, i in entries]
        total = builder.running_sum(sizes, f"{name.lower()}_", name)
        found.append(builder.node("multiply", (factor, total), name))
    return found
