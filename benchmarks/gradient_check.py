"""The gradient of a whole network by nudging: ours, against the plain loop in lean NumPy.

The loop is the one that every course shows: move a parameter up, evaluate, move it down, evaluate.
Its evaluation is the leanest that NumPy allows, one flat array and no graph.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.network import network_differences
from backprop.engine.network import Array, Network
from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.fingerprint import fingerprint
from benchmarks.timing import Case, Row, at_least, interleaved, microseconds, times_faster

STEP = 1e-5
EXAMPLES = 32
ROUNDS = 9
SAMPLE = 400  # parameters of which the loop's time is measured, and scaled up
WANTED = {(2, 30, 30, 1): 15.0, (2, 98, 98, 1): 40.0}  # times the loop's speed


def rows() -> Iterator[Row]:
    """Measure the slopes, the whole check with its report, one backward pass, and the loop."""
    for sizes, wanted in WANTED.items():
        network, at = setting(sizes)
        count = network.parameter_count
        name = f"gradient check, {count:,} parameters"
        loop, share = naive(network, at)
        cases = {
            "slopes": Case(lambda network=network, at=at: network_differences(network, at)),
            "whole check": Case(lambda network=network, at=at: check_gradient(network, at)),
            "one backward pass": Case(backward(network, at)),
            "plain loop": Case(loop, share),
        }
        times = interleaved(cases, ROUNDS)
        for case, each in times.items():
            yield microseconds(f"{name}: {case}", each)
        for case in ("slopes", "whole check"):
            ratio = times_faster(times, case, "plain loop")
            yield at_least(f"{name}: {case}, against the loop", ratio, wanted)
    yield from _slips()


def _slips() -> Iterator[Row]:
    """Measure a planted pass against the right one, and a fingerprint."""
    network, at = setting((2, 8, 8, 1))
    X, Y = at.pop("X"), at.pop("Y")
    right = network.loss_and_gradient(at, X, Y)[1]
    fits = [slip for slip in SLIPS.values() if slip.fits(network, EXAMPLES)]
    claimed = fits[0].gradient(network, at, X, Y)

    def planted() -> None:
        for slip in fits:
            slip.gradient(network, at, X, Y)

    cases = {
        "right pass": Case(lambda: network.loss_and_gradient(at, X, Y)),
        "planted pass": Case(planted, len(fits)),
        "fingerprint of a right gradient": Case(lambda: fingerprint(network, at, X, Y, right)),
        "fingerprint of a wrong one": Case(lambda: fingerprint(network, at, X, Y, claimed)),
    }
    times = interleaved(cases, ROUNDS)
    for case, each in times.items():
        yield microseconds(f"slips in 2-8-8-1, batch {EXAMPLES}: {case}", each)


def setting(sizes: tuple[int, ...]) -> tuple[Network, dict[str, Array]]:
    """Return a network with tanh inside and a linear output, and a point."""
    network = Network(sizes, ("tanh",) * (len(sizes) - 2) + ("linear",), "half_squared_error")
    rng = np.random.default_rng(0)
    at = {name: rng.normal(size=shape) * 0.4 for name, shape in network.shapes.items()}
    X, Y = (rng.normal(size=(EXAMPLES, units)) for units in (sizes[0], sizes[-1]))
    return network, network.batch(at, X, Y)


def backward(network: Network, at: dict[str, Array]) -> Callable[[], Any]:
    """Return one backward pass through the public door."""
    parameters = {name: at[name] for name in network.shapes}
    return lambda: network.loss_and_gradient(parameters, at["X"], at["Y"])


def naive(network: Network, at: dict[str, Array]) -> tuple[Callable[[], Any], float]:
    """Return the plain loop over some parameters, and which share of all they are.

    Source: the naive loop of a usual gradient check, as in the CS231n notes.
    """
    flat = np.concatenate([at[name].ravel() for name in network.shapes])
    shapes = list(pairwise(network.sizes))
    X, Y = at["X"], at["Y"]

    def loss(theta: Array) -> float:
        A, start = X, 0
        for k, (fan_in, fan_out) in enumerate(shapes, 1):
            end = start + fan_in * fan_out
            Z = A @ theta[start:end].reshape(fan_out, fan_in).T + theta[end : end + fan_out]
            A, start = np.tanh(Z) if k < len(shapes) else Z, end + fan_out
        return 0.5 * ((A - Y) ** 2).mean()

    size = min(SAMPLE, flat.size) if flat.size > 2000 else flat.size
    some = np.sort(np.random.default_rng(0).choice(flat.size, size, replace=False))

    def loop() -> Array:
        theta, found = flat.copy(), np.empty(size)
        for k, i in enumerate(some):
            here = theta[i]
            theta[i] = here + STEP
            up = loss(theta)
            theta[i] = here - STEP
            found[k] = (up - loss(theta)) / (2 * STEP)
            theta[i] = here
        return found

    slopes = network_differences(network, at).slopes
    ours = np.concatenate([slopes[name].ravel() for name in network.shapes])
    np.testing.assert_allclose(loop(), ours[some], rtol=1e-6, atol=1e-9)
    return loop, size / flat.size
