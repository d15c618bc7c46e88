"""What stands in the field for a first visitor: a right gradient, one with a slip, one with steps.

Each is computed for the network here, and spelled as NumPy prints it. The worked examples that can
be downloaded open here too.
"""

from collections.abc import Mapping

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.errors import UnknownNameError
from backprop.engine.slips import Slip
from backprop.engine.slips_network import (
    HALF_LOST,
    NO_HIDDEN_SLOPE,
    NO_OUTPUT_SLOPE,
    SIGN,
)
from backprop.lessons.own_choices import Choices, Given, given_by
from backprop.lessons.own_files import worked
from backprop.notation.printed_text import Array

RIGHT, SLIP, STEPS = "right", "slip", "steps"
_LIKELY = (NO_OUTPUT_SLOPE, NO_HIDDEN_SLOPE, HALF_LOST)  # where none fits, the sign is turned
_DIGITS = 12  # enough for an entry to be judged as if all were there


def example_text(choices: Choices) -> str:
    """Return the example that was chosen; nothing where none was.

    Raises:
        UnknownNameError: there is no example of this name, or not for this network.
    """
    match choices.example:
        case "":
            return ""
        case "right":
            given = given_by(choices)
            return printed(_right(given))
        case "slip":
            given = given_by(choices)
            at = given.network, given.parameters, given.X, given.Y
            return printed(slip_for(given).gradient(*at))
        case "steps" if has_steps(given_by(choices)):
            return _with_steps(given_by(choices))
        case name if name in worked():
            return worked()[name].text
    raise UnknownNameError(
        f"There is no example “{choices.example}” here.",
        hint=f"There are {RIGHT}, {SLIP} and, with a hidden layer that bends, {STEPS}.",
        at="given",
    )


def slip_for(given: Given) -> Slip:
    """Return the slip that the example has: the first of a few that this network can have."""
    right = _right(given)
    for slip in _LIKELY:
        if slip.fits(given.network, len(given.X)):
            wrong = slip.gradient(given.network, given.parameters, given.X, given.Y)
            if any(not np.array_equal(wrong[name], right[name]) for name in right):
                return slip
    return SIGN


def has_steps(given: Given) -> bool:
    """Whether there is a hidden layer whose slope can be forgotten."""
    network = given.network
    return network.depth > 1 and network.activations[-2] != "linear"


def _right(given: Given) -> dict[str, Array]:
    return given.network.loss_and_gradient(given.parameters, given.X, given.Y)[1]


def _with_steps(given: Given) -> str:
    """Return z, a and δ beside a gradient whose last hidden layer forgot its slope."""
    network, last = given.network, given.network.depth
    graph = network.graph("layers")
    trace = differentiate(graph, network.batch(given.parameters, given.X, given.Y))
    at = {node.name: i for i, node in enumerate(graph.nodes)}
    slip = NO_HIDDEN_SLOPE if last == 2 else NO_HIDDEN_SLOPE.at_layer(last - 1)
    arrays = {
        f"Z{last - 1}": trace.values[at[f"Z{last - 1}"]],
        f"A{last - 1}": trace.values[at[f"A{last - 1}"]],
        f"Z{last}": trace.values[at[f"Z{last}"]],
        f"delta{last}": trace.gradients[at[f"Z{last}"]],
        f"delta{last - 1}": trace.gradients[at[f"A{last - 1}"]],  # the slip: its σ′ is missing
    }
    wrong = slip.gradient(network, given.parameters, given.X, given.Y)
    return f"{printed(arrays, '')}\n{printed(wrong)}"


def printed(arrays: Mapping[str, Array], before: str = "d") -> str:
    """Return arrays as NumPy prints them, each under its name."""
    lines = (
        f"{before}{name} = "
        + np.array2string(
            np.asarray(array),
            precision=_DIGITS,
            separator=", ",
            max_line_width=100_000,
            threshold=1_000_000,
            prefix=" " * (len(before + name) + 3),
        )
        for name, array in arrays.items()
    )
    return "\n".join(lines) + "\n"
