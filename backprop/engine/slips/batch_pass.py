"""The pass of a network over a batch, with some of its rules replaced by wrong ones.

A backward pass is a list of rules, one for each use of a node: g · ∂later/∂node. A slip writes
another text in some of their places, and everything else, the order and the sums, stays as it is.
The places are called:

    loss               from the loss to the outputs; “scores”, if said, where softmax is in it
    output activation  through the activation of the last layer
    hidden activation  through one before it
    activations        from a layer's Z to the activations that enter it
    weights, bias      from a layer's Z to its W and b;  “shared bias” where its units share one
    penalty            from a penalty to its W

“hidden activation 2” is the same in layer 2 only: that of the node that receives, Z2, A2, W2 or b2.
A text is written in the letters of the operation (array_ops.py, ops.py), g and out, and in:

    RIGHT    the right text                      STEP      the learning rate
    W_SLOPE  the gradient of this use's W, which is complete by then
    ENTERED  what entered the activation whose result A is
    AT_OUT   the right text of an activation, its slope taken at out instead of at x
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.array_ops import PHRASES, ArrayOperation
from backprop.engine.compiled.forward import forward_lines, value_name
from backprop.engine.compiled.rules import ARRAYS, compiled, write
from backprop.engine.forward import leaves_at
from backprop.engine.graph import Graph
from backprop.engine.network import Array, Network
from backprop.engine.ops import template
from backprop.engine.saturation import reading
from backprop.engine.trace import Edge, edges

Rules = tuple[tuple[str, str], ...]  # pairs of a place and its text

AFFINE = {
    "affine": ("activations", "weights", "bias"),
    "affine_shared_bias": ("activations", "weights", "shared bias"),
}


def gradient_by(
    rules: Rules, network: Network, at: Mapping[str, Any], learning_rate: float
) -> dict[str, Array]:
    """Return the gradient that a pass over a batch gives with these rules in place of its own.

    Args:
        rules: for a place, its text; the other places keep theirs. No pair: the right gradient.
        network: any.
        at: W1, b1, …, X and Y, as `Network.batch` returns them.
        learning_rate: what STEP is.
    """
    graph = network.graph("layers")
    with np.errstate(all="ignore"):
        found = _pass(rules, graph)(leaves_at(graph, at), learning_rate)
    return dict(zip(graph.parameters, found, strict=True))


def find_place(graph: Graph, edge: Edge) -> str:
    """Return which of the places in the module's head a use is; “sum” is that of an objective."""
    later = graph.nodes[edge.later]
    if later.operation in AFFINE:
        return AFFINE[later.operation][edge.which]
    if later.operation.startswith("batch_"):
        return "scores" if later.operation == "batch_cross_entropy" else "loss"
    if later.operation.endswith("_penalty"):
        return "penalty"
    if later.operation == "sum":
        return "sum"
    loss = graph.nodes[graph.position("L")]
    return "output activation" if edge.later == loss.inputs[0] else "hidden activation"


@lru_cache(maxsize=512)
def _pass(rules: Rules, graph: Graph) -> Callable[..., Any]:
    sums: dict[int, list[str]] = {position: [] for position in range(graph.output)}
    instead = dict(rules)
    for edge in edges(graph):
        places = (
            f"{find_place(graph, edge)} {graph.nodes[edge.node].name[1:]}",
            *_kinds(graph, edge),
        )
        text = next((instead[place] for place in places if place in instead), "RIGHT")
        sums[edge.node].append(_product(graph, edge, text))
    lines = [f"g{i} = {' + '.join(sums[i])}" for i in reversed(range(graph.output)) if sums[i]]
    asked = [f"g{i}" for i, node in enumerate(graph.nodes) if node.name in graph.parameters]
    body = [*forward_lines(graph, ARRAYS), f"g{graph.output} = 1.0", *lines]
    return compiled("slip", "leaves, step", [*body, f"return {', '.join(asked)}"], ARRAYS)


def _kinds(graph: Graph, edge: Edge) -> tuple[str, ...]:
    place = find_place(graph, edge)
    return (place, "loss") if place == "scores" else (place,)


def _product(graph: Graph, edge: Edge, text: str) -> str:
    """Return the code of what one use sends back, by a text."""
    (row, nodes), inputs = reading(graph, edge.later), graph.nodes[edge.later].inputs
    words = {"STEP": "step"}
    if isinstance(row, ArrayOperation):
        words["RIGHT"] = row.product_codes[edge.which]
    else:
        partial = row.partial_codes[edge.which]
        at_out = {row.inputs[0]: "out", "out": f"{row.name}(out)"}
        words["RIGHT"] = f"g * ({partial})"
        words["AT_OUT"] = f"g * ({write(partial, at_out, ARRAYS, PHRASES)})"
    if graph.nodes[edge.later].operation in AFFINE:
        above = graph.nodes[inputs[0]]
        activated = above.operation and above.operation not in AFFINE
        words["ENTERED"] = f"v{above.inputs[0] if activated else inputs[0]}"
        words["W_SLOPE"] = f"g{inputs[1]}"
    code = template(write(text, words, ARRAYS, {}), row.inputs, ARRAYS)
    names = [value_name(graph, i, ARRAYS) for i in nodes]
    return f"({code.format(*names, out=f'v{edge.later}', g=f'g{edge.later}')})"
