"""The steps of a walk through a forward and a backward pass at one point.

A training step of a network has both passes, and so has any typed function at a point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from backprop.engine.differences.report import Row as CheckRow
from backprop.engine.graph import Graph, Node
from backprop.engine.trace import Trace


class Passes(Protocol):
    """A function differentiated at a point, and checked there."""

    @property
    def graph(self) -> Graph:
        """The function, of numbers."""

    @property
    def trace(self) -> Trace:
        """The record of both passes."""

    @property
    def check(self) -> Mapping[str, CheckRow]:
        """The gradient beside its central finite differences, by the variable's name."""

    @property
    def noun(self) -> str:
        """What the output is called in a sentence: “the loss”; empty where its letter is."""


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One step of the walk.

    Attributes:
        phase: forward, loss, backward or update.
        kind: “value” or “slope” of a node; “whole”, the gradient complete; or “update”. Of a
            program: “value” of a line, “seed” of the last, “use” of a name by a line, “whole”.
        node: the node's position; −1 where the step is about all of them.
        name: the node's name, or the kind.
        layer: the layer of weights that it belongs to; 0 for the loss.
        stage: within a layer going back: 0 activations, 1 sums, 2 parameters.
        unit: the neuron within the layer; of a typed function, its number within the phase.
        sender: of a use, the line whose gradient is passed back.
    """

    phase: str
    kind: str
    node: int
    name: str
    layer: int = 0
    stage: int = 0
    unit: int = 0
    sender: str = ""


@lru_cache(maxsize=1024)
def network_steps(graph: Graph) -> tuple[WalkStep, ...]:
    """Return the steps of the walk through a network, in order."""
    values = [_step(graph, i, "value") for i, node in enumerate(graph.nodes) if not node.is_leaf]
    varying = graph.varying()
    slopes = [_step(graph, i, "slope") for i in range(len(graph)) if varying[i]]
    return (
        *(step for step in values if step.phase == "forward"),
        *(step for step in values if step.phase == "loss"),
        *sorted(slopes, key=_backward_order),
        WalkStep("backward", "whole", -1, "gradient"),
        WalkStep("update", "update", -1, "update"),
    )


def _step(graph: Graph, position: int, kind: str) -> WalkStep:
    node = graph.nodes[position]
    belongs = node.name if node.is_leaf else node.part_of or node.name
    if "L" in (node.name, node.part_of):
        return WalkStep("loss" if kind == "value" else "backward", kind, position, node.name)
    own = node.name if node.name[1:2].isdigit() else belongs
    layer, unit = (int(part) for part in own[1:].split("_")[:2])
    stage = 2 if node.is_leaf else 0 if node.name.startswith("a") else 1
    phase = "forward" if kind == "value" else "backward"
    return WalkStep(phase, kind, position, node.name, layer, stage, unit)


def _backward_order(step: WalkStep) -> tuple[int, ...]:
    if not step.layer:
        return (0, 0, 0, 0, -step.node)
    inside = step.node if step.stage == 2 else -step.node
    return (1, -step.layer, step.stage, step.unit, inside)


@lru_cache(maxsize=1024)
def _positions(graph: Graph) -> dict[tuple[str, str], int]:
    return {(step.kind, step.name): n for n, step in enumerate(network_steps(graph))}


def same_step(step: WalkStep, node: Node | None, graph: Graph) -> int:
    """Return the number of the step of another graph that is about the same quantity.

    A node that the other graph does not have is looked for as the one it is part of.
    """
    known = _positions(graph)
    if node is None or (step.kind, step.name) in known:
        return known[(step.kind, step.name)]
    return known[(step.kind, node.part_of)]


def known_nodes(graph: Graph, steps: Sequence[WalkStep]) -> tuple[frozenset[int], frozenset[int]]:
    """Return which nodes' values, and which nodes' gradients, are known after these steps."""
    leaves = (i for i, node in enumerate(graph.nodes) if node.is_leaf)
    valued = (step.node for step in steps if step.kind == "value")
    graded = (step.node for step in steps if step.kind == "slope")
    return frozenset((*leaves, *valued)), frozenset(graded)
