"""Learning rates that suit a surface."""

import pytest

from backprop.lessons.optimizers.curvature import curvature_of
from backprop.lessons.optimizers.learning_rates import habit_of, suggested
from backprop.lessons.optimizers.surface import surface_for
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Adagrad, Adam, GradientDescent, Momentum

BOWL = surface_for("", (), "3x^2 + 2x y + y^2")


def test_an_optimizer_is_asked_what_it_makes_of_a_gradient():
    assert habit_of(GradientDescent).scales
    assert habit_of(GradientDescent).grows == 1
    assert habit_of(Momentum).grows == pytest.approx(10, rel=0.01)
    assert not habit_of(Adam).scales
    assert habit_of(Adam).pace == pytest.approx(1, rel=1e-6)
    assert habit_of(Adagrad).pace < 0.2


def test_every_racer_has_a_rate_that_it_can_take():
    rates = suggested(BOWL, {"x": 1.0, "y": 1.0})
    assert rates.keys() == RACERS.keys()
    for name, racer in RACERS.items():
        setting = next(s for s in racer.settings() if s.name == "learning_rate")
        assert 0 < rates[name] <= setting.upper


@pytest.mark.parametrize("text", ["3x^2 + 2x y + y^2", "1000x^2 + y^2", "(x^2 + y^2)/100"])
def test_gradient_descent_starts_well_below_its_limit(text):
    surface = surface_for("", (), text)
    rate = suggested(surface, {"x": 1.0, "y": 1.0})["gradient_descent"]
    assert rate <= curvature_of(surface, (1.0, 1.0)).limit


def test_where_nothing_is_known_there_is_still_a_rate():
    assert suggested(surface_for("", (), "ln(x) + y"), {"x": -1.0, "y": 1.0})["adam"] > 0
    assert suggested(surface_for("", (), "x + y"), {"x": 1.0, "y": 1.0})["gradient_descent"] == 1
