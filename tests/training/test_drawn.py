"""Points set by hand, as a data set."""

import pytest

from backprop.engine.errors import InputError
from backprop.training.drawn import drawn_dataset, without_nearest


def test_points_of_two_classes_have_one_column_of_targets():
    found = drawn_dataset((0.5, 1.0, 0.0, -2.0, 0.25, 1.0), "classes")
    assert found.X.tolist() == [[0.5, 1.0], [-2.0, 0.25]]
    assert found.Y.tolist() == [[0.0], [1.0]]
    assert (found.task, found.labels) == ("two classes", ("class 0", "class 1"))


def test_points_with_values_are_numbers():
    found = drawn_dataset((0.5, 1.0, 0.75), "numbers")
    assert (found.task, found.Y.tolist(), found.labels) == ("numbers", [[0.75]], ("0.75",))


def test_the_picture_stays_where_it_is_whatever_is_drawn():
    assert drawn_dataset((0.5, 1.0, 0.0), "classes").spans == ((-3.0, 3.0), (-3.0, 3.0))


def test_without_points_there_is_nothing_to_learn_from():
    with pytest.raises(InputError, match="no points yet"):
        drawn_dataset((), "classes")


def test_the_nearest_point_goes_if_it_is_within_reach():
    points = (0.0, 0.0, 1.0, 2.0, 2.0, 0.0)
    assert without_nearest(points, 1.9, 2.1) == (0.0, 0.0, 1.0)
    assert without_nearest(points, 1.0, 1.0) == points
    assert without_nearest((), 0.0, 0.0) == ()
