"""The end of the lesson on the chain rule."""

from backprop.lessons.chain_rule.ending import QUESTIONS, make_ending
from backprop.stage.quiz.question import judge
from backprop.stage.walk.explanation import spoken


def test_the_end_multiplies_the_slopes_of_sine_and_square():
    first, second, third = map(spoken, make_ending().sentences)
    assert first.endswith("its slope is 0.540.")
    assert second.endswith("its slope is 2.")
    assert "0.5403 × 2 = 1.0806" in third


def test_a_product_with_the_outer_slope_at_x_is_called_that():
    question = QUESTIONS["factors"](1)  # u³, u = 5x + 3, at 3
    texts = {spoken(each.words): each.name for each in question.choices}
    assert judge(question, texts["972 × 5"]).right
    (slip,) = judge(question, texts["27 × 5"]).slips
    assert slip.title == "The outer derivative is taken at x"
    (slip,) = judge(question, texts["5832 × 5"]).slips
    assert slip.title == "The outer function is not differentiated"


def test_two_paths_add_up_and_one_alone_is_named():
    question = QUESTIONS["fork"](4)
    slips = {slip.answer for slip in question.wrong if slip.title == "One path only"}
    assert sum(slips) == question.right


def test_a_nudge_is_as_long_as_the_slope_says():
    question = QUESTIONS["nudge"](5)
    (slope,) = (
        slip.answer for slip in question.wrong if slip.title == "The slope taken for the rise"
    )
    assert abs(question.right - 0.01 * slope) < 1e-12
