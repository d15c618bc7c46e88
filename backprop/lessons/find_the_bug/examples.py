"""The networks whose backward pass is written out, each with its numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from backprop.engine.network import Network
from backprop.lessons.find_the_bug.code import Writing
from backprop.notation.formula import Label
from backprop.stage.walk.explanation import Words
from backprop.training.datasets import DATASETS
from backprop.training.setups import TrainingSetup

LOSS, OUT, SHARE, TARGET = map(Label, "Eopt")
HALF_SQUARE: Words = (LOSS, " = ½ Σ (", OUT, " − ", TARGET, ")²")
SQUARE: Words = (LOSS, " = mean of (", OUT, " − ", TARGET, ")²")
BINARY: Words = (LOSS, " = mean of −ln ", OUT, " or −ln(1 − ", OUT, ")")
SURPRISE: Words = (LOSS, " = mean of −ln ", SHARE, " of the true class")
PENALIZED: Words = (*SURPRISE, " + 0.05 Σ ", Label("w"), "²")

IRISES = (0, 24, 60, 84, 110, 140)  # two rows of each species


@dataclass(frozen=True, eq=False, slots=True)
class Example:
    """A network with its numbers, and how its backward pass is written.

    Attributes:
        title: what it is, in a few words.
        loss: its loss as a formula, in words with letters.
        setup: the network, where it begins, and what it learns.
        writing: the right program.
    """

    title: str
    loss: Words
    setup: TrainingSetup
    writing: Writing


def _example(
    title: str,
    loss: Words,
    setup: TrainingSetup,
    *,
    batch: bool = False,
    shows_z: bool = True,
    counts: bool = False,
) -> Example:
    writing = Writing(setup.network, batch, shows_z, counts, setup.rate)
    return Example(title, loss, setup, writing)


def _by_hand() -> Example:
    """Return the classic hand calculation (Mazur, 2015); its biases stay as they are."""
    network = Network((2, 2, 2), ("sigmoid", "sigmoid"))
    parameters = {
        "W1": np.array([[0.15, 0.2], [0.25, 0.3]]),
        "b1": np.array([0.35, 0.35]),
        "W2": np.array([[0.4, 0.45], [0.5, 0.55]]),
        "b2": np.array([0.6, 0.6]),
    }
    X, Y = np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]])
    frozen = ("b1_1", "b1_2", "b2_1", "b2_2")
    title = "the 2-2-2 by hand"
    setup = TrainingSetup(title, network, parameters, X, Y, frozen, 0.5)
    return _example(title, HALF_SQUARE, setup, shows_z=False)


def _drawn(network: Network, seed: int) -> dict[str, np.ndarray]:
    """Return weights and biases from a seed, with few digits; no bias is 0."""
    rng = np.random.default_rng(seed)
    drawn = network.initialize(seed)
    return {
        name: np.round(array if array.ndim > 1 else rng.uniform(-0.4, 0.4, array.shape), 2)
        for name, array in drawn.items()
    }


def _tanh() -> Example:
    network = Network((2, 2, 2), ("tanh", "sigmoid"), "mean_squared_error")
    X, Y = np.array([[0.6, -0.4]]), np.array([[1.0, 0.0]])
    title = "a 2-2-2 with tanh"
    return _example(title, SQUARE, TrainingSetup(title, network, _drawn(network, 5), X, Y, (), 0.5))


def _relu() -> Example:
    """Return a network with a hidden unit that relu holds at 0."""
    network = Network((2, 3, 2), ("relu", "tanh"))
    X, Y = np.array([[0.8, 0.4]]), np.array([[0.9, -0.9]])
    parameters = {
        "W1": np.array([[0.5, 0.3], [-0.9, -0.6], [-0.2, 0.7]]),
        "b1": np.array([0.1, -0.2, 0.05]),
        "W2": np.array([[0.6, -0.4, 0.3], [0.2, 0.5, -0.7]]),
        "b2": np.array([0.1, -0.1]),
    }
    title = "a 2-3-2 with relu"
    return _example(title, HALF_SQUARE, TrainingSetup(title, network, parameters, X, Y, (), 0.05))


def _xor() -> Example:
    network = Network((2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy")
    data = DATASETS["xor"]()
    title = "a 2-3-1, the four rows of XOR"
    setup = TrainingSetup(title, network, _drawn(network, 4), data.X, data.Y, (), 0.5)
    return _example(title, BINARY, setup, batch=True)


def _flowers() -> tuple[np.ndarray, np.ndarray]:
    data = DATASETS["iris"]()
    X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    return np.round(X[list(IRISES)], 2), data.Y[list(IRISES)]


def _iris() -> Example:
    network = Network((4, 4, 3), ("tanh", "softmax"), "cross_entropy")
    title = "a 4-4-3, six irises"
    setup = TrainingSetup(title, network, _drawn(network, 3), *_flowers(), (), 0.2)
    return _example(title, SURPRISE, setup, batch=True, counts=True)


def _deep(l2: float = 0.0) -> Example:
    network = Network((4, 3, 3, 3), ("tanh", "tanh", "softmax"), "cross_entropy", l2=l2)
    title = "a 4-3-3-3, six irises"
    setup = TrainingSetup(title, network, _drawn(network, 8), *_flowers(), (), 0.2)
    return _example(title, PENALIZED if l2 else SURPRISE, setup, batch=True)


_MADE: dict[str, Callable[[], Example]] = {
    "by-hand": _by_hand,
    "tanh": _tanh,
    "relu": _relu,
    "xor": _xor,
    "iris": _iris,
    "deep": _deep,
    "penalized": partial(_deep, 0.1),
}


@cache
def find_example(name: str) -> Example:
    """Return an example by its name."""
    return _MADE[name]()
