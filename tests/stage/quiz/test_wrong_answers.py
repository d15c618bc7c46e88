"""Wrong answers, named by the slips that give them."""

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.slips.catalog import SIGN
from backprop.notation.names import label_of
from backprop.stage.quiz.question import Choice, Question, WrongAnswer, judge
from backprop.stage.quiz.wrong_answers import (
    by_slip,
    lettered,
    slips_at,
    values_scene,
    with_letters,
    wrong_numbers,
)
from backprop.stage.walk.explanation import spoken

TRACE = differentiate(parse("a * (a + b)"), {"a": 3.0, "b": -2.0})


def test_a_slip_of_the_catalogue_brings_its_name_and_what_it_says_of_itself():
    assert by_slip(SIGN, -1.0) == WrongAnswer(-1.0, SIGN.title, (SIGN.about,), "sign")
    assert by_slip(SIGN, "up", ("d is 2.",)).about == ("d is 2.",)


def test_what_is_right_to_three_digits_is_no_wrong_answer():
    numbers = [WrongAnswer(x, f"slip {x}", ()) for x in (0.12345, 0.1234, 0.2, float("inf"))]
    assert [each.answer for each in wrong_numbers(0.1234, numbers)] == [0.2]
    assert len(wrong_numbers(1.0, [WrongAnswer(2.0, "twice", ())] * 2)) == 1


def test_the_slips_of_a_fork_name_its_paths_and_what_arrives_by_each():
    slips = slips_at(TRACE, TRACE.graph.position("a"))
    assert {each.answer for each in slips if each.title == "One path only"} == {1.0, 3.0}
    about = spoken(slips[0].about)
    assert "Here 3 arrives, and the local derivative is 1" in about
    assert about.endswith("; by another use 1 arrives, and the local derivative is 1.")
    assert all(each.answer != 4.0 for each in slips)


def test_a_picture_beside_a_question_shows_values_and_no_gradient():
    scene = values_scene(TRACE, label_of)
    assert "0 gradients are known" in scene.description
    assert not any("graded" in node[2].split() for node in scene.nodes)
    assert not any(node[4] for node in scene.nodes)  # nothing to be pressed


def test_letters_say_nothing_of_what_they_stand_for():
    others = ("apple", "pear", "pear")
    drawn = {
        lettered(("fig",), (((n,), WrongAnswer("", n, ())) for n in others), about=f"{seed}")[0]
        for seed in range(30)
    }
    assert drawn == set("abc")  # what reads the same is there once


def test_a_question_with_letters_is_right_by_the_same_words():
    wrong = (WrongAnswer("no", "A no", ("No.",)),)
    choices = (Choice("no", ("No.",)), Choice("yes", ("Yes.",)))
    plain = Question(("Is it?",), "it", "choice", "yes", wrong, choices)
    question = with_letters(plain)
    words = {each.name: each.words for each in question.choices}
    assert sorted(words) == ["a", "b"]
    assert words[question.right] == ("Yes.",)
    other = question.wrong[0].answer
    assert words[other] == ("No.",)
    assert judge(question, other).slips[0].title == "A no"
