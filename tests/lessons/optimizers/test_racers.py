"""The racers as they are listed, where each stands, and how the surface bends."""

import pytest

from backprop.lessons.optimizers.choices import Choices
from backprop.lessons.optimizers.race import run_race
from backprop.lessons.optimizers.racers import explain_bend, list_racers, make_slider
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Adam, GradientDescent, Momentum, Nesterov


def shown(**pairs):
    choices = read_choices(Choices(), pairs)
    return run_race(choices), choices, Links("/r", Origin({}, Choices()), choices)


def cards(*parts):
    return list_racers(*parts).cards


def test_every_racer_has_a_card_with_all_its_settings():
    first, second = cards(*shown(racers="adam,none,momentum"))
    assert [field.name for field in first.fields] == [
        *("learning_rate_1", "beta1_1", "beta2_1", "epsilon_1")
    ]
    assert second.number == 3
    assert [option.title for option in second.options if option.on] == ["momentum"]
    assert first.dash != second.dash


def test_a_racer_that_goes_leaves_its_place_empty():
    first, second = cards(*shown(racers="adam,momentum"))
    assert "racers=none,momentum" in first.remove
    assert "racers=adam&" in f"{second.remove}&"
    assert not cards(*shown(racers="adam"))[0].remove


def test_one_more_takes_the_first_empty_place():
    racers = list_racers(*shown(racers="adam,none,momentum"))
    addresses = {option.value: option.address for option in racers.adding}
    assert addresses.keys() == RACERS.keys()
    assert "racers=adam,adagrad,momentum" in addresses["adagrad"]
    assert list_racers(*shown(racers=",".join(["adam"] * 6))).adding == ()


@pytest.mark.parametrize("kind", [GradientDescent, Momentum, Nesterov])
def test_a_racer_diverges_beyond_its_limit_and_not_below(kind):
    race, _, _ = shown(steps="400")
    limit = make_slider(kind(), race.bend).limit.exact
    for share, beyond in ((0.98, False), (1.02, True)):
        optimizer = kind(learning_rate=share * limit)
        assert make_slider(optimizer, race.bend).beyond is beyond
        raced, _, _ = shown(
            racers=kind.name, learning_rate_1=repr(share * limit), steps="500", x="-2", y="-1"
        )
        values = raced.racers[0].track.values
        assert bool(values[-1] > values[0]) is beyond


def test_an_optimizer_that_divides_by_the_gradients_size_has_no_such_limit():
    race, _, _ = shown()
    found = make_slider(Adam(learning_rate=0.2), race.bend)
    assert found.limit is None
    assert float(found.high) >= 0.2


def test_a_standing_says_where_and_why_a_racer_ended():
    race, choices, links = shown(
        racers="gradient_descent,adam",
        expression="x^4 + y^4",
        learning_rate_1="5",
        steps="50",
        step="50",
    )
    out, still = (card.standing for card in cards(race, choices, links))
    assert out.end.startswith(("at (", "from ("))
    assert "no finite number" in out.end
    assert out.steps < 50
    assert not still.end
    assert still.steps == 50


def test_a_standing_has_place_value_and_distance():
    race, choices, links = shown(
        racers="gradient_descent", learning_rate_1="0.1", x="1", y="2", step="1", lead="1"
    )
    (card,) = cards(race, choices, links)
    standing = card.standing
    assert [number.shown for number in standing.place] == ["0", "1.400"]
    assert standing.value.exact == pytest.approx(1.96)
    assert standing.distance.exact == pytest.approx(1.4)
    assert card.leads


def bend(**pairs):
    race = run_race(read_choices(Choices(), pairs))
    return explain_bend(race.bend, race.surface.letter.letter)


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


def test_each_racer_says_how_long_its_step_is():
    start = {"x": "1", "y": "2", "racers": "gradient_descent", "learning_rate_1": "0.1"}
    first = cards(*shown(**start, step="1"))[0].standing.moved
    assert first.exact == pytest.approx(1.36**0.5)  # 0.1 of the gradient (10, 6)
    assert cards(*shown(**start, step="0"))[0].standing.moved is None


def test_a_racer_that_has_ended_takes_no_step():
    overflows = {"expression": "x^4 + y^4", "learning_rate_1": "5", "step": "60"}
    assert cards(*shown(**overflows))[0].standing.moved is None
