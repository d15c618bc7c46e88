"""What optimizers race on: a typed function of two variables, or two parameters of a network.

Of a network all parameters but two are held, so its loss is a function of those two. It is the
same graph that the walk shows, with numbers in the others' places.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.backward import gradient
from backprop.engine.compose import hold, mean
from backprop.engine.graph import Graph
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.choices import ChoiceError
from backprop.stage.functions import function_letter, read_function
from backprop.stage.networks import OWN, find_dataset, input_names, make_network
from backprop.stage.plane import in_order
from backprop.stage.worked_networks import WORKED_NETWORKS, WorkedNetwork

FIT = (OWN, "xor")  # of as few examples as a graph can hold
WALKED: Mapping[str, WorkedNetwork] = {
    worked.name: worked for worked in WORKED_NETWORKS if worked.network.data in FIT
}
NETWORKS = tuple(WALKED)
START = (-2.0, 2.4)  # of a typed function's variables


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of two variables, and where a race on it starts.

    Attributes:
        names: its variables: the first runs across, the second up.
        letter: what it is called, f or L.
        start: a number for each variable.
        title: what it is, in a line.
    """

    graph: Graph
    names: tuple[str, str]
    letter: Label
    start: Mapping[str, float]
    title: str

    def __hash__(self) -> int:
        return hash((self.graph, self.names))

    @property
    def labels(self) -> tuple[Label, Label]:
        """The variables as they are shown."""
        return label_of(self.names[0]), label_of(self.names[1])

    def slopes(self, x: float, y: float) -> tuple[float, float, float]:
        """Return the value at (x, y), and both partial derivatives: one backward pass.

        Where there is no finite value there are no slopes, whatever the rules would give.
        """
        across, up = self.names
        value, slopes = gradient(self.graph, {across: x, up: y})
        if value - value != 0:
            return value, math.nan, math.nan
        return value, slopes[across], slopes[up]


@lru_cache(maxsize=128)
def read_surface(expression: str, taken: frozenset[str] = frozenset()) -> Surface:
    """Return the surface of a typed function; `taken` are names that no variable may have.

    Raises:
        ChoiceError: the text cannot be read, or has not two variables.
    """
    graph = read_function(expression, taken=taken)
    names = in_order(graph.variables)
    if len(names) != 2:
        listed = ", ".join(names) or "none"
        raise ChoiceError(
            f"A race needs two variables; here there are {len(names)}: {listed}.",
            hint="Type a function of two letters, such as x^2 + 3y^2.",
            at="expression",
        )
    start = dict(zip(names, START, strict=True))
    letter = function_letter(graph)
    return Surface(graph, (names[0], names[1]), letter, start, f"{letter.letter} = {expression}")


@lru_cache(maxsize=128)
def slice_network(name: str, across: str, up: str) -> Surface:
    """Return a network's loss as the surface of two of its parameters; all others are held.

    Raises:
        ChoiceError: the network has no such parameters, or they are one.
    """
    worked = WALKED[name]
    choices = worked.network
    network = make_network(choices)
    for field, parameter in (("across", across), ("up", up)):
        if parameter not in choices.parameters:
            known = ", ".join(choices.parameters)
            raise ChoiceError(
                f"This network has no parameter “{parameter}”.", hint=f"It has {known}.", at=field
            )
    if across == up:
        raise ChoiceError(
            "A map has two different parameters.", hint="Choose another one.", at="up"
        )
    graph, data = network.graph("operations"), find_dataset(choices)
    rows = [choices.inputs]
    if data is not None:
        names = input_names(choices)
        rows = [
            dict(zip(names, (*x, *y), strict=False)) for x, y in zip(data.X, data.Y, strict=True)
        ]
    pair = (across, up)
    held = [hold(graph, {**choices.parameters, **row}, pair) for row in rows]
    examples = f"all {len(rows)} rows" if len(rows) > 1 else "its one example"
    start = {name: choices.parameters[name] for name in pair}
    title = f"the loss of “{worked.title}” over {examples}"
    whole = held[0] if len(held) == 1 else mean(held, "L")
    return Surface(whole, pair, Label("L"), start, title)
