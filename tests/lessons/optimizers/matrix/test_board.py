"""The matrix as it is shown, while it fills in and when it is full."""

from dataclasses import dataclass

import pytest

from backprop.engine.expression import parse
from backprop.lessons.optimizers.matrix.board import show_matrix
from backprop.lessons.optimizers.matrix.problem import function_problem, network_problem
from backprop.lessons.optimizers.matrix.progress import FinishedRun, Progress, UnfinishedRun
from backprop.lessons.optimizers.matrix.run import fill_slice, runs, unfinished
from backprop.stage.choices import Flag, OneOf, chosen
from backprop.stage.links import Links, Origin
from backprop.training.minimize import METHODS
from backprop.training.optimizers import OPTIMIZERS

PROBLEM = function_problem(
    parse("3x^2 + 2x y + y^2"), {"x": 1.0, "y": 2.0}, {"gradient_descent": 0.1}
)


@dataclass(frozen=True)
class Choices:
    """As much as the matrix asks of a page."""

    problem: str = chosen(OneOf(("function", "network")), "function", spelled="matrix")
    filling: bool = chosen(Flag(), False)


def shown(progress=None, problem=PROBLEM, filling=False):
    links = Links("/there", Origin({}, Choices()), Choices(filling=filling))
    return show_matrix(problem, progress, links, filling=filling)


def progress_with(*finished, current=None):
    return Progress(PROBLEM.word, finished, current, total=len(runs(PROBLEM)))


def cell_of(matrix, optimizer, source):
    column = [s.name for s in matrix.sources].index(source)
    rows = {row.name: row for group in matrix.groups for row in group.rows}
    return rows[optimizer].cells[column]


DONE = FinishedRun("adam", "backward", 1, 200, 200, 0.0123, 1234.5678, "200 steps")
SCIPYS = FinishedRun("cg", "central", 55, 11, 1, 0.0123, 1e-14, "the gradient is next to nothing")
GONE = FinishedRun(
    "momentum", "closed", 1, 7, 6, 0.001, float("inf"), "no finite slope", sound=False
)


def test_rows_are_optimizers_and_columns_are_sources():
    matrix = shown()
    assert [s.name for s in matrix.sources] == ["backward", "central", "closed", "none"]
    ours, scipys = matrix.groups
    assert [row.name for row in ours.rows] == list(OPTIMIZERS)
    assert [row.name for row in scipys.rows] == list(METHODS)
    assert {len(row.cells) for row in (*ours.rows, *scipys.rows)} == {4}
    assert ours.rows[0].rate == "0.1"
    assert not scipys.rows[0].rate


def test_before_the_first_run_all_wait_but_those_that_make_no_sense():
    matrix = shown()
    found = matrix.filling
    assert (found.done, found.todo, found.full, found.running) == (
        0,
        len(runs(PROBLEM)),
        False,
        False,
    )
    assert cell_of(matrix, "adam", "backward").state == "waiting"
    assert cell_of(matrix, "adam", "none").state == "never"
    assert cell_of(matrix, "nelder_mead", "closed").words == "takes none"


def test_a_cell_that_is_done_shows_what_it_took():
    cell = cell_of(shown(progress_with(DONE)), "adam", "backward")
    assert (cell.state, cell.loss.shown, cell.loss.exact) == ("done", "1234.568", 1234.5678)
    assert (cell.evaluations, cell.gradients, cell.time) == ("1", "200", "12.3 ms")
    assert (cell.words, cell.sound, cell.best) == ("200 steps", True, True)


def test_a_minimizers_steps_stand_before_its_reason():
    cell = cell_of(shown(progress_with(DONE, SCIPYS)), "cg", "central")
    assert cell.words == "1 step: the gradient is next to nothing"
    assert cell.best


def test_a_run_that_overflowed_stays_in_the_table():
    cell = cell_of(shown(progress_with(GONE)), "momentum", "closed")
    assert (cell.loss.shown, cell.words) == ("∞", "no finite slope")
    assert not cell.sound
    assert not cell.best


def test_a_cell_that_could_not_be_run_says_why():
    refused = FinishedRun(
        "adam", "closed", 0, 0, 0, 0.0, 0.0, "Too long.", sound=False, refused=True
    )
    cell = cell_of(shown(progress_with(refused)), "adam", "closed")
    assert (cell.state, cell.words) == ("never", "Too long.")


@pytest.mark.parametrize(("steps", "words"), [(12, "12 steps so far"), (0, "under way")])
def test_the_cell_under_way_says_how_far_it_is(steps, words):
    current = UnfinishedRun("adam", "central", 48, 12, steps, 0.001)
    matrix = shown(progress_with(DONE, current=current), filling=True)
    cell = cell_of(matrix, "adam", "central")
    assert (cell.state, cell.evaluations, cell.words) == ("now", "48", words)
    assert matrix.filling.running


def test_progress_on_another_problem_is_not_looked_at():
    assert shown(progress_with(DONE), network_problem()).filling.done == 0


def test_a_full_matrix_does_not_run():
    progress = None
    while unfinished(PROBLEM, progress):
        progress = fill_slice(PROBLEM, progress)
    matrix = shown(progress, filling=True)
    found = matrix.filling
    assert (found.full, found.running, found.done) == (True, False, len(runs(PROBLEM)))
    assert [saying.where for saying in matrix.sayings][:2] == ["Along a row", "Down a column"]
    states = {cell.state for group in matrix.groups for row in group.rows for cell in row.cells}
    assert states == {"done", "never"}
    assert sum(c.best for group in matrix.groups for row in group.rows for c in row.cells) == 1


def test_there_is_a_way_to_the_other_problem_and_a_way_to_stop():
    matrix = shown(progress_with(DONE), filling=True)
    assert [switch.address for switch in matrix.switches] == ["/there", "/there?matrix=network"]
    assert [switch.on for switch in matrix.switches] == [True, False]
    assert matrix.filling.stop == "/there"


def test_the_bounds_are_those_that_are_kept():
    assert shown().most == ("5,000", "1,000")
    assert shown().steps == 200
    assert [method.name for method in shown().methods] == list(METHODS)
