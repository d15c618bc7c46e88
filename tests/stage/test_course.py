"""The route, the end of a lesson, and the questions of a later day."""

from dataclasses import replace

import pytest

from backprop.engine.errors import UnknownNameError
from backprop.lessons.catalog import LESSONS, ROUTE
from backprop.stage.choices import change
from backprop.stage.course import (
    LaterChoices,
    find_question,
    make_end,
    make_later,
    make_route,
    time_in_all,
)
from backprop.stage.links import Links, Origin
from backprop.stage.quiz.asked_back import AskingChoices
from backprop.web.reply import plain

NETWORK = next(lesson for lesson in ROUTE if lesson.name == "network")
ROUTED = make_route(LESSONS)


def end(**changes):
    start = AskingChoices()
    choices = change(start, **changes)
    return make_end(NETWORK, ROUTED, choices, Links("/end", Origin({}, start), choices))


def later(*asked, **changes):
    start = LaterChoices()
    choices = change(start, ask=asked, **changes)
    return make_later(LESSONS, choices, Links("/questions", Origin({}, start), choices))


def test_the_route_numbers_its_lessons_and_says_what_one_can_do_after_each():
    assert [stop.number for stop in ROUTED] == list(range(1, len(ROUTE) + 1))
    assert [stop.title for stop in ROUTED][:4] == [
        *("A first graph", "The chain rule", "The gradient", "One round of a network")
    ]
    assert all(stop.able and stop.minutes for stop in ROUTED)
    assert time_in_all(ROUTED) == "about two hours and a half"
    assert time_in_all(ROUTED * 4).endswith("hours")


def test_a_lesson_on_the_route_ends_with_three_sentences_and_three_questions_at_least():
    for lesson in ROUTE:
        if lesson.ending:
            assert len(lesson.ending().sentences) == 3
            assert 3 <= len(lesson.questions) <= 5
            assert lesson.end == f"{lesson.path}/end"
        else:
            assert lesson.end == ""


def test_an_end_asks_three_questions_and_offers_those_beyond():
    first, third, fourth = end(), end(question=3), end(question=4)
    assert (first.asking.number, first.asking.count) == (1, 3)
    assert (first.asking.following, first.asking.beyond) == ("/end?question=2", False)
    assert (third.asking.following, third.asking.beyond) == ("/end?question=4", True)
    assert third.asking.skip == "/end?question=0"
    assert (fourth.asking.number, fourth.asking.count) == (4, 4)
    assert fourth.asking.following == ""


def test_an_end_is_through_once_its_third_question_is_answered_or_passed():
    assert not end().asking.through
    assert not end(answer="step,after").asking.through
    assert not end(question=3).asking.through
    assert end(question=3, answer="up").asking.through
    assert end(question=0).asking.through
    assert end(question=99).asking.question is None


def test_an_end_leads_to_the_lesson_that_follows():
    assert end().next.name == ROUTED[end().stop.number].name
    start = AskingChoices()
    last = replace(ROUTE[-1], ending=NETWORK.ending, questions={})
    board = make_end(last, ROUTED, start, Links("/end", Origin({}, start), start))
    assert board.next is None


def test_a_lesson_without_an_end_says_so():
    start = AskingChoices()
    with pytest.raises(UnknownNameError, match="has no end of its own"):
        make_end(
            replace(NETWORK, ending=None), ROUTED, start, Links("/e", Origin({}, start), start)
        )


def test_fresh_numbers_keep_the_question_and_lose_the_answer():
    board = end(question=2, answer="o1", tried=2)
    assert board.asking.question.again == "/end?fresh=2&question=2"
    assert end(question=2, fresh=99_999).asking.question.again == "/end?question=2"


def test_questions_of_a_later_day_are_asked_one_after_another():
    first = later("network.adam", "playground.twice")
    assert first.lesson == ("One round of a network", "/lessons/network")
    assert (first.number, first.count) == (1, 2)
    assert first.following == "/questions?question=2&ask=network.adam,playground.twice"
    second = later("network.adam", "playground.twice", question=2)
    assert second.following.startswith("/questions?question=0")
    assert later("network.adam", question=0).asked is None
    assert later().asked is None


@pytest.mark.parametrize("name", ["network", "network.nothing", "nobody.adam", ".", "x" * 70])
def test_a_question_that_is_not_known_is_refused(name):
    with pytest.raises(UnknownNameError, match="There is no question") as error:
        find_question(LESSONS, name)
    assert error.value.at == "ask"
    with pytest.raises(UnknownNameError):
        later(name)


def test_a_board_is_json_at_every_state():
    for board in (end(), end(answer="slope"), end(tell=True), later("network.path")):
        assert plain(board)


def test_a_remote_tells_the_answer_then_asks_the_next_and_leads_on_to_the_next_lesson():
    asked, told = end().asking.remote, end(tell=True).asking.remote
    assert asked.forward == "/end?tell=1"
    assert asked.back == f"{NETWORK.path}?mode=projector"
    assert (told.back, told.forward) == ("/end", "/end?question=2")
    assert end(question=2).asking.remote.back == "/end?tell=1"
    assert end(question=3, answer="up").asking.remote.forward == f"{end().next.path}?mode=projector"
    assert end(question=0).asking.remote.back == "/end?question=3&tell=1"


def test_a_remote_goes_through_the_questions_of_a_later_day():
    asked = tuple(f"network.{kind}" for kind in list(NETWORK.questions)[:2])
    assert "tell=1" in later(*asked).remote.forward
    assert "question=2" in later(*asked, tell=True).remote.forward
    assert later(*asked, question=2, tell=True).remote.forward == ""
