"""Two machines and a wall: what makes the gradient of a round, and what may use it."""

import pytest

from tests.lessons.network.kit import board_at

WHOLE, UPDATE = 28, 29  # the steps of the 2-2-2 with the whole gradient, and the update


def users_at(query=""):
    machines = board_at(f"step={UPDATE}{query}").machines
    return {user.title: user for user in machines.users}


def test_before_the_gradient_is_complete_nothing_stands_on_either_side():
    for step in (0, 14, WHOLE - 1):
        machines = board_at(f"step={step}").machines
        assert (machines.is_known, machines.makers, machines.users) == (False, (), ())
        assert machines.whole == WHOLE + 1
    assert board_at(f"step={WHOLE}").machines.is_known


def test_nothing_stands_there_while_a_gradient_waits_for_its_answer():
    board = board_at("ask=1&step=20")
    assert (board.machines.makers, board.machines.users) == ((), ())


def test_both_ways_to_the_gradient_agree_and_cost_differently():
    back, central = board_at(f"step={UPDATE}").machines.makers
    assert back.slope.exact == pytest.approx(0.082667627848, abs=1e-12)  # of w6, Mazur's
    assert central.slope.exact == pytest.approx(back.slope.exact, rel=1e-8)
    assert (back.same, back.cost) == ("", "1 forward pass and 1 backward pass for all 10")
    assert central.cost == "20 forward passes: 2 for each of 10"
    assert central.same.startswith("the same to ")


def test_the_optimizer_is_exchanged_and_the_gradient_stays_as_it_is():
    first = board_at(f"step={UPDATE}").machines
    for name in ("momentum", "adam", "adagrad"):
        other = board_at(f"step={UPDATE}&optimizer={name}").machines
        assert (other.label, other.makers, other.before) == (
            first.label,
            first.makers,
            first.before,
        )
        assert [user.on for user in other.users].count(True) == 1


def test_each_optimizer_moves_by_its_own_rule_and_leads_to_its_own_loss():
    users = users_at()
    assert users["gradient descent"].move.exact == pytest.approx(-0.5 * 0.082667627848, abs=1e-12)
    assert users["gradient descent"].loss.exact == pytest.approx(0.291027774, abs=1e-9)
    assert users["Adam"].move.exact == pytest.approx(-0.5, rel=1e-6)  # its first step is η long
    assert users["gradient descent"].on
    assert not users["Adam"].on


def test_the_parameter_in_focus_is_the_one_that_is_shown():
    machines = board_at(f"step={UPDATE}&focus=w1_1_1").machines
    assert machines.makers[0].slope.exact == pytest.approx(0.000438567734, abs=1e-12)
    frozen = board_at(f"step={UPDATE}&focus=b2_1").machines
    assert {user.move.exact for user in frozen.users} == {0.0}
