"""Questions on paper: a line to write on, or boxes to tick."""

from backprop.stage.quiz.paper import question_task
from backprop.stage.quiz.question import Choice, Question

SIGN = Question(("Which way?",), "sign.x", "sign", "up", explanation=("Both rise.",))
SEVERAL = Question(
    ("Which change?",),
    "several",
    "several",
    frozenset(("step", "weight")),
    choices=(
        Choice("loss", ("the loss",)),
        Choice("step", ("the step",)),
        Choice("weight", ("w",)),
    ),
)


def test_a_number_is_asked_with_a_place_to_write():
    task = question_task(Question(("How much?",), "x", "number", 0.0527), "mark")
    assert not task.options
    assert task.answer[0].exact == 0.0527


def test_a_shape_is_answered_as_it_is_printed():
    question = Question(("Which shape?",), "W1", "shape", "2x3")
    assert question_task(question, "mark").answer == ("2 × 3",)


def test_of_a_sign_there_are_always_the_three_and_one_is_right():
    task = question_task(SIGN, "mark")
    assert len(task.options) == 3
    assert task.right_options == (("up (+)",),)
    assert task.about == ("Both rise.",)


def test_every_right_answer_is_marked_in_whatever_order_they_stand():
    for mark in map(str, range(6)):
        right = question_task(SEVERAL, mark).right_options
        assert {words for (words,) in right} == {"the step", "w"}
