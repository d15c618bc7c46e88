"""What each step of the walk through a batch says: a question, how it is answered, a sentence.

What is wrong in an array comes before everything else; what is dead or frozen comes after.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from backprop.engine.ops import Operation
from backprop.engine.trace import Trace
from backprop.lessons.layers_backward_words import (
    say_base,
    say_biases,
    say_outputs,
    say_parts,
    say_passed,
    say_slopes,
    say_weights,
    say_whole,
)
from backprop.lessons.layers_forward_words import (
    Said,
    say_activations,
    say_loss,
    say_objective,
    say_penalties,
    say_sums,
)
from backprop.lessons.layers_trouble import dead_words, first_trouble, trouble_words
from backprop.lessons.layers_walk import Stop, penalties, walk
from backprop.lessons.round_telling import Words


def words_of(trace: Trace, step: int, frozen: frozenset[str]) -> Said:
    """Return what a step says."""
    graph = trace.graph
    stops = walk(graph)
    stop = stops[step]
    headline, lede, sentence = _SAY[_about(trace, stop)](trace, stop)
    leaves = [(i, "value") for i, node in enumerate(graph.nodes) if node.is_variable]
    known = [(i, each.kind) for each in stops[: step + 1] for i in each.nodes]
    trouble = first_trouble(trace, (*leaves, *known))
    if trouble is not None:
        return headline, lede, trouble_words(trouble)
    if stop.kind == "whole":
        return headline, lede, sentence
    after = (*dead_words(trace, stop), *_frozen_words(trace, stop, frozen))
    return headline, lede, (*sentence, *after)


def _about(trace: Trace, stop: Stop) -> str:
    """Return which of the sayings belongs to a step."""
    graph, node = trace.graph, trace.graph.nodes[stop.node]
    if stop.kind == "whole":
        return "whole"
    if stop.kind == "value":
        if stop.node in penalties(graph):
            return "penalties"
        if node.name in ("L", "J"):
            return {"L": "loss", "J": "objective"}[node.name]
        return "activations" if isinstance(graph.row(stop.node), Operation) else "sums"
    if stop.node == graph.output or node.name == "L":
        return "base" if stop.node == graph.output else "parts"
    if node.is_leaf:
        return "weights" if node.name.startswith("W") else "biases"
    later = trace.terms[stop.node][0].edge.later
    if graph.nodes[later].name == "L":
        return "outputs"
    return "slopes" if isinstance(graph.row(later), Operation) else "passed"


_SAY: Mapping[str, Callable[[Trace, Stop], Said]] = {
    "sums": say_sums,
    "activations": say_activations,
    "loss": say_loss,
    "penalties": say_penalties,
    "objective": say_objective,
    "base": say_base,
    "parts": say_parts,
    "outputs": say_outputs,
    "slopes": say_slopes,
    "passed": say_passed,
    "weights": say_weights,
    "biases": say_biases,
    "whole": say_whole,
}


def _frozen_words(trace: Trace, stop: Stop, frozen: frozenset[str]) -> Words:
    """Return that an array is frozen, whole or in part, at the step of its gradient."""
    node, shape = trace.graph.nodes[stop.node], np.shape(trace.values[stop.node])
    count = frozen_count(node.name, shape, frozen) if node.is_leaf else 0
    if not count:
        return ()
    size = int(np.prod(shape))
    if count == size:
        return (" It is frozen: its gradient is computed all the same.",)
    are = "is frozen: its" if count == 1 else "are frozen: their"
    return (f" {count} of its {size} entries {are} gradient is computed all the same.",)


def frozen_count(name: str, shape: Sequence[int], frozen: frozenset[str]) -> int:
    """Return how many entries of a parameter array are frozen, by its name or by theirs."""
    if name in frozen:
        return int(np.prod(shape))
    return sum(entry.startswith(f"{name.lower()}_") for entry in frozen)
