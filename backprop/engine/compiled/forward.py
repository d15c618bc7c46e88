"""The forward pass as generated code: a graph becomes one line for each operation.

In the code, `v7` is the value of node 7. Constants stand in it as numbers, variables come in as
the arguments. The same lines run on floats and on NumPy columns (one entry per point).
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from backprop.engine.compiled.common_subexpressions import straight
from backprop.engine.compiled.rules import Dialect, compiled
from backprop.engine.graph import Graph
from backprop.engine.ops import template
from backprop.engine.saturation import reading

NAME = re.compile(r"\b[vg]\d+(?:_\d+)?\b")
LINE = re.compile(r"([vg]\d+(?:_\d+)?) = (.+)")
CHOICE = " if "
MOST_INSIDE = 12  # expressions that are written into one


def value_name(graph: Graph, position: int, dialect: Dialect) -> str:
    """Return how the code names a node's value: a constant is its number."""
    number = graph.nodes[position].number
    if number is None:
        return f"v{position}"
    return ((number == 0 and dialect.zero) or dialect.number).format(number)


def forward_lines(graph: Graph, dialect: Dialect) -> list[str]:
    """Return the code of a forward pass: `leaves` is unpacked, then one line per operation."""
    variables = [f"v{i}" for i, node in enumerate(graph.nodes) if node.is_variable]
    lines = [f"({''.join(f'{name}, ' for name in variables)}) = leaves"]
    for position, node in enumerate(graph.nodes):
        if node.is_leaf:
            continue
        row, nodes = reading(graph, position)
        inputs = [value_name(graph, i, dialect) for i in nodes]
        code = template(row.code, row.inputs, dialect).format(*inputs)
        lines.append(f"v{position} = {code}")
    return lines


def finished(graph: Graph, lines: list[str], returned: str) -> list[str]:
    """Return the lines of a pass as they are run: over arrays nothing is computed twice."""
    last = f"return {returned}"
    if graph.on_arrays:
        return [lines[0], *map(str, straight(lines[1:])), last]
    return tightened([*lines, last])


def tightened(lines: Sequence[str]) -> list[str]:
    """Return lines over floats in which what is used once is written where it is used.

        v4 = v0 * v1;  v5 = v4 + v2;  g4 = g5;  g0 = g4 * (v1)
        →  v5 = (v0 * v1) + v2;  g0 = g5 * (v1)

    To store a float under a name and find it again costs as much as a multiplication. What is only
    another name, as the gradient of a sum is for its summands, is called by the first. Nothing goes
    into a choice, where it might not be computed.
    """
    first: dict[str, str] = {}
    kept: list[tuple[str, str]] = []
    for line in lines:
        found = LINE.fullmatch(line)
        text = _with(first, found[2] if found else line)
        if found and NAME.fullmatch(text):
            first[found[1]] = text
        else:
            kept.append((found[1] if found else "", text))
    uses = Counter(name for _, text in kept for name in NAME.findall(text))
    waits: dict[str, tuple[str, int]] = {}  # for its one use: an expression, and how many are in it
    written: list[str] = []
    for name, text in kept:
        here = [(*waits.pop(each), each) for each in NAME.findall(text) if each in waits]
        inside = 1 + sum(count for _, count, _ in here)
        if CHOICE in text or inside > MOST_INSIDE:
            written += [f"{each} = {code}" for code, _, each in here]
            inside = 1
        else:
            text = _with({each: f"({code})" for code, _, each in here}, text)
        if name and uses[name] == 1:
            waits[name] = text, inside
        else:
            written.append(f"{name} = {text}" if name else text)
    return written


def _with(instead: Mapping[str, str], text: str) -> str:
    return NAME.sub(lambda name: instead.get(name[0], name[0]), text)


@lru_cache(maxsize=256)
def values_pass(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    """Return the pass that gives every node's value, as a tuple."""
    found = ", ".join(value_name(graph, i, dialect) for i in range(len(graph)))
    lines = finished(graph, forward_lines(graph, dialect), f"({found},)")
    return compiled("forward", "leaves", lines, dialect)
