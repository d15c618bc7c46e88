"""A course is kept as a plain value, and comes back as it was."""

import numpy as np

from backprop.lessons.gradient_check.work import Course, pack, unpack
from backprop.sharing.snapshot import from_bytes, to_bytes


def test_a_course_comes_back_from_its_bytes():
    course = Course(
        "start", np.ones(3), np.zeros(3), np.arange(3.0), np.array([[1.0, np.nan], [0.5, np.inf]])
    ).with_cost((10.0, 0.1, 0.2))
    again = unpack(from_bytes(to_bytes(pack(course))))
    assert again.start == "start"
    assert again.steps == 1
    for name in ("right", "wrong", "previous", "losses", "costs"):
        assert np.array_equal(getattr(again, name), getattr(course, name), equal_nan=True)


def test_an_empty_course_has_taken_no_step():
    assert Course().steps == 0
    assert unpack(from_bytes(to_bytes(pack(Course())))).costs.shape == (0, 3)
