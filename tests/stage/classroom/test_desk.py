"""What lies before a teacher: one thing is next, and it follows from how many were right."""

from dataclasses import replace

import pytest

from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.sharing.room import AskedQuestion, Room, Round, Scene
from backprop.stage.choices import change
from backprop.stage.classroom.asking import asking
from backprop.stage.classroom.desk import make_desk
from backprop.stage.classroom.matching import find_matcher
from backprop.stage.classroom.tally import Row, make_tally

W5 = change(NETWORK.defaults, step=14)
ASKINGS = asking(NETWORK, W5)
BACK = tuple(each for each in ASKINGS if each.name.startswith("back-"))
PAGE, TO_ASK = Scene(1, "/a", "A", "first line\nsecond"), Scene(4, "/b", "B", asking="gradient")
EMPTY = Room("BCDFGH", 1, 1, 0, "", True, False, 99, "", 3, (PAGE, TO_ASK), ())


def asked(state, *rounds):
    return AskedQuestion(1, 4, "/b", "B", "gradient", False, state, "", rounds or (Round(10, 0),))


DONE = asked("shown")


def desk(room, askings=(), right=None, of=10, share=lambda _: 40):
    matcher, question = find_matcher(NETWORK, W5, "gradient"), None
    if right is not None:
        rows = [Row(1, ("right",) if i < right else ("other",)) for i in range(of)]
        question = (matcher.question, make_tally(matcher, rows, [of]))
    return make_desk(room, askings, question, share, 25)


def in_scene(number, *questions, address=""):
    return replace(EMPTY, scene=number, address=address, questions=questions)


@pytest.mark.parametrize(
    ("room", "askings", "right", "next_"),
    [
        (EMPTY, (), None, "begin"),
        (replace(EMPTY, scenes=()), (), None, "add"),
        (in_scene(1, address="/a"), ASKINGS, None, "ask"),
        (in_scene(1, address="/a"), BACK, None, "next"),
        (in_scene(1, address="/a"), (), None, "next"),
        (replace(in_scene(1, address="/a"), scenes=(PAGE,)), BACK, None, "ask"),
        (replace(in_scene(1, address="/a"), scenes=(PAGE,)), (), None, "add"),
        (in_scene(4), ASKINGS, None, "ask"),
        (replace(in_scene(4, DONE, address="/b"), scenes=(TO_ASK, PAGE)), ASKINGS, 5, "next"),
        (in_scene(4, DONE, address="/b"), ASKINGS, 5, "add"),
        (in_scene(4, DONE, address="/b?step=2"), ASKINGS, 5, "ask"),
        (in_scene(4, asked("open")), ASKINGS, 5, "close"),
        (in_scene(4, asked("closed")), ASKINGS, 2, "show"),
        (in_scene(4, asked("closed")), ASKINGS, 3, "again"),
        (in_scene(4, asked("closed")), ASKINGS, 7, "again"),
        (in_scene(4, asked("closed")), ASKINGS, 8, "show"),
        (in_scene(4, asked("closed")), ASKINGS, None, "show"),
        (in_scene(4, asked("shown")), ASKINGS, 5, "page"),
        (replace(in_scene(4, asked("shown")), scenes=(TO_ASK, PAGE)), ASKINGS, 5, "next"),
    ],
)
def test_one_thing_is_next(room, askings, right, next_):
    assert desk(room, askings, right).next == next_


def test_it_says_where_the_scene_stands_and_what_is_beside_it():
    assert (desk(EMPTY).place, desk(EMPTY).beside) == (0, (None, 1))
    assert (desk(in_scene(4)).place, desk(in_scene(4)).beside) == (2, (1, None))


def test_below_each_title_stands_what_was_done_there():
    def about(*questions):
        return [words for _, words in desk(in_scene(4, *questions)).scenes]

    assert about() == ["first line", "to be asked"]
    noted = replace(EMPTY, scenes=(replace(TO_ASK, note="Slowly.\nTwice."),))
    assert desk(noted).scenes[0][1] == "to be asked · Slowly."
    assert about(asked("closed"))[1] == "asked, round 1 closed"
    assert about(asked("shown"))[1] == "shown, 40\N{NO-BREAK SPACE}% right"
    none = desk(in_scene(4, asked("shown")), share=lambda _: None)
    assert none.scenes[1][1] == "shown"
    assert desk(replace(EMPTY, scenes=(replace(PAGE, note=""),))).scenes[0][1] == "no question"


def test_it_says_for_how_long_a_question_was_open():
    assert desk(in_scene(4, asked("open"))).open_for == 15
    assert desk(in_scene(4, asked("closed", Round(10, 17)))).open_for == 7
    assert desk(EMPTY).open_for == 0


def test_show_opens_the_commonest_slip_until_another_was_chosen():
    before, after = desk(in_scene(4, asked("closed")), right=3), asked("shown")
    assert before.opens == before.tally.opens == ""
    assert desk(in_scene(4, replace(after, opens="sign")), right=3).opens == "sign"
    assert (before.right, before.is_asked, desk(EMPTY).opens) == (30, True, "")


def test_what_a_teacher_saw_of_a_question_is_one_word():
    assert desk(EMPTY).seen == "none"
    assert desk(in_scene(4, asked("open"))).seen == "1-1-open"
