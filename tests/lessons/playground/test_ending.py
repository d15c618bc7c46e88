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


def test_which_way_is_asked_of_each_input_and_sometimes_it_is_not_at_all():
    questions = [QUESTIONS["sign"](seed) for seed in range(60)]
    assert {each.quantity for each in questions} == {"x", "y", "z"}
    assert {each.right for each in questions} == {"up", "down", "none"}
    assert sum(each.right == "none" for each in questions) < 25


def test_the_questions_of_one_page_have_numbers_of_their_own():
    for seed in range(20):
        scenes = [QUESTIONS[kind](seed).scene for kind in ("sign", "back", "larger")]
        assert len({repr(scene.nodes) for scene in scenes}) == 3


def test_the_value_of_the_sum_in_the_place_of_the_other_factor_has_a_name():
    question = next(q for q in map(QUESTIONS["back"], range(20)) if q.quantity == "x")
    first, *_ = question.wrong
    assert first.slip == "own-factor"
    assert "this side of ×" in spoken(first.about)
