"""How far a gradient may be from the one at the numbers that were read, for these were rounded.

Weights, biases and data that PyTorch prints have 4 decimals: the gradient beside them was computed
from numbers up to 5e-5 away. With xⱼ the numbers, hⱼ half a unit of the last digit of each, and
eⱼ what rounding took from it, |eⱼ| ≤ hⱼ, a slope gᵢ is off by

    Σ eⱼ ∂gᵢ/∂xⱼ    at most  Σ |hⱼ ∂gᵢ/∂xⱼ|,   and with variance  σᵢ² = Σ (hⱼ ∂gᵢ/∂xⱼ)² / 3

so that more than 6 σᵢ happens once in 3·10⁷ times (the tail of a sum of uniform numbers is below
that of a normal one). The terms are differences of the gradient itself, over hⱼ and not over less,
which sees how it bends. Where there are more numbers than passes, each pass moves a group of them,
each up or down by chance (a fixed seed): the sum of squares is right in the mean.

A pre-activation that rounding may carry across a kink has two slopes, and either is possible: what
the gradient leaps there is added.

Source: Hoeffding (1963), Probability inequalities for sums of bounded random variables; Higham,
Accuracy and Stability of Numerical Algorithms (2002), section 3.1.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.backward import differentiate, gradient
from backprop.engine.network import Array, Network
from backprop.engine.ops import OPS, jumps_at_zero

MOST_PASSES = 512
MOST_WORK = 60_000_000  # multiplications of all passes together: about 50 ms
PASS = 40_000  # multiplications that a pass costs beside its own
SIGMAS = 6.0
BENT = 1.1  # for what is of higher order
MOST_KINKS = 256  # leaps that are looked at, each two passes of one example
ACROSS = 1e-7  # by how much a pre-activation is put on the other side of a kink


class Spread(NamedTuple):
    """How far rounded inputs may carry a gradient.

    Attributes:
        reach: for each entry how far, by the parameters' names; ∞ where it cannot be told.
        kinks: how many pre-activations may lie on either side of a kink.
    """

    reach: dict[str, Array]
    kinks: int = 0


@np.errstate(all="ignore")
def find_spread(network: Network, at: Mapping[str, Array], half: Mapping[str, Array]) -> Spread:
    """Return how far the gradient at the numbers that were meant may be from that at those read.

    Args:
        network: whose gradient it is.
        at: W1, b1, …, X and Y, as `Network.batch` returns them.
        half: for each of their entries how far the number that was meant may be, at most.
    """
    names = [*network.shapes, "X", "Y"]
    inputs = _Flat({name: at[name] for name in names})
    most = np.concatenate([np.ravel(half[name]) for name in names])
    slopes = _Flat({name: at[name] for name in network.shapes})
    if not most.any():
        return Spread(slopes.arrays(np.zeros(slopes.size)))
    graph = network.graph("layers")
    kinked = [graph.position(f"Z{k}") for k in _kinked_layers(network)]

    def moved(by: Any) -> Array:
        trace = differentiate(graph, inputs.arrays(inputs.flat + by))
        found = [trace.gradient[name] for name in network.shapes]
        return np.concatenate(
            [np.ravel(each) for each in (*found, *(trace.values[i] for i in kinked))]
        )

    here = moved(0.0)
    directions, alone = _directions(most, _passes(network, len(at["X"])))
    squares, most_of_all = np.zeros(here.size), np.zeros(here.size)
    for direction in directions:
        apart = np.abs(moved(direction) - here)
        squares += apart * apart
        most_of_all += apart
    reach = BENT * SIGMAS * np.sqrt(squares / 3)
    if alone:
        reach = np.minimum(reach, BENT * most_of_all)
    reach = np.where(np.isnan(reach), np.inf, reach)
    of_slopes, of_kinks = np.split(reach, [slopes.size])
    near = np.abs(here[slopes.size :]) <= of_kinks
    if not near.any():
        return Spread(slopes.arrays(of_slopes))
    leaps, count = _leaps(network, at, near, here[slopes.size :])
    return Spread(slopes.arrays(of_slopes + leaps), count)


class _Flat:
    """Arrays by name, and the same one after the other."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.shapes = {name: array.shape for name, array in arrays.items()}
        self.flat = np.concatenate([np.ravel(array) for array in arrays.values()])
        self.size = self.flat.size

    def arrays(self, flat: Array) -> dict[str, Array]:
        """Return numbers that stand one after the other as arrays by name."""
        found, start = {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            found[name] = flat[start : start + size].reshape(shape)
            start += size
        return found


def _kinked_layers(network: Network) -> list[int]:
    """Return the layers, counted from 1, whose activation has a kink at 0."""
    return [
        k
        for k, name in enumerate(network.activations, 1)
        if name in OPS and jumps_at_zero(OPS[name])
    ]


def _passes(network: Network, examples: int) -> int:
    """Return how many passes there may be."""
    work = 6 * examples * network.parameter_count + PASS
    return max(16, min(MOST_PASSES, MOST_WORK // work))


def _directions(half: Array, passes: int) -> tuple[Iterator[Array], bool]:
    """Return how the inputs are moved in each pass, and whether each is moved alone."""
    places = np.flatnonzero(half)
    rng = np.random.default_rng(len(places))
    signs = rng.choice((-1.0, 1.0), len(places))
    order = rng.permutation(len(places))
    groups = np.array_split(order, min(passes, len(places)))

    def each() -> Iterator[Array]:
        for group in groups:
            direction = np.zeros(half.size)
            direction[places[group]] = half[places[group]] * signs[group]
            yield direction

    return each(), len(groups) == len(places)


def _leaps(network: Network, at: Mapping[str, Array], near: Any, sums: Array) -> tuple[Array, int]:
    """Return how far the gradient leaps where pre-activations change sides, and how many may."""
    graph, rows = network.graph("layers"), len(at["X"])
    count = int(near.sum())
    total = np.zeros(network.parameter_count)
    if count > MOST_KINKS:
        return np.full(total.size, np.inf), count
    start = 0
    for k in _kinked_layers(network):
        units = network.sizes[k]
        size = rows * units
        for place in np.flatnonzero(near[start : start + size]).tolist():
            row, unit = divmod(place, units)
            z = sums[start + place]
            sides = []
            for side in (-ACROSS, ACROSS):
                bias = np.array(at[f"b{k}"])
                bias[unit if len(bias) > 1 else 0] += -z + side * max(1.0, abs(z))
                one = {
                    **at,
                    f"b{k}": bias,
                    "X": at["X"][row : row + 1],
                    "Y": at["Y"][row : row + 1],
                }
                found = gradient(graph, one)[1]
                sides.append(np.concatenate([np.ravel(found[name]) for name in network.shapes]))
            total += np.abs(sides[1] - sides[0]) / rows
        start += size
    return total, count
