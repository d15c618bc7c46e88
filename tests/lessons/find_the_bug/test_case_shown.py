"""Which case is shown, and where it goes on."""

from tests.lessons.find_the_bug.test_answers import CASE, choose, follow, opened, press
from tests.lessons.find_the_bug.test_evidence import text


def test_a_case_says_its_number_its_network_and_its_loss():
    case = opened().case
    assert (case.name, case.title) == (f"Case {CASE}", "the 2-2-2 by hand")
    assert text(case.loss) == "E = ½ Σ (o − t)²"
    assert text(case.prompt) == "One of these ten lines is wrong. Which?"


def test_who_finds_a_bug_unaided_is_offered_a_harder_one():
    board = press(opened(), 6)
    assert board.case.harder == ""
    harder = follow(choose(board, "The weight matrix is transposed").case.harder)
    assert [option.title for option in harder.case.levels if option.on] == ["Other functions"]
    aided = choose(press(press(opened(), 4), 6), "The weight matrix is transposed")
    assert aided.case.harder == ""


def test_another_case_is_the_next_one_at_this_level_with_nothing_answered():
    board = follow(choose(press(press(opened(), 4), 6), "One path only").case.ways.another)
    assert board.case.number == CASE + 1
    assert board.causes is None
    assert {line.state for line in board.lines} == {""}


def test_levels_lead_to_their_first_case():
    board = opened()
    assert board.case.levels[0].title == "Worked"
    assert follow(board.case.levels[0].address).worked
    assert follow(board.case.levels[3].address).case.number == 1
