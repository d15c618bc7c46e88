"""A typed function of numbers as a program: each operation is a line, each variable a leaf.

(x + y) * z at (−2, 5, −4) is x : scalar = -2, y : scalar = 5, z : scalar = -4, v1 = x + y,
v2 = v1 * z.
"""

from collections.abc import Mapping
from functools import lru_cache

from backprop.engine.arrays.rows import NAMES, SIGNS
from backprop.engine.compose import NUMBERED
from backprop.engine.errors import InputError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph, Node
from backprop.engine.program import read

INSIDE = 60  # characters of what stands in the line that uses it


def program_of_formula(text: str, at: Mapping[str, float]) -> str:
    """Return a typed function of numbers as a program; empty where it cannot be one.

    Where it has more operations than a program has lines, equal parts are one line; and if it still
    has, what is used once stands in the line that uses it.

    Args:
        text: the formula, or named lines.
        at: a number for each of its variables.
    """
    return _written(text, tuple(at.items()))


@lru_cache(maxsize=128)
def _written(text: str, at: tuple[tuple[str, float], ...]) -> str:
    for share, shorter in ((False, False), (True, False), (True, True)):
        try:
            graph = parse(text, share=share)
            lines = _lines(graph, dict(at), shorter=shorter)
            if graph.variables and not graph.nodes[-1].is_leaf:
                read("\n".join(lines))
                return "\n".join(lines)
        except InputError:  # a name that means something else there, or more than fits
            continue
    return ""


def _lines(graph: Graph, at: Mapping[str, float], *, shorter: bool) -> list[str]:
    """Return a line for each node; if shorter, none for a nameless one that is used once."""
    lines, uses = [], graph.uses()
    called: dict[int, str] = {}
    for position, node in enumerate(graph.nodes):
        if node.is_variable:
            lines.append(f"{node.name} : scalar = {_number(at[node.name])}")
            called[position] = node.name
        elif node.number is not None:
            text = _number(node.number)
            called[position] = f"({text})" if text.startswith("-") else text
        else:
            text = _operation(node, called)
            inside = shorter and len(uses[position]) == 1 and len(text) <= INSIDE
            if inside and NUMBERED.fullmatch(node.name):
                called[position] = f"({text})"
            else:
                lines.append(f"{node.name} = {text}")
                called[position] = node.name
    return lines


def _number(x: float) -> str:
    return repr(float(x)).removesuffix(".0")


def _operation(node: Node, called: Mapping[int, str]) -> str:
    inputs = [called[i] for i in node.inputs]
    if sign := SIGNS.get(node.operation):
        return f" {sign} ".join(inputs)
    if node.operation == "negate":
        return f"-{inputs[0]}"
    return f"{NAMES.get(node.operation, node.operation)}({', '.join(inputs)})"
