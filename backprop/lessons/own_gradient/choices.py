"""What a learner can choose where they bring a gradient: the network here, and what was brought.

What was brought stands in the store, and the choices hold its address: so a page's address shows
the same answer for whoever opens it, and what is deleted is gone from all of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

import numpy as np

from backprop.engine.differences.cost import check_work
from backprop.engine.errors import LimitError
from backprop.engine.network import (
    ACTIVATIONS,
    LOSSES,
    MOST_LAYERS,
    MOST_UNITS,
    OF_CLASSES,
    SCHEMES,
    Network,
)
from backprop.notation.submission.layouts import COLUMNS, IN_OUT, OUT_IN, ROWS, Wish
from backprop.notation.submission.place import Array
from backprop.stage.choices import Flag, Name, OneOf, Several, Whole, chosen, format_choice
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.sections import more_choice

LAYOUTS = (OUT_IN, IN_OUT, ROWS, COLUMNS)
SECTIONS = {  # of the page that open, and the choices each holds
    "network": ("sizes", "activations", "loss", "shared", "scheme", "seed", "rows"),
    "starters": (),
    "worked": (),
}
MOST_WORK = 1_000_000_000  # units of engine.cost.check_work, up to which a network is set up here
MOST_JUDGED = 250_000_000  # of the same units, for what is judged in one request: about 0.2 s
# of them, beside the work: for a parameter, more where it is printed here, for a number of X or Y
ENTRY, PRINTED, DATUM = 38_000, 14_000, 8_000
MOST_ROWS = 64  # examples that are drawn here; a submission may bring more
DECIMALS = 3  # of the numbers that are drawn here


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default.

    Attributes:
        sizes, activations, loss, shared, scheme, seed: the network here, to which belongs what
            does not name its own. One activation too few or too many is no mistake: the first is
            that of the hidden layers, the last that of the outputs.
        rows: how many examples are drawn for it.
        read_as: how square weights and square batches lie, where somebody has said it: “out_in” or
            “in_out”, “rows” or “columns”; else the gradient tells.
        example: what is shown as if it were brought: “right”, “slip”, “steps”, or a worked one.
        own: the address of what was brought.
    """

    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice("presets", "example", "table", "network", "files")
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)
    sizes: tuple[int, ...] = chosen(
        Several(Whole(1, MOST_UNITS), MOST_LAYERS + 1, least=2), (2, 3, 2)
    )
    activations: tuple[str, ...] = chosen(
        Several(OneOf(ACTIVATIONS), MOST_LAYERS, least=1), ("sigmoid", "sigmoid")
    )
    loss: str = chosen(OneOf(LOSSES), "half_squared_error")
    shared: bool = chosen(Flag(), False)
    scheme: str = chosen(OneOf(SCHEMES), "xavier")
    seed: int = chosen(Whole(0, 99_999), 1)
    rows: int = chosen(Whole(1, MOST_ROWS), 4)
    read_as: tuple[str, ...] = chosen(Several(OneOf(LAYOUTS), 2), ())
    example: str = chosen(Name(), "")
    own: str = chosen(Name(64), "")

    @property
    def settled(self) -> bool:
        """Whether somebody chose the activations or the loss."""
        fields = type(self).__dataclass_fields__
        return any(getattr(self, n) != fields[n].default for n in ("activations", "loss"))

    @property
    def wish(self) -> Wish:
        """How somebody wants arrays to be read."""
        weights = next((each for each in self.read_as if each in (OUT_IN, IN_OUT)), "")
        return Wish(weights, next((each for each in self.read_as if each in (ROWS, COLUMNS)), ""))


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The network here, with its numbers and its batch; the arrays are read-only."""

    network: Network
    parameters: dict[str, Array]
    X: Array
    Y: Array

    @property
    def at(self) -> tuple[Network, dict[str, Array], Array, Array]:
        """The network and its point."""
        return self.network, self.parameters, self.X, self.Y

    @property
    def defaults(self) -> dict[str, Array]:
        """What stands in for the arrays that a submission leaves out."""
        return {**self.parameters, "X": self.X, "Y": self.Y}


def make_network(choices: Choices) -> Network:
    """Return the network here.

    Raises:
        ShapeError: sizes, activations and loss do not fit together.
        LimitError: it is too large to be checked in one request.
    """
    *hidden, last = choices.activations
    inner = len(choices.sizes) - 2
    if len(hidden) != inner:
        hidden = [choices.activations[0]] * inner
    if choices.loss == "cross_entropy":
        last = "softmax"
    elif last == "softmax":
        last = "linear" if choices.loss == "multiclass_hinge" else "sigmoid"
    activations = (*hidden, last)
    network = Network(choices.sizes, activations, choices.loss, choices.shared)
    if check_work(network, choices.rows) > MOST_WORK:
        _refuse(network, choices.rows, MOST_WORK // check_work(network, 1), "rows")
    return network


def check_bounded(network: Network, examples: int, at: str, *, printed: bool = False) -> None:
    """Refuse a judgement that would take too long, before anything of it is done.

    Args:
        network: whose gradient it is.
        examples: how many are in the batch.
        at: the field to blame.
        printed: whether the gradient is written here first, as an example.

    Raises:
        LimitError: it would; the text says how many examples are possible.
    """
    fixed = (ENTRY + printed * PRINTED) * network.parameter_count
    each = check_work(network, 1) + DATUM * (network.sizes[0] + network.sizes[-1])
    if fixed + each * examples > MOST_JUDGED:
        _refuse(network, examples, max((MOST_JUDGED - fixed) // each, 0), at)


def _refuse(network: Network, examples: int, most: int, at: str) -> NoReturn:
    with_them = f"{examples:,} examples" if examples > 1 else "one example"
    bring = f"With this network at most {most:,} can be checked here. Bring fewer rows"
    hint = f"{bring if most else 'Bring a smaller network'}, or use the command line, which"
    raise LimitError(
        f"Checking {network.parameter_count:,} entries with {with_them} is too much for one "
        "request.",
        hint=f"{hint} has no such limit: python -m backprop check FILE.",
        at=at if most or at != "rows" else "sizes",
    )


def make_given(choices: Choices) -> Given:
    """Return the network here with its numbers; raises as `make_network`."""
    return _given(make_network(choices), choices.scheme, choices.seed, choices.rows)


@lru_cache(maxsize=64)
def _given(network: Network, scheme: str, seed: int, rows: int) -> Given:
    rng = np.random.default_rng((seed, 1))
    parameters = network.initialize(seed, scheme)
    for name, shape in network.shapes.items():
        if len(shape) == 1:  # a bias of 0 would hide what is wrong with it
            parameters[name] = rng.normal(0, 0.1, shape)
    outputs = network.sizes[-1]
    X = rng.normal(0, 1, (rows, network.sizes[0]))
    if network.loss in OF_CLASSES:
        Y = np.eye(outputs)[rng.integers(outputs, size=rows)]
    elif network.loss == "binary_cross_entropy":
        Y = rng.integers(2, size=(rows, outputs)).astype(float)
    else:
        Y = rng.uniform(0, 1, (rows, outputs))
    parameters = {name: _rounded(array) for name, array in parameters.items()}
    return Given(network, parameters, _rounded(X), _rounded(Y))


def _rounded(array: Array) -> Array:
    rounded: Array = np.round(array, DECIMALS) + 0.0  # no -0
    rounded.setflags(write=False)
    return rounded
