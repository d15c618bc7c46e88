"""What a class can be asked, and the question."""

import pytest

from backprop.engine.errors import UnknownNameError
from backprop.lessons.catalog import LESSONS
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.stage.choices import change
from backprop.stage.classroom.asking import VARIANTS, ask, asking, variant_for
from backprop.stage.walk.explanation import spoken

W5 = change(NETWORK.defaults, step=14)


def names(lesson, choices):
    return [each.name for each in asking(lesson, choices)]


def test_at_a_gradient_its_sign_its_number_and_its_neighbour_are_asked():
    assert names(NETWORK, W5)[:4] == ["gradient", "sign", "number", "larger-w2_2_1"]
    question = ask(NETWORK, W5, "gradient")
    assert spoken(question.prompt) == "How much does w 5 matter?"
    assert question.right == pytest.approx(0.0821670406)


def test_at_a_forward_step_its_value_is_asked():
    assert names(NETWORK, NETWORK.defaults)[0] == "value"
    question = ask(NETWORK, NETWORK.defaults, "value")
    assert spoken(question.prompt) == "How large is z 1?"
    assert question.right == pytest.approx(0.3775)


def test_where_nothing_is_to_be_found_only_the_lesson_is_asked_back():
    assert all(name.startswith("back-") for name in names(NETWORK, change(W5, step=9)))


def test_every_lesson_can_ask_something_of_its_first_state():
    assert all(asking(lesson, lesson.defaults) for lesson in LESSONS)


def test_what_is_not_offered_is_not_asked():
    with pytest.raises(UnknownNameError, match="cannot be asked here"):
        ask(NETWORK, NETWORK.defaults, "gradient")


def test_a_variant_has_other_numbers_of_the_same_question_and_always_the_same():
    first, again, other = (ask(NETWORK, W5, "gradient", n) for n in (1, 1, 2))
    assert first is again
    assert len({first.right, other.right, ask(NETWORK, W5, "gradient").right}) == 3
    assert first.prompt == other.prompt


def test_the_two_that_are_compared_are_clearly_unlike_in_every_variant():
    for variant in range(5):
        subject = ask(NETWORK, W5, "larger-w2_2_1", variant)
        assert subject.right in ("w2_1_1", "w2_2_1")


def test_a_question_back_is_the_same_for_all_or_one_of_its_seeds():
    same, other = ask(NETWORK, W5, "back-number"), ask(NETWORK, W5, "back-number", 7)
    assert same == NETWORK.questions["number"](1)
    assert other == NETWORK.questions["number"](7)


def test_a_room_has_20_variants_and_a_member_always_the_same():
    drawn = {variant_for("HKMTRW", f"token {n}") for n in range(400)}
    assert len(drawn) == VARIANTS
    assert max(drawn) - min(drawn) < VARIANTS
    assert variant_for("HKMTRW", "token 7") == variant_for("HKMTRW", "token 7")
    assert variant_for("ABCDEF", "token 7") not in drawn
