"""A whole function as one formula: what was typed, as a textbook prints it.

Each node's formula is put in place of its name where it is used, so nothing is left but variables
and constants; what the graph shares is written out at each use.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from backprop.engine.forward import value
from backprop.engine.graph import Graph, Node
from backprop.engine.ops import APPLIED, COMPARISONS, ArrayOperation, Operation
from backprop.notation.formula import Factor, Formula, Label, Number
from backprop.notation.numerals import adds_up
from backprop.notation.printer import constant, rule_formula


@lru_cache(maxsize=512)
def whole_formula(graph: Graph, name_of: Callable[[str], Label]) -> Formula:
    """Return a function of numbers as one formula in its variables."""
    return _nested(graph, lambda node: name_of(node.name))


def formula_in_numbers(graph: Graph, at: Mapping[str, float]) -> tuple[Formula, str, Number]:
    """Return the formula in numbers (6 × 1 + 2 × 2), the sign before the result, and the result.

    The numbers have the fewest digits at which they give the result as printed; where six are
    not enough, the sign is ≈.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    names = graph.variables
    result = float(value(graph, {name: at[name] for name in names}))

    def again(*numbers: float) -> float:
        return float(value(graph, dict(zip(names, numbers, strict=True))))

    written = adds_up([float(at[name]) for name in names], result, again)
    shown = dict(zip(names, written.terms, strict=True))
    numbers = _nested(
        graph,
        lambda node: Factor(
            Number(shown[node.name], float(at[node.name]), "forward"), f"n-{node.name}"
        ),
    )
    return numbers, written.sign, Number(written.result, result, "forward")


def _nested(graph: Graph, leaf: Callable[[Node], Formula]) -> Formula:
    formulas: list[Formula] = []
    for position, node in enumerate(graph.nodes):
        if node.number is not None:
            formulas.append(constant(node.number))
        elif node.is_leaf:
            formulas.append(leaf(node))
        else:
            row = graph.row(position)
            assert not isinstance(row, ArrayOperation), "a function of numbers"
            text = _text(graph, node, row)
            inputs = (formulas[i] for i in node.inputs)
            formulas.append(rule_formula(text, dict(zip(row.inputs, inputs, strict=True))))
    return formulas[-1]


def _text(graph: Graph, node: Node, row: Operation) -> str:
    """Return what is printed of an operation: its name, where that says more than its text.

    A choice by a comparison is printed with it, x < 1; by another number, with c ≠ 0.
    """
    if row.name == "where" and graph.nodes[node.inputs[0]].operation:
        by = graph.row(node.inputs[0])
        plain = isinstance(by, Operation) and by.typed in COMPARISONS
        return "where(c, x, y)" if plain else row.value
    if row.name == "where" or row.name not in APPLIED:
        return row.value
    return f"{row.name}({', '.join(row.inputs)})"
