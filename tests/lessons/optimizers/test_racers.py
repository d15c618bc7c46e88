"""The racers as they are listed, their settings, and where each stands."""

import pytest

from backprop.lessons.optimizers.choices import Choices
from backprop.lessons.optimizers.race import race_of
from backprop.lessons.optimizers.racers import adding, cards_of, rate_of, standings_of
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Adam, GradientDescent, Momentum, Nesterov


def shown(**pairs):
    choices = read_choices(Choices(), pairs)
    return race_of(choices), choices, Links("/r", Origin({}, Choices()), choices)


def test_every_racer_has_a_card_with_all_its_settings():
    first, second = cards_of(*shown(racers="adam,none,momentum"))
    assert [field.name for field in first.fields] == [
        *("learning_rate_1", "beta1_1", "beta2_1", "epsilon_1")
    ]
    assert second.number == 3
    assert [option.title for option in second.options if option.on] == ["momentum"]
    assert first.dash != second.dash


def test_a_racer_that_goes_leaves_its_place_empty():
    first, second = cards_of(*shown(racers="adam,momentum"))
    assert "racers=none,momentum" in first.remove
    assert "racers=adam&" in f"{second.remove}&"
    assert not cards_of(*shown(racers="adam"))[0].remove


def test_one_more_takes_the_first_empty_place():
    _, choices, links = shown(racers="adam,none,momentum")
    addresses = {option.value: option.address for option in adding(choices, links)}
    assert addresses.keys() == RACERS.keys()
    assert "racers=adam,adagrad,momentum" in addresses["adagrad"]
    _, full, links = shown(racers=",".join(["adam"] * 6))
    assert adding(full, links) == ()


@pytest.mark.parametrize("kind", [GradientDescent, Momentum, Nesterov])
def test_a_racer_diverges_beyond_its_limit_and_not_below(kind):
    race, _, _ = shown(steps="400")
    limit = rate_of(kind(), race.bend).limit.exact
    for share, beyond in ((0.98, False), (1.02, True)):
        optimizer = kind(learning_rate=share * limit)
        assert rate_of(optimizer, race.bend).beyond is beyond
        raced, _, _ = shown(
            racers=kind.name, learning_rate_1=repr(share * limit), steps="500", x="-2", y="-1"
        )
        values = raced.racers[0].track.values
        assert bool(values[-1] > values[0]) is beyond


def test_an_optimizer_that_divides_by_the_gradients_size_has_no_such_limit():
    race, _, _ = shown()
    found = rate_of(Adam(learning_rate=0.2), race.bend)
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
    out, still = standings_of(race, choices, links)
    assert out.end.startswith(("at (", "from ("))
    assert "no finite number" in out.end
    assert out.steps < 50
    assert not still.end
    assert still.steps == 50


def test_a_standing_has_place_value_and_distance():
    race, choices, links = shown(
        racers="gradient_descent", learning_rate_1="0.1", x="1", y="2", step="1", lead="1"
    )
    (standing,) = standings_of(race, choices, links)
    assert [number.shown for number in standing.place] == ["0", "1.400"]
    assert standing.value.exact == pytest.approx(1.96)
    assert standing.distance.exact == pytest.approx(1.4)
    assert standing.leads
