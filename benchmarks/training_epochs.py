"""Epochs of plain gradient descent over 200 points: ours, and TensorFlow Playground's engine.

Both train a 2-8-8-1 with tanh throughout, at rate 0.03, in batches of 10, of 200 and of 1.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from typing import Any

import numpy as np

from backprop.engine.network import Array, Network
from backprop.training.optimizers import GradientDescent
from backprop.training.run import train
from benchmarks.timing import Case, Row, at_least, interleaved, left_out, times_faster

NETWORK = Network((2, 8, 8, 1), ("tanh",) * 3)
OPTIMIZER = GradientDescent(0.03)
POINTS = 200
WANTED = {10: 1.4, POINTS: 10.0, 1: None}  # None: for information
STEPS = 400  # in a slice, which is as long as a picture stays
THEIR_EPOCHS = 40  # in one question; what asking costs does not show
WARM = 20  # questions until their code is compiled for good
DRIVER = Path(__file__).with_name("playground.mjs")
PEER = "Playground's engine"

Ask = Callable[[int, int], list[float]]  # batch, epochs -> parameters


def rows() -> Iterator[Row]:
    """Measure epochs in a second, in each size of a batch."""
    parameters, X, Y = setting()
    with playground(parameters, X, Y) as ask:
        if ask:
            check_that_both_learn_the_same(ask, parameters, X, Y)
        for batch, wanted in WANTED.items():
            name = f"2-8-8-1 over {POINTS} points, batch {batch}"
            cases = {"in a slice": in_a_slice(parameters, X, Y, batch)}
            if ask:
                cases[PEER] = of_the_playground(ask, batch)
            times = interleaved(cases)
            for case, each in times.items():
                yield Row(f"{name}: epochs, {case}", f"{1 / median(each):,.0f} / s")
            peer = f"{name}: against {PEER}"
            if not ask:
                yield left_out(peer, "engine of TensorFlow Playground")
                continue
            ratio = times_faster(times, "in a slice", PEER)
            yield at_least(peer, ratio, wanted) if wanted else Row(peer, f"{ratio:.2f} ×")


def setting() -> tuple[dict[str, Array], Array, Array]:
    """Return where to start, and points whose class is the sign of x1 · x2."""
    X = np.random.default_rng(1).uniform(-1, 1, (POINTS, 2))
    return NETWORK.initialize(), X, np.sign(X[:, :1] * X[:, 1:])


def epoch(X: Array, Y: Array, batch: int) -> list[tuple[Array, Array]]:
    """Return the batches of an epoch."""
    return [(X[i : i + batch], Y[i : i + batch]) for i in range(0, POINTS, batch)]


def in_a_slice(parameters: Mapping[str, Array], X: Array, Y: Array, batch: int) -> Case:
    """Return a slice of training, of as many whole epochs as fit."""
    epochs = STEPS * batch // POINTS
    batches = epoch(X, Y, batch) * epochs
    return Case(lambda: train(NETWORK, OPTIMIZER, parameters, {}, batches), epochs)


def of_the_playground(ask: Ask, batch: int) -> Case:
    """Return so many epochs of the playground's engine, warm."""
    for _ in range(WARM):
        ask(batch, THEIR_EPOCHS)
    return Case(lambda: ask(batch, THEIR_EPOCHS), THEIR_EPOCHS)


def check_that_both_learn_the_same(
    ask: Ask, parameters: Mapping[str, Array], X: Array, Y: Array
) -> None:
    """Raise an error unless both come to the same parameters in two epochs."""
    ours = train(NETWORK, OPTIMIZER, parameters, {}, epoch(X, Y, 10) * 2).parameters
    np.testing.assert_allclose(ask(10, 2), neuron_by_neuron(ours), rtol=1e-9, atol=1e-12)


def neuron_by_neuron(parameters: Mapping[str, Array]) -> list[float]:
    """Return each neuron's weights and its bias."""
    layers = range(1, NETWORK.depth + 1)
    rows = (np.column_stack([parameters[f"W{k}"], parameters[f"b{k}"]]) for k in layers)
    return np.concatenate([row.ravel() for row in rows]).tolist()


@contextmanager
def playground(parameters: Mapping[str, Array], X: Array, Y: Array) -> Iterator[Ask | None]:
    """Give the way to ask the engine at PLAYGROUND, run by Node; None where one is missing."""
    node, engine = shutil.which("node"), os.environ.get("PLAYGROUND", "")
    if not (node and Path(engine).is_file()):
        yield None
        return
    points = [{"x": x, "y": y} for x, (y,) in zip(X.tolist(), Y.tolist(), strict=True)]
    with Popen([node, DRIVER, engine], stdin=PIPE, stdout=PIPE, text=True) as process:

        def send(line: Mapping[str, Any]) -> None:
            process.stdin.write(json.dumps(line) + "\n")
            process.stdin.flush()

        def ask(batch: int, epochs: int) -> list[float]:
            send({"batch": batch, "epochs": epochs})
            return json.loads(process.stdout.readline())

        start = neuron_by_neuron(parameters)
        send({"sizes": NETWORK.sizes, "parameters": start, "points": points})
        yield ask
