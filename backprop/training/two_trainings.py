"""Two trainings side by side, one by the right gradient and one by a slip's, a slice at a time.

Both are plain gradient descent over all examples: θ ← θ − rate · g. A slice can end at any step;
the numbers do not show where. How far they are stands in the page's snapshot.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from backprop.engine.network import Array
from backprop.engine.slips.slip import Slip
from backprop.training.function_setup import FunctionSetup
from backprop.training.setups import TrainingSetup

Setup = TrainingSetup | FunctionSetup  # where a mistake is planted

SLICE = 0.04  # seconds of work in a request


@dataclass(frozen=True, eq=False, slots=True)
class Progress:
    """How far two trainings are that began alike, one with a slip; and the measured costs.

    Attributes:
        start: what the trainings are of, in one word; those of another start are not looked at.
        right, wrong: the parameters that each came to, as one row [P].
        previous: the last gradient of the wrong one, [P]; none before its first step.
        losses: of both at every step, the right one first, [steps + 1, 2].
        costs: for each size N measured: N, seconds for a value and its gradient by a backward
            pass, seconds for the same gradient by central differences, [k, 3].
    """

    start: str = ""
    right: Array = field(default_factory=lambda: np.zeros(0))
    wrong: Array = field(default_factory=lambda: np.zeros(0))
    previous: Array = field(default_factory=lambda: np.zeros(0))
    losses: Array = field(default_factory=lambda: np.zeros((0, 2)))
    costs: Array = field(default_factory=lambda: np.zeros((0, 3)))

    @property
    def steps(self) -> int:
        """How many steps both trainings have taken."""
        return max(0, len(self.losses) - 1)

    def with_cost(self, row: tuple[float, float, float]) -> "Progress":
        """Return the progress with one more size measured."""
        return replace(self, costs=np.vstack([self.costs, row]))


def progress_on(setup: Setup, slip: Slip, progress: Progress | None) -> Progress:
    """Return the progress if it is of this setup and this slip; otherwise that of a start.

    What was measured of the costs stays.
    """
    start = f"{setup.start}-{slip.name}"
    if progress is not None and progress.start == start:
        return progress
    flat = setup.flat(setup.parameters)
    loss = setup.measured(flat)[0]
    costs = progress.costs if progress is not None else np.zeros((0, 3))
    return Progress(start, flat, flat, np.zeros(0), np.array([[loss, loss]]), costs)


def train_slice(
    setup: Setup,
    slip: Slip,
    progress: Progress,
    goal: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Progress:
    """Return the progress some steps further on: up to the goal, or for a slice of time.

    Where one of the losses is no finite number, both end.

    Args:
        setup: a network with its examples, or a typed function.
        slip: what the second training does wrong.
        progress: at the start, or from an earlier slice.
        goal: the number of steps at which it ends.
        clock: seconds; a test brings its own.
    """
    began = clock()
    right, wrong, previous = progress.right, progress.wrong, progress.previous
    losses = [progress.losses]
    steps = progress.steps
    step = setup.rate * setup.moves
    with np.errstate(all="ignore"):
        downhill = gradient_at(setup, None, right)
        while (
            steps < goal
            and np.isfinite(losses[-1][-1]).all()
            and (steps == progress.steps or clock() - began < SLICE)
        ):
            right = right - step * downhill
            loss, downhill = setup.measured(right)
            previous = gradient_at(setup, slip, wrong, previous)
            wrong = wrong - step * previous
            losses.append(np.array([[loss, setup.loss(wrong)]]))
            steps += 1
    return replace(progress, right=right, wrong=wrong, previous=previous, losses=np.vstack(losses))


def gradient_at(
    setup: Setup, slip: Slip | None, flat: Array, previous: Array | None = None
) -> Array:
    """Return a gradient over all examples, as one row: the right one, or that of a slip.

    `previous` is what the slip gave in the round before; none in the first.
    """
    if slip is None:
        return setup.measured(flat)[1]
    return setup.wrong(slip, flat, previous if previous is not None and len(previous) else None)
