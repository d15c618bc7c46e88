"""The runs of the matrix, one after another, in slices within a request's limit.

    progress = fill_slice(problem, progress)     # about 50 ms, until none is unfinished

Our optimizers are given a gradient and move; SciPy's minimizers ask for gradients as they like.
Both go on from what the progress keeps, and the end of a slice changes no number but the seconds.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from backprop.engine.errors import LimitError
from backprop.lessons.optimizers.matrix.problem import FLAT, Array, Problem, Source
from backprop.lessons.optimizers.matrix.progress import FinishedRun, Progress, UnfinishedRun
from backprop.training.minimize import METHODS, Record, Task, minimize
from backprop.training.optimizers import OPTIMIZERS, Optimizer

Clock = Callable[[], float]

SLICE = 0.05  # seconds of new work in a call; what SciPy repeats before it takes up to 0.12
MOST_WORK = 80_000.0  # µs that a call’s new evaluations take by their weight, whatever a clock says
ORDER = ("backward", "closed", "none", "central")  # the slow one last


def why_not(source: Source, optimizer: str) -> str:
    """Return why an optimizer cannot run with a source, in words; empty where it can."""
    if optimizer in OPTIMIZERS:
        return source.refused if source.name != "none" else "needs a gradient"
    method = METHODS[optimizer]
    if source.name != "none" and not method.takes_gradient:
        return "takes none"
    if source.name == "none" and method.needs_gradient:
        return "needs a gradient"
    return source.refused


def runs(problem: Problem) -> tuple[tuple[str, str], ...]:
    """Return which runs there are, optimizer and source, in the order in which they are made."""
    names = (*OPTIMIZERS, *METHODS)
    pairs = ((name, problem.sources[source]) for source in ORDER for name in names)
    return tuple((name, source.name) for name, source in pairs if not why_not(source, name))


def progress_on(problem: Problem, progress: Progress | None) -> Progress:
    """Return the progress, or none where it is of another problem."""
    if progress is not None and progress.problem == problem.word:
        return replace(progress, total=len(runs(problem)))
    return Progress(problem.word, total=len(runs(problem)))


def unfinished(problem: Problem, progress: Progress | None) -> tuple[tuple[str, str], ...]:
    """Return the runs that are not finished, in order."""
    finished = {run.key for run in progress_on(problem, progress).finished}
    return tuple(key for key in runs(problem) if key not in finished)


def fill_slice(
    problem: Problem, progress: Progress | None, clock: Clock = time.perf_counter
) -> Progress:
    """Return the progress after one slice of work, in as many runs as it is enough for.

    Progress on another problem begins again; the clock returns seconds.
    """
    progress = progress_on(problem, progress)
    work = _Work(problem, clock)
    for optimizer, source in unfinished(problem, progress):
        before = progress.current
        if before is None or before.key != (optimizer, source):
            before = UnfinishedRun(optimizer, source)
        after = _advance(work, before)
        if isinstance(after, UnfinishedRun):
            return replace(progress, current=after)
        progress = replace(progress, finished=(*progress.finished, after), current=None)
        if work.is_spent():
            break
    return progress


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

    def gradient(self, source: str) -> Callable[[Array], Array] | None:
        """Return what gives a source's gradients, counted; None where there are none."""
        make = self.problem.gradients.get(source)
        if make is None:
            return None

        def counted(theta: Array) -> Array:
            self.gradients += 1
            self.done += 2 * self.problem.weight
            return make(self.value, theta)

        return counted

    @property
    def counts(self) -> tuple[int, int]:
        """How many evaluations and how many gradients the run has asked."""
        return self.evaluations, self.gradients

    def is_spent(self) -> bool:
        """Whether the call has worked enough."""
        return self.done >= MOST_WORK or self.clock() >= self.until

    def begin(self) -> None:
        """Count the time from here: what came before was only repeated."""
        self.until = self.clock() + SLICE


