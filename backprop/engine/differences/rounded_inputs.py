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
from backprop.engine.differences.slopes import joined, split
from backprop.engine.graph import Graph
from backprop.engine.network import Array, Network
from backprop.engine.ops import OPS, jumps_at_zero
from backprop.engine.trace import Trace

FEWEST_PASSES, MOST_PASSES = 16, 256
MOST_WORK = 25_000_000  # multiplications of all passes together: about 20 ms
LAYER, NUMBER = 40_000, 30  # of them for a layer of a pass, and for a number that is moved
SIGMAS = 6.0
BENT = 1.1  # for what is of higher order
MOST_KINKS = 256  # leaps that are looked at, each two passes of one example
WITH_MARGINS = ("multiclass_hinge",)  # losses with a kink where a score comes within 1
ACROSS = 1e-7  # by how much a pre-activation is put on the other side of a kink


class Spread(NamedTuple):
    """How far rounded inputs may carry a gradient.

    Attributes:
        reach: for each entry how far, by the parameters' names; ∞ where it is not known.
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
    inputs = {name: at[name] for name in names}
    parameters = {name: at[name] for name in network.shapes}
    point, half_widths = joined(inputs, names), joined(half, names)
    if not half_widths.any():
        return Spread({name: np.zeros(array.shape) for name, array in parameters.items()})
    kinks = _Kinks(network, at)
    graph = network.graph("layers")

    def passes_at(offset: Any) -> tuple[Array, Array]:
        trace = differentiate(graph, split(point + offset, inputs))
        return joined(trace.gradient, network.shapes), kinks.numbers(trace)

    slopes, sums = passes_at(0.0)
    of_slopes, of_sums = _Sums(slopes.size), _Sums(sums.size)
    crossing: list[tuple[Array, Array]] = []  # differences with leaps in them, and where these are
    directions, alone = _directions(half_widths, _passes(network, len(at["X"])))
    for direction in directions:
        moved_slopes, moved_sums = passes_at(direction)
        sides: Array = np.where(moved_sums > 0, 1.0, 0.0) - (sums > 0)
        of_sums.add(moved_sums - sums)
        if sides.any():
            crossing.append((moved_slopes - slopes, sides))
        else:
            of_slopes.add(moved_slopes - slopes)
    near = np.abs(sums) <= of_sums.reach(alone)
    for _, sides in crossing:
        near |= sides != 0
    count = int(near.sum())
    if count > MOST_KINKS:
        return Spread(split(np.full(slopes.size, np.inf), parameters), count)
    leaps = {place: kinks.leap(place, sums[place]) for place in np.flatnonzero(near).tolist()}
    for difference, sides in crossing:
        for place in np.flatnonzero(sides).tolist():
            difference = difference - sides[place] * leaps[place]
        of_slopes.add(difference)
    reach = of_slopes.reach(alone) + sum(np.abs(leap) for leap in leaps.values())
    return Spread(split(np.where(np.isnan(reach), np.inf, reach), parameters), count)


class _Sums:
    """What is kept of differences, one for each direction: their squares and their sizes."""

    def __init__(self, size: int) -> None:
        self.squares, self.sizes = np.zeros(size), np.zeros(size)

    def add(self, differences: Array) -> None:
        """Take the differences of a direction."""
        self.squares += differences * differences
        self.sizes += np.abs(differences)

    def reach(self, alone: bool) -> Array:
        """Return how far rounding may go; `alone` if each direction was that of one number."""
        likely = SIGMAS * np.sqrt(self.squares / 3)
        return BENT * (np.minimum(likely, self.sizes) if alone else likely)


class _Kinks:
    """What of a network has a kink at 0: pre-activations of relu, the margins of a hinge.

    Args:
        network: the network.
        at: its point.
    """

    def __init__(self, network: Network, at: Mapping[str, Array]) -> None:
        self.network, self.at, self.graph = network, at, network.graph("layers")
        self.layers = [
            k
            for k, name in enumerate(network.activations, 1)
            if name in OPS and jumps_at_zero(OPS[name])
        ]
        self.positions = [self.graph.position(f"Z{k}") for k in self.layers]
        self.scores = self.graph.nodes[self.graph.position("L")].inputs[0]
        if network.loss in WITH_MARGINS:
            self.layers.append(network.depth)
        sizes = [len(at["X"]) * network.sizes[k] for k in self.layers]
        self.starts = np.cumsum([0, *sizes])

    def numbers(self, trace: Trace) -> Array:
        """Return them, layer by layer, in each example by example: a leap is where one is 0."""
        numbers = [trace.values[i] for i in self.positions]
        if self.network.loss in WITH_MARGINS:  # how far a score comes within 1 of the true one
            S, Y = trace.values[self.scores], trace.values[self.graph.position("Y")]
            numbers.append(1 + S - np.sum(Y * S, axis=1, keepdims=True))
        return np.concatenate([np.empty(0), *map(np.ravel, numbers)])

    def leap(self, place: int, z: float) -> Array:
        """Return what the gradient gains where one of the numbers goes from ≤ 0 to > 0.

        It is moved there by the bias of its unit, in its example alone.

        Args:
            place: counted as `numbers` gives them.
            z: its value.
        """
        which = int(np.searchsorted(self.starts, place, side="right")) - 1
        k = self.layers[which]
        row, unit = divmod(place - int(self.starts[which]), self.network.sizes[k])
        X, Y = (self.at[name][row : row + 1] for name in "XY")
        sides = []
        for side in (-ACROSS, ACROSS):
            bias = np.array(self.at[f"b{k}"])
            bias[unit % len(bias)] += -z + side * max(1.0, abs(z))
            slopes = gradient(self.graph, {**self.at, f"b{k}": bias, "X": X, "Y": Y})[1]
            sides.append(joined(slopes, self.network.shapes))
        leap: Array = (sides[1] - sides[0]) / len(self.at["X"])
        return leap


@np.errstate(all="ignore")
def find_reach(
    graph: Graph, at: Mapping[str, float], half: Mapping[str, float]
) -> dict[str, Array]:
    """Return how far rounded numbers may carry the gradient of a function of a few.

    Args:
        graph: a function of numbers.
        at: its point.
        half: for each of its variables how far the number that was meant may be, at most.
    """
    here, reach = gradient(graph, at)[1], {name: np.zeros(()) for name in graph.parameters}
    for name, most in half.items():
        sides = [
            gradient(graph, {**at, name: at[name] + side * most})[1] for side in (-1, 1) if most
        ]
        for slope in reach if sides else ():
            reach[slope] += BENT * max(abs(there[slope] - here[slope]) for there in sides)
    return {name: np.where(np.isnan(each), np.inf, each) for name, each in reach.items()}


def _passes(network: Network, examples: int) -> int:
    """Return how many passes there may be."""
    numbers = network.parameter_count + examples * (network.sizes[0] + network.sizes[-1])
    products = 6 * examples * network.parameter_count
    work = products + LAYER * network.depth + NUMBER * numbers
    return max(FEWEST_PASSES, min(MOST_PASSES, MOST_WORK // work))


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


@np.errstate(all="ignore")
def find_lost_slopes(network: Network, at: Mapping[str, Array], unit: float) -> dict[str, Array]:
    """Return how far a gradient may be off where saturated activations were rounded, by name.

        tanh′ = 1 − a²,  off by the share 3 a² u / (1 − a²)      σ′ = a (1 − a),  by a u / (1 − a)

    with a off by u |a|, and a² once more. That a is within the spread of rounded inputs, but not
    what is left of 1 − a.
    What δ of a layer is off by goes back as δ does, and is added up in size.

    Args:
        network: whose gradient it is.
        at: W1, b1, …, X and Y, as `Network.batch` returns them.
        unit: u, the unit roundoff of the type: half its ε.
    """
    graph = network.graph("layers")
    trace = differentiate(graph, at)
    place = {node.name: i for i, node in enumerate(graph.nodes)}
    lost: dict[str, Array] = {}
    carried: Any = 0.0
    for layer in range(network.depth, 0, -1):
        delta, values = trace.gradients[place[f"Z{layer}"]], trace.values
        kind = network.activations[layer - 1]
        a = values[place[f"A{layer}"]] if f"A{layer}" in place else np.zeros_like(delta)
        slope, share = np.ones_like(delta), np.zeros_like(delta)
        if kind == "tanh":
            slope, share = 1 - a * a, 3 * a * a * unit / (1 - a * a)
        elif kind == "sigmoid":
            slope, share = a * (1 - a), a * unit / (1 - a)
        off = np.abs(delta) * np.fmin(share, 1.0) + carried * slope
        before = at["X"]
        if layer > 1:
            entering = f"A{layer - 1}" if f"A{layer - 1}" in place else f"Z{layer - 1}"
            before = values[place[entering]]
        lost[f"W{layer}"] = off.T @ np.abs(before)
        lost[f"b{layer}"] = off.sum(axis=0)
        carried = off @ np.abs(at[f"W{layer}"])
    return {
        name: lost[name] if lost[name].shape == shape else lost[name].sum().reshape(shape)
        for name, shape in network.shapes.items()
    }
