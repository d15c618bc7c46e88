"""The generated data: where their points lie, and that a seed decides them."""

import numpy as np
import pytest

from backprop.engine.errors import ExpressionError, InputError, LimitError
from backprop.training.examples import shapes
from backprop.training.examples.shapes import REACH, values_of

CLASSES = ("circles", "moons", "spiral", "gaussians", "checkerboard", "quadrants", "above")
NUMBERS = ("plane", "sine", "function")
FORMULA = "sin(2*x)"


def draw(name, size=300, noise=0.0, seed=1, formula=FORMULA):
    return getattr(shapes, name)(size, noise, np.random.default_rng(seed), formula)


@pytest.mark.parametrize("name", CLASSES + NUMBERS)
@pytest.mark.parametrize("noise", [0.0, 0.1, 1.0])
def test_points_stay_in_the_square_and_none_is_missing(name, noise):
    X, Y = draw(name, 200, noise)
    assert len(X) == len(Y) == 200
    assert np.abs(X).max() <= REACH
    assert np.isfinite(Y).all()


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("size", [20, 301, 2_000])
def test_both_classes_are_equally_many(name, size):
    Y = draw(name, size, 0.1)[1]
    assert abs(2 * Y.sum() - size) <= 1
    assert set(Y[:, 0].tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("name", CLASSES + NUMBERS)
def test_a_seed_gives_the_same_points_bit_for_bit(name):
    one, same, other = draw(name, 50, 0.1), draw(name, 50, 0.1), draw(name, 50, 0.1, seed=2)
    assert [a.tobytes() for a in one] == [a.tobytes() for a in same]
    assert not np.array_equal(one[0], other[0])


def test_known_points_stay_as_they_are():
    X, Y = draw("circles", 20, 0.1, seed=1)
    assert X[0].tolist() == [-1.6125, -1.9386]
    assert Y[:2, 0].tolist() == [0, 1]


def test_the_disc_lies_inside_the_ring():
    X, Y = draw("circles")
    radii = np.hypot(*X.T)
    assert radii[Y[:, 0] == 1].max() < 1.21
    assert radii[Y[:, 0] == 0].min() > 1.79


def test_the_upper_moon_is_turned_up_and_the_lower_down():
    X, Y = draw("moons")
    upper, lower = X[Y[:, 0] == 0], X[Y[:, 0] == 1]
    assert upper[:, 1].mean() > 0.2 > -0.2 > lower[:, 1].mean()
    assert upper[:, 0].mean() < lower[:, 0].mean()


def test_one_arm_of_the_spiral_is_the_other_turned_by_half():
    X, Y = draw("spiral", 2_000)
    arms = [X[Y[:, 0] == k] for k in (0, 1)]
    for point in -arms[0][::50]:
        assert np.hypot(*(arms[1] - point).T).min() < 0.2


def test_a_straight_line_parts_the_two_clouds():
    X, Y = draw("gaussians")
    assert np.array_equal(X.sum(axis=1) > 0, Y[:, 0] == 1)


def test_squares_of_the_board_are_light_and_dark_in_turns():
    X, Y = draw("checkerboard", 2_000)
    inside = np.abs((X / 1.5) % 1 - 0.5).max(axis=1) < 0.499
    square = np.floor((X + REACH) / 1.5).sum(axis=1) % 2
    assert np.array_equal(square[inside], Y[inside, 0])


def test_exclusive_or_asks_whether_the_signs_differ():
    X, Y = draw("quadrants")
    assert np.array_equal(X.prod(axis=1) < 0, Y[:, 0] == 1)


def test_a_point_above_the_curve_is_of_class_1():
    X, Y = draw("above")
    assert np.array_equal(X[:, 1] > np.sin(2 * X[:, 0]), Y[:, 0] == 1)


def test_a_curve_high_up_leaves_few_points_above_it():
    X, Y = draw("above", 400, formula="2.9")
    assert len(X) == 400
    assert 5 <= Y.sum() < 200


@pytest.mark.parametrize(("formula", "side"), [("x^2 + 5", "below"), ("-9", "above")])
def test_a_curve_outside_the_square_is_refused(formula, side):
    with pytest.raises(InputError, match=f"lies {side} “") as problem:
        draw("above", formula=formula)
    assert problem.value.at == "formula"


def test_no_point_is_drawn_where_the_curve_is_undefined():
    X, _ = draw("above", formula="log(x)")
    assert X[:, 0].min() > 0


def test_the_plane_is_linear_and_reaches_from_minus_1_to_1():
    X, Y = draw("plane", 2_000)
    assert Y[:, 0] == pytest.approx((X[:, 0] + 2 * X[:, 1]) / 9, abs=1e-6)
    assert 0.9 < Y.max() <= 1
    assert -1 <= Y.min() < -0.9


def test_a_typed_sine_gives_the_sine():
    assert draw("function")[1] == pytest.approx(np.sin(2 * draw("function")[0]), abs=1e-6)
    assert draw("sine")[1] == pytest.approx(np.sin(2 * draw("sine")[0]), abs=1e-6)


def test_noise_moves_numbers_by_about_as_much_as_it_says():
    X, Y = draw("sine", 2_000, 0.3)
    assert np.std(Y - np.sin(2 * X)) == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize("formula", ["log(x)", "sqrt(x)", "1/relu(x)"])
def test_points_without_a_value_are_left_out(formula):
    X, Y = draw("function", 100, formula=formula)
    assert len(X) == 100
    assert X.min() >= 0
    assert np.isfinite(Y).all()


@pytest.mark.parametrize("formula", ["log(-1 - x^2)", "1e300 * exp(x^2)", "1/0"])
def test_a_function_without_values_is_refused(formula):
    with pytest.raises(InputError, match="no finite value") as problem:
        draw("function", formula=formula)
    assert problem.value.at == "formula"


def test_a_constant_is_a_function_too():
    assert values_of("2", np.zeros(3)).tolist() == [2, 2, 2]


@pytest.mark.parametrize("formula", ["y + 1", "x1", "x*t"])
def test_a_function_of_something_else_than_x_is_refused(formula):
    with pytest.raises(InputError, match="is not a variable here") as problem:
        values_of(formula, np.zeros(3))
    assert problem.value.at == "formula"


@pytest.mark.parametrize(
    ("formula", "kind"), [("sin(", ExpressionError), ("", ExpressionError), ("x" * 501, LimitError)]
)
def test_a_formula_that_cannot_be_read_is_named_as_the_field(formula, kind):
    with pytest.raises(kind) as problem:
        values_of(formula, np.zeros(3))
    assert problem.value.at == "formula"
