"""SciPy's minimizers, fed with a gradient that comes from anywhere: none of them can make one.

    record, outcome = minimize(task, record, enough)      # again, until there is an outcome

SciPy runs a minimization to its end; it cannot be stopped and taken up again. But it asks for
values and gradients in a fixed order, so a *record* of the answers stands for all it has done: a
slice starts SciPy afresh, answers its first questions from the record, computes what it asks
beyond that, and stops it by an exception out of a question once the slice's work is spent. The
end of a slice never changes the result. A question that stands otherwise in the record (another
version of SciPy may ask in another way) is computed anew, and so are all after it.

    mark    of a question: the CRC-32 of its point, for a gradient plus 2³²
    N       how many numbers a point has

The trajectories are SciPy's own. SciPy is imported on first use.
"""

import os
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from backprop.training.flat import Array
from backprop.training.minimize_methods import METHODS as METHODS
from backprop.training.minimize_methods import Method, ending

MOST_VALUES = 5_000  # asked in one run
MOST_GRADIENTS = 1_000
MOST_NUMBERS = 80_000  # of a record: 8 bytes each, as base64 under 0.9 MiB of a snapshot
THREADS = "OPENBLAS_NUM_THREADS"
GRADIENT = 2.0**32  # what a gradient's mark has more than a value's

Clock = Callable[[], float]


@dataclass(frozen=True, eq=False, slots=True)
class Task:
    """What is minimized, and how.

    Attributes:
        method: a row of METHODS.
        value: of a point [N]; ±∞ and NaN are values too.
        gradient: of a point, [N]; None where SciPy nudges by itself, or needs none.
        start: the first point, [N].
    """

    method: Method
    value: Callable[[Array], float]
    gradient: Callable[[Array], Array] | None
    start: Array

    def __post_init__(self) -> None:
        assert self.gradient is None or self.method.takes_gradient, "it takes no gradient"
        assert self.gradient is not None or not self.method.needs_gradient, "it needs a gradient"


@dataclass(frozen=True, eq=False, slots=True)
class Record:
    """What was answered so far.

    Attributes:
        marks: of the questions, in their order, [questions].
        numbers: the answers one after the other: 1 for a value, N for a gradient.
        seconds: spent in computing them.
    """

    marks: Array = field(default_factory=lambda: np.zeros(0))
    numbers: Array = field(default_factory=lambda: np.zeros(0))
    seconds: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """Where a minimization ended.

    Attributes:
        point: the last one, [N].
        value: there; may be ±∞ or NaN.
        evaluations, gradients: how many of each were asked.
        iterations: how many steps SciPy counts.
        words: why it ended, in plain words.
        seconds: of computing answers, and of SciPy's own work once from start to end.
    """

    point: Array
    value: float
    evaluations: int
    gradients: int
    iterations: int
    words: str
    seconds: float

    @property
    def is_sound(self) -> bool:
        """Whether it ended at a finite number."""
        return bool(np.isfinite(self.value) and np.isfinite(self.point).all())


class Slice(NamedTuple):
    """Where a slice of a minimization ends: the longer record; the outcome, if it is at its end."""

    record: Record
    outcome: Outcome | None


def minimize(
    task: Task,
    record: Record | None = None,
    enough: Callable[[], bool] = lambda: False,
    clock: Clock = time.perf_counter,
) -> Slice:
    """Return how far a minimization comes in one slice.

    Args:
        task: the same in every slice.
        record: of the slice before; None for the first.
        enough: asked before each new answer but the first of a slice; where it is true, the
            slice ends.
        clock: returns seconds.
    """
    optimize = _scipys()
    answers = _Answers(task, record or Record(), enough, clock)
    started = clock()
    try:
        with np.errstate(all="ignore"):  # ∞ and NaN are answers that SciPy gets to see
            result = optimize.minimize(
                answers.value,
                np.array(task.start, dtype=np.float64),
                jac=None if task.gradient is None else answers.gradient,
                method=task.method.called,
                callback=answers.note,
            )
    except _Paused:
        return Slice(answers.record, None)
    except _Stopped as stopped:
        return Slice(answers.record, _outcome(answers, None, str(stopped), clock() - started))
    words = ending(task.method, int(result.status), str(result.message))
    return Slice(answers.record, _outcome(answers, result, words, clock() - started))


