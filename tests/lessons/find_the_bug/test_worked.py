"""The worked case, step by step."""

from backprop.lessons.find_the_bug.choices import Choices
from backprop.lessons.find_the_bug.lesson import LESSON
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin
from tests.lessons.find_the_bug.test_evidence import text


def board(**changes):
    choices = change(Choices(), **changes)
    return LESSON.compose(choices, Links(LESSON.path, Origin({}, Choices()), choices))


def test_the_worked_case_leads_from_the_ratios_to_the_line_in_six_steps():
    steps = [board(step=step).worked for step in range(6)]
    assert [(each.at, each.of) for each in steps] == [(n, 6) for n in range(1, 7)]
    assert [each.now.suspect for each in steps] == [(), (), (6, 7), (6, 7), (7,), (7,)]
    assert not steps[0].back
    assert steps[-1].ahead == ""
    assert "case=1" in steps[-1].first


def test_its_clue_adds_up_as_it_is_printed():
    clue = text(board(step=3).worked.now.sentences[1])
    left, right = clue.split(" = ")[0], clue.split(" = ")[1].split(". ")[0]
    one, factor = left.split(" ÷ ")
    assert round(float(one) / float(factor), 3) == float(right)


def test_a_line_that_is_cleared_is_marked_and_none_can_be_pressed():
    lines = board(step=4).lines
    assert [line.state for line in lines] == [
        "",
        *["cleared"] * 5,
        "found",
        "cleared",
        "cleared",
        "",
    ]
    assert not any(line.address for line in lines)


def test_a_step_beyond_the_last_is_the_last():
    assert board(step=9).worked.at == 6
