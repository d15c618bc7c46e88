"""A slip: a typical mistake in a backward pass, and the gradient that it gives.

A slip is a small change to the right pass, not a pass of its own: other texts for some of its
rules (batch_pass.py), or another way to put gradients together. The catalogue stands in
catalog.py, what a slip gives at one node of numbers in at_node.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backprop.engine.network import Array, Network
from backprop.engine.slips.batch_pass import Rules, gradient_by
from backprop.engine.trace import Term, Trace, other_factor

Gradient = Mapping[str, Any]
Blend = Callable[[Array, Array], tuple[Array, Array]]
LEARNING_RATE = 0.5  # of the slip that updates too early, where none is given


@dataclass(frozen=True, slots=True)
class Need:
    """A property of a network and its batch that a slip needs.

    Attributes:
        words: what it is: “a hidden layer”.
        met: whether a network, trained with so many examples at once, has it.
    """

    words: str
    met: Callable[[Network, int], bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake in a backward pass.

    Attributes:
        name: in an address.
        title: what it is called.
        about: what goes wrong, in a sentence.
        needs: what a network and its batch must have for it.
        rules: the texts that it puts in places of the right pass; batch_pass.py tells them.
        blend: of this round's gradient and what was kept of the round before, makes what is used
            and what is kept for the next round.
    """

    name: str
    title: str
    about: str
    needs: tuple[Need, ...] = ()
    rules: Rules = field(default=(), repr=False)
    blend: Blend | None = field(default=None, repr=False)

    @property
    def is_planted(self) -> bool:
        """Whether it has a reading on a network and a batch."""
        return bool(self.rules or self.blend)

    def lacks(
        self, network: Network, examples: int, previous: Gradient | None = None
    ) -> tuple[str, ...]:
        """Return, in words, what is missing for this slip; nothing if it can happen."""
        words = [need.words for need in self.needs if not need.met(network, examples)]
        if self.blend and previous is None:
            words.append("a round before")
        return tuple(words)

    def fits(self, network: Network, examples: int, previous: Gradient | None = None) -> bool:
        """Whether this slip can happen; even so it may change nothing, as σ′ does where it is 1."""
        return self.is_planted and not self.lacks(network, examples, previous)

    def at_layers(self, *layers: int) -> "Slip":
        """Return the same slip, made at some layers only (counted from 1)."""
        rules = ((f"{place} {k}", text) for k in layers for place, text in self.rules)
        return replace(self, rules=tuple(rules))

    def gradient(
        self,
        network: Network,
        parameters: Mapping[str, Any],
        X: Any,
        Y: Any,
        *,
        previous: Gradient | None = None,
        learning_rate: float = LEARNING_RATE,
    ) -> dict[str, Array]:
        """Return the wrong gradient that a pass with this slip gives, shaped like the parameters.

        Args:
            network: one that has what this slip needs.
            parameters: W1, b1, W2, …
            X: inputs, [n, fan_in].
            Y: targets, [n, outputs].
            previous: the gradient of the round before; without one, as in a first round, a slip
                that uses it gives the right gradient.
            learning_rate: of the update that “updated-weights” makes too early; others ignore it.

        Raises:
            ShapeError: an array does not fit.
        """
        at = parameters, X, Y
        return self.round(network, *at, memory=previous, learning_rate=learning_rate)[0]

    def round(
        self,
        network: Network,
        parameters: Mapping[str, Any],
        X: Any,
        Y: Any,
        *,
        memory: Gradient | None = None,
        learning_rate: float = LEARNING_RATE,
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Return the wrong gradient, and what the next round of a training must be given.

            memory = None
            for _ in range(rounds):
                wrong, memory = slip.round(network, parameters, X, Y, memory=memory)
                parameters = {name: p - rate * wrong[name] for name, p in parameters.items()}

        So a gradient that is not set back to zero grows from round to round, and a stale one is
        always that of the round before. The arguments are those of `gradient`.

        Raises:
            ShapeError: an array does not fit.
        """
        assert self.is_planted, f"“{self.name}” has no reading on a network"
        at = network.batch(parameters, X, Y)
        return self.blended(gradient_by(self.rules, network, at, learning_rate), memory)

    def blended(
        self, gradient: dict[str, Array], memory: Gradient | None
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Return what a round uses of a gradient and of what was kept, and what it keeps."""
        if self.blend is None or memory is None:
            return gradient, gradient
        pairs = {name: self.blend(array, memory[name]) for name, array in gradient.items()}
        used = {name: np.asarray(pair[0], float) for name, pair in pairs.items()}
        return used, {name: np.asarray(pair[1], float) for name, pair in pairs.items()}


HIDDEN = Need("a hidden layer", lambda network, _: network.depth > 1)

STALE_WEIGHTS = Slip(
    name="updated-weights",
    title="Hidden gradients with weights that are already updated",
    about="The output weights are changed first, and the gradients of the layers before are then "
    "computed with the changed ones.",
    needs=(HIDDEN,),
    rules=(("activations", "dot(g, W - STEP * W_SLOPE)"),),
)


def wrong_gradient(trace: Trace, local: Callable[[Term], float]) -> Mapping[str, float]:
    """Return the gradient of a pass with other local derivatives.

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
