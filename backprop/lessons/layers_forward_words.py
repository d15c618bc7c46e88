"""What a forward step of the walk through a batch says, and what is said of the loss."""

import numpy as np

from backprop.engine.trace import Trace
from backprop.lessons.layers_walk import Stop
from backprop.lessons.round_telling import Words
from backprop.notation.names import label_of

Said = tuple[Words, Words, Words]  # headline, lede, sentence


def say_sums(trace: Trace, stop: Stop) -> Said:
    """Say what Z = A Wᵀ + b is."""
    count = np.size(trace.values[stop.node])
    made = f"one matrix product makes all {count}." if count > 1 else "here there is one."
    return (
        (f"What does each unit of layer {stop.layer} receive?",),
        (f"A row is an example, a column a unit, an entry a weighted sum; {made}",),
        (label_of(f"b{stop.layer}"), " is added to every row."),
    )


def say_activations(trace: Trace, stop: Stop) -> Said:
    """Say what A = σ(Z) is."""
    graph = trace.graph
    is_last = stop.node in graph.nodes[graph.position("L")].inputs
    return (
        (f"What does each unit of layer {stop.layer} pass on?",),
        (f"The {graph.row(stop.node).title} of each entry. The shape stays.",),
        ("Examples do not mix, nor do units.", " These are the outputs ŷ." if is_last else ""),
    )


def say_loss(trace: Trace, stop: Stop) -> Said:
    """Say what L is."""
    title = trace.graph.row(stop.node).title
    n, k = np.shape(trace.values[trace.graph.position("Y")])
    examples = f"n\u00a0=\u00a0{n} {'example' if n == 1 else 'examples'}"
    outputs = f"k\u00a0=\u00a0{k} {'output' if k == 1 else 'outputs'}"
    return (
        ("How far off is the network on this batch?",),
        (f"{title[0].upper()}{title[1:]}: one number for {examples}, {outputs}.",),
        ("From here, go back and ask what moved it.",),
    )


def say_penalties(trace: Trace, stop: Stop) -> Said:
    """Say what the penalties are."""
    titles = dict.fromkeys(trace.graph.row(i).title for i in stop.nodes)
    return (
        ("What do the weights themselves cost?",),
        (f"The {' and the '.join(titles)} of each layer’s weights. Biases cost nothing.",),
        ("No example takes part: a penalty looks at the weights alone.",),
    )


def say_objective(trace: Trace, stop: Stop) -> Said:
    """Say what J = L + R is."""
    own = label_of(trace.graph.nodes[stop.node].name)
    return (
        ("What is to be made small?",),
        ("The objective ", own, ": the loss and the penalties, added up."),
        ("The gradient that follows is that of ", own, ", not of the loss alone."),
    )
