"""How a network does at a moment of its training: one row of numbers, and what stands in it.

Measured over all training examples at once, whatever the batch: a run's curve is then its own, not
that of the examples that happened to come last.

Notation:
    Z, A    a layer before and after its activation, [n, units]
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from backprop.engine.backward import differentiate
from backprop.engine.forward import values
from backprop.engine.graph import Graph
from backprop.engine.network import Network
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
        test = values(graph, network.batch(parameters, *plan.test))
        test_loss = float(test[graph.position("L")])
        if plan.classes:
            test_accuracy = accuracy(test[outputs], plan.test.Y)
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


def dead_share(graph: Graph, computed: tuple[Array, ...]) -> float:
    """Return the share of hidden units whose local derivative is next to 0 for every example."""
    dead = [local < DEAD for local in steepest(graph, computed).values()]
    return float(np.mean(np.concatenate(dead))) if dead else math.nan


def steepest(graph: Graph, computed: tuple[Array, ...]) -> dict[str, Array]:
    """Return each hidden unit's largest local derivative over the examples, [units], by layer.

    Args:
        graph: at layers detail.
        computed: the value of every node.
    """
    last = graph.nodes[graph.position("L")].inputs[0]
    slopes = {}
    for position, node in enumerate(graph.nodes):
        if not node.name.startswith("A") or position == last:
            continue
        row = OPS[node.operation]
        local = row.local_derivatives(computed[position], computed[node.inputs[0]])[0]
        slopes[node.name] = np.abs(local).max(axis=0)
    return slopes


def _length(gradient: Mapping[str, Array], layer: int) -> float:
    W, b = gradient[f"W{layer}"], gradient[f"b{layer}"]
    return math.sqrt(float(np.vdot(W, W) + np.vdot(b, b)))


def layer_outputs(network: Network, parameters: Mapping[str, Array], inputs: Array) -> list[Array]:
    """Return what every layer gives for these inputs, the inputs themselves first.

    The last is the network's output: after softmax, shares that add up to 1.
    """
    graph = network.graph("layers")
    outputs = np.zeros((len(inputs), network.sizes[-1]))
    computed = values(graph, network.batch(parameters, inputs, outputs))
    layers = [inputs]
    for layer, activation in enumerate(network.activations, 1):
        inner = activation not in ("linear", "softmax")
        layers.append(computed[graph.position(f"{'A' if inner else 'Z'}{layer}")])
    if network.activations[-1] == "softmax":
        scores = layers[-1]
        with np.errstate(all="ignore"):
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            layers[-1] = powers / powers.sum(axis=1, keepdims=True)
    return layers


def confusion(outputs: Array, Y: Array, classes: int) -> NDArray[np.int_]:
    """Return how often each class was taken for each, [true, taken for]; as in `accuracy`."""
    if Y.shape[1] == 1:
        true, answers = (Y[:, 0] > 0.5).astype(int), (outputs[:, 0] > 0.5).astype(int)
    else:
        true, answers = Y.argmax(axis=1), outputs.argmax(axis=1)
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (true, answers), 1)
    return counts
