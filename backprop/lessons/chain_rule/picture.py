"""The graph of a function with a local derivative on each edge."""

import math
from collections.abc import Sequence
from dataclasses import replace

from backprop.drawing.parts import Tag
from backprop.drawing.scene import Flow, Scene, View, expression_scene
from backprop.engine.paths import Path
from backprop.engine.trace import Trace
from backprop.notation.names import label_of
from backprop.notation.numerals import exact, short, signed
from backprop.stage.quiz.step_question import StepQuestion
from backprop.stage.walk.board import make_view
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.function import FunctionAt
from backprop.stage.walk.steps import WalkStep

Tags = dict[tuple[int, int], Tag]


def chain_scene(
    function: FunctionAt, steps: Sequence[WalkStep], step: int, *, large: bool = False
) -> Scene:
    """Return the picture at a step at which nothing is asked."""
    return asked_scene(StepQuestion(False, function, steps, step), covered=False, large=large)


def asked_scene(question: StepQuestion, *, covered: bool, large: bool = False) -> Scene:
    """Return the picture at a step; an edge has its local derivative once its node is known.

    Args:
        question: what is asked at the step: what it asks for is not shown.
        covered: whether a line of the derivation is blank, so that no slope is shown.
        large: draw it for a class.
    """
    trace, names = question.passes.trace, [node.name for node in question.passes.graph.nodes]
    view = question.cover_view(make_view(question.passes, question.steps, question.at))
    if covered:
        view = replace(view, graded=view.graded & {trace.graph.output})
    live = {(flow.node, flow.later) for flow in view.flows if view.phase == "backward"}
    view = replace(  # the slopes stand on the edges: no badge has to lead to them
        view,
        flows=tuple(Flow(flow.node, flow.later) for flow in view.flows),
        factors=dict.fromkeys(view.factors, ""),
    )
    tags = {
        edge: tag._replace(state="on" if edge in live else "")
        for edge, tag in _local_tags(trace, label_of).items()
        if edge[1] in view.valued and not covered and question.shows_factors(names[edge[0]])
    }
    return _scene(trace, view, label_of, tags, large=large)


def paper_scene(trace: Trace, view: View) -> Scene:
    """Return the picture as it is printed: an edge has its local derivative beside gradients."""
    outputs = frozenset((trace.graph.output,))
    tags = _local_tags(trace, label_of) if view.graded - outputs else {}
    return _scene(trace, view, label_of, tags)


def fork_scene(trace: Trace, on: Sequence[Path], label: Labels, *, all_on: bool) -> Scene:
    """Return the picture of all paths of x; edges only of paths that are off are faint."""
    graph = trace.graph
    live = {edge for path in on for edge in path_edges(path)}
    x = graph.position("x") if graph.variables else -1
    varying = (i for i, varies in enumerate(graph.varying()) if varies)
    view = View(
        phase="backward",
        now=frozenset((x,)) if x >= 0 else frozenset(),
        valued=frozenset(range(len(graph))),
        graded=frozenset(i for i in varying if all_on or i != x),
        flows=tuple(Flow(*edge) for edge in sorted(live)),
        factors={},
    )
    tags = {
        edge: tag._replace(state="" if all_on or edge in live else "off")
        for edge, tag in _local_tags(trace, label).items()
    }
    return _scene(trace, view, label, tags)


def path_edges(path: Path) -> list[tuple[int, int]]:
    """Return the edges of a path, each as the positions of its two nodes."""
    return list(zip(path.nodes, path.nodes[1:], strict=False))


def _scene(trace: Trace, view: View, label: Labels, tags: Tags, *, large: bool = False) -> Scene:
    words = (label, short, signed, exact, lambda _: "")
    return expression_scene(trace, view, *words, tags, large=large)


def _local_tags(trace: Trace, label: Labels) -> Tags:
    """Return the local derivative of each edge, to stand on its wire.

    Where a node uses another twice, as in x·x, one wire stands for both, and carries their sum.
    """
    sums: dict[tuple[int, int], float] = {}
    for terms in trace.terms.values():
        for term in terms:
            edge = (term.edge.node, term.edge.later)
            has_value = math.isfinite(trace.values[term.edge.later])
            slope = float(term.local) if has_value else math.nan  # as its line says
            sums[edge] = sums.get(edge, 0.0) + slope
    tags = {}
    for edge, slope in sums.items():
        by, of = (label(trace.graph.nodes[i].name) for i in edge)
        tags[edge] = Tag(short(slope), f"local derivative of {of} by {by}: {exact(slope)}", "")
    return tags
