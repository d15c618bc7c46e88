"""What a learner's code prints: a right gradient, one with a slip, one with its steps.

Each is what `read_submission` reads, printed as NumPy prints arrays.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.network import Array, Network
from backprop.engine.program import program
from backprop.engine.slips.catalog import HALF_LOST, NO_HIDDEN_SLOPE, NO_OUTPUT_SLOPE, SIGN
from backprop.engine.slips.programs.places import Slips
from backprop.engine.slips.slip import Slip

_LIKELY = (NO_OUTPUT_SLOPE, NO_HIDDEN_SLOPE, HALF_LOST)  # where none fits, the sign is turned
_DIGITS = 12  # enough for an entry to be judged as if all were there

Parameters = Mapping[str, Array]


def right_example(network: Network, parameters: Parameters, X: Array, Y: Array) -> str:
    """Return the exact gradient."""
    return print_arrays(network.objective_and_gradient(parameters, X, Y)[1])


def slip_example(network: Network, parameters: Parameters, X: Array, Y: Array) -> str:
    """Return the gradient with the first of a few slips that changes it."""
    at = network, parameters, X, Y
    return print_arrays(_find_slip(*at).gradient(*at))


def _find_slip(network: Network, parameters: Parameters, X: Array, Y: Array) -> Slip:
    right = network.objective_and_gradient(parameters, X, Y)[1]
    for slip in _LIKELY:
        if slip.fits(network, len(X)):
            wrong = slip.gradient(network, parameters, X, Y)
            if any(not np.array_equal(wrong[name], right[name]) for name in right):
                return slip
    return SIGN


def has_steps(network: Network) -> bool:
    """Whether there is a hidden layer whose slope can be forgotten."""
    return network.depth > 1 and network.activations[-2] != "linear"


def steps_example(network: Network, parameters: Parameters, X: Array, Y: Array) -> str:
    """Return z, a and δ beside a gradient whose last hidden layer forgot its slope."""
    last = network.depth
    graph = network.graph("layers")
    trace = differentiate(graph, network.batch(parameters, X, Y))
    values: dict[str, Any] = {}
    slopes: dict[str, Any] = {}
    for node, value, slope in zip(graph.nodes, trace.values, trace.gradients, strict=True):
        values[node.name], slopes[node.name] = value, slope
    slip = NO_HIDDEN_SLOPE if last == 2 else NO_HIDDEN_SLOPE.at_layers(last - 1)
    arrays = {
        **{name: values[name] for name in (f"Z{last - 1}", f"A{last - 1}", f"Z{last}")},
        f"delta{last}": slopes[f"Z{last}"],
        f"delta{last - 1}": slopes[f"A{last - 1}"],  # the slip: its σ′ is missing
    }
    wrong = slip.gradient(network, parameters, X, Y)
    return f"{print_arrays(arrays, '')}\n{print_arrays(wrong)}"


PROGRAM = """X : given 4 x 3 = random 1
Y : given 4 x 2 = random 2
W1 : 5 x 3 = random 3 * 0.6
b1 : 5 = random 4 * 0.1
W2 : 2 x 5 = random 5 * 0.6
b2 : 2 = zeros
Z1 = X @ W1.T + b1
A1 = tanh(Z1)
Z2 = A1 @ W2.T + b2
L = mean((Z2 - Y) ** 2)"""
PROGRAM_SLIP = "slope-at-output.A1.1"


def program_example(slip: str = "") -> str:
    """Return a program with its gradient below it, right or with a slip, by its key."""
    made = program(PROGRAM)
    trace = differentiate(made, made.at)
    felt = Slips(trace).find(slip) if slip else None
    return f"{PROGRAM}\n\n{print_arrays(felt.gradient if felt else trace.gradient)}"


def print_arrays(arrays: Mapping[str, Array], before: str = "d") -> str:
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
