"""One Adam step of a small network on a batch: ours, PyTorch's, and the leanest in NumPy."""

from collections.abc import Callable, Iterator
from itertools import pairwise, repeat
from typing import Any

import numpy as np

from backprop.engine.network import Array, Network
from backprop.training.optimizers import Adam
from backprop.training.run import train
from benchmarks.timing import (
    Case,
    Row,
    at_least,
    below,
    interleaved,
    left_out,
    microseconds,
    times_faster,
)

try:
    import torch
except ImportError:
    torch = None

EXAMPLES = 32
STEPS = 200  # in a slice; the time is that of one
WANTED = {(2, 8, 8, 1): 8.0, (64, 32, 10): 4.0}  # times PyTorch's speed
LEAST = 1.5  # times the yardstick's time, at most


def rows() -> Iterator[Row]:
    """Measure a step inside a slice, one by one through the public doors, and the peers'."""
    for sizes, wanted in WANTED.items():
        name = f"Adam step {'-'.join(map(str, sizes))}, batch {EXAMPLES}"
        network, X, Y = setting(sizes)
        cases = {
            "in a slice": Case(in_a_slice(network, X, Y), STEPS),
            "one by one": Case(one_by_one(network, X, Y)),
            "lean NumPy": Case(Lean(network, X, Y).step),
        }
        if torch:
            cases["PyTorch, fused Adam"] = Case(pytorch(network, X, Y))
        times = interleaved(cases)
        for case, each in times.items():
            yield microseconds(f"{name}: {case}", each)
        ratio = times_faster(times, "lean NumPy", "in a slice")
        yield below(f"{name}: in a slice, against lean NumPy", ratio, LEAST, "×")
        peer = f"{name}: in a slice, against PyTorch"
        if not torch:
            yield left_out(peer, "PyTorch")
            continue
        ratio = times_faster(times, "in a slice", "PyTorch, fused Adam")
        yield at_least(peer, ratio, wanted)


def setting(sizes: tuple[int, ...]) -> tuple[Network, Array, Array]:
    """Return a network (tanh inside; softmax over classes or a linear output) and its batch."""
    rng = np.random.default_rng(0)
    classes = sizes[-1] > 1
    inside = ("tanh",) * (len(sizes) - 2)
    last, loss = ("softmax", "cross_entropy") if classes else ("linear", "half_squared_error")
    X = rng.normal(size=(EXAMPLES, sizes[0]))
    labels = rng.integers(sizes[-1], size=EXAMPLES)
    Y = np.eye(sizes[-1])[labels] if classes else rng.normal(size=(EXAMPLES, 1))
    return Network(sizes, (*inside, last), loss), X, Y


def in_a_slice(network: Network, X: Array, Y: Array) -> Callable[[], Any]:
    """Return a slice of training."""
    parameters, optimizer = network.initialize(), Adam()
    state = optimizer.start(parameters)
    return lambda: train(network, optimizer, parameters, state, repeat((X, Y), STEPS))


def one_by_one(network: Network, X: Array, Y: Array) -> Callable[[], None]:
    """Return one step by the mappings of names to arrays, as a notebook writes it."""
    parameters, optimizer = network.initialize(), Adam()
    state = optimizer.start(parameters)

    def step() -> None:
        nonlocal parameters, state
        _, gradient = network.loss_and_gradient(parameters, X, Y)
        move, state = optimizer.step(gradient, state, parameters)
        parameters = {name: array + move[name] for name, array in parameters.items()}

    return step


def pytorch(network: Network, X: Array, Y: Array) -> Callable[[], None]:
    """Return PyTorch's step: eager, float32 as is its habit, and its fastest Adam."""
    torch.set_num_threads(1)
    layers: list[Any] = []
    for fan_in, fan_out in pairwise(network.sizes):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    inputs, targets = (torch.tensor(array, dtype=torch.float32) for array in (X, Y))
    labels = targets.argmax(1)

    def half_squared_error() -> Any:
        return 0.5 * ((model(inputs) - targets) ** 2).mean()

    def cross_entropy() -> Any:
        return torch.nn.functional.cross_entropy(model(inputs), labels)

    loss = cross_entropy if network.loss == "cross_entropy" else half_squared_error

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return step


