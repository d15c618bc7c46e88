"""The matrix as it is shown: for each optimizer a row, for each source of its gradient a column.

Along a row the optimizer stays and the gradient comes from elsewhere; down a column the gradient
stays and what is made of it differs.
"""

from dataclasses import dataclass

from backprop.lessons.optimizers.matrix.problem import Problem, Source
from backprop.lessons.optimizers.matrix.progress import FinishedRun, Progress, UnfinishedRun
from backprop.lessons.optimizers.matrix.run import progress_on, unfinished, why_not
from backprop.lessons.optimizers.matrix.words import (
    Observation,
    find_best,
    observe,
    optimizer_title,
)
from backprop.notation.formula import Number
from backprop.notation.numerals import seconds
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.walk.explanation import number
from backprop.training.minimize import MOST_GRADIENTS, MOST_VALUES
from backprop.training.minimize_methods import METHODS, Method
from backprop.training.optimizers import OPTIMIZERS


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One run.

    Attributes:
        state: “done”, “now”, “waiting”, or “never” where it makes no sense.
        source: the title of its column.
        loss: None until it is done.
        evaluations, gradients, time: what it took, or has so far.
        words: how it ended, how far it is, or why it is not run.
        sound: whether it ended at a finite number.
        best: whether no other ended lower.
    """

    state: str
    source: str
    loss: Number | None = None
    evaluations: str = ""
    gradients: str = ""
    time: str = ""
    words: str = ""
    sound: bool = True
    best: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One optimizer, and a cell for each source; `rate` is empty where it has no learning rate."""

    name: str
    title: str
    rate: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The optimizers of one kind."""

    title: str
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """How far the matrix is.

    Attributes:
        done, todo: how many runs are finished, of how many.
        running: whether it goes on by itself.
        tick: another word at every slice.
        stop: the address where it does not go on.
    """

    done: int
    todo: int
    running: bool
    full: bool
    tick: str
    stop: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Everything about the matrix; no markup.

    Attributes:
        title, count: what is minimized, and how many numbers it has.
        switches: the problems.
        sources, groups: the columns, and the rows.
        sayings: what is to be seen, once it is there to be seen.
        steps: how many our optimizers take at most.
        most: how many evaluations and how many gradients SciPy's may ask.
        methods: SciPy's minimizers: how each uses a gradient.
    """

    title: str
    count: int
    switches: tuple[Option, ...]
    sources: tuple[Source, ...]
    groups: tuple[RowGroup, ...]
    filling: Filling
    sayings: tuple[Observation, ...]
    steps: int
    most: tuple[str, str]
    methods: tuple[Method, ...]


def show_matrix(
    problem: Problem, progress: Progress | None, links: Links, *, filling: bool
) -> Matrix:
    """Return the matrix of a problem as far as it is filled in.

    Args:
        problem: what is minimized.
        progress: what is measured; that of another problem is not looked at.
        links: of the page.
        filling: whether it fills in by itself.
    """
    progress = progress_on(problem, progress)
    waiting, now = unfinished(problem, progress), progress.current
    return Matrix(
        title=problem.title,
        count=problem.count,
        switches=tuple(
            Option(title, name, name == problem.name, links.address(problem=name, filling=False))
            for name, title in (("function", "this function"), ("network", "a network that learns"))
        ),
        sources=tuple(problem.sources.values()),
        groups=_groups(problem, progress),
        filling=Filling(
            done=len(progress.finished),
            todo=progress.total,
            running=bool(filling and waiting),
            full=not waiting,
            tick=f"{len(progress.finished)}-{now.evaluations + now.gradients if now else 0}",
            stop=links.address(filling=False),
        ),
        sayings=observe(progress),
        steps=problem.steps,
        most=(f"{MOST_VALUES:,}", f"{MOST_GRADIENTS:,}"),
        methods=tuple(METHODS.values()),
    )


def _groups(problem: Problem, progress: Progress) -> tuple[RowGroup, ...]:
    best = find_best(progress)

    def row(name: str, rate: str) -> MatrixRow:
        cells = (_cell(source, name, progress, best) for source in problem.sources.values())
        return MatrixRow(name, optimizer_title(name), rate, tuple(cells))

    ours = tuple(row(name, f"{problem.rates[name]:.3g}") for name in OPTIMIZERS)
    scipys = tuple(row(name, "") for name in METHODS)
    return (
        RowGroup("ours: given a gradient, they move", ours),
        RowGroup("SciPy’s: they ask", scipys),
    )


def _cell(
    source: Source, optimizer: str, progress: Progress, best: FinishedRun | None
) -> MatrixCell:
    refused = why_not(source, optimizer)
    if refused:
        return MatrixCell("never", source.title, words=refused)
    run = progress.find(optimizer, source.name)
    if run is None:
        return _unfinished_cell(source, optimizer, progress.current)
    if run.refused:
        return MatrixCell("never", source.title, words=run.end)
    return MatrixCell(
        "done",
        source.title,
        loss=number(run.loss, "forward"),
        evaluations=f"{run.evaluations:,}",
        gradients=f"{run.gradients:,}",
        time=seconds(run.seconds),
        words=_ended(run),
        sound=run.sound,
        best=run is best,
    )


def _ended(run: FinishedRun) -> str:
    """Return how a run ended, with its steps."""
    if run.optimizer in OPTIMIZERS or not run.sound:
        return run.end
    return f"{run.steps:,} {'step' if run.steps == 1 else 'steps'}: {run.end}"


def _unfinished_cell(source: Source, optimizer: str, current: UnfinishedRun | None) -> MatrixCell:
    if current is None or current.key != (optimizer, source.name):
        return MatrixCell("waiting", source.title)
    return MatrixCell(
        "now",
        source.title,
        evaluations=f"{current.evaluations:,}",
        gradients=f"{current.gradients:,}",
        time=seconds(current.seconds),
        words=f"{current.steps} steps so far" if current.steps else "under way",
    )
