"""Derived features and scaling, computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.errors import InputError, ShapeError, UnknownNameError
from backprop.training.examples.features import FEATURES, SCALINGS, expand, fit_scaling

POINTS = np.array([[0.5, -2.0], [3.0, 1.0], [-1.0, 0.25]])
BY_HAND = {
    "x1": [0.5, 3.0, -1.0],
    "x2": [-2.0, 1.0, 0.25],
    "x1x1": [0.25, 9.0, 1.0],
    "x2x2": [4.0, 1.0, 0.0625],
    "x1x2": [-1.0, 3.0, -0.25],
    "sinx1": np.sin([0.5, 3.0, -1.0]).tolist(),
    "sinx2": np.sin([-2.0, 1.0, 0.25]).tolist(),
}


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_what_its_label_says(name):
    assert expand(POINTS, [name])[:, 0].tolist() == BY_HAND[name]
    assert FEATURES[name].name == name
    assert name.isalnum(), "an address spells it as it is"


def test_features_stand_in_the_order_they_are_named():
    assert expand(POINTS, ("x2", "x1")).tolist() == POINTS[:, ::-1].tolist()
    assert [feature.label for feature in FEATURES.values()][2] == "x₁²"


def test_features_of_three_columns_are_refused():
    with pytest.raises(ShapeError, match="two columns"):
        expand(np.ones((2, 3)), ("x1",))


def test_an_unknown_feature_or_none_is_refused():
    with pytest.raises(UnknownNameError, match="x3"):
        expand(POINTS, ("x3",))
    with pytest.raises(InputError, match="No feature is chosen"):
        expand(POINTS, ())


def test_standard_scaling_gives_mean_0_and_deviation_1():
    scaled = fit_scaling("standard", POINTS).apply(POINTS)
    assert scaled.mean(axis=0) == pytest.approx([0, 0])
    assert scaled.std(axis=0) == pytest.approx([1, 1])


def test_unit_scaling_gives_numbers_from_0_to_1():
    scaled = fit_scaling("unit", POINTS).apply(POINTS)
    assert scaled.min(axis=0).tolist() == [0, 0]
    assert scaled.max(axis=0).tolist() == [1, 1]


def test_no_scaling_leaves_every_number():
    assert fit_scaling("none", POINTS).apply(POINTS).tolist() == POINTS.tolist()


@pytest.mark.parametrize("kind", ["standard", "unit"])
@pytest.mark.parametrize("number", [0.1, 1e-200, 1e90])
def test_a_constant_column_is_only_shifted(kind, number):
    column = np.full((3, 1), number)
    scaling = fit_scaling(kind, column)
    assert scaling.scale == (1,)
    assert scaling.apply(column) == pytest.approx(0, abs=1e-15 * number)


def test_the_test_rows_have_no_say():
    scaling = fit_scaling("unit", POINTS[:2])
    assert scaling.apply([[5.5, 4.0]]).tolist() == [[2, 2]]


def test_equal_training_rows_give_equal_scalings():
    assert fit_scaling("standard", POINTS) == fit_scaling("standard", POINTS.copy())
    assert hash(fit_scaling("unit", POINTS)) == hash(fit_scaling("unit", POINTS))


def test_an_unknown_scaling_is_refused():
    with pytest.raises(UnknownNameError, match="log"):
        fit_scaling("log", POINTS)


NUMBERS = st.floats(-1e6, 1e6)


@given(
    st.sampled_from(sorted(SCALINGS)),
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20),
)
def test_scaling_can_be_undone(kind, rows):
    X = np.array(rows)
    scaling = fit_scaling(kind, X)
    largest = 1 + np.abs(X).max()
    assert scaling.undo(scaling.apply(X)) == pytest.approx(X, rel=1e-12, abs=1e-12 * largest)
