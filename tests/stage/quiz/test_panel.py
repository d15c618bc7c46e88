"""What is shown of a question: words, hints, and the reply with its slip and its place."""

import pytest

from backprop.stage.walk.explanation import spoken
from tests.lessons.asked import H1, NETWORK, PLAYGROUND, board_at, say, typed

FORK = f"{PLAYGROUND}?expression=x*y%2Bx*z%2Bx*w&x=1&y=2&z=4&w=8.5&ask=1&step=10"


def test_the_question_asks_for_the_sign_in_the_letters_of_the_page():
    assert spoken(board_at(f"{NETWORK}?ask=1&step={H1}").quiz.ask.question) == (
        "Which sign: how does E move when you raise h 1?"
    )


def test_the_hints_open_a_rung_at_a_time_and_end():
    board = board_at(f"{NETWORK}?ask=1&step={H1}")
    titles = []
    while board.quiz.ask.hint.address:
        titles.append(board.quiz.ask.hint.title)
        board = board_at(board.quiz.ask.hint.address)
    assert titles == ["Which factors?", "Their values?", "The product?"]
    assert board.quiz.ask.hint.open == 3
    assert board.quiz.ask.covered


def test_a_hint_that_is_open_stays_open_when_the_sign_is_said():
    board = board_at(board_at(f"{NETWORK}?ask=1&step={H1}").quiz.ask.hint.address)
    assert say(board, "+").quiz.ask.hint.open == 1


def test_the_reply_to_a_sign_says_what_happens():
    board = board_at(f"{NETWORK}?ask=1&step={H1}")
    assert spoken(say(board, "+").quiz.ask.reply.words) == "Right: raising h 1 raises E."
    wrong = say(board, "-").quiz.ask.reply
    assert spoken(wrong.words) == "No: raising h 1 raises E."
    assert wrong.slip == ""  # a path, a factor or a sign: any of them gives that way


def test_the_reply_to_a_number_quotes_it_and_names_the_slip():
    board = typed(say(board_at(f"{NETWORK}?ask=1&step={H1}"), "+"), "0.055")
    assert board.quiz.ask.reply.read_back == "0.055"
    assert (
        spoken(board.quiz.ask.reply.place) == "That is one path of two: the way by z 4 is missing."
    )
    assert board.quiz.ask.reply.points_to == "e-a1_1-z2_2"
    assert "is not the gradient" in board.quiz.ask.aloud
    assert "0.055 is not the gradient" in board.quiz.ask.aloud


def test_of_three_paths_the_two_that_are_missing_are_both_named():
    board = typed(say(board_at(FORK), "+"), "8.5")
    said = spoken(board.quiz.ask.reply.place)
    assert said.startswith("That is one path of three: the ways by ")
    assert said.endswith(" are missing.")


@pytest.mark.parametrize(
    ("expression", "step", "number", "said"),
    [
        ("x*x", 2, "3", "one path of two: one of the two uses in f is missing."),
        ("x*x%2B7*x", 6, "7", "one path of three: both uses in v 1 are missing."),
        ("x*x%2B7*x", 6, "6", "two paths of three: the way by v 2 is missing."),
        (
            *("x*x%2B7*x%2B5*x", 10, "7"),
            "one path of four: the way by v 4 and both uses in v 1 are missing.",
        ),
        (
            *("x*x%2B7*x%2B5*x", 10, "3"),
            "one path of four: the ways by v 2 and v 4 and one of the two uses in v 1 are missing.",
        ),
    ],
)
def test_uses_in_one_operation_are_counted_and_not_named_twice(expression, step, number, said):
    address = f"{PLAYGROUND}?expression={expression}&x=3&ask=1&step={step}"
    board = typed(say(board_at(address), "+"), number)
    assert spoken(board.quiz.ask.reply.place) == f"That is {said}"


def test_a_slope_of_rounding_is_said_to_be_one():
    board = board_at(f"{PLAYGROUND}?expression=sin(x)&x=1.5707963267948966&ask=1&step=2")
    for keys, start in (("0", "Right"), ("+", "Right"), ("-", "No")):
        said = say(board, keys)
        assert spoken(said.quiz.ask.reply.words).startswith(
            f"{start}: raising x does not move f; the "
        )
        assert spoken(said.quiz.ask.reply.words).endswith(" that is computed is rounding.")
        assert not said.quiz.ask.covered


def test_a_number_turned_round_is_told_that_its_size_is_right():
    board = typed(say(board_at(f"{NETWORK}?ask=1&step=14"), "+"), "-0.0822")
    assert board.quiz.ask.reply.about == "The size is right."
    assert board.quiz.ask.reply.place == ()
