import math

import pytest

from backprop.engine.differences.one_sided import one_sided_slopes
from backprop.engine.expression import parse

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("text", "x", "left", "right", "kind"),
    [
        ("sqrt(x^2)", 0.0, -1.0, 1.0, "kink"),
        ("relu(x)", 0.0, 0.0, 1.0, "kink"),
        ("5 + 3*abs(x - 2)", 2.0, -3.0, 3.0, "kink"),
        ("sqrt(x^4)", 0.0, 0.0, 0.0, "smooth"),
        ("1e6*x^2", 0.0, 0.0, 0.0, "smooth"),
        ("sin(x)", 1e6, 0.93675212753, 0.93675212753, "smooth"),
        ("7", 1.0, 0.0, 0.0, "smooth"),
        ("abs(x)^0.5", 0.0, -INF, INF, "steep"),
        ("step(x)", 0.0, 0.0, INF, "jump"),
        ("sign(x)", 0.0, INF, INF, "jump"),
        ("sqrt(x)", 0.0, NAN, INF, "end"),
        ("x*log(x)", 0.0, NAN, -INF, "end"),
        ("sqrt(-x^2)", 0.0, NAN, NAN, "alone"),
        ("log(x)", 0.0, NAN, NAN, "no value"),
        ("1/x", 0.0, NAN, NAN, "no value"),
    ],
)
def test_the_slope_from_each_side_says_what_a_function_does(text, x, left, right, kind):
    graph = parse(text if "x" in text else f"{text} + 0*x")
    found = one_sided_slopes(graph, {"x": x}, "x")
    assert found.kind == kind
    assert (found.left, found.right) == pytest.approx((left, right), rel=1e-5, nan_ok=True)


def test_only_one_variable_is_moved():
    found = one_sided_slopes(parse("sqrt(x^2 + y^2)"), {"x": 0.0, "y": 3.0}, "x")
    assert found.kind == "smooth"
