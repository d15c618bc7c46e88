"""Forks: paths, their products, and the sum with one forgotten."""

import math

import pytest

from backprop.lessons.chain_rule.choices import Choices
from backprop.lessons.chain_rule.forks import FORKS, make_fork
from backprop.stage.links import Links, Origin


def fork(**set_):
    choices = Choices(**set_)
    return make_fork(choices, Links("/lessons/chain-rule", Origin({}, Choices()), choices))


def test_x_sin_x_has_two_paths_that_add_up():
    result = fork(fork="x * sin(x)", x=2.0)
    assert [path.worth.exact for path in result.paths] == pytest.approx(
        [2 * math.cos(2), math.sin(2)]
    )
    assert result.sum.right.exact == pytest.approx(math.sin(2) + 2 * math.cos(2))
    assert result.sum.total.exact == result.sum.right.exact
    assert result.sum.agrees


def test_the_slopes_of_a_path_multiply_as_printed():
    result = fork(fork="(sigmoid(2x) - x)^2", x=0.5)
    assert [path.product for path in result.paths] == [
        "0.462 × 1 × 0.197 × 2 = 0.182",
        "0.462 × (−1) = −0.462",
    ]


def test_a_path_that_is_off_gives_the_wrong_answer_of_forgetting_it():
    result = fork(fork="(x + 1)(x - 1)", x=3.0, off=(1,))
    assert [path.on for path in result.paths] == [False, True]
    assert (result.sum.total.exact, result.sum.right.exact) == (4.0, 6.0)
    assert not result.sum.agrees
    assert result.sum.nudged.exact == pytest.approx(6)
    assert any(tag[2] == "tag off" for tag in result.scene.tags)
    assert "off=" not in result.sum.every


def test_all_paths_off_leave_nothing():
    result = fork(fork="x * x", off=(1, 2))
    assert (result.sum.total.exact, result.sum.printed) == (0, "")


def test_the_order_of_the_paths_does_not_depend_on_x():
    for text in FORKS:
        names = [
            [tuple(node.plain for node in path.nodes) for path in fork(fork=text, x=x).paths]
            for x in (-2.0, 0.3, 2.0)
        ]
        assert names[0] == names[1] == names[2]


def test_a_wire_that_is_used_twice_carries_both_slopes():
    (tag,) = fork(fork="x * x", x=3.0).scene.tags
    assert tag[6] == "6"


def test_without_a_fork_there_is_one_path_and_without_x_none():
    assert len(fork(fork="sin(x)").paths) == 1
    result = fork(fork="7")
    assert (result.paths, result.sum.right.exact, result.too_many) == ((), 0.0, 0)


def test_too_many_paths_are_counted_and_not_listed():
    result = fork(fork="*".join(["(x + x)"] * 8))
    assert result.paths == ()
    assert result.too_many == 16
    assert result.sum.total.exact == result.sum.right.exact == 2048.0
    assert result.sum.agrees


def test_paths_without_a_number_are_shown_as_that():
    assert math.isnan(fork(fork="x * ln(x)", x=-1.0).sum.total.exact)
    assert fork(fork="x / 0 + x", x=1.0).sum.total.shown in ("NaN", "∞")
