"""The matrix as it is shown, while it fills in and when it is full."""

from dataclasses import dataclass

import pytest

from backprop.engine.expression import parse
from backprop.lessons.optimizers.matrix.board import matrix_of
from backprop.lessons.optimizers.matrix.problem import of_function, of_network
from backprop.lessons.optimizers.matrix.progress import Cell, Course, Underway
from backprop.lessons.optimizers.matrix.run import go_on, runs
from backprop.stage.choices import Flag, OneOf, chosen
from backprop.stage.links import Links, Origin
from backprop.training.minimize import METHODS
from backprop.training.optimizers import OPTIMIZERS

PROBLEM = of_function(parse("3x^2 + 2x y + y^2"), {"x": 1.0, "y": 2.0}, {"gradient_descent": 0.1})


@dataclass(frozen=True)
class Choices:
    """As much as the matrix asks of a page."""

    matrix: str = chosen(OneOf(("function", "network")), "function")
    filling: bool = chosen(Flag(), False)


def shown(course=None, problem=PROBLEM, filling=False):
    choices = Choices(filling=filling)
    return matrix_of(problem, course, Links("/there", Origin({}, Choices()), choices))


def course_with(*cells, underway=None):
    return Course(PROBLEM.begun, cells, underway, total=len(runs(PROBLEM)))


def cell_of(matrix, optimizer, source):
    column = [s.name for s in matrix.sources].index(source)
    rows = {row.name: row for group in matrix.groups for row in group.rows}
    return rows[optimizer].cells[column]


DONE = Cell("adam", "backward", 1234.5678, 1, 200, 200, 0.0123, "200 steps")
SCIPYS = Cell("cg", "central", 1e-14, 55, 11, 1, 0.0123, "the gradient is next to nothing")
GONE = Cell("momentum", "closed", float("inf"), 1, 7, 6, 0.001, "no finite slope", sound=False)


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
    assert (matrix.done, matrix.todo, matrix.full, matrix.running) == (
        0,
        len(runs(PROBLEM)),
        False,
        False,
    )
    assert cell_of(matrix, "adam", "backward").state == "waiting"
    assert cell_of(matrix, "adam", "none").state == "never"
    assert cell_of(matrix, "nelder_mead", "closed").words == "takes none"


def test_a_cell_that_is_done_shows_what_it_took():
    cell = cell_of(shown(course_with(DONE)), "adam", "backward")
    assert (cell.state, cell.loss.shown, cell.loss.exact) == ("done", "1234.568", 1234.5678)
    assert (cell.evaluations, cell.gradients, cell.time) == ("1", "200", "12.3 ms")
    assert (cell.words, cell.sound, cell.best) == ("200 steps", True, True)


def test_a_minimizers_steps_stand_before_its_reason():
    cell = cell_of(shown(course_with(DONE, SCIPYS)), "cg", "central")
    assert cell.words == "1 step: the gradient is next to nothing"
    assert cell.best


def test_a_run_that_overflowed_stays_in_the_table():
    cell = cell_of(shown(course_with(GONE)), "momentum", "closed")
    assert (cell.loss.shown, cell.words) == ("∞", "no finite slope")
    assert not cell.sound
    assert not cell.best


def test_a_cell_that_could_not_be_run_says_why():
    refused = Cell("adam", "closed", 0.0, 0, 0, 0, 0.0, "Too long.", sound=False, refused=True)
    cell = cell_of(shown(course_with(refused)), "adam", "closed")
    assert (cell.state, cell.words) == ("never", "Too long.")


@pytest.mark.parametrize(("steps", "words"), [(12, "12 steps so far"), (0, "under way")])
def test_the_cell_under_way_says_how_far_it_is(steps, words):
    underway = Underway("adam", "central", 48, 12, steps, 0.001)
    matrix = shown(course_with(DONE, underway=underway), filling=True)
    cell = cell_of(matrix, "adam", "central")
    assert (cell.state, cell.evaluations, cell.words) == ("now", "48", words)
    assert matrix.running


def test_a_course_of_another_problem_is_not_looked_at():
    assert shown(course_with(DONE), of_network()).done == 0


def test_a_full_matrix_does_not_run():
    course = None
    while course is None or not course.is_full:
        course = go_on(PROBLEM, course)
    matrix = shown(course, filling=True)
    assert (matrix.full, matrix.running, matrix.done) == (True, False, len(runs(PROBLEM)))
    assert [saying.where for saying in matrix.sayings][:2] == ["Along a row", "Down a column"]
    states = {cell.state for group in matrix.groups for row in group.rows for cell in row.cells}
    assert states == {"done", "never"}
    assert sum(c.best for group in matrix.groups for row in group.rows for c in row.cells) == 1


def test_there_is_a_way_to_the_other_problem_and_a_way_to_stop():
    matrix = shown(course_with(DONE), filling=True)
    assert [switch.address for switch in matrix.switches] == ["/there", "/there?matrix=network"]
    assert [switch.on for switch in matrix.switches] == [True, False]
    assert matrix.stop == "/there"


def test_the_bounds_are_those_that_are_kept():
    assert shown().most == ("5,000", "1,000")
    assert shown().steps == 200
    assert [method.name for method in shown().methods] == list(METHODS)
