"""What is shown of a question: words, hints, and the reply with its slip and its place."""

from backprop.lessons.round_telling import spoken
from tests.lessons.asked import H1, NETWORK, PLAYGROUND, board_at, say, typed

FORK = f"{PLAYGROUND}?expression=x*y%2Bx*z%2Bx*w&x=1&y=2&z=4&w=8.5&ask=1&step=10"


def test_the_question_asks_for_the_way_in_the_letters_of_the_page():
    assert spoken(board_at(f"{NETWORK}?ask=1&step={H1}").ask.question) == (
        "Which way does E move when you raise h 1?"
    )


def test_the_hints_open_a_rung_at_a_time_and_end():
    board = board_at(f"{NETWORK}?ask=1&step={H1}")
    titles = []
    while board.ask.hint:
        titles.append(board.ask.hint_title)
        board = board_at(board.ask.hint)
    assert titles == ["Which factors?", "Their values?", "The product?"]
    assert board.ask.rung == 3
    assert board.ask.covered


def test_a_hint_that_is_open_stays_open_when_the_way_is_said():
    board = board_at(board_at(f"{NETWORK}?ask=1&step={H1}").ask.hint)
    assert say(board, "+").ask.rung == 1


def test_the_reply_to_a_way_says_what_happens():
    board = board_at(f"{NETWORK}?ask=1&step={H1}")
    assert spoken(say(board, "+").ask.reply.words) == "Right: raising h 1 raises E."
    wrong = say(board, "-").ask.reply
    assert spoken(wrong.words) == "No: raising h 1 raises E."
    assert wrong.slip == "One path only"
    assert spoken(wrong.place) == "That is one path of two: the way by z 3 is missing."
    assert wrong.points_to == "e-a1_1-z2_1"


def test_the_reply_to_a_number_quotes_it_and_names_the_slip():
    board = typed(say(board_at(f"{NETWORK}?ask=1&step={H1}"), "+"), "0.055")
    assert board.ask.reply.number.shown == "0.055"
    assert spoken(board.ask.reply.place) == "That is one path of two: the way by z 4 is missing."
    assert "is not it" in board.ask.aloud
    assert "0.055 is not it" in board.ask.aloud


def test_of_three_paths_the_two_that_are_missing_are_both_named():
    board = typed(say(board_at(FORK), "+"), "8.5")
    said = spoken(board.ask.reply.place)
    assert said.startswith("That is one path of three: the ways by ")
    assert said.endswith(" are missing.")


def test_a_number_turned_round_is_told_that_its_size_is_right():
    board = typed(say(board_at(f"{NETWORK}?ask=1&step=14"), "+"), "-0.0822")
    assert board.ask.reply.about == "The size is right."
    assert board.ask.reply.place == ()
