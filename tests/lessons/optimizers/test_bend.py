"""How a surface bends, in words."""

import pytest

from backprop.lessons.optimizers.bend import bend_of
from backprop.lessons.optimizers.choices import Choices
from backprop.lessons.optimizers.race import race_of
from backprop.stage.choices import read_choices


def bend(**pairs):
    return bend_of(race_of(read_choices(Choices(), pairs)))


def test_a_quadratic_has_its_limit_everywhere():
    found = bend()
    assert found.place == "everywhere: this is a quadratic"
    assert found.limit.shown == "0.293"
    assert found.ratio == "5.83"
    assert "1 − η·λ" in found.sentence


def test_another_surface_has_it_at_its_lowest_point():
    found = bend(expression="(1 - x)^2 + 100(y - x^2)^2", racers="adam", x="0.9", y="0.8")
    assert found.place == "at the lowest point (1, 1)"
    assert "Near that point" in found.sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x^2 - y^2", "bends up one way"),
        ("-x^2 - y^2", "bends downward every way"),
        ("ln(x) + y", "no finite number"),
    ],
)
def test_where_there_is_no_lowest_point_it_says_so(text, said):
    found = bend(expression=text, racers="gradient_descent", steps="3")
    assert said in found.sentence
