"""Values, left to right."""

import math

import numpy as np
import pytest

from backprop.engine.errors import PointError
from backprop.engine.expression import parse
from backprop.engine.forward import columns, value, values
from backprop.engine.graph import Builder


def test_every_node_has_a_value_in_the_graphs_order():
    assert values(parse("(x + y) * z"), {"x": -2, "y": 5, "z": -4}) == (-2, 5, -4, 3, -12)


def test_the_order_of_the_point_does_not_matter():
    assert value(parse("x - y"), {"y": 1, "x": 3}) == 2


def test_numbers_stay_python_floats():
    for found in (*values(parse("2x"), {"x": np.float32(3)}), value(parse("exp(x)"), {"x": 1000})):
        assert type(found) is float


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("exp(x)", 1000, math.inf),
        ("1 / x", 0, math.inf),
        ("-1 / x", 0, -math.inf),
        ("x / x", 0, math.nan),
        ("1 / 0", None, math.inf),
        ("log(x)", 0, -math.inf),
        ("log(x)", -1, math.nan),
        ("sqrt(x)", -1, math.nan),
        ("x^0.5", -1, math.nan),
        ("x^1000", 10, math.inf),
        ("sin(x)", math.inf, math.nan),
        ("x - x", math.inf, math.nan),
        ("max(x, 1)", math.nan, math.nan),
        ("relu(x)", math.nan, math.nan),
        ("x * 10", 1e308, math.inf),
    ],
)
def test_what_overflows_or_is_undefined_becomes_infinity_or_nan(text, at, expected):
    found = value(parse(text), {} if at is None else {"x": at})
    assert found == pytest.approx(expected, nan_ok=True)


def test_a_constant_is_a_function_too():
    assert value(parse("3"), {}) == 3


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ({"x": 1}, "“y” has no value. Say one, as in y=1."),
        ({"x": 1, "y": 2, "z": 3}, "no variable “z” here. There are x, y."),
        ({"x": 1, "z": 3}, "“y” has no value"),
    ],
)
def test_a_point_that_does_not_fit_is_refused(at, words):
    with pytest.raises(PointError, match=words):
        value(parse("x + y"), at)


def test_a_constant_takes_no_variables():
    with pytest.raises(PointError, match="There are no variables"):
        value(parse("3"), {"x": 1})


def test_many_points_are_evaluated_at_once():
    x = np.array([-1.0, 0.0, 2.0])
    found = columns(parse("relu(x) * y + 1 / x"), {"x": x, "y": np.float64(3)})
    np.testing.assert_allclose(found[-1], [-1, math.inf, 6.5])


def test_arrays_are_evaluated_as_arrays():
    builder = Builder()
    affine = builder.node("affine", [builder.leaf(name) for name in "AWb"])
    builder.node("sigmoid", (affine,))
    at = {"A": np.ones((2, 3)), "W": np.full((1, 3), -1e3), "b": np.zeros(1)}
    np.testing.assert_array_equal(value(builder.graph(), at), [[0.0], [0.0]])
