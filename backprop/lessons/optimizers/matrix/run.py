"""The cells of the matrix, one after another: each a run, in slices within a request's limit.

    for every source, for every optimizer:     course = go_on(problem, course)     about 50 ms each

Our optimizers are given a gradient and move; SciPy's minimizers ask for gradients as they like.
Both go on from what the course keeps, and where a slice ends shows in no number but the seconds.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from backprop.engine.errors import LimitError
from backprop.lessons.optimizers.matrix.problem import Problem, Source
from backprop.lessons.optimizers.matrix.progress import Cell, Course, Underway
from backprop.training.minimize import METHODS, Record, Task, minimize
from backprop.training.optimizers import OPTIMIZERS, Optimizer

Array = NDArray[np.float64]
Clock = Callable[[], float]

SLICE = 0.05  # seconds of new work in a call; what SciPy repeats before it takes up to 0.12
MOST_WORK = 80_000.0  # µs that a call’s new evaluations take by their weight, whatever a clock says
ORDER = ("backward", "closed", "none", "central")  # the slow one last


def why_not(source: Source, optimizer: str) -> str:
    """Return why a cell has no run, in words; empty where it has one."""
    if optimizer in OPTIMIZERS:
        return source.refused if source.name != "none" else "needs a gradient"
    method = METHODS[optimizer]
    if source.name != "none" and not method.takes_gradient:
        return "takes none"
    if source.name == "none" and method.needs_gradient:
        return "needs a gradient"
    return source.refused


def runs(problem: Problem) -> tuple[tuple[str, str], ...]:
    """Return the cells that have a run, optimizer and source, in the order in which they fill."""
    names = (*OPTIMIZERS, *METHODS)
    found = ((name, problem.sources[source]) for source in ORDER for name in names)
    return tuple((name, source.name) for name, source in found if not why_not(source, name))


def course_of(problem: Problem, course: Course | None) -> Course:
    """Return the course, or an empty one where it is of another problem."""
    if course is not None and course.start == problem.begun:
        return replace(course, total=len(runs(problem)))
    return Course(problem.begun, total=len(runs(problem)))


def left(problem: Problem, course: Course) -> Iterator[tuple[str, str]]:
    """Yield the cells that are not done, in order."""
    return (key for key in runs(problem) if course.cell(*key) is None)


def go_on(problem: Problem, course: Course | None, clock: Clock = time.perf_counter) -> Course:
    """Return the course after one slice of work, in as many cells as it is enough for.

    Args:
        problem: what is minimized.
        course: so far; None, or one of another problem, begins afresh.
        clock: returns seconds.
    """
    course = course_of(problem, course)
    work = _Work(problem, clock)
    for optimizer, source in tuple(left(problem, course)):
        before = course.underway
        if before is None or before.key != (optimizer, source):
            before = Underway(optimizer, source)
        after = _advance(work, before)
        if isinstance(after, Underway):
            return replace(course, underway=after)
        course = replace(course, cells=(*course.cells, after), underway=None)
        if work.is_spent():
            break
    return course


class _Work:
    """What one call has done: it counts, and says when it is enough. It stays in its call."""

    def __init__(self, problem: Problem, clock: Clock) -> None:
        self.problem, self.clock = problem, clock
        self.until = clock() + SLICE
        self.evaluations = self.gradients = 0
        self.done = 0.0

    def value(self, theta: Array) -> float:
        """Return the function's value, counted."""
        self.evaluations += 1
        self.done += self.problem.weight
        return self.problem.value(theta)

    def gradient(self, source: Source) -> Callable[[Array], Array] | None:
        """Return what gives a source's gradients, counted; None where there are none."""
        make = source.gradient
        if make is None:
            return None

        def made(theta: Array) -> Array:
            self.gradients += 1
            self.done += 2 * self.problem.weight
            return make(self.value, theta)

        return made

    def is_spent(self) -> bool:
        """Whether the call has worked enough."""
        return self.done >= MOST_WORK or self.clock() >= self.until

    def begin(self) -> None:
        """Count the time from here: what came before was only repeated."""
        self.until = self.clock() + SLICE


