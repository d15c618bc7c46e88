"""Learning rates that suit a surface."""

import pytest

from backprop.lessons.optimizers.learning_rates import find_habit, suggest_rates
from backprop.lessons.optimizers.surface import read_surface
from backprop.training.curvature import find_curvature
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Adagrad, Adam, GradientDescent, Momentum

BOWL = read_surface("3x^2 + 2x y + y^2")


def test_an_optimizer_is_asked_what_it_makes_of_a_gradient():
    assert find_habit(GradientDescent).scales
    assert find_habit(GradientDescent).grows == 1
    assert find_habit(Momentum).grows == pytest.approx(10, rel=0.01)
    assert not find_habit(Adam).scales
    assert find_habit(Adam).pace == pytest.approx(1, rel=1e-6)
    assert find_habit(Adagrad).pace < 0.2


def test_every_racer_has_a_rate_that_it_can_take():
    rates = suggest_rates(BOWL, {"x": 1.0, "y": 1.0})
    assert rates.keys() == RACERS.keys()
    for name, racer in RACERS.items():
        setting = next(s for s in racer.settings() if s.name == "learning_rate")
        assert 0 < rates[name] <= setting.upper


@pytest.mark.parametrize("text", ["3x^2 + 2x y + y^2", "1000x^2 + y^2", "(x^2 + y^2)/100"])
def test_gradient_descent_starts_well_below_its_limit(text):
    surface = read_surface(text)
    rate = suggest_rates(surface, {"x": 1.0, "y": 1.0})["gradient_descent"]
    assert rate <= find_curvature(surface.slopes, (1.0, 1.0)).limit


def test_where_nothing_is_known_there_is_still_a_rate():
    assert suggest_rates(read_surface("ln(x) + y"), {"x": -1.0, "y": 1.0})["adam"] > 0
    assert suggest_rates(read_surface("x + y"), {"x": 1.0, "y": 1.0})["gradient_descent"] == 1
