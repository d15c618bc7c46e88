"""What the quantities of a typed function are called: the output f, the results v₁ and so on.

Where a variable is called f, the output is y; where one is called y too, it is F. Constants have
no letter.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from backprop.engine.errors import InputError
from backprop.engine.expression import CHARACTERS, parse
from backprop.engine.graph import Graph
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.choices import ChoiceError, Real, Table, Text

LETTERS = ("f", "y", "F", "g", "h", "p", "q", "r", "G", "H")


def function_letter(graph: Graph) -> Label:
    """Return what a function is called: f, or a letter that none of its variables has."""
    letter = next((each for each in LETTERS if each not in graph.variables), LETTERS[-1])
    return Label(letter, plain=graph.nodes[graph.output].name)


@lru_cache(maxsize=256)
def function_labels(graph: Graph) -> Callable[[str], Label]:
    """Return the function from a node's name to the label that is shown."""
    output = graph.nodes[graph.output]
    if output.is_variable:
        return label_of
    own = function_letter(graph)
    return lambda name: own if name == output.name else label_of(name)


EXPRESSION = Text(CHARACTERS)
NUMBER = Real(-1e6, 1e6)
START = (2.0, 3.0, -1.0, 0.5, 1.5, -2.0)  # of variables that nobody has given a number yet
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


def point_table(function: Callable[[Any], Graph], field: str) -> Table:
    """Return the kind of the table, in this field, that gives each variable its number."""

    def start(choices: Any, base: Any) -> Mapping[str, float]:
        known = getattr(base, field)
        names = function(choices).variables
        return {name: known.get(name, START[i % len(START)]) for i, name in enumerate(names)}

    return Table(NUMBER, keys=lambda choices: function(choices).variables, default=start)
