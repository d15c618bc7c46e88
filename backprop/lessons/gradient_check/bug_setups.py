"""Where mistakes are planted: a network with its examples, or a typed function; and which slips."""

import hashlib

import numpy as np

from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.slip import Slip
from backprop.lessons.gradient_check.choices import Choices
from backprop.lessons.gradient_check.typed_setup import Typed, typed_of
from backprop.stage.bench import Bench, flowers
from backprop.stage.networks import dataset_of, network_of

PAGE_RATE = 0.5
RAW_RATE = 0.05  # of flowers in centimetres: with more the right training shakes
CHANGES = 1e-9  # a slip that changes the gradient by less than this share changes nothing

# The slips that numbered cases hide, in the order in which they are drawn. An address with a case
# has to hide the same slip in every later version, so a new slip is not added here.
NETWORK_CASES = (
    *("no-hidden-slope", "no-output-slope", "slope-at-activation", "output-slope-at-activation"),
    *("one-path", "assigned", "transposed", "transposed-gradient", "no-weights"),
    *("before-activation", "sign", "half-lost", "two-lost", "sum-over-batch", "divided-twice"),
    *("sum-over-outputs", "updated-weights", "stale-gradient", "not-zeroed"),
    *("bias-last-example", "bias-first-example", "bias-mean", "bias-forgotten"),
    *("slope-twice", "no-penalty"),
)
FUNCTION_CASES = (
    *("one-path", "assigned", "missed-path", "paths-multiplied", "no-local", "no-arriving"),
    *("added", "by-value", "own-factor", "slope-at-out", "two-lost", "half-lost"),
    *("exponent-lost", "sign", "stale-gradient", "not-zeroed"),
)


def bench_of(choices: Choices) -> Bench | Typed:
    """Return the bench that was chosen: what the page is about, or a batch of flowers.

    Where no slip changes the gradient of a typed function, the flowers stand in.
    """
    if choices.planted.bench == "batch":
        return flowers()
    if choices.of == "expression":
        typed = typed_of(choices)
        return typed if typed.slips else flowers()
    network, data = network_of(choices.network), dataset_of(choices.network)
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
    return Bench(title, network, parameters, X, Y, choices.network.frozen, rate)


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


def hidden_in(case: int, bench: Bench | Typed, slips: tuple[Slip, ...]) -> Slip:
    """Return the slip that a numbered case hides, the same whatever was added to the catalogue."""
    names = FUNCTION_CASES if isinstance(bench, Typed) else NETWORK_CASES
    known = {slip.name: slip for slip in slips}
    drawn = [known[name] for name in names if name in known]
    digest = hashlib.sha256(f"case {case}".encode()).digest()
    return drawn[int.from_bytes(digest[:6], "big") % len(drawn)]