def _advance(work: _Work, before: Underway) -> Underway | Cell:
    """Return a cell after a slice: done, or still under way."""
    source = work.problem.sources[before.source]
    work.evaluations, work.gradients = before.evaluations, before.gradients
    if not before.arrays:
        try:
            _compile(work.problem, source)
        except LimitError as error:
            return Cell(*before.key, np.nan, 0, 0, 0, 0.0, error.what, sound=False, refused=True)
    if before.optimizer in OPTIMIZERS:
        return _moved(work, source, before)
    return _minimized(work, source, before)


def _compile(problem: Problem, source: Source) -> None:
    """Run each pass once: it is compiled then, and no cell is to pay for that."""
    height = problem.value(problem.start)
    if source.gradient is not None:
        source.gradient(lambda _: height, problem.start)


def _moved(work: _Work, source: Source, before: Underway) -> Underway | Cell:
    """Return a cell of one of our optimizers after a slice."""
    began, problem, gradient = work.clock(), work.problem, work.gradient(source)
    assert gradient is not None, "our optimizers need a gradient"
    rate = problem.rates[before.optimizer]
    optimizer = OPTIMIZERS[before.optimizer](learning_rate=rate)
    theta, state = _resumed(optimizer, before, problem.start)
    steps, end = before.steps, ""
    while not end:
        g = gradient(theta)
        end = _ended(problem, g, steps)
        if not end:
            move, state = optimizer.step(g, state, theta)
            theta, steps = theta + move, steps + 1
            end = f"{steps} steps" if steps == problem.steps else ""
        if not end and work.is_spent():
            spent = before.seconds + work.clock() - began
            arrays = {"theta": theta, **{k: np.asarray(x, float) for k, x in state.items()}}
            counts = work.evaluations, work.gradients, steps
            return Underway(*before.key, *counts, spent, arrays)
    loss = work.value(theta)
    spent = before.seconds + work.clock() - began
    sound = bool(np.isfinite(loss) and np.isfinite(theta).all())
    if not sound and "finite" not in end:
        end = f"no finite value after {steps} steps"
    counts = work.evaluations, work.gradients, steps
    return Cell(*before.key, loss, *counts, spent, end, sound)


def _resumed(
    optimizer: Optimizer, before: Underway, start: Array
) -> tuple[Array, dict[str, Array | int]]:
    """Return the point and the optimizer's memory, from the start or as they were left."""
    if not before.arrays:
        return start, optimizer.start(start)
    state = {k: int(x) if k == "t" else x for k, x in before.arrays.items() if k != "theta"}
    return before.arrays["theta"], state


def _ended(problem: Problem, g: Array, steps: int) -> str:
    """Return why there is no further step; empty where there is one."""
    if not np.isfinite(g).all():
        return f"no finite slope after {steps} steps"
    flat = np.abs(g).max(initial=0.0) <= problem.flat
    return f"no slope is left after {steps} steps" if flat else ""


def _minimized(work: _Work, source: Source, before: Underway) -> Underway | Cell:
    """Return a cell of one of SciPy's minimizers after a slice."""
    method, arrays = METHODS[before.optimizer], before.arrays
    task = Task(method, work.value, work.gradient(source), work.problem.start)
    record = Record(arrays["marks"], arrays["numbers"], before.seconds) if arrays else None
    repeated = record is not None

    def enough() -> bool:
        nonlocal repeated
        if repeated:
            work.begin()
            repeated = False
        return work.is_spent()

    record, outcome = minimize(task, record, enough, work.clock)
    counts = work.evaluations, work.gradients
    if outcome is None:
        kept = {"marks": record.marks, "numbers": record.numbers}
        return Underway(*before.key, *counts, 0, record.seconds, kept)
    sound = bool(np.isfinite(outcome.value) and np.isfinite(outcome.point).all())
    steps, seconds = outcome.iterations, outcome.seconds
    return Cell(*before.key, outcome.value, *counts, steps, seconds, outcome.words, sound)
