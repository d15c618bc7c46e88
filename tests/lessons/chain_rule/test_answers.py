"""Typed answers: any right form counts, and a slip is called by its name."""

import pytest

from backprop.lessons.chain_rule.choices import Choices
from backprop.lessons.chain_rule.derivation import make_derivation
from backprop.lessons.chain_rule.function import make_chain
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin


def verdict(line, answer, **functions):
    choices = change(Choices(), blank=8, **functions, **{f"line{line}": answer})
    links = Links("/lessons/chain-rule", Origin({}, Choices()), choices)
    return make_derivation(make_chain(choices), 1.0, choices, links).lines[line - 1].verdict


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (1, "2x"),
        (1, "x + x"),
        (2, "cos(u)"),
        (2, "cos u"),
        (3, "dy/du * du/dx"),
        (3, "du/dx · dy/du"),
        (3, "∂y/∂u ∂u/∂x"),
        (4, "cos(u) * 2x"),
        (4, "2x cos(x^2)"),
        (5, "cos(x^2) * 2x"),
        (5, "2 x cos(x²)"),
        (6, "2x cos(x^2)"),
        (6, "x cos(x*x) + x cos(x^2)"),
    ],
)
def test_any_form_of_the_right_answer_counts(line, answer):
    reply = verdict(line, answer)
    assert reply.right
    assert "by algebra too" in reply.hint


SLIPS = {
    "cos(x^2)": "inner-forgotten",
    "2x": "outer-forgotten",
    "cos(x) * 2x": "at-x",
    "cos(2x) * 2x": "at-slope",
    "cos(x) * x^2 + sin(x) * 2x": "as-product",
    "cos(x^2) * x^2": "by-value",
    "sin(x^2) * 2x": "outer-plain",
    "cos(x^2) + 2x": "added",
    "-2x cos(x^2)": "sign",
    "sin(x^2)": "itself",
}


@pytest.mark.parametrize(("answer", "slip"), SLIPS.items(), ids=SLIPS.values())
@pytest.mark.parametrize("line", [5, 6])
def test_the_usual_slips_are_recognised_and_named(line, answer, slip):
    reply = verdict(line, answer)
    assert not reply.right
    assert reply.slip == slip
    assert reply.hint


def test_three_deep_a_slope_in_the_middle_can_be_forgotten():
    functions = {"y": "exp(u)", "u": "sin(v)", "v": "3x"}
    assert verdict(7, "3 exp(sin(3x))", **functions).slip == "middle-forgotten"
    assert verdict(7, "exp(sin(3x)) cos(3x)", **functions).slip == "inner-forgotten"
    assert verdict(7, "exp(sin(3x))", **functions).slip == "inner-forgotten"
    assert verdict(7, "3 exp(sin(3x)) cos(3x)", **functions).right
    assert verdict(4, "dy/du du/dx", **functions).right is False
    assert verdict(4, "dy/du du/dv dv/dx", **functions).right


def test_slips_in_single_lines_are_named_too():
    assert verdict(1, "-2x").slip == "sign"
    assert verdict(1, "x^2").slip == "itself"
    assert verdict(3, "dy/du + du/dx").slip == "added"
    assert verdict(3, "du/dx").slip == "outer-forgotten"


def test_a_factor_that_is_wrong_everywhere_is_named():
    assert "2 times the right one" in verdict(6, "4x cos(x^2)").hint
    assert "0 everywhere" in verdict(6, "0").hint
    assert "differs at 36 of 36 points" in verdict(6, "x").hint
    assert "differs at 10 of 36 points" in verdict(6, "2|x| cos(x^2)").hint
    assert "differs at" in verdict(2, "1", y="max(u, 1)", u="x").hint
    assert "not defined at some points" in verdict(6, "2x cos(x^2) + ln(x)").hint


def test_a_letter_that_is_to_be_replaced_may_not_stay():
    reply = verdict(5, "cos(u) * 2x")
    assert (reply.right, reply.what) == (False, "u still stands in it.")


def test_a_letter_that_means_nothing_is_named():
    assert verdict(2, "cos(x)").what == "“x” has no place in this line."
    assert verdict(3, "2x").hint == "Write it with dy/du and du/dx."


def test_what_cannot_be_read_is_refused_in_the_words_of_the_parser():
    assert verdict(1, "2 +").what.startswith("The formula ends")


def test_where_too_few_points_are_defined_nothing_is_claimed():
    functions = {"y": "ln(u)", "u": "sqrt(-1000 - x^2)"}
    reply = verdict(6, "x/(x^2 + 1001)", **functions)
    assert not reply.right
    assert "defined at too few points" in reply.what
    assert verdict(6, "x/(x^2 + 1000)", **functions).right  # algebra knows


def test_points_are_taken_where_the_page_looks():
    functions = {"y": "sqrt(u)", "u": "x - 50", "x": 60.0}
    assert verdict(5, "1/(2 sqrt(x - 50))", **functions).right
    assert not verdict(5, "1/(3 sqrt(x - 50))", **functions).right


def test_a_rounding_error_from_cancellation_is_no_difference():
    functions = {"y": "1000 tanh(u)", "u": "5x"}
    assert verdict(5, "5000 - 5000 tanh(5x)^2", **functions).right
    assert verdict(5, "20000/(exp(5x) + exp(-5x))^2", **functions).right
    assert not verdict(5, "5001 - 5001 tanh(5x)^2", **functions).right


def test_a_small_function_is_not_0():
    assert not verdict(5, "0", y="1e-15 u", u="x^2").right


def test_products_are_read_as_people_write_them():
    assert verdict(5, "dy/dx = cos(x^2)2x").right
    assert verdict(2, "u(1 - u) + u*u - u + cos(u)").right
    assert verdict(3, "dy/du(du/dx)").right
    assert "“dy/du”" in verdict(3, "dy/du 2").what


def test_an_answer_that_replaces_a_letter_early_is_right_and_the_hint_says_so():
    assert "replaced u already" in verdict(4, "2x cos(x^2)").hint


def test_what_algebra_leaves_open_is_right_by_its_values():
    reply = verdict(6, "2x cos(x^2) + |x| - sqrt(x^2)")
    assert reply.right
    assert "algebra leaves open" in reply.hint
    assert "algebra leaves open" in verdict(6, "-" * 80 + "2x cos(x^2)").hint
