"""How a surface bends, and where its lowest points lie."""

import math

import numpy as np
import pytest

from backprop.lessons.optimizers.presets import BEALE, HIMMELBLAU, ROSENBROCK
from backprop.lessons.optimizers.surface import read_surface
from backprop.training.curvature import find_curvature, find_lowest, hessian, lowest_near


def surface(text):
    return read_surface(text).slopes


BOWL = surface("3x^2 + 2x y + y^2")


def test_a_quadratic_bends_alike_everywhere():
    np.testing.assert_allclose(hessian(BOWL, (1.0, -2.0)), [[6, 2], [2, 2]], rtol=1e-9)
    found = find_curvature(BOWL, (1.0, -2.0))
    assert found.even
    assert found.largest == pytest.approx(4 + math.sqrt(8))
    assert found.smallest == pytest.approx(4 - math.sqrt(8))
    assert found.limit == pytest.approx(2 / (4 + math.sqrt(8)))
    assert not find_curvature(surface(ROSENBROCK), (1.0, 1.0)).even


def test_gradient_descent_converges_below_the_limit_and_not_beyond():
    limit = find_curvature(BOWL, (0.0, 0.0)).limit
    for share, shrinks in ((0.99, True), (1.01, False)):
        x, y = 1.0, 0.4
        for _ in range(2_000):
            _, gx, gy = BOWL(x, y)
            x, y = x - share * limit * gx, y - share * limit * gy
        assert (math.hypot(x, y) < 1e-3) is shrinks


def test_where_nothing_bends_upward_there_is_no_limit():
    assert find_curvature(surface("-x^2 - y^2"), (0.0, 0.0)).limit == math.inf
    assert find_curvature(surface("ln(x) + y"), (-1.0, 0.0)) is None


@pytest.mark.parametrize(
    ("text", "start", "lowest"),
    [
        ("3x^2 + 2x y + y^2", (-2.0, 2.4), (0.0, 0.0)),
        (ROSENBROCK, (0.8, 0.6), (1.0, 1.0)),
        (BEALE, (2.9, 0.45), (3.0, 0.5)),
        (HIMMELBLAU, (2.8, 2.1), (3.0, 2.0)),
    ],
)
def test_the_known_lowest_points_are_found(text, start, lowest):
    assert lowest_near(surface(text), start) == pytest.approx(lowest, abs=1e-9)


def test_a_saddle_a_slope_and_an_edge_have_none():
    assert lowest_near(surface("x^2 - y^2"), (0.1, 0.1)) is None
    assert lowest_near(surface("x + y"), (0.0, 0.0)) is None
    assert lowest_near(surface("ln(x) + y^2"), (-1.0, 0.0)) is None
    assert lowest_near(surface("exp(x) + exp(y)"), (0.0, 0.0)) is None


def test_several_lowest_points_are_told_apart():
    found = find_lowest(surface(HIMMELBLAU), [(2.9, 2.1), (3.1, 1.9), (3.5, -1.8)])
    assert len(found) == 2
    assert found[0] == pytest.approx((3.0, 2.0))
