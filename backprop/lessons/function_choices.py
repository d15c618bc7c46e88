"""A typed function and its point: what the calculus lessons let a learner choose.

A lesson's choices hold the text in a field, and the point in a table whose keys are the text's
variables, so that `x` is `x` in the address too.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from backprop.engine.errors import InputError
from backprop.engine.expression import CHARACTERS, parse
from backprop.engine.graph import Graph
from backprop.lessons.choices import ChoiceError, Real, Table, Text

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
    """Return the kind of a table that gives each variable of a function its number.

    Args:
        function: choices → the function.
        field: the name of the choices' field that the table is.
    """

    def start(choices: Any, base: Any) -> Mapping[str, float]:
        known = getattr(base, field)
        names = function(choices).variables
        return {name: known.get(name, START[i % len(START)]) for i, name in enumerate(names)}

    return Table(NUMBER, keys=lambda choices: function(choices).variables, default=start)
