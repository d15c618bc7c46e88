"""The uses of a program: what a line sends back to each name it reads, as text and as arrays.

A backward step of a program is one use of one line.
"""

import ast
from functools import lru_cache
from typing import Any, NamedTuple

from backprop.engine.arrays.texts import line_names, line_of, sent_trees
from backprop.engine.program import Program
from backprop.engine.trace import Trace, edges


class Use(NamedTuple):
    """One use of a name by a later line.

    Attributes:
        line: the line whose gradient is passed back.
        name: what it reads, and what receives.
        text: what is sent, in the language, with dZ for the gradient of Z: "dZ.T @ X".
        which: the number of this use of the name, from 0, in the order of the backward pass.
        times: how many uses the name has.
    """

    line: str
    name: str
    text: str
    which: int = 0
    times: int = 1


@lru_cache(maxsize=128)
def uses(program: Program) -> tuple[Use, ...]:
    """Return every use that carries a gradient, in the order of the backward pass."""
    varying, reached = program.varying(), {edge.node for edge in edges(program)}
    found: list[Use] = []
    for line in reversed(program.lines):
        if line.kind != "result" or not (varying[line.node] or line.node == program.output):
            continue
        if line.node != program.output and line.node not in reached:
            continue
        trees = sent_trees(program, line.name)
        found += [Use(line.name, name, ast.unparse(tree)) for name, tree in trees.items()]
    counts: dict[str, int] = {}
    numbered = []
    for use in found:
        numbered.append(use._replace(which=counts.get(use.name, 0)))
        counts[use.name] = counts.get(use.name, 0) + 1
    return tuple(use._replace(times=counts[use.name]) for use in numbered)


def sent(trace: Trace) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Return, for each use (line, name), the array that it sends back, and the sum so far."""
    program = trace.graph
    assert isinstance(program, Program)
    arrays: dict[tuple[str, str], Any] = {}
    names = line_names(program)
    columns = zip(edges(program), trace.products, strict=True)
    for edge, product in columns:
        name = program.nodes[edge.node].name
        line = line_of(program, edge.later)
        if name in names and line_of(program, edge.node) != line:
            key = line, name
            arrays[key] = arrays[key] + product if key in arrays else product
    totals: dict[str, Any] = {}
    found: dict[tuple[str, str], tuple[Any, Any]] = {}
    for use in uses(program):
        key = use.line, use.name
        before = totals.get(use.name)
        totals[use.name] = arrays[key] if before is None else before + arrays[key]
        found[key] = arrays[key], totals[use.name]
    return found
