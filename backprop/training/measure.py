"""How a network does at a moment of its training: one row of numbers, and what stands in it.

Measured over all training examples at once, whatever the batch: a run's curve is then its own, not
that of the examples that happened to come last.

Notation:
    Z, A    a layer before and after its activation, [n, units]
"""

import math
from collections.abc import Mapping

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.forward import values
from backprop.engine.graph import Graph
from backprop.engine.ops import OPS
from backprop.training.flat import Array
from backprop.training.plan import Plan

COLUMNS = ("train", "test", "train_accuracy", "test_accuracy", "dead")  # then a slope per layer
DEAD = 1e-3  # a unit whose local derivative is nowhere larger passes next to nothing back


@np.errstate(all="ignore")
def measure(plan: Plan, parameters: Mapping[str, Array]) -> tuple[float, ...]:
    """Return the row of COLUMNS, then the length of the gradient in each layer.

    Losses are without the penalty; NaN where there is nothing to measure (no test examples,
    numbers instead of classes). Lengths are ‖∂J/∂W, ∂J/∂b‖ of each layer, with the penalty: what
    the optimizer is given. Dead is the share of hidden units through which no training example
    sends more than 0.001 of its gradient; NaN where there are no hidden units.
    """
    network, graph = plan.network, plan.network.graph("layers")
    trace = differentiate(graph, network.batch(parameters, *plan.train))
    gradient, outputs = trace.gradient, graph.nodes[graph.position("L")].inputs[0]
    test_loss = test_accuracy = math.nan
    if len(plan.test.X):
        seen = values(graph, network.batch(parameters, *plan.test))
        test_loss = float(seen[graph.position("L")])
        if plan.classes:
            test_accuracy = accuracy(seen[outputs], plan.test.Y)
    return (
        float(trace.values[graph.position("L")]),
        test_loss,
        accuracy(trace.values[outputs], plan.train.Y) if plan.classes else math.nan,
        test_accuracy,
        dead_share(graph, trace.values),
        *(_length(gradient, layer) for layer in range(1, network.depth + 1)),
    )


def accuracy(outputs: Array, Y: Array) -> float:
    """Return the share of the examples whose class is right.

    Args:
        outputs: what the loss is of, [n, outputs]: probabilities, or scores before softmax.
        Y: targets, [n, outputs]; one column of 0 and 1, or one-hot.
    """
    if Y.shape[1] == 1:
        return float(np.mean((outputs > 0.5) == (Y > 0.5)))
    return float(np.mean(outputs.argmax(axis=1) == Y.argmax(axis=1)))


def dead_share(graph: Graph, seen: tuple[Array, ...]) -> float:
    """Return the share of hidden units whose local derivative is next to 0 for every example."""
    found = [local < DEAD for local in steepest(graph, seen).values()]
    return float(np.mean(np.concatenate(found))) if found else math.nan


def steepest(graph: Graph, seen: tuple[Array, ...]) -> dict[str, Array]:
    """Return each hidden unit's largest local derivative over the examples, [units], by layer.

    Args:
        graph: at layers detail.
        seen: the value of every node.
    """
    last = graph.nodes[graph.position("L")].inputs[0]
    found = {}
    for position, node in enumerate(graph.nodes):
        if not node.name.startswith("A") or position == last:
            continue
        row = OPS[node.operation]
        slopes = row.local_derivatives(seen[position], seen[node.inputs[0]])[0]
        found[node.name] = np.abs(slopes).max(axis=0)
    return found


def _length(gradient: Mapping[str, Array], layer: int) -> float:
    W, b = gradient[f"W{layer}"], gradient[f"b{layer}"]
    return math.sqrt(float(np.vdot(W, W) + np.vdot(b, b)))
