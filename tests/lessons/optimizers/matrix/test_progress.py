"""A matrix half filled in is kept as a plain value, and comes back as it was."""

import numpy as np
import pytest

from backprop.lessons.optimizers.matrix.progress import Cell, Course, Underway, pack, unpack
from backprop.sharing.snapshot import from_bytes, to_bytes

CELL = Cell("adam", "backward", 0.25, 1, 200, 200, 0.004, "200 steps")
GONE = Cell("momentum", "backward", np.nan, 1, 7, 6, 0.001, "no finite slope", sound=False)


def again(course):
    return unpack(from_bytes(to_bytes(pack(course))))


def test_a_course_comes_back_from_its_bytes():
    arrays = {"theta": np.array([1.0, -0.0]), "t": np.asarray(3.0)}
    underway = Underway("adam", "central", 12, 3, 3, 0.5, arrays)
    course = Course("word", (CELL, GONE), underway, total=33)
    found = again(course)
    assert (found.start, found.total, found.cells[0]) == ("word", 33, found.cell(*CELL.key))
    for name in Cell.__dataclass_fields__:
        assert getattr(found.cells[0], name) == getattr(CELL, name)
    assert np.isnan(found.cells[1].loss)
    assert not found.cells[1].sound
    assert (found.underway.key, found.underway.steps) == (("adam", "central"), 3)
    for name, array in arrays.items():
        assert np.array_equal(found.underway.arrays[name], array)


def test_an_empty_course_comes_back_empty():
    found = again(Course())
    assert (found.start, found.cells, found.underway) == ("", (), None)


@pytest.mark.parametrize(("total", "full"), [(0, False), (1, True), (2, False)])
def test_a_course_is_full_when_all_its_cells_are_done(total, full):
    assert Course("word", (CELL,), total=total).is_full == full


def test_a_cell_that_is_not_done_is_not_there():
    assert Course("word", (CELL,)).cell("adam", "closed") is None
