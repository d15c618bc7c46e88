"""The walk through a batch, an array at a time: forward, loss, backward; then the whole gradient.

A layer's gradients come in the order in which a hand would take them: Z, then W and b, then what
goes on to the layer before. No gradient is asked of the inputs X.
"""

from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.compiled.rules import names_in
from backprop.engine.graph import Graph
from backprop.engine.ops import Operation
from backprop.engine.trace import Trace
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


def known_nodes(graph: Graph, at: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return which nodes' values, and which nodes' gradients, are known after a step."""
    steps = layer_steps(graph)[: at + 1]
    leaves = (i for i, node in enumerate(graph.nodes) if node.is_leaf)
    valued = (i for step in steps if step.kind == "value" for i in step.nodes)
    graded = (i for step in steps if step.kind == "slope" for i in step.nodes)
    return frozenset((*leaves, *valued)), frozenset(graded)


@lru_cache(maxsize=256)
def step_numbers(graph: Graph) -> dict[tuple[str, int], int]:
    """Return the number of the step that computes a node's “value” or “slope”."""
    return {(step.kind, i): n for n, step in enumerate(layer_steps(graph)) for i in step.nodes}


@dataclass(frozen=True, slots=True)
class Flow:
    """What takes part in a step."""

    now: frozenset[Half]  # what is computed
    read: frozenset[Half]  # what it is computed from
    ahead: frozenset[tuple[int, int]]  # the wires along which it moves, (node, later node)
    back: frozenset[tuple[int, int]]


def find_flow(trace: Trace, step: LayerStep) -> Flow:
    """Return what takes part in a step."""
    graph = trace.graph
    now = frozenset((i, step.kind) for i in step.nodes)
    if step.kind == "value":
        wires = frozenset(
            (i, later)
            for later in step.nodes
            for i in graph.nodes[later].inputs
            if graph.nodes[i].number is None
        )
        return Flow(now, frozenset((i, "value") for i, _ in wires), wires, frozenset())
    terms = [term for i in step.nodes for term in trace.terms[i]]
    read = {(term.edge.later, "slope") for term in terms}
    for term in terms:
        read |= {(i, "value") for i in _used(graph, term.edge.later, term.edge.which)}
    back = frozenset((term.edge.node, term.edge.later) for term in terms)
    return Flow(now, frozenset(read), frozenset(), back)


def _used(graph: Graph, later: int, which: int) -> set[int]:
    """Return the nodes whose values stand in the rule of a gradient: what a use sends back."""
    row = graph.row(later)
    text = row.partials[which] if isinstance(row, Operation) else row.products[which]
    point = dict(zip(row.inputs, graph.nodes[later].inputs, strict=True)) | {"out": later}
    sizes = {f"len({name})" for name in row.inputs} | {f"{name}.size" for name in row.inputs}
    for size in sizes:  # the number of rows is not a value
        text = text.replace(size, "1")
    used = {point[name] for name in names_in(text) if name in point}
    return {i for i in used if graph.nodes[i].number is None}


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
