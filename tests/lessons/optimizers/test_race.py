"""A race: who runs, where each comes, and how far that is from a lowest point."""

import math

import numpy as np
import pytest

from backprop.lessons.optimizers.choices import Choices
from backprop.lessons.optimizers.race import run_race
from backprop.stage.choices import ChoiceError, read_choices


def race(**pairs):
    return run_race(read_choices(Choices(), pairs))


def test_every_racer_starts_at_the_start_and_keeps_its_number():
    found = race(racers="adam,none,momentum", x="1", y="2")
    assert [racer.number for racer in found.racers] == [1, 3]
    assert all(racer.track.points[0].tolist() == [1, 2] for racer in found.racers)


def test_a_setting_is_the_racers_own():
    found = race(racers="momentum,momentum", momentum_2="0.5", learning_rate_1="0.03")
    first, second = (racer.optimizer for racer in found.racers)
    assert (first.momentum, second.momentum) == (0.9, 0.5)
    assert first.learning_rate == 0.03


def test_nobody_racing_is_refused():
    with pytest.raises(ChoiceError, match="Nobody races"):
        race(racers="none,none")


def test_distances_are_measured_from_the_nearest_lowest_point():
    found = race(racers="gradient_descent", steps="20", learning_rate_1="0.1")
    assert found.lowest == ((0.0, 0.0),)
    racer = found.racers[0]
    assert found.distances(racer)[0] == pytest.approx(math.hypot(-2, 2.4))


def test_without_a_lowest_point_there_is_no_distance():
    found = race(expression="x + y")
    assert found.lowest == ()
    assert np.isnan(found.distances(found.racers[0])).all()


def test_a_racer_that_ended_stays_where_it_is():
    found = race(expression="x^4 + y^4", racers="gradient_descent", learning_rate_1="5", steps="50")
    racer = found.racers[0]
    assert racer.track.end
    last = len(racer.track.moves)
    assert last < 50
    assert racer.at(50) == last
    assert racer.is_out(50)
    assert not racer.is_out(last - 1)


@pytest.mark.parametrize("where", ["1", "-1"])
def test_a_start_without_a_value_is_shown_and_goes_nowhere(where):
    found = race(expression="ln(x) + y^2", x=where)
    assert all(len(racer.track.points) >= 1 for racer in found.racers)
