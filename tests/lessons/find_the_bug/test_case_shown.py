"""Which case is shown, and where it goes on."""

from tests.lessons.find_the_bug.test_answers import CASE, choose, follow, opened, press
from tests.lessons.find_the_bug.test_evidence import text


def test_a_case_says_its_number_its_network_and_its_loss():
    case = opened().case
    assert (case.name, case.title) == (f"Case {CASE}", "the 2-2-2 by hand")
    assert text(case.loss) == "E = ½ Σ (o − t)²"
    assert text(case.prompt) == "One of these ten lines is wrong. Which?"


def test_another_case_is_the_next_one_at_this_level_with_nothing_answered():
    board = follow(choose(press(press(opened(), 4), 6), "One path only").case.another)
    assert board.case.number == CASE + 1
    assert board.causes is None
    assert {line.state for line in board.lines} == {""}


def test_levels_lead_to_their_first_case():
    board = opened()
    assert board.case.levels[0].title == "Worked"
    assert follow(board.case.levels[0].address).worked
    assert follow(board.case.levels[3].address).case.number == 1
