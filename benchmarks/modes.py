"""Programs of arrays in both modes: what tangents and Hessian products cost, in forward passes.

Each preset's program, its values alone beside the tangents, the gradient, and H t along one
direction; all in turns, as whole calls.
"""

from collections.abc import Iterator
from statistics import median

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.forward import values
from backprop.engine.modes.hessians import hvp
from backprop.engine.modes.tangents import jvp
from backprop.engine.program import Program, program
from backprop.lessons.arrays.presets import PRESETS
from benchmarks.programs import with_number
from benchmarks.timing import Case, Row, below, interleaved, times_faster

ROUNDS = 11
WANTED = {"tangents": 3.0, "gradient": 3.0, "Hessian product": 8.0}  # in the median of the presets


def rows() -> Iterator[Row]:
    """Measure every preset, and say the medians."""
    found: dict[str, list[float]] = {name: [] for name in WANTED}
    for preset in PRESETS:
        ours = program(with_number(preset.choices.program))
        direction = draw_direction(ours)
        cases = {
            "values": Case(lambda ours=ours: values(ours, ours.at)),
            "tangents": Case(lambda ours=ours, t=direction: jvp(ours, ours.at, t)),
            "gradient": Case(lambda ours=ours: gradient(ours, ours.at)),
            "Hessian product": Case(lambda ours=ours, t=direction: hvp(ours, ours.at, t)),
        }
        times = interleaved(cases, ROUNDS)
        for name, each in found.items():
            each.append(times_faster(times, "values", name))
        costs = ", ".join(f"{each[-1]:.1f}" for each in found.values())
        yield Row(f"program {preset.name}: tangents, gradient, H t", f"{costs} ×")
    for name, wanted in WANTED.items():
        yield below(f"programs: {name}, in passes of the values", median(found[name]), wanted, "×")


def draw_direction(graph: Program) -> dict[str, np.ndarray]:
    """Return a random tangent for every parameter."""
    chance = np.random.default_rng(1)
    shapes = {name: graph.shape(name) for name in graph.parameters}
    return {name: chance.standard_normal(shape) for name, shape in shapes.items()}
