"""A small network as a learner chooses it: its example, its sizes, its weights and biases.

What nobody typed comes from the data set's row, and from the seed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from backprop.engine.errors import LimitError, ShapeError
from backprop.engine.network import ACTIVATIONS, LOSSES, SCHEMES, Network
from backprop.notation.network_names import textbook_names
from backprop.stage.choices import Flag, Name, OneOf, Real, Several, Table, Whole, chosen
from backprop.training.datasets import DATASETS, Dataset

MOST_UNITS = 8  # of a layer: more cannot be drawn with their weights
MOST_LAYERS = 10
MOST_PARAMETERS = {"neurons": 120, "operations": 60}  # more cannot be followed one by one
DECIMALS = 3  # of initial weights, so that a hand calculation starts from what is shown
OWN = "own"  # the data are the learner's own numbers
NUMBER = Real(-1e6, 1e6)


@dataclass(frozen=True)
class NetworkChoices:
    """A network with one example; the sizes decide the names of inputs and parameters."""

    names: str = chosen(OneOf(("indexed", "textbook")), "indexed")
    data: str = chosen(OneOf((OWN, *DATASETS)), OWN)
    row: int = chosen(Whole(1, 2_000), 1)
    sizes: tuple[int, ...] = chosen(
        Several(Whole(1, MOST_UNITS), MOST_LAYERS + 1, least=2), (2, 2, 2)
    )
    activations: tuple[str, ...] = chosen(
        Several(OneOf(ACTIVATIONS), MOST_LAYERS, least=1), ("sigmoid", "sigmoid")
    )
    loss: str = chosen(OneOf(LOSSES), "half_squared_error")
    shared: bool = chosen(Flag(), False)  # one bias for each layer
    scheme: str = chosen(OneOf(SCHEMES), "xavier")
    seed: int = chosen(Whole(0, 99_999), 1)
    frozen: tuple[str, ...] = chosen(Several(Name(), 1_000), ())
    inputs: Mapping[str, float] = chosen(
        Table(
            NUMBER,
            keys=lambda c: input_names(c),
            default=lambda c, base: default_inputs(c, base),
            aliases=lambda c: aliases(c),
        ),
        {},
    )
    parameters: Mapping[str, float] = chosen(
        Table(
            NUMBER,
            keys=lambda c: parameter_names(c),
            default=lambda c, base: default_parameters(c, base),
            aliases=lambda c: aliases(c),
        ),
        {},
    )


def make_network(choices: NetworkChoices, detail: str = "neurons") -> Network:
    """Return the network that was chosen.

    Raises:
        ShapeError: sizes, activations, loss and data do not fit together.
    """
    shape = choices.sizes, choices.activations, choices.loss, choices.shared
    return _make_network(*shape, choices.data, detail)


@lru_cache(maxsize=256)
def _make_network(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    loss: str,
    shared: bool,
    of: str,
    detail: str,
) -> Network:
    network = Network(sizes, activations, loss, shared)
    if not drawable(sizes, detail):
        most, shown = MOST_PARAMETERS[detail], ", ".join(map(str, sizes))
        raise LimitError(
            f"A network of sizes {shown} is too large to be drawn.",
            hint=f"By {detail}, at most {most} weights and biases.",
            at="sizes",
        )
    data = DATASETS[of]() if of != OWN else None
    if data is not None and sizes[0] != data.X.shape[1]:
        raise ShapeError(
            f"{data.title} have {data.X.shape[1]} features, not {sizes[0]}.",
            hint=f"Let the first size be {data.X.shape[1]}, or choose your own numbers.",
            at="sizes",
        )
    if data is not None and sizes[-1] not in (1, data.Y.shape[1]):
        raise ShapeError(
            f"{data.title} have {len(data.classes)} classes.",
            hint=f"Let the last size be 1 (“{data.classes[0]} or not”) or {data.Y.shape[1]}.",
            at="sizes",
        )
    return network


def drawable(sizes: tuple[int, ...], detail: str) -> bool:
    """Whether a network of these sizes has few enough weights and biases to be drawn."""
    return (
        sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))
        <= MOST_PARAMETERS[detail]
    )


def find_dataset(choices: NetworkChoices) -> Dataset | None:
    """Return the data set that the example comes from; None for the learner's own numbers."""
    return DATASETS[choices.data]() if choices.data != OWN else None


def input_names(choices: NetworkChoices) -> tuple[str, ...]:
    """Return the names of the inputs and the targets."""
    inputs = (f"x{i}" for i in range(1, choices.sizes[0] + 1))
    return (*inputs, *(f"y{i}" for i in range(1, choices.sizes[-1] + 1)))


def parameter_names(choices: NetworkChoices) -> tuple[str, ...]:
    """Return the names of the weights and biases; raises as `network_of` does."""
    return _parameter_names(make_network(choices))


@lru_cache(maxsize=256)
def _parameter_names(network: Network) -> tuple[str, ...]:
    return tuple(network.scalars({name: np.zeros(s) for name, s in network.shapes.items()}))


def aliases(choices: NetworkChoices) -> Mapping[str, str]:
    """Return the textbook's name of each quantity, which is accepted beside where it is shown."""
    return textbook_names(choices.sizes, choices.shared) if choices.names == "textbook" else {}


def default_inputs(choices: NetworkChoices, base: NetworkChoices) -> dict[str, float]:
    """Return the example that was chosen: a row of the data set, or the base's own numbers."""
    names = input_names(choices)
    same = (choices.data, choices.row, choices.sizes) == (base.data, base.row, base.sizes)
    data = find_dataset(choices)
    if data is None or (same and base.inputs):
        return {name: base.inputs.get(name, 0.5) for name in names}
    if choices.row > len(data.X):
        raise ShapeError(
            f"There is no row {choices.row:,}.",
            hint=f"{data.title} have {len(data.X)} rows, counted from 1.",
            at="row",
        )
    row = choices.row - 1
    numbers = (*data.X[row].tolist(), *data.Y[row].tolist()[: choices.sizes[-1]])
    return dict(zip(names, numbers, strict=False))


def default_parameters(choices: NetworkChoices, base: NetworkChoices) -> dict[str, float]:
    """Return the weights and biases that nobody typed: the base's, or new ones from the seed."""

    def origin(c: NetworkChoices) -> tuple[object, ...]:
        return c.sizes, c.shared, c.scheme, c.seed

    if base.parameters and origin(choices) == origin(base):
        return dict(base.parameters)
    return dict(_drawn_parameters(make_network(choices), choices.seed, choices.scheme))


@lru_cache(maxsize=256)
def _drawn_parameters(network: Network, seed: int, scheme: str) -> Mapping[str, float]:
    arrays = network.initialize(seed, scheme)
    return network.scalars({name: np.round(array, DECIMALS) for name, array in arrays.items()})


LOSS_TITLES = {
    "half_squared_error": "half squared error",
    "mean_squared_error": "mean squared error",
    "binary_cross_entropy": "binary cross-entropy",
    "cross_entropy": "cross-entropy",
    "huber": "Huber",
    "multiclass_hinge": "multi-class hinge",
}

SCHEME_TITLES = {
    "xavier": "Xavier, random",
    "he": "He, random",
    "zeros": "all zeros",
    "equal": "all equal",
}
