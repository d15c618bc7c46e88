"""What is shown of a walk at one step."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backprop.drawing.scene import Flow, Scene, View
from backprop.engine.trace import other_factor
from backprop.stage.walk.explanation import Explanation
from backprop.stage.walk.ledger import Ledger, LedgerOpening
from backprop.stage.walk.steps import Passes, WalkStep, known_nodes
from backprop.stage.walk.strip import Strip


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk through a graph at one step.

    Attributes:
        strip: all steps by name, and where the keys lead.
        scene: the picture of the graph.
        explanation: of the step.
        ledger: the paths of the quantity in focus; None where none is open.
        opening: from which step on the ledger is shown; None where it is at this one.
    """

    strip: Strip
    scene: Scene
    explanation: Explanation
    ledger: Ledger | None = None
    opening: LedgerOpening | None = None


def make_view(
    passes: Passes,
    steps: Sequence[WalkStep],
    at: int,
    focus: str = "",
    unasked: Collection[str] = (),
) -> View:
    """Return what the picture shows at a step, counted from 0; of `unasked`, no gradient."""
    step = steps[at]
    valued, graded = known_nodes(passes.graph, steps[: at + 1])
    names = {node.name: i for i, node in enumerate(passes.graph.nodes)}
    flows, factors = _flows(passes, step)
    return View(
        phase=step.phase,
        now=frozenset((step.node,)) if step.node >= 0 else frozenset(),
        valued=valued,
        graded=graded,
        flows=flows,
        factors=factors,
        focus=names.get(focus),
        unasked=frozenset(names[name] for name in unasked if name in names),
    )


def _flows(passes: Passes, step: WalkStep) -> tuple[tuple[Flow, ...], dict[int, str]]:
    """Return along which edges something moves, and which values are factors; badges tie both."""
    if step.kind == "value":
        return tuple(Flow(i, step.node) for i in passes.graph.nodes[step.node].inputs), {}
    terms = passes.trace.terms[step.node] if step.kind == "slope" else ()
    if len(terms) > 1:
        flows = (Flow(t.edge.node, t.edge.later, str(n)) for n, t in enumerate(terms, 1))
        return tuple(flows), {}
    if not terms:
        return (), {}
    (term,) = terms
    arriving = {} if term.edge.later == passes.graph.output else {term.edge.later: "1"}
    badge = str(len(arriving) + 1)
    other = other_factor(passes.graph, term.edge)
    if other is not None:
        return (Flow(*term.edge[:2]),), {**arriving, other: badge}
    return (Flow(*term.edge[:2], badge),), arriving
