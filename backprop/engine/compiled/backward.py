"""The backward pass as generated code: each node's gradient is one line, or is kept in parts.

In the code, `g7` is the gradient at node 7; the terms of its sum are added in the graph's order, as
in the plain loop (engine/backward.py). A pass is compiled once for a graph, in five forms:

    gradient_pass   the value, and the gradient by each parameter
    trace_pass      the same with its record: local derivatives, products and running sums
    weighted_pass   that record for an output of any shape, from the weight that arrives there
    first_pass      over arrays, for a loop: makes every array
    repeated_pass   the passes after the first, which write over these arrays
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.compiled.common_subexpressions import Line, again, straight
from backprop.engine.compiled.forward import finished, forward_lines, value_name
from backprop.engine.compiled.rules import ARRAYS, FLOATS, Dialect, compiled
from backprop.engine.compiled.untaken import ALWAYS, NEVER, ways
from backprop.engine.graph import Graph
from backprop.engine.ops import template
from backprop.engine.saturation import bypasses, far_condition, is_bypassed, reading
from backprop.engine.trace import Edge, edges

LONGEST_SUM = 100  # terms in one line: Python's compiler goes as deep as a sum is long


def _partial(graph: Graph, edge: Edge, dialect: Dialect) -> str:
    """Return the code of the local derivative ∂v_later/∂v_node of a scalar operation."""
    row, nodes = reading(graph, edge.later)
    assert not isinstance(row, ArrayOperation)
    names = [value_name(graph, i, dialect) for i in nodes]
    code = template(row.partial_codes[edge.which], row.inputs, dialect)
    return code.format(*names, out=f"v{edge.later}")


def _product(graph: Graph, edge: Edge, dialect: Dialect) -> str:
    """Return the code of g · ∂v_later/∂v_node: what one use sends back."""
    (row, nodes), g = reading(graph, edge.later), f"g{edge.later}"
    if isinstance(row, ArrayOperation):
        names = [value_name(graph, i, dialect) for i in nodes]
        code = template(row.product_codes[edge.which], row.inputs, dialect)
        return code.format(*names, out=f"v{edge.later}", g=g)
    partial = _partial(graph, edge, dialect)
    product = {"1": g, "-1": f"-{g}"}.get(partial, f"{g} * ({partial})")
    return _unless_bypassed(graph, edge, product, dialect)


def _unless_bypassed(graph: Graph, edge: Edge, product: str, dialect: Dialect) -> str:
    """Return the code of what one use sends back: the product, or past the gradient there."""
    if not is_bypassed(graph, edge.later):
        return product
    x, g = value_name(graph, edge.node, dialect), f"g{edge.later}"
    if graph.on_arrays:  # where it is far, only what flows past is taken
        ((_, ((text, letters, nodes, _),)),) = bypasses(graph)[edge.later]
        rare = f"rare(abs({letters[0]}) > 6, own * (out * (1 - out)), {text})"
        names = [value_name(graph, i, dialect) for i in nodes]
        out, last = f"v{edge.later}", f"g{bypasses(graph)[edge.later][0].later}"
        return template(rare, (*letters, "own"), dialect).format(*names, g, out=out, g=last)
    condition = far_condition(graph, edge.later).format(x)
    past = _past_gradient(graph, edge.later, dialect)
    return dialect.where.format(condition=condition, a=past, b=product)


def _past_gradient(graph: Graph, position: int, dialect: Dialect) -> str:
    """Return the code of what a node sends to its input, past the gradient at the node."""
    terms = []
    for later, factors in bypasses(graph)[position]:
        product = f"g{later}" if factors else _past_gradient(graph, later, dialect)
        for text, letters, nodes, out in factors:
            names = [value_name(graph, i, dialect) for i in nodes]
            product += f" * ({template(text, letters, dialect).format(*names, out=f'v{out}')})"
        terms.append(product)
    return f"({' + '.join(terms)})"


def _where_it_flows(graph: Graph, edge: Edge, code: str) -> str:
    """Return code for what an edge carries: 0 where a choice does not take this way."""
    condition = ways(graph).conditions[edge]
    if condition == ALWAYS:
        return code
    return (
        "0.0" if condition == NEVER else FLOATS.where.format(condition=condition, a=code, b="0.0")
    )


def _lines(graph: Graph, dialect: Dialect) -> list[str]:
    """Return the code of a backward pass: one line per node, several where its sum is long."""
    sums: dict[int, list[str]] = {position: [] for position in range(graph.output)}
    for edge in edges(graph):
        sums[edge.node].append(_where_it_flows(graph, edge, _product(graph, edge, dialect)))
    lines = [f"g{graph.output} = 1.0"]
    for position in reversed(range(graph.output)):
        lines += ways(graph).lines.get(position, [])
        lines += _sum_lines(f"g{position}", sums[position])
    return lines


def _sum_lines(name: str, terms: list[str]) -> list[str]:
    """Return the code of a sum, added from the left; g7_100 is the sum of its first 100 terms."""
    lines, total = [], ""
    for start in range(0, len(terms), LONGEST_SUM):
        end = start + LONGEST_SUM
        total = " + ".join(filter(None, (total, *terms[start:end])))
        if end < len(terms):
            lines.append(f"{name}_{end} = {total}")
            total = f"{name}_{end}"
    return [*lines, f"{name} = {total or '0.0'}"]


class _Traced(NamedTuple):
    """The code of a pass that keeps its record: its lines, and where each column stands."""

    lines: list[str]
    locals: list[str]
    products: list[str]
    totals: list[str]


def _traced(graph: Graph, dialect: Dialect, arriving: str) -> _Traced:
    """Return the same pass with its local derivatives, products and running sums.

    What already has a name (a local derivative that is an earlier value, a sum of one term) is
    not stored again.
    """
    totals = dict.fromkeys(range(len(graph)), "")
    code = _Traced([f"g{graph.output} = {arriving}"], [], [], [])
    for n, edge in enumerate(edges(graph)):
        g, product = f"g{edge.later}", _product(graph, edge, dialect)
        if isinstance(graph.row(edge.later), ArrayOperation):
            local = "None"
        else:
            local = _where_it_flows(graph, edge, _partial(graph, edge, dialect))
            if not (local.isidentifier() or local.isdigit()):
                code.lines.append(f"p{n} = {local}")
                local, product = f"p{n}", _unless_bypassed(graph, edge, f"{g} * p{n}", dialect)
        product = _where_it_flows(graph, edge, product)
        if not product.isidentifier():
            code.lines.append(f"c{n} = {product}")
            product = f"c{n}"
        total = totals[edge.node]
        if total:
            code.lines.append(f"t{n} = {total} + {product}")
        totals[edge.node] = f"t{n}" if total else product
        code.locals.append(local)
        code.products.append(product)
        code.totals.append(totals[edge.node])
        if n + 1 == len(edges(graph)) or edges(graph)[n + 1].node != edge.node:
            code.lines.extend(ways(graph).lines.get(edge.node, []))
            code.lines.append(f"g{edge.node} = {totals[edge.node]}")
    return code


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)}{',' * bool(names)})"


@lru_cache(maxsize=256)
def gradient_pass(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    """Return the pass that gives (value,), and the gradient by each parameter as a tuple."""
    asked = [i for i, node in enumerate(graph.nodes) if node.is_variable and not node.given]
    value, slopes = value_name(graph, graph.output, dialect), _tuple([f"g{i}" for i in asked])
    lines = [*forward_lines(graph, dialect), *_lines(graph, dialect)]
    lines = finished(graph, lines, f"({value},), {slopes}")
    return compiled("gradient", "leaves", lines, dialect)


@lru_cache(maxsize=256)
def trace_pass(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    """Return the pass that gives the columns of a Trace: values, gradients, and those of terms."""
    return compiled("trace", "leaves", _trace_lines(graph, dialect, "1.0"), dialect)


@lru_cache(maxsize=256)
def weighted_pass(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    """Return the pass that gives the columns of a Trace of Σ weight · output."""
    return compiled("trace", "weight, leaves", _trace_lines(graph, dialect, "weight"), dialect)


def _trace_lines(graph: Graph, dialect: Dialect, arriving: str) -> list[str]:
    """Return the code of a pass that is recorded, where this arrives at the output."""
    code, nodes = _traced(graph, dialect, arriving), range(len(graph))
    reached = {edge.node for edge in edges(graph)} | {graph.output}
    found = [
        _tuple([value_name(graph, i, dialect) for i in nodes]),
        _tuple([f"g{i}" if i in reached else "0.0" for i in nodes]),
        *map(_tuple, (code.locals, code.products, code.totals)),
    ]
    return finished(graph, [*forward_lines(graph, dialect), *code.lines], ", ".join(found))


@lru_cache(maxsize=64)
def _straight_lines(graph: Graph) -> tuple[str, tuple[Line, ...]]:
    """Return the code of a gradient pass over arrays: how leaves are unpacked, and its lines."""
    unpacking, *forward = forward_lines(graph, ARRAYS)
    return unpacking, straight([*forward, *_lines(graph, ARRAYS)])


@lru_cache(maxsize=64)
def first_pass(graph: Graph) -> Callable[..., Any]:
    """Return the pass that makes every array which the passes after it write over."""
    unpacking, lines = _straight_lines(graph)
    found = f"return {_tuple([line.name for line in lines])}"
    return compiled("first", "leaves", [unpacking, *map(str, lines), found], ARRAYS)


@lru_cache(maxsize=64)
def repeated_pass(graph: Graph, is_array: tuple[bool, ...]) -> Callable[..., Any]:
    """Return the generator function of all passes after the first."""
    unpacking, lines = _straight_lines(graph)
    leaves = [(i, node.given) for i, node in enumerate(graph.nodes) if node.is_variable]
    given, asked = ([i for i, fixed in leaves if fixed is which] for which in (True, False))
    names, slopes = [line.name for line in lines], [f"g{i}" for i in asked]
    once, each = again(
        lines,
        arrays={name for name, which in zip(names, is_array, strict=True) if which},
        lasting=[f"v{i}" for i in asked],
        into=slopes,
    )
    body = [
        unpacking,
        f"{_tuple(names)} = found",
        f"{_tuple(slopes)} = slopes",
        *once,
        "while True:",
        f" {_tuple([f'v{i}' for i in given])} = yield v{graph.output}",
        *(f" {line}" for line in each),
    ]
    return compiled("repeated", "leaves, found, slopes", body, ARRAYS)
