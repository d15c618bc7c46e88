"""The end of a first graph."""

from backprop.lessons.playground.ending import QUESTIONS, make_ending
from backprop.stage.quiz.question import judge
from backprop.stage.walk.explanation import spoken


def test_the_end_says_how_one_number_went_back():
    first, second, third = map(spoken, make_ending().sentences)
    assert "minus 2 + 5 = 3, then 3 × (−4) = minus 12" in first
    assert "z got 3 and the sum got minus 4" in second
    assert "x and y got minus 4 each" in third
    assert spoken(make_ending().caption).endswith("by 0.01 × (−4) = −0.040.")


def test_a_value_used_twice_asks_for_both_paths():
    question = QUESTIONS["twice"](2)
    assert question.right == 3
    assert "One path only" in [slip.title for slip in judge(question, "5").slips]


def test_the_numbers_of_a_question_are_whole_and_none_hides_a_slip():
    for seed in range(40):
        question = QUESTIONS["back"](seed)
        assert question.right == int(question.right) != 0
