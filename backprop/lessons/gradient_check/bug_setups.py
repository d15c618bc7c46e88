"""Where mistakes are planted: a network with its examples, or a typed function; and which slips."""

import hashlib

import numpy as np

from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.slip import Slip
from backprop.lessons.gradient_check.choices import Choices
from backprop.lessons.gradient_check.typed_setup import Typed, typed_of
from backprop.stage.networks import find_dataset, make_network
from backprop.stage.training_setup import TrainingSetup, iris_setup

PAGE_RATE = 0.5
RAW_RATE = 0.05  # of flowers in centimetres: with more the right training shakes
CHANGES = 1e-9  # a slip that changes the gradient by less than this share changes nothing


def bench_of(choices: Choices) -> TrainingSetup | Typed:
    """Return the bench that was chosen: what the page is about, or a batch of flowers.

    Where no slip changes the gradient of a typed function, the flowers stand in.
    """
    if choices.planted.bench == "batch":
        return iris_setup()
    if choices.of == "expression":
        typed = typed_of(choices)
        return typed if typed.slips else iris_setup()
    network, data = make_network(choices.network), find_dataset(choices.network)
    outputs = choices.network.sizes[-1]
    if data is None:
        inputs = [choices.network.inputs[f"x{i}"] for i in range(1, choices.network.sizes[0] + 1)]
        targets = [choices.network.inputs[f"y{i}"] for i in range(1, outputs + 1)]
        X, Y, title = np.array([inputs]), np.array([targets]), "this network, its one example"
    else:
        X, Y = data.X, data.Y[:, :outputs]
        title = f"this network, all {len(X)} rows of {data.title}"
    parameters = network.arrays(choices.network.parameters)
    rate = PAGE_RATE if data is None or data.name == "xor" else RAW_RATE
    return TrainingSetup(title, network, parameters, X, Y, choices.network.frozen, rate)


def candidates(bench: TrainingSetup | Typed) -> tuple[Slip, ...]:
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