def _advance(work: _Work, before: UnfinishedRun) -> UnfinishedRun | FinishedRun:
    """Return a run after a slice: finished, or still under way."""
    work.evaluations, work.gradients = before.evaluations, before.gradients
    if not before.arrays:
        try:
            _compile(work.problem, before.source)
        except LimitError as error:
            return FinishedRun(*before.key, end=error.what, sound=False, refused=True)
    if before.optimizer in OPTIMIZERS:
        return _run_optimizer(work, before)
    return _run_minimizer(work, before)


def _compile(problem: Problem, source: str) -> None:
    """Run each pass once: it is compiled then, and no run is to pay for that."""
    height = problem.value(problem.start)
    if source in problem.gradients:
        problem.gradients[source](lambda _: height, problem.start)


def _run_optimizer(work: _Work, before: UnfinishedRun) -> UnfinishedRun | FinishedRun:
    """Return a run of one of our optimizers after a slice."""
    started, problem, gradient = work.clock(), work.problem, work.gradient(before.source)
    assert gradient is not None, "our optimizers need a gradient"
    name = before.optimizer
    optimizer = OPTIMIZERS[name](learning_rate=problem.rates[name])
    theta, state = _resumed(optimizer, before, problem.start)
    steps, end = before.steps, ""
    while not end:
        g = gradient(theta)
        end = _why_ended(g, steps)
        if not end:
            move, state = optimizer.step(g, state, theta)
            theta, steps = theta + move, steps + 1
            end = f"{steps} steps" if steps == problem.steps else ""
        if not end and work.is_spent():
            arrays = {"theta": theta, **{k: np.asarray(x, float) for k, x in state.items()}}
            spent = before.seconds + work.clock() - started
            return UnfinishedRun(*before.key, *work.counts, steps, spent, arrays)
    loss = work.value(theta)
    spent = before.seconds + work.clock() - started
    sound = bool(np.isfinite(loss) and np.isfinite(theta).all())
    if not sound and "finite" not in end:
        end = f"no finite value after {steps} steps"
    return FinishedRun(*before.key, *work.counts, steps, spent, loss, end, sound)


def _resumed(
    optimizer: Optimizer, before: UnfinishedRun, start: Array
) -> tuple[Array, dict[str, Array | int]]:
    """Return the point and the optimizer's memory, from the start or as they were left."""
    if not before.arrays:
        return start, optimizer.start(start)
    state = {k: int(x) if k == "t" else x for k, x in before.arrays.items() if k != "theta"}
    return before.arrays["theta"], state


def _why_ended(g: Array, steps: int) -> str:
    """Return why there is no further step; empty where there is one."""
    if not np.isfinite(g).all():
        return f"no finite slope after {steps} steps"
    flat = np.abs(g).max(initial=0.0) <= FLAT
    return f"no slope is left after {steps} steps" if flat else ""


def _run_minimizer(work: _Work, before: UnfinishedRun) -> UnfinishedRun | FinishedRun:
    """Return a run of one of SciPy's minimizers after a slice."""
    method, arrays = METHODS[before.optimizer], before.arrays
    task = Task(method, work.value, work.gradient(before.source), work.problem.start)
    record = Record(arrays["marks"], arrays["numbers"], before.seconds) if arrays else None
    repeated = record is not None

    def enough() -> bool:
        nonlocal repeated
        if repeated:
            work.begin()
            repeated = False
        return work.is_spent()

    record, outcome = minimize(task, record, enough, work.clock)
    if outcome is None:
        kept = {"marks": record.marks, "numbers": record.numbers}
        return UnfinishedRun(*before.key, *work.counts, 0, record.seconds, kept)
    steps, spent, loss, words = outcome.iterations, outcome.seconds, outcome.value, outcome.words
    return FinishedRun(*before.key, *work.counts, steps, spent, loss, words, outcome.is_sound)