class Lean:
    """A yardstick: this one network written by hand, every array kept, biases a row of weights.

    It knows no graph, computes no loss and can be nothing else, so nothing general comes near it.
    """

    def __init__(self, network: Network, X: Array, Y: Array) -> None:
        sizes = network.sizes
        shapes = [(fan_in + 1, fan_out) for fan_in, fan_out in pairwise(sizes)]
        ends = np.cumsum([rows * columns for rows, columns in shapes])
        self.classes, self.Y, self.steps = network.loss == "cross_entropy", Y, 0
        self.theta, self.g, self.m, self.v, self.t = np.zeros((5, ends[-1]))
        self.W, self.G = (
            [
                part.reshape(shape)
                for part, shape in zip(np.split(a, ends[:-1]), shapes, strict=True)
            ]
            for a in (self.theta, self.g)
        )
        rng = np.random.default_rng(0)
        for W in self.W:
            W[:-1] = rng.normal(size=(len(W) - 1, W.shape[1])) / np.sqrt(len(W) - 1)
        self.A = [np.ones((len(X), size + 1)) for size in sizes[:-1]]
        self.A[0][:, :-1] = X
        self.Z = [np.empty((len(X), size)) for size in sizes[1:]]
        self.D = [np.empty((len(X), size)) for size in sizes[1:]]
        self.scratch = [np.empty((len(X), size)) for size in sizes[1:]]
        self.inner = [A[:, :-1] for A in self.A]
        # As arrays of no dimension: NumPy would make one of each Python number, every time.
        self.one, self.share = np.array(1.0), np.array(1 / len(X))
        self.keep_m, self.keep_v = np.array(0.1), np.array(0.001)
        self.epsilon, self.rate = np.array(0.0), np.array(0.0)

    def step(self) -> None:
        """Go forward, backward, and one step of Adam."""
        self.differentiate()
        self.update()

    def differentiate(self) -> None:
        """Fill g."""
        last = len(self.W) - 1
        for k, W in enumerate(self.W):
            np.dot(self.A[k], W, self.Z[k])
            if k < last:
                np.tanh(self.Z[k], self.inner[k + 1])
        D = self.D[last]
        if self.classes:
            np.exp(self.Z[last] - self.Z[last].max(axis=1, keepdims=True), D)
            D /= D.sum(axis=1, keepdims=True)
            D -= self.Y
        else:
            np.subtract(self.Z[last], self.Y, D)
        np.multiply(D, self.share, D)
        for k in range(last, -1, -1):
            np.dot(self.A[k].T, self.D[k], self.G[k])
            if k:
                a, slope, below = self.inner[k], self.scratch[k - 1], self.D[k - 1]
                np.dot(self.D[k], self.W[k][:-1].T, below)
                np.multiply(a, a, slope)
                np.subtract(self.one, slope, slope)
                np.multiply(below, slope, below)

    def update(self) -> None:
        """Move theta."""
        self.steps += 1
        g, m, v, t = self.g, self.m, self.v, self.t
        root = (1 - 0.999**self.steps) ** 0.5
        self.epsilon[()], self.rate[()] = 1e-8 * root, 1e-3 * root / (1 - 0.9**self.steps)
        np.subtract(g, m, t)
        np.multiply(t, self.keep_m, t)
        np.add(m, t, m)
        np.multiply(g, g, t)
        np.subtract(t, v, t)
        np.multiply(t, self.keep_v, t)
        np.add(v, t, v)
        np.sqrt(v, t)
        np.add(t, self.epsilon, t)
        np.divide(m, t, t)
        np.multiply(t, self.rate, t)
        np.subtract(self.theta, t, self.theta)
