"""The wall: the left machine exchanged changes the cost, the right one changes the step."""

import pytest

from backprop.lessons.optimizers.choices import Choices
from backprop.lessons.optimizers.gradient_vs_optimizer import compare_sides
from backprop.lessons.optimizers.race import run_race
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin
from backprop.training.demo_optimizers import MACHINES


def wall(**pairs):
    choices = read_choices(Choices(), {"x": "1", "y": "2", **pairs})
    return compare_sides(run_race(choices), choices, Links("/r", Origin({}, Choices()), choices))


def test_three_ways_come_to_the_same_gradient_at_different_costs():
    backward, central, closed = wall().sources
    assert [s.exact for s in backward.slopes] == [10, 6]
    assert [s.exact for s in closed.slopes] == [10, 6]
    assert [s.exact for s in central.slopes] == pytest.approx([10, 6], rel=1e-9)
    assert backward.same == ""
    assert closed.same == "the same to the last digit"
    assert central.same.startswith("the same to ")
    assert len({s.cost for s in (backward, central, closed)}) == 3


@pytest.mark.parametrize("name", MACHINES)
def test_no_machine_moves_the_gradient_by_one_digit(name):
    assert wall(machine=name).left.digits == ("10", "6")


def test_each_machine_makes_its_own_step():
    found = {machine.name: machine for machine in wall().machines}
    assert [d.exact for d in found["rest"].move] == [0, 0]
    assert not found["rest"].lower
    assert found["uphill"].value.exact > 11
    assert found["gradient_descent"].lower
    assert [p.exact for p in found["rest"].place] == [1, 2]
    assert abs(found["adam"].move[0].exact) == pytest.approx(abs(found["adam"].move[1].exact))


def test_a_machine_that_races_is_set_as_in_the_race():
    found = wall(racers="gradient_descent", learning_rate_1="0.1", machine="gradient_descent")
    assert found.right.rate == "0.1"
    assert [d.exact for d in found.right.move] == pytest.approx([-1, -0.6])


def test_a_step_too_long_is_said_to_be_one():
    assert "too long" in wall(racers="gradient_descent", learning_rate_1="5").sentence
    assert "climbs" in wall(machine="uphill").sentence
    assert "Nothing moves" in wall(machine="rest").sentence
    assert "falls" in wall(racers="gradient_descent", learning_rate_1="0.1").sentence


def test_where_there_is_no_closed_form_it_says_so():
    found = wall(of="network", net="ten-deep", across="w1_1_1", up="w2_1_1", source="closed")
    closed = found.sources[2]
    assert closed.slopes or closed.why


def test_where_there_is_no_value_no_digits_agree():
    central = wall(expression="ln(x) + y^2", x="-1").sources[1]
    assert central.same == "not a finite number everywhere"


def test_each_racer_makes_its_own_first_move_of_the_one_gradient():
    rates = {"learning_rate_1": "0.1", "learning_rate_2": "0.2"}
    first, second = wall(racers="gradient_descent,gradient_descent", **rates).racers
    assert [d.exact for d in first.move] == pytest.approx([-1, -0.6])
    assert [d.exact for d in second.move] == pytest.approx([-2, -1.2])
    assert first.rate == "0.1"


def test_digits_that_rounding_has_spoilt_are_not_shown():
    left = wall(x="-2", y="2.4").left
    assert left.slopes[1].exact != 0.8
    assert left.digits == ("−7.2", "0.8")
