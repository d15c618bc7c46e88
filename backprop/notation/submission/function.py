"""A claimed gradient of a typed function: {"expression": "x²", "at": {"x": 2}, "gradient": …}."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop.engine.errors import InputError, PointError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph
from backprop.notation.submission.place import quoted, zero_decimals
from backprop.notation.submission.printed import arrays_of

KEYS = ("expression", "at", "gradient")


@dataclass(frozen=True, slots=True, eq=False)
class FunctionSubmission:
    """A claimed gradient of a function of numbers.

    Attributes:
        graph: the function.
        at: a number for each of its variables.
        gradient: the claimed slope by each.
        source: what it was read from, in words.
        notes: what was guessed, in sentences: none so far.
        decimals: of the zeros in the text, 4 for 0.0000; 0 where they do not tell.
    """

    graph: Graph
    at: Mapping[str, float]
    gradient: Mapping[str, float]
    source: str
    notes: tuple[str, ...] = ()
    decimals: int = 0


def read_function(document: Mapping[str, Any], text: str) -> FunctionSubmission:
    """Return the claim that a JSON document makes; `text` is what it was read from.

    Raises:
        InputError: the expression cannot be read, or a variable has no number or no slope.
    """
    expression = document["expression"]
    if not isinstance(expression, str):
        hint = 'Give it as a text, as in "x * y + 1".'
        raise InputError(f"{quoted(str(expression))} is no formula.", hint=hint, at="expression")
    graph = parse(expression)
    at, gradient = (
        _numbers(document.get(name, {}), name, graph, text) for name in ("at", "gradient")
    )
    return FunctionSubmission(graph, at, gradient, "JSON", decimals=zero_decimals(text))


def _numbers(group: Any, name: str, graph: Graph, text: str) -> dict[str, float]:
    found = {}
    for variable, array in arrays_of(group, text).items():
        if variable not in graph.variables:
            hint = f"The variables are {', '.join(graph.variables)}."
            raise PointError(f"There is no variable {quoted(variable)}.", hint=hint, at=variable)
        if array.size != 1:
            raise ShapeError(f"{quoted(variable)} is no single number.", at=variable)
        found[variable] = float(array.item())
    missing = [variable for variable in graph.variables if variable not in found]
    if missing:
        has = "have" if len(missing) > 1 else "has"
        what = f"{', '.join(missing)} {has} no number in “{name}”."
        raise PointError(what, hint="Give one for each variable.", at=missing[0])
    return {variable: found[variable] for variable in graph.variables}
