"""The end of the lesson on the gradient."""

from backprop.lessons.gradient.ending import QUESTIONS, make_ending
from backprop.stage.quiz.question import judge
from backprop.stage.walk.explanation import spoken


def test_the_end_shows_both_numbers_of_a_unit_step():
    ending = make_ending()
    first, second, third = map(spoken, ending.sentences)
    assert "(10, 6)" in first
    assert second.endswith("√(10² + 6²) = 11.662.")
    assert "a step of 1 in x promises 10 and gives 13" in third
    assert "a step of 0.1 promises 1 and gives 1.03" in third
    assert ending.picture.rows[0] == ("1", "10.0000", "13.0000")


def test_a_unit_step_is_asked_with_what_it_promises_and_what_it_gives():
    question = QUESTIONS["unit"](1)
    titles = {slip.title for slip in question.wrong}
    assert "The promise taken for the rise" in titles
    given = {spoken(words): number.exact for words, number in question.given}
    assert given["f(−2, 1)"] - given["f(−3, 1)"] == -11
    right = next(each for each in question.choices if each.name == question.right)
    assert spoken(right.words) == "it promises −13 and gives −11"


def test_a_length_may_be_typed_as_the_root_of_a_sum():
    question = QUESTIONS["length"](1)
    gx, gy = (f"({number.exact})" for _, number in question.given)
    assert judge(question, f"sqrt({gx}^2 + {gy}^2)").right
    assert judge(question, f"{gx}^2 + {gy}^2").slips[0].title == "The root is forgotten"
