"""Two trainings side by side, one by the right gradient and one by a slip's, a slice at a time.

Both are plain gradient descent over all examples: θ ← θ − rate · g. A slice can end at any step;
the numbers do not show where.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from backprop.engine.slips.slip import Slip
from backprop.lessons.gradient_check.typed_setup import Typed
from backprop.lessons.gradient_check.work import Array, Course
from backprop.stage.training_setup import TrainingSetup

SLICE = 0.04  # seconds of work in a request


def course_on(bench: TrainingSetup | Typed, slip: Slip, course: Course | None) -> Course:
    """Return the course if it is of this bench and this slip; otherwise one at its start.

    What was measured of the costs stays.
    """
    start = f"{bench.start}-{slip.name}"
    if course is not None and course.start == start:
        return course
    flat = bench.flat(bench.parameters)
    loss = bench.measured(flat)[0]
    costs = course.costs if course is not None else np.zeros((0, 3))
    return Course(start, flat, flat, np.zeros(0), np.array([[loss, loss]]), costs)


def trained(
    bench: TrainingSetup | Typed,
    slip: Slip,
    course: Course,
    goal: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Course:
    """Return the course some steps further on: up to the goal, or for a slice of time.

    Where one of the losses is no finite number, both end.

    Args:
        bench: a network with its examples, or a typed function.
        slip: what the second training does wrong.
        course: at its start, or from an earlier slice.
        goal: the number of steps at which it ends.
        clock: seconds; a test brings its own.
    """
    began = clock()
    right, wrong, previous = course.right, course.wrong, course.previous
    losses = [course.losses]
    steps = course.steps
    step = bench.rate * bench.moves
    with np.errstate(all="ignore"):
        downhill = gradient_at(bench, None, right)
        while (
            steps < goal
            and np.isfinite(losses[-1][-1]).all()
            and (steps == course.steps or clock() - began < SLICE)
        ):
            right = right - step * downhill
            loss, downhill = bench.measured(right)
            previous = gradient_at(bench, slip, wrong, previous)
            wrong = wrong - step * previous
            losses.append(np.array([[loss, bench.loss(wrong)]]))
            steps += 1
    return replace(course, right=right, wrong=wrong, previous=previous, losses=np.vstack(losses))


def gradient_at(
    bench: TrainingSetup | Typed, slip: Slip | None, flat: Array, previous: Array | None = None
) -> Array:
    """Return a gradient over all examples, as one row: the right one, or that of a slip.

    Args:
        bench: a network with its examples, or a typed function.
        slip: the mistake; None for none.
        flat: the parameters.
        previous: what the slip gave in the round before; none in the first.
    """
    if slip is None:
        return bench.measured(flat)[1]
    return bench.wrong(slip, flat, previous if previous is not None and len(previous) else None)
