"""What the quantities of a typed function are called: the output f, the results v₁ and so on.

Where a variable is called f, the output is y; where one is called y too, it is F. What a named line
computes is called as it is there. Constants have no letter.
"""

import math
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, product
from typing import Any

from backprop.engine.backward import differentiate
from backprop.engine.compose import NUMBERED
from backprop.engine.errors import InputError
from backprop.engine.expression import CHARACTERS, parse
from backprop.engine.graph import Graph
from backprop.engine.named_lines import on_one_line
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.choices import ChoiceError, OneOf, Real, Table, Text

LETTERS = ("f", "y", "F", "g", "h", "p", "q", "r", "G", "H")


@lru_cache(maxsize=256)
def function_letter(graph: Graph) -> Label:
    """Return what a function is called: as its last line, or f, or a letter that nothing has."""
    output = graph.nodes[graph.output]
    if not output.is_leaf and not NUMBERED.fullmatch(output.name):
        return label_of(output.name)
    taken = {node.name for node in graph.nodes}
    letter = next((each for each in LETTERS if each not in taken), LETTERS[-1])
    return Label(letter, plain=output.name)


@lru_cache(maxsize=256)
def function_labels(graph: Graph) -> Callable[[str], Label]:
    """Return the function from a node's name to the label that is shown."""
    output = graph.nodes[graph.output]
    if output.is_variable:
        return label_of
    own = function_letter(graph)
    return lambda name: own if name == output.name else label_of(name)


@dataclass(frozen=True, slots=True)
class FormulaText(Text):
    """A formula as a person typed it; where it is of several lines, “;” stands between them."""

    def read(self, text: str, name: str) -> str:
        """Return the value that a text spells; raises ChoiceError."""
        return Text.read(self, on_one_line(text.replace("\r\n", "\n")), name)


EXPRESSION = FormulaText(CHARACTERS)
NUMBER = Real(-1e6, 1e6)
START = (2.0, 3.0, -1.0, 0.5, 1.5, -2.0)  # of variables that nobody has given a number yet
DEFINED = "defined"
BEGIN = OneOf(
    ("", DEFINED)
)  # where new variables stand: at START, or where the function has a value
MOVES: tuple[Callable[[float], float], ...] = (  # tried in this order
    abs,
    lambda x: x / 4,
    *(partial(operator.add, by) for by in (1.0, 2.0, 4.0, 8.0, 16.0, 50.0, 100.0)),
    *(partial(operator.add, -by) for by in (1.0, 2.0, 4.0, 8.0, 16.0, 50.0, 100.0)),
    lambda x: 1 + abs(x) / 8,
    lambda x: x / 100,
)
OF_REQUESTS = frozenset(("preset", "from", "playing", "speed", "beside"))  # names an address uses


@lru_cache(maxsize=512)
def read_function(
    text: str, at: str = "expression", *, share: bool = False, taken: Collection[str] = frozenset()
) -> Graph:
    """Return a typed function as a graph.

    Args:
        text: what was typed.
        at: the field it was typed into, beside which a refusal is said.
        share: whether equal sub-expressions are one node.
        taken: names that no variable may have, because they are fields of the page's address.

    Raises:
        ChoiceError: the text cannot be read, is beyond a limit, or uses a name that is taken.
    """
    try:
        graph = parse(text, share=share)
    except InputError as error:
        raise ChoiceError(error.what, hint=error.hint, at=at) from None
    for name in graph.variables:
        if name in taken or name in OF_REQUESTS:
            raise ChoiceError(
                f"“{name}” cannot be a variable here: the address of this page uses that word.",
                hint=f"Call it {name}1, or by one letter.",
                at=at,
            )
    return graph


@lru_cache(maxsize=512)
def defined_point(
    graph: Graph, point: tuple[tuple[str, float], ...], free: tuple[str, ...]
) -> Mapping[str, float]:
    """Return a point at which the function and its gradient are finite: this one, or one near it.

    A few places are tried, always the same: first for the variables that are free, then for all.
    Where the function is finite at none of them, the point stays.

    Args:
        graph: the function.
        point: each variable with its number.
        free: those that nobody has given a number yet.
    """
    given = dict(point)
    for names in filter(None, (free, graph.variables)):
        alike = ((move,) * len(names) for move in (float, *MOVES))
        apart = product((float, *MOVES), repeat=2) if len(names) == 2 else ()
        for moves in chain(alike, apart):
            moved = given | {n: move(given[n]) for n, move in zip(names, moves, strict=True)}
            if _is_defined(graph, moved):
                return moved
    return given


def _is_defined(graph: Graph, point: Mapping[str, float]) -> bool:
    trace = differentiate(graph, point)
    return all(map(math.isfinite, (trace.value, *trace.gradient.values())))


def point_table(function: Callable[[Any], Graph], field: str) -> Table:
    """Return the kind of the table, in this field, that gives each variable its number."""

    def start(choices: Any, base: Any) -> Mapping[str, float]:
        known, graph = getattr(base, field), function(choices)
        names = graph.variables
        point = {name: known.get(name, START[i % len(START)]) for i, name in enumerate(names)}
        if getattr(choices, "begin", "") != DEFINED:
            return point
        return defined_point(graph, tuple(point.items()), tuple(n for n in names if n not in known))

    return Table(NUMBER, keys=lambda choices: function(choices).variables, default=start)
