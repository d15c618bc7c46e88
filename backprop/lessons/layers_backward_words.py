"""What a backward step of the walk through a batch says."""

import numpy as np

from backprop.engine.graph import Node
from backprop.engine.trace import Trace
from backprop.lessons.layers_forward_words import Said
from backprop.lessons.layers_walk import Stop
from backprop.lessons.round_telling import Words
from backprop.notation.names import label_of


def say_base(trace: Trace, stop: Stop) -> Said:
    """Say that the slope of the last quantity by itself is 1."""
    own = label_of(trace.graph.nodes[stop.node].name)
    return (
        ("Where does the backward pass begin?",),
        ("At the end, with ", own, " itself. This is the base case."),
        ("From here every gradient follows by one rule: what arrives, times a local derivative.",),
    )


def say_parts(trace: Trace, stop: Stop) -> Said:
    """Say what a sum of loss and penalties sends back."""
    return (
        ("How does the objective react to its parts?",),
        ("A sum hands on what arrives, 1, to ", *_listed(trace, stop.nodes), "."),
        ("So the loss is differentiated as if there were no penalty.",),
    )


def say_outputs(trace: Trace, stop: Stop) -> Said:
    """Say what the loss sends back to the outputs."""
    return (
        ("How does the loss react to each output?",),
        ("It is differentiated by each entry of ", *_listed(trace, stop.nodes), "."),
        ("Row by row: no example knows of the others.",),
    )


def say_slopes(trace: Trace, stop: Stop) -> Said:
    """Say what an activation sends back to the sums."""
    later = trace.terms[stop.node][0].edge.later
    return (
        (f"How does the loss react to each sum of layer {stop.layer}?",),
        (f"What arrives, times the slope of the {trace.graph.row(later).title}, entry by entry.",),
        (f"Textbooks call this δ: all that the gradients of layer {stop.layer} need of the rest.",),
    )


def say_passed(trace: Trace, stop: Stop) -> Said:
    """Say what the weighted sums of the next layer send back."""
    weights = label_of(trace.graph.nodes[_next(trace, stop).inputs[1]].name)
    return (
        (f"How does the loss react to what layer {stop.layer} passed on?",),
        (f"Every unit of layer {stop.layer + 1} sends back its share, by the weight it used.",),
        ("Forward took ", weights, " transposed; the way back takes it as it stands."),
    )


def say_weights(trace: Trace, stop: Stop) -> Said:
    """Say what the gradient of weights is a sum of."""
    own, uses = label_of(trace.graph.nodes[stop.node].name), len(trace.terms[stop.node])
    n = len(trace.values[_next(trace, stop).inputs[0]])
    each = f"Each weight is used once for each of the {n} examples: its gradient is a sum."
    lede: Words = (each if n > 1 else "Each weight is used once, for the one example.",)
    if uses > 1:
        what = ("a penalty: a second summand.", "two penalties: two more summands.")[uses - 2]
        lede = (*lede, f" It also stands in {what}")
    end: Words = ("One slope for each weight: the shape of ", own, ".")
    if stop.layer == 1:
        end = (*end, " ", label_of("X"), " is data: no gradient is asked of it.")
    return ("What is the gradient of ", own, "?"), lede, end


def say_biases(trace: Trace, stop: Stop) -> Said:
    """Say that the gradient of a bias is a sum over the rows."""
    own = label_of(trace.graph.nodes[stop.node].name)
    later = trace.terms[stop.node][0].edge.later
    shared = np.size(trace.values[stop.node]) < np.shape(trace.values[later])[1]
    sums = "all entries are added up" if shared else "each column is added up"
    return (
        ("What is the gradient of ", own, "?"),
        (f"It was added to every row, with slope 1: {sums}.",),
        ("Copied to every row on the way forward, summed over the rows on the way back.",),
    )


def say_whole(trace: Trace, stop: Stop) -> Said:  # noqa: ARG001 - called as the others are
    """Say what the gradient is."""
    count = sum(np.size(slope) for slope in trace.gradient.values())
    own = label_of(trace.graph.nodes[trace.graph.output].name)
    end = "and its length is that slope, to first order. An optimizer may use it."
    slopes = "one slope" if count == 1 else f"{count:,} slopes"
    return (
        ("Backpropagation ends here.",),
        ("This is the gradient: for each parameter array one of its shape. It is not a change.",),
        (f"{slopes} from one pass back. It points where ", own, f" rises most steeply, {end}"),
    )


def _next(trace: Trace, stop: Stop) -> Node:
    """Return the node of the next layer that uses this one first."""
    return trace.graph.nodes[trace.terms[stop.node][0].edge.later]


def _listed(trace: Trace, nodes: tuple[int, ...]) -> Words:
    """Return the names of nodes, with commas between."""
    names = [label_of(trace.graph.nodes[i].name) for i in nodes]
    return tuple(part for name in names for part in (", ", name))[1:]
