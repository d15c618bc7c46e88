"""The matrix as it is shown: for each optimizer a row, for each source of its gradient a column.

Along a row the optimizer stays and the gradient comes from elsewhere; down a column the gradient
stays and what is made of it differs.
"""

from dataclasses import dataclass

from backprop.lessons.optimizers.matrix.problem import Problem, Source
from backprop.lessons.optimizers.matrix.progress import Cell, Course, Underway
from backprop.lessons.optimizers.matrix.run import course_of, left, why_not
from backprop.lessons.optimizers.matrix.words import Saying, best_of, sayings
from backprop.notation.formula import Number
from backprop.notation.numerals import seconds, short
from backprop.stage.links import Links
from backprop.training.minimize import MOST_GRADIENTS, MOST_VALUES
from backprop.training.minimize_methods import METHODS, Method
from backprop.training.optimizers import OPTIMIZERS


@dataclass(frozen=True, slots=True)
class CellShown:
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
class SourceShown:
    """A way to the gradient, the head of a column: what it is, what it costs, why there is none."""

    name: str
    title: str
    cost: str
    refused: str


@dataclass(frozen=True, slots=True)
class OptimizerRow:
    """One optimizer with its gradient from every source.

    Attributes:
        name, title: in an address, and on the screen.
        rate: its learning rate; empty where it has none.
        cells: one for each source.
    """

    name: str
    title: str
    rate: str
    cells: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The optimizers of one kind."""

    title: str
    rows: tuple[OptimizerRow, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """One of the problems, and where it is the one."""

    title: str
    address: str
    on: bool


@dataclass(frozen=True, slots=True)
class MatrixShown:
    """Everything about the matrix; no markup.

    Attributes:
        title: what is minimized.
        count: how many numbers are chosen.
        switches: the problems.
        sources: the columns.
        groups: the rows.
        done, todo: how many cells are filled in, of how many.
        running: whether it goes on by itself.
        full: whether all cells are done.
        tick: another word at every slice, so that the page asks again.
        stop: where it does not go on.
        sayings: what is to be seen, once it is there to be seen.
        steps: how many our optimizers take at most.
        most: how many evaluations and how many gradients SciPy's may ask.
        methods: SciPy's minimizers: how each uses a gradient.
    """

    title: str
    count: int
    switches: tuple[Switch, ...]
    sources: tuple[SourceShown, ...]
    groups: tuple[Group, ...]
    done: int
    todo: int
    running: bool
    full: bool
    tick: str
    stop: str
    sayings: tuple[Saying, ...]
    steps: int
    most: tuple[str, str]
    methods: tuple[Method, ...]


def matrix_of(problem: Problem, course: Course | None, links: Links) -> MatrixShown:
    """Return the matrix of a problem as far as it is filled in.

    Args:
        problem: what is minimized.
        course: what is measured; that of another problem is not looked at.
        links: of the page; its choices say whether the matrix fills in, as `filling`.
    """
    course = course_of(problem, course)
    waiting = tuple(left(problem, course))
    choices = links.choices
    return MatrixShown(
        title=problem.title,
        count=problem.count,
        switches=tuple(
            Switch(title, links.address(matrix=name, filling=False), name == problem.name)
            for name, title in (("function", "this function"), ("network", "a network that learns"))
        ),
        sources=tuple(
            SourceShown(source.name, source.title, source.cost, source.refused)
            for source in problem.sources.values()
        ),
        groups=_groups(problem, course),
        done=len(course.cells),
        todo=course.total,
        running=bool(choices.filling and waiting),
        full=not waiting,
        tick=_tick(course),
        stop=links.address(filling=False),
        sayings=sayings(course),
        steps=problem.steps,
        most=(f"{MOST_VALUES:,}", f"{MOST_GRADIENTS:,}"),
        methods=tuple(METHODS.values()),
    )


def _groups(problem: Problem, course: Course) -> tuple[Group, ...]:
    ours = tuple(
        _row(problem, course, name, row.title, f"{problem.rates[name]:.3g}")
        for name, row in OPTIMIZERS.items()
    )
    scipys = tuple(
        _row(problem, course, name, method.title, "") for name, method in METHODS.items()
    )
    return Group("ours: given a gradient, they move", ours), Group("SciPy’s: they ask", scipys)


def _row(problem: Problem, course: Course, name: str, title: str, rate: str) -> OptimizerRow:
    best = best_of(course)
    cells = (_cell(source, name, course, best) for source in problem.sources.values())
    return OptimizerRow(name, title, rate, tuple(cells))


def _cell(source: Source, optimizer: str, course: Course, best: Cell | None) -> CellShown:
    refused = why_not(source, optimizer)
    if refused:
        return CellShown("never", source.title, words=refused)
    cell = course.cell(optimizer, source.name)
    if cell is None:
        return _unfinished(source, optimizer, course.underway)
    if cell.refused:
        return CellShown("never", source.title, words=cell.end)
    return CellShown(
        "done",
        source.title,
        loss=Number(short(cell.loss), cell.loss, "forward"),
        evaluations=f"{cell.evaluations:,}",
        gradients=f"{cell.gradients:,}",
        time=seconds(cell.seconds),
        words=_ended(cell),
        sound=cell.sound,
        best=cell is best,
    )


def _ended(cell: Cell) -> str:
    """Return how a cell ended, with its steps."""
    if cell.optimizer in OPTIMIZERS or not cell.sound:
        return cell.end
    return f"{cell.steps:,} {'step' if cell.steps == 1 else 'steps'}: {cell.end}"


def _unfinished(source: Source, optimizer: str, underway: Underway | None) -> CellShown:
    if underway is None or underway.key != (optimizer, source.name):
        return CellShown("waiting", source.title)
    return CellShown(
        "now",
        source.title,
        evaluations=f"{underway.evaluations:,}",
        gradients=f"{underway.gradients:,}",
        time=seconds(underway.seconds),
        words=f"{underway.steps} steps so far" if underway.steps else "under way",
    )


def _tick(course: Course) -> str:
    now = course.underway
    return f"{len(course.cells)}-{now.evaluations + now.gradients if now else 0}"