def _scipys() -> Any:
    """Return SciPy's minimizers; imported on first use, for that takes a while.

    SciPy has an OpenBLAS of its own, which reads how many threads it may have when it is loaded.
    With several, its L-BFGS-B waits for them at every step: hundreds of times as long as it
    computes, on a machine that is busy.
    """
    threads = os.environ.get(THREADS)
    os.environ.setdefault(THREADS, "1")
    try:
        from scipy import optimize
    finally:
        if threads is None:
            os.environ.pop(THREADS, None)
    return optimize


class _Paused(Exception):
    """The work of the slice is spent."""


class _Stopped(Exception):
    """The run has asked as much as one may; the text says of what."""


class _Answers:
    """The answers of one slice: first those of the record, then new ones. It stays in its slice."""

    def __init__(
        self, task: Task, record: Record, enough: Callable[[], bool], clock: Clock
    ) -> None:
        self.task, self.enough, self.clock = task, enough, clock
        self.known, self.numbers = record.marks.tolist(), record.numbers
        self.marks: list[float] = []
        self.new: list[Array] = []
        self.read = self.made = 0  # numbers: of the record that were used, and new ones
        self.seconds, self.answering = record.seconds, 0.0
        self.values = self.gradients = 0
        self.point: Array = np.array(task.start, dtype=np.float64)
        self.height = np.nan  # at the point after the last iteration, or at the start
        self.iterations = 0

    @property
    def record(self) -> Record:
        """All answers, those that were not asked again among them."""
        marks, numbers = np.array(self.marks), self.numbers[: self.read]
        return Record(marks, np.concatenate([numbers, *self.new]), self.seconds)

    def value(self, x: Array) -> float:
        """Answer what the function's value is."""
        answer = self._answer(x, 0.0, 1, lambda: np.array([float(self.task.value(x.copy()))]))
        height = float(answer[0])
        if not self.values:
            self.height = height
        self.values += 1
        return height

    def gradient(self, x: Array) -> Array:
        """Answer what the gradient is."""
        make: Any = self.task.gradient
        answer = self._answer(x, GRADIENT, x.size, lambda: np.array(make(x.copy()), dtype=float))
        self.gradients += 1
        return answer.copy()  # SciPy may write into it

    def note(self, intermediate_result: Any) -> None:
        """Remember the point after an iteration; SciPy calls this, and knows it by that name."""
        self.point = np.array(intermediate_result.x, dtype=np.float64)
        self.height = float(intermediate_result.fun)
        self.iterations += 1

    def _answer(self, x: Array, kind: float, size: int, make: Callable[[], Array]) -> Array:
        started = self.clock()
        mark, asked = zlib.crc32(x.tobytes()) + kind, len(self.marks)
        if not self.new and asked < len(self.known) and self.known[asked] == mark:
            answer = self.numbers[self.read : self.read + size]
            self.read += size
        else:
            self._allow(kind, size)
            answer = make()
            self.new.append(answer)
            self.made += size
            self.seconds += self.clock() - started
        self.marks.append(mark)
        self.answering += self.clock() - started
        return answer

    def _allow(self, kind: float, size: int) -> None:
        """Refuse a new answer where the run, or the slice, has had enough."""
        if kind == 0.0 and self.values >= MOST_VALUES:
            raise _Stopped(f"stopped here after {MOST_VALUES:,} evaluations")
        if kind and self.gradients >= MOST_GRADIENTS:
            raise _Stopped(f"stopped here after {MOST_GRADIENTS:,} gradients")
        if self.read + self.made + len(self.marks) + size + 1 > MOST_NUMBERS:
            raise _Stopped(f"stopped here: its record has {MOST_NUMBERS:,} numbers")
        if self.new and self.enough():
            raise _Paused


def _outcome(answers: _Answers, result: Any, words: str, taken: float) -> Outcome:
    """Return where a run ended: by SciPy's result, or, where it was stopped, at its last point."""
    seconds = answers.seconds + taken - answers.answering
    asked = answers.values, answers.gradients
    outcome = Outcome(answers.point, answers.height, *asked, answers.iterations, words, seconds)
    if result is not None:
        point, value = np.array(result.x, dtype=np.float64), float(result.fun)
        outcome = replace(outcome, point=point, value=value, iterations=int(result.nit))
    if outcome.is_sound:
        return outcome
    return replace(outcome, words=f"met no finite number after {outcome.iterations} steps")
