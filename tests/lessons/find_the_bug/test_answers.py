"""What is pressed and chosen, and what the page makes of it."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.lessons.find_the_bug.cases import find_hidden
from backprop.lessons.find_the_bug.choices import Choices
from backprop.lessons.find_the_bug.lesson import LESSON
from backprop.stage.choices import ChoiceError, read_choices
from backprop.stage.links import Links, Origin
from tests.lessons.find_the_bug.test_evidence import text

CASE = next(n for n in range(1, 20) if find_hidden(1, n)[1].row.slip.name == "transposed")


def follow(address):
    pairs = dict(parse_qsl(urlsplit(address).query))
    choices = read_choices(Choices(), pairs)
    return LESSON.compose(choices, Links(LESSON.path, Origin({}, Choices()), choices))


def opened(query=""):
    return follow(f"{LESSON.path}?case={CASE}{query}")


def press(board, number):
    return follow(board.lines[number - 1].address)


def choose(board, title):
    return follow(next(c.address for c in board.causes.causes if c.title == title))


def test_the_right_line_at_the_first_press_is_unaided():
    board = press(opened(), 6)
    assert board.case.mark == f"case-1-{CASE} line unaided"
    assert board.case.how == "Found at the first press."
    assert text(board.causes.prompt) == "What is wrong with line 6?"
    assert [line.state for line in board.lines].count("found") == 1
    assert not any(line.address for line in board.lines)


def test_a_wrong_press_is_answered_stays_and_counts():
    board = press(opened(), 4)
    assert text(board.lines[3].words) == "Line 4 makes dW2, and dW2 is right: every ratio is 1."
    assert board.causes is None
    board = press(press(board, 7), 6)
    assert [n for n, line in enumerate(board.lines, 1) if line.state == "wrong"] == [4, 7]
    assert board.case.mark == f"case-1-{CASE} line helped"
    assert board.case.how == "Found, after 2 other lines."


def test_of_two_presses_on_one_page_only_the_one_that_is_answered_is_kept():
    board = opened()
    first, last = board.lines[3].address, board.lines[6].address
    assert "tried" not in first + last
    states = [line.state for line in follow(last).lines]
    assert [n for n, state in enumerate(states, 1) if state == "wrong"] == [7]


def test_a_hint_counts():
    board = press(follow(opened().hint), 6)
    assert board.case.mark.endswith("helped")
    assert board.case.how == "Found, with a hint."
    assert board.first_wrong
    assert board.hint == ""


def test_a_wrong_cause_is_answered_by_its_ratios_and_the_right_one_solves_the_case():
    title = "Hidden gradients with weights that are already updated"
    board = choose(press(opened(), 6), title)
    wrong = next(c for c in board.causes.causes if c.title == title)
    assert wrong.state == "wrong"
    assert text(wrong.words).startswith("That gives 0.832 and 0.851")
    board = choose(board, "The weight matrix is transposed")
    assert board.case.solved
    assert text(board.case.prompt) == "Line 6: the weight matrix is transposed"
    assert board.lines[5].should == "    dh  = W2.T @ dz2"
    assert [c.state for c in board.causes.causes].count("wrong") == 1
    assert board.case.ways.tell == ""


def test_all_names_can_be_chosen_from():
    board = follow(press(opened(), 6).causes.every)
    assert len(board.causes.causes) > 15
    assert len(follow(board.causes.every).causes.causes) == 5
    assert choose(board, "The sign is turned round").case.solved is False


def test_a_name_that_was_chosen_among_all_stays_answered_among_the_plausible():
    board = choose(follow(press(opened(), 6).causes.every), "The sign is turned round")
    assert [c.state for c in board.causes.causes].count("wrong") == 1
    few = follow(board.causes.every)
    assert len(few.causes.causes) == 5
    assert not few.case.solved
    again = follow(few.causes.every)
    assert [c.title for c in again.causes.causes if c.state == "wrong"] == [
        "The sign is turned round"
    ]


def test_a_cause_that_gives_the_same_numbers_is_right_too():
    case = next(n for n in range(1, 20) if find_hidden(1, n)[1].row.slip.name == "assigned")
    board = follow(f"{LESSON.path}?case={case}&line=6&cause=first-unit-skipped&names=all")
    assert board.case.solved
    assert board.causes.same == "It was planted as: = for +=: the last path wins."


def test_telling_names_the_line_and_the_cause_and_is_no_find():
    board = follow(opened().case.ways.tell)
    assert board.case.solved
    assert board.case.mark == ""
    assert text(board.causes.answer) == "W2 @ dz2 stands where W2.T @ dz2 belongs."


@pytest.mark.parametrize(
    ("query", "at"), [("&line=11", "line"), ("&line=6&cause=nonsense", "cause")]
)
def test_a_line_or_a_cause_that_there_is_not_is_refused(query, at):
    with pytest.raises(ChoiceError) as refused:
        opened(query)
    assert refused.value.at == at
