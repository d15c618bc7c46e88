"""What the picture shows at a step: what is known, what moves, and which numbers are factors."""

from backprop.drawing.scene import Flow, View
from backprop.engine.trace import other_factor
from backprop.lessons.round import Round
from backprop.lessons.round_walk import Stop, seen


def view_of(found: Round, stop: Stop) -> View:
    """Return what the picture shows at a step."""
    valued, graded = seen(found.graph, found.choices.step)
    nodes = found.graph.nodes
    names = {node.name: i for i, node in enumerate(nodes)}
    flows, factors = _flows(found, stop)
    return View(
        phase=stop.phase,
        now=frozenset((stop.node,)) if stop.node >= 0 else frozenset(),
        valued=valued,
        graded=graded,
        flows=flows,
        factors=factors,
        focus=names.get(found.choices.focus),
        unasked=frozenset(names[name] for name in found.choices.frozen if name in names),
    )


def _flows(found: Round, stop: Stop) -> tuple[tuple[Flow, ...], dict[int, str]]:
    """Return along which edges something moves, and which values are factors; badges tie both."""
    if stop.kind == "value":
        return tuple(Flow(i, stop.node) for i in found.graph.nodes[stop.node].inputs), {}
    terms = found.trace.terms[stop.node] if stop.kind == "slope" else ()
    if len(terms) > 1:
        flows = (Flow(t.edge.node, t.edge.later, str(n)) for n, t in enumerate(terms, 1))
        return tuple(flows), {}
    if not terms:
        return (), {}
    (term,) = terms
    arriving = {} if term.edge.later == found.graph.output else {term.edge.later: "1"}
    badge = str(len(arriving) + 1)
    other = other_factor(found.graph, term.edge)
    if other is not None:
        return (Flow(*term.edge[:2]),), {**arriving, other: badge}
    return (Flow(*term.edge[:2], badge),), arriving
