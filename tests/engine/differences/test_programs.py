"""The check of a program: a direction for each leaf, then entries."""

import numpy as np
import pytest

import backprop
from backprop.engine.backward import differentiate
from backprop.engine.differences.programs import ProgramCheck, check_leaves, is_checked_whole
from backprop.engine.differences.verdict import Answer
from backprop.engine.program import program as read_program
from tests.engine.slips.programs.test_places import TEXTS, slips_of


@pytest.mark.parametrize("name", TEXTS)
def test_no_leaf_is_accused_and_a_slip_of_each_kind_is_caught(name):
    slips = slips_of(name)
    right = ProgramCheck(slips.trace, slips.trace.gradient)
    assert [leaf.verdict.answer for leaf in right.leaves] == [Answer.RIGHT] * len(slips.right)
    assert max(leaf.apart for leaf in right.leaves) < 1e-8
    for planted, gradient in {each.planted.slip.name: each for each in slips.felt}.values():
        check = ProgramCheck(slips.trace, gradient)
        changed = [n for n, array in gradient.items() if array is not slips.right[n]]
        assert check.accused, planted.key
        assert {*check.accused} <= {*changed}


def made(text, **values):
    program = read_program(text)
    return program.with_values(values) if values else program


def test_a_program_is_checked_as_every_graph():
    program = made("W : 2 x 3 = random 1\nL = sum(tanh(W) ** 2)")
    report = backprop.check_gradient(program, program.at)
    assert report.ok
    assert [row.name for row in report.rows][:2] == ["W[0,0]", "W[0,1]"]
    wrong = backprop.check_gradient(program, program.at, {"W": np.ones((2, 3))})
    assert wrong.verdict.answer is Answer.WRONG


def test_index_and_given_leaves_are_not_nudged():
    text = "E : 3 x 2 = random 1\ni : index 2 = [0, 2]\nR : given 2 x 2 = random 2\n"
    program = made(text + "L = sum(R * E[i])")
    assert {row.name[0] for row in backprop.check_gradient(program, program.at).rows} == {"E"}


LARGE = """
X : given 30 x 20 = random 1
W : 40 x 20 = random 2 * 0.2
V : 10 x 40 = random 3 * 0.2
H = tanh(X @ W.T)
H2 = H * H + 1
L = mean((H2 @ V.T) ** 2)
"""


def test_a_larger_program_is_checked_along_a_direction_for_each_leaf():
    program = made(LARGE)
    assert not is_checked_whole(program)
    report = backprop.check_gradient(program, program.at)
    assert report.ok
    assert [row.name for row in report.rows] == ["along a direction of W", "along a direction of V"]
    assert "one random direction" in report.sentence


def test_of_the_accused_leaf_entries_follow():
    program = made(LARGE)
    trace = differentiate(program, program.at)
    claim = {**trace.gradient, "V": 2 * trace.gradient["V"]}
    report = check_leaves(trace, claim)
    answers = {row.name: row.answer for row in report.rows}
    assert answers["along a direction of W"] is Answer.RIGHT
    assert answers["along a direction of V"] is Answer.WRONG
    assert answers["V[0,0]"] is Answer.WRONG
    assert "V[" in report.worst_rows(1)[0].name or "of V" in report.worst_rows(1)[0].name


def test_a_gradient_of_zero_beside_others_is_no_false_alarm():
    text = "X : given 4 x 3 = random 1\nW : 3 x 3 = random 2\nb : 3 = random 3\n"
    program = made(text + "N = standardize(X @ W.T + b, axis=0)\nL = sum(N ** 3)")
    trace = differentiate(program, program.at)
    check = ProgramCheck(trace, trace.gradient)
    (b,) = (leaf for leaf in check.leaves if leaf.name == "b")
    assert b.apart < 1e-8
    assert check.verdict.answer is Answer.RIGHT


KINKS = (
    ("x : 3 = [1, 0, -1]\nL = sum(relu(x))", "x"),
    ("x : 3 = [1, 2, 2]\nL = max(x)", "x"),
    ("x : 2 = [1, 1]\ny : 2 = [1, 2]\nL = sum(maximum(x, y) ** 2)", "x"),
    ("x : 2 x 2 = [[1, 1], [0, 3]]\nL = sum(min(x, axis=1))", "x"),
    ("x : 3 = [1, 0, -1]\nL = sum(where(x > 0, x, 0 * x))", "x"),
)


@pytest.mark.parametrize(("text", "leaf"), KINKS)
def test_at_a_kink_or_a_tie_our_gradient_is_not_called_wrong(text, leaf):
    program = made(text)
    assert backprop.check_gradient(program, program.at).verdict.answer is not Answer.WRONG
    trace = differentiate(program, program.at)
    check = ProgramCheck(trace, trace.gradient)
    assert check.verdict.answer is not Answer.WRONG
    assert check.entries(leaf).verdict.answer is not Answer.WRONG


def test_beside_nan_nothing_can_be_judged():
    program = made("x : 3 = [1, -1, 2]\nL = sum(log(x))")
    report = backprop.check_gradient(program, program.at)
    assert report.verdict.answer is Answer.OPEN
    assert "NaN" in report.verdict.because
    trace = differentiate(program, program.at)
    check = ProgramCheck(trace, trace.gradient)
    assert check.verdict.answer is Answer.OPEN
    assert check.accused == ()


def test_an_entry_is_the_slope_by_it_however_large_it_is():
    program = made("x : 2 = [0.5, 30]\nL = sum(x ** 2)")
    trace = differentiate(program, program.at)
    rows = ProgramCheck(trace, trace.gradient).entries("x").rows
    assert [row.numeric for row in rows] == pytest.approx([1.0, 60.0])
