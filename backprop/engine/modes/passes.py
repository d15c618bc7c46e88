"""The tangent pass as generated code: values and tangents, left to right.

In the code, `v7` is the value of node 7 and `t7` its tangent. A tangent's line has one term for
each input that moves:

    t7 = t3 · ∂v7/∂v3 + t5 · ∂v7/∂v5        of numbers
    t7 = dot(t3, v5) + dot(v3, t5)          of arrays, as modes/rows.py says

A pass is compiled once for a graph and the leaves that move. What is special backward is so
forward: along a choice that is not taken nothing flows, and what a saturated sigmoid has lost is
taken from what enters it (engine/saturation.py), by the same factors.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.arrays.rows import argument
from backprop.engine.compiled.common_subexpressions import Line, straight
from backprop.engine.compiled.forward import forward_lines, value_name
from backprop.engine.compiled.rules import Dialect, compiled
from backprop.engine.graph import Graph
from backprop.engine.modes.rows import pushed
from backprop.engine.ops import template
from backprop.engine.saturation import Factor, bypasses, far_condition, is_bypassed, reading
from backprop.engine.trace import Edge

NAME = re.compile(r"[a-z]\w*")  # of a result, among all else that stands in a line


@lru_cache(maxsize=256)
def forward_edges(graph: Graph, moved: frozenset[str]) -> tuple[Edge, ...]:
    """Return every use along which a tangent flows forward, in the order of the pass.

    Args:
        graph: the function.
        moved: the names of the leaves that have a tangent.
    """
    found: list[Edge] = []
    moving: set[int] = set()
    for later, node in enumerate(graph.nodes):
        if node.is_variable and node.name in moved:
            moving.add(later)
        for which, position in enumerate(node.inputs):
            if position in moving and graph.passes(later, which):
                found.append(Edge(position, later, which))
        if found and found[-1].later == later:
            moving.add(later)
    return tuple(found)


@lru_cache(maxsize=256)
def tangent_pass(
    graph: Graph, moved: frozenset[str], dialect: Dialect, asked: tuple[int, ...] = ()
) -> Callable[..., Any]:
    """Return the pass (leaves, tangents of those that move) → (values, tangents) of the nodes.

    Args:
        graph: the function.
        moved: the names of the leaves that have a tangent.
        dialect: of numbers, or of programs.
        asked: the nodes whose values and tangents are returned; none for all. What they do not
            need is not computed.
    """
    unpacking, *lines = forward_lines(graph, dialect)
    tangents, moving = _tangent_lines(graph, moved, dialect)
    starts = [f"t{i}" for i, node in enumerate(graph.nodes) if node.name in moved]
    nodes = asked or tuple(range(len(graph)))
    found = (
        [value_name(graph, i, dialect) for i in nodes],
        [f"t{i}" if i in moving else "0.0" for i in nodes],
    )
    lines += tangents
    if graph.on_arrays:
        kept = straight(lines)
        lines = [str(line) for line in (_needed(kept, {*found[0], *found[1]}) if asked else kept)]
    body = [unpacking, *([f"{', '.join(starts)}, = ways"] if starts else []), *lines]
    returned = ", ".join(f"({', '.join(each)},)" for each in found)
    return compiled("tangent", "leaves, ways", [*body, f"return {returned}"], dialect)


def _needed(lines: Iterable[Line], names: set[str]) -> list[Line]:
    """Return those of some lines that lead to a name that is asked for."""
    kept: list[Line] = []
    for line in reversed([*lines]):
        if line.name in names:
            kept.append(line)
            names |= {*NAME.findall(line.code)}
    return kept[::-1]


def _tangent_lines(
    graph: Graph, moved: frozenset[str], dialect: Dialect
) -> tuple[list[str], set[int]]:
    """Return the code of the tangents, and the nodes that have one."""
    terms: dict[int, list[tuple[str, bool]]] = {}
    for edge in forward_edges(graph, moved):
        terms.setdefault(edge.later, []).append(pushed_code(graph, edge, dialect, f"t{edge.node}"))
    moving = {i for i, node in enumerate(graph.nodes) if node.name in moved} | {*terms}
    return [
        f"t{later} = {summed_code(graph, later, sent)}" for later, sent in terms.items()
    ], moving


def summed_code(graph: Graph, later: int, sent: Iterable[tuple[str, bool]]) -> str:
    """Return the code of a tangent's sum, of its node's shape though no term may have it."""
    total = " + ".join(code for code, _ in sent)
    if any(fills for _, fills in sent):
        return total
    return f"({total}) * ones{argument(graph.nodes[later].shape or ())}"


def pushed_code(graph: Graph, edge: Edge, dialect: Dialect, t: str) -> tuple[str, bool]:
    """Return the code of what one input sends forward, and whether it has the result's shape.

    Args:
        graph: the function.
        edge: from the input to the node that uses it.
        dialect: of numbers, or of programs.
        t: the name of the input's tangent.
    """
    if graph.is_program:
        node = graph.nodes[edge.later]
        shapes = tuple(graph.nodes[i].shape or () for i in node.inputs)
        sent = pushed(node.operation, node.parameters, shapes, edge.which)
        letters = graph.row(edge.later).inputs
        names = [value_name(graph, i, dialect) for i in node.inputs]
        code = template(sent.code, (*letters, "t"), dialect)
        return code.format(*names, t, out=f"v{edge.later}"), sent.shape == node.shape
    row, nodes = reading(graph, edge.later)
    assert not isinstance(row, ArrayOperation), "layers are read as a program first"
    names = [value_name(graph, i, dialect) for i in nodes]
    partial = template(row.partial_codes[edge.which], row.inputs, dialect)
    partial = partial.format(*names, out=f"v{edge.later}")
    product = {"1": t, "-1": f"-{t}"}.get(partial, f"{t} * ({partial})")
    product = _unless_bypassed(graph, edge, product, dialect)
    flow = template(row.flow(edge.which), row.inputs, dialect).format(*names)
    if flow != "True":
        product = dialect.where.format(condition=flow, a=product, b="0.0")
    return product, True


def _unless_bypassed(graph: Graph, edge: Edge, product: str, dialect: Dialect) -> str:
    """Return the code of what one use sends forward: the product, or past the node's own tangent.

    Backward, the node sends what arrives at its uses on to its input in one; so forward each of
    its uses takes the input's tangent, times the same factors.
    """
    factors = _factors(graph).get(edge)
    if not factors:
        return product
    root = edge.node
    while not is_bypassed(graph, root):  # from a complement, 1 − σ(z), to the sigmoid
        root = graph.nodes[root].inputs[1]
    x = graph.nodes[root].inputs[0]
    past = f"t{x}"
    for text, letters, nodes, out in factors:
        names = [value_name(graph, i, dialect) for i in nodes]
        past += f" * ({template(text, letters, dialect).format(*names, out=f'v{out}')})"
    condition = far_condition(graph, root).format(value_name(graph, x, dialect))
    return dialect.where.format(condition=condition, a=past, b=product)


@lru_cache(maxsize=256)
def _factors(graph: Graph) -> Mapping[Edge, tuple[Factor, ...]]:
    """Return, for the uses of saturated nodes, what the tangent that enters is multiplied by."""
    known = bypasses(graph)
    if not known:
        return {}
    uses, reaching = graph.uses(), graph.reaching()
    return {
        Edge(node, *use): bypass.factors
        for node, short in known.items()
        for use, bypass in zip((u for u in uses[node] if reaching[u[0]]), short, strict=True)
    }
