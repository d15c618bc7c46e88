"""The walk through a batch, an array at a time: forward, loss, backward; then the whole gradient.

A layer's gradients come in the order in which a hand would take them: Z, then W and b, then what
goes on to the layer before. No gradient is asked of the inputs X.
"""

from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.graph import Graph
from backprop.notation.names import label_of
from backprop.stage.links import Links
from backprop.stage.walk.steps import WalkStep
from backprop.stage.walk.strip import MOST_TICKS, Film, Fold, Strip

Half = tuple[int, str]  # a node's “value” or “slope”


@dataclass(frozen=True, slots=True)
class LayerStep:
    """One step of the walk."""

    phase: str  # “forward”, “loss” or “backward”
    kind: str  # “value” or “slope”; or “whole”, the gradient complete
    nodes: tuple[int, ...] = ()  # whose value or gradient is computed; none: it is about all
    layer: int = 0  # the layer of weights that it belongs to; 0 for the loss and what follows it

    @property
    def node(self) -> int:
        """The first of its nodes; −1 where there is none."""
        return self.nodes[0] if self.nodes else -1


@lru_cache(maxsize=256)
def layer_steps(graph: Graph) -> tuple[LayerStep, ...]:
    """Return the steps, in order."""
    loss, output = graph.position("L"), graph.output
    extra = penalties(graph)
    ends = [loss, *extra, output] if output != loss else [loss]
    forward = [i for i, node in enumerate(graph.nodes) if not node.is_leaf and i not in ends]
    varying = graph.varying()
    slopes = [i for i in reversed(range(len(graph))) if varying[i] and i not in ends]
    slopes.sort(key=lambda i: _backward_order(graph, i))
    return (
        *(LayerStep("forward", "value", (i,), layer_of(graph, i)) for i in forward),
        LayerStep("loss", "value", (loss,)),
        *([LayerStep("loss", "value", extra)] if extra else []),
        *([LayerStep("loss", "value", (output,))] if output != loss else []),
        LayerStep("backward", "slope", (output,)),
        *([LayerStep("backward", "slope", (loss, *extra))] if output != loss else []),
        *(LayerStep("backward", "slope", (i,), layer_of(graph, i)) for i in slopes),
        LayerStep("backward", "whole"),
    )


def penalties(graph: Graph) -> tuple[int, ...]:
    """Return the nodes that stand beside the loss in the objective."""
    loss, output = graph.position("L"), graph.output
    return tuple(i for i in graph.nodes[output].inputs if i != loss) if output != loss else ()


def layer_of(graph: Graph, position: int) -> int:
    """Return the layer of weights that a node belongs to; 0 for inputs, targets and loss."""
    digits = graph.nodes[position].name[1:]
    return int(digits) if digits.isdigit() else 0


def _backward_order(graph: Graph, position: int) -> tuple[int, int, int]:
    """Sort by layer, the last first; in it A, Z, W, b."""
    node = graph.nodes[position]
    return (-layer_of(graph, position), node.is_leaf, position if node.is_leaf else -position)


BY_LAYER = Fold(
    key=lambda step: (step.layer or (step.kind, step.node),),
    called=lambda step, _: (None, f"({step.layer})"),
)


def layer_strip(graph: Graph, at: int, links: Links) -> Strip:
    """Return the film strip of a batch at a step: by name, folded by layer where it is long."""
    steps = [
        WalkStep(step.phase, step.kind, step.node, _name(graph, step), step.layer)
        for step in layer_steps(graph)
    ]
    return Film(steps, links, label_of, (BY_LAYER,) if len(steps) > MOST_TICKS else ()).at(at)


def _name(graph: Graph, step: LayerStep) -> str:
    """Return what a step is called: by its array; several penalties by their letters."""
    names = [graph.nodes[i].name for i in step.nodes]
    if len(names) < 2 or names[0] == "L":
        return names[0] if names else "gradient"
    return ", ".join(dict.fromkeys(name[0] for name in names))
