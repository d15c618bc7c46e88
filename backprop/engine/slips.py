"""The catalogue of wrong passes: each a small change to the right one, with its name.

A slip reads the trace of the right pass, and says what a pass that makes it would have computed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backprop.engine.trace import Term, Trace, other_factor


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake in a backward pass.

    Attributes:
        name: in an address.
        title: what it is called.
        about: what goes wrong, in a sentence.
    """

    name: str
    title: str
    about: str


STALE_WEIGHTS = Slip(
    name="updated-weights",
    title="Hidden gradients with weights that are already updated",
    about="The output weights are changed first, and the gradients of the layers before are then "
    "computed with the changed ones.",
)


def wrong_gradient(trace: Trace, local: Callable[[Term], float]) -> Mapping[str, float]:
    """Return the gradient that a pass gives whose local derivatives are these instead.

    Args:
        trace: the right pass, of numbers.
        local: the local derivative that the wrong pass takes for a term of the right one.
    """
    graph = trace.graph
    slopes = [0.0] * len(graph)
    slopes[graph.output] = 1.0
    for position in range(graph.output - 1, -1, -1):
        terms = trace.terms[position]
        slopes[position] = sum(slopes[term.edge.later] * local(term) for term in terms)
    nodes = zip(graph.nodes, slopes, strict=True)
    return {node.name: slope for node, slope in nodes if node.name in graph.parameters}


def with_updated_weights(trace: Trace, after: Mapping[str, float]) -> Mapping[str, float]:
    """Return the gradient of a pass that goes back through weights which are already updated.

    Source: a widely copied printed example of a 2-2-2 network carries this slip; its loss after
    one update is 0.291027924 where the right one is 0.291027774.

    Args:
        trace: the right pass, at operations or neurons detail.
        after: the parameters after the update.
    """
    graph = trace.graph

    def local(term: Term) -> float:
        other = other_factor(graph, term.edge)
        if other is None or graph.nodes[term.edge.node].is_leaf:
            return float(term.local)
        return float(after.get(graph.nodes[other].name, term.local))

    return wrong_gradient(trace, local)
