"""Where mistakes are planted: a network with its examples, or a typed function; and which slips."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.engine.network import Network
from backprop.engine.slips import Slip
from backprop.engine.slips_network import SLIPS
from backprop.lessons.check_course import Array
from backprop.lessons.check_typed import Typed, typed_of
from backprop.lessons.gradient_check_choices import Choices, as_walked
from backprop.lessons.round_choices import dataset_of, network_of
from backprop.training.datasets import DATASETS

BATCH = Network((4, 4, 4, 3), ("tanh", "tanh", "softmax"), "cross_entropy")
BATCH_SEED = 3
BATCH_RATE, PAGE_RATE = 0.1, 0.5
RAW_RATE = 0.05  # of flowers in centimetres: with more the right training shakes
CHANGES = 1e-9  # a slip that changes the gradient by less than this share changes nothing


@dataclass(frozen=True, eq=False, slots=True)
class Bench:
    """A network at its start, with examples to learn from.

    Attributes:
        title: what it is, in a line.
        network: sizes, activations, loss.
        parameters: where training begins, W1, b1 …
        X, Y: the examples.
        frozen: entries of the parameters that no step moves, by name; their gradient is checked.
        rate: the learning rate of both trainings.
    """

    title: str
    network: Network
    parameters: Mapping[str, Array]
    X: Array
    Y: Array
    frozen: tuple[str, ...]
    rate: float

    @property
    def start(self) -> str:
        """What a training on it begins from, in one word."""
        parts = [repr(self.network), repr(self.frozen), repr(self.rate)]
        arrays = (*self.parameters.values(), self.X, self.Y)
        digest = hashlib.sha256("|".join(parts).encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    def flat(self, arrays: Mapping[str, Array]) -> Array:
        """Return arrays like the parameters as one row."""
        return np.concatenate([np.ravel(arrays[name]) for name in self.network.shapes])

    def arrays(self, flat: Array) -> dict[str, Array]:
        """Return a row as arrays like the parameters; the inverse of `flat`."""
        found, at = {}, 0
        for name, shape in self.network.shapes.items():
            size = int(np.prod(shape))
            found[name] = flat[at : at + size].reshape(shape)
            at += size
        return found

    @property
    def moves(self) -> Array:
        """1 for each entry that a step moves, 0 for a frozen one."""
        names = self.network.scalars(self.parameters)
        return np.array([0.0 if name in self.frozen else 1.0 for name in names])

    def measured(self, flat: Array) -> tuple[float, Array]:
        """Return the loss over all examples, and its right gradient as one row."""
        loss, found = self.network.loss_and_gradient(self.arrays(flat), self.X, self.Y)
        return loss, self.flat(found)

    def loss(self, flat: Array) -> float:
        """Return the loss over all examples."""
        return self.network.losses(self.arrays(flat), self.X, self.Y)[1]

    def wrong(self, slip: Slip, flat: Array, previous: Array | None) -> Array:
        """Return the gradient that a slip gives, as one row; `previous`: of the round before."""
        before = self.arrays(previous) if previous is not None else None
        at = self.arrays(flat), self.X, self.Y
        return self.flat(slip.gradient(self.network, *at, previous=before, learning_rate=self.rate))


def bench_of(choices: Choices) -> Bench | Typed:
    """Return the bench that was chosen: what the page is about, or a batch of flowers.

    Where no slip changes the gradient of a typed function, the flowers stand in.
    """
    if choices.bench == "batch":
        return _flowers()
    if choices.of == "expression":
        typed = typed_of(choices)
        return typed if typed.slips else _flowers()
    walked = as_walked(choices)
    network, data = network_of(walked), dataset_of(walked)
    outputs = choices.sizes[-1]
    if data is None:
        inputs = [choices.inputs[f"x{i}"] for i in range(1, choices.sizes[0] + 1)]
        targets = [choices.inputs[f"y{i}"] for i in range(1, outputs + 1)]
        X, Y, title = np.array([inputs]), np.array([targets]), "this network, its one example"
    else:
        X, Y = data.X, data.Y[:, :outputs]
        title = f"this network, all {len(X)} rows of {data.title}"
    parameters = network.arrays(choices.parameters)
    rate = PAGE_RATE if data is None or data.name == "xor" else RAW_RATE
    return Bench(title, network, parameters, X, Y, choices.frozen, rate)


@lru_cache(maxsize=1)
def _flowers() -> Bench:
    data = DATASETS["iris"]()
    X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    title = f"a 4–4–4–3 network, all {len(X)} rows of {data.title}"
    return Bench(title, BATCH, BATCH.initialize(BATCH_SEED), X, data.Y, (), BATCH_RATE)


def candidates(bench: Bench | Typed) -> tuple[Slip, ...]:
    """Return the slips that can happen here, and change the gradient."""
    if isinstance(bench, Typed):
        return bench.slips
    network, parameters, X, Y = bench.network, bench.parameters, bench.X, bench.Y
    right = network.loss_and_gradient(parameters, X, Y)[1]
    away = {name: array + 0.1 for name, array in parameters.items()}
    before = network.loss_and_gradient(away, X, Y)[1]  # of a round before, as it might be
    size = float(np.abs(bench.flat(right)).max())
    found = []
    for slip in SLIPS.values():
        if not slip.fits(network, len(X), before):
            continue
        wrong = slip.gradient(network, parameters, X, Y, previous=before, learning_rate=bench.rate)
        apart = float(np.abs(bench.flat(wrong) - bench.flat(right)).max())
        if apart > CHANGES * size:
            found.append(slip)
    return tuple(found)


def hidden_in(case: int, slips: tuple[Slip, ...]) -> Slip:
    """Return the slip that a numbered case hides: always the same, and not to be guessed."""
    digest = hashlib.sha256(f"case {case}".encode()).digest()
    return slips[int.from_bytes(digest[:6], "big") % len(slips)]
