"""Bugs in programs of arrays: their lines, what is asked of them, and what the page shows."""

import pytest

from backprop.lessons.find_the_bug.asking import ask_cause, ask_line
from backprop.lessons.find_the_bug.cases import IN_PROGRAMS, PROGRAMS, find_case
from backprop.lessons.find_the_bug.choices import MOST_LINES, Choices
from backprop.lessons.find_the_bug.lesson import LESSON, compose
from backprop.lessons.find_the_bug.paper import make_sheet
from backprop.lessons.find_the_bug.program_bug import make_program_bug
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin

CASES = range(1, len(IN_PROGRAMS) + 1)


def board(**changes):
    choices = change(Choices(level=PROGRAMS, case=1), **changes)
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def test_the_first_cases_are_all_of_the_table_each_once():
    found = [find_case(PROGRAMS, case) for case in CASES]
    assert {(name, bug.felt.planted.key) for name, bug in found} == {*IN_PROGRAMS}


@pytest.mark.parametrize("case", CASES)
def test_one_line_is_wrong_and_spoils_a_leaf(case):
    _, bug = find_case(PROGRAMS, case)
    other = [
        n for n, (a, b) in enumerate(zip(bug.lines, bug.right_lines, strict=True), 1) if a != b
    ]
    assert other == [bug.number]
    assert bug.wrong_leaves
    assert len(bug.lines) <= MOST_LINES
    line, cause = ask_line(bug), ask_cause("", bug, every=False)
    assert line.right == str(bug.number)
    assert len(line.wrong) == len(bug.lines) - 1
    assert cause.right in [choice.name for choice in cause.choices]
    assert 3 <= len(cause.choices) <= 5
    assert len({choice.name for choice in ask_cause("", bug, every=True).choices}) >= 5


def test_the_lines_are_uses_of_the_program():
    bug = make_program_bug("layers", "bias-mean.Z2.1")
    assert [f"{line.makes} = {line.formula}" for line in bug.lines][:4] == [
        "dL = 1",
        "dZ2 = (softmax(Z2, 1) - eye(2)[y]) * (dL / 4)",
        "dA1 = dZ2 @ W2",
        "db2 = fit(dZ2, b2) / 4",
    ]
    assert bug.right_line.formula == "fit(dZ2, b2)"
    again = make_program_bug("recurrent", "bias-mean.h1.1")
    assert again.line.formula.startswith("db + ")


def test_the_page_shows_the_program_and_the_check_of_each_leaf_and_no_more():
    _, bug = find_case(PROGRAMS, 1)
    shown = board()
    off = [leaf.name for leaf in shown.case.program.leaves if leaf.off]
    assert {*off} == {f"d{leaf}" for leaf in bug.wrong_leaves}
    assert all(leaf.words == "1" for leaf in shown.case.program.leaves if not leaf.off)
    assert not any(line.state or line.should for line in shown.lines)
    assert (shown.causes, shown.trainings, shown.first_wrong) == (None, None, None)
    assert bug.slip_name not in repr(shown)
    assert bug.heading not in repr(shown)


def test_a_line_is_pressed_then_a_cause_chosen():
    _, bug = find_case(PROGRAMS, 1)
    missed = board(line=1)
    assert missed.lines[0].state == "wrong"
    assert "the way back begins" in "".join(map(str, missed.lines[0].words))
    found = board(line=bug.number)
    assert found.lines[bug.number - 1].state == "found"
    assert found.causes.prompt == (f"What is wrong with line {bug.number}?",)
    solved = board(line=bug.number, cause=bug.slip_name)
    assert solved.case.solved
    assert solved.lines[bug.number - 1].should.strip().endswith(bug.right_line.formula)


def test_a_wrong_line_is_answered_with_what_speaks_for_it():
    bug = make_program_bug("layers", "slope-at-output.A1.1")
    said = {int(w.answer): "".join(getattr(p, "letter", p) for p in w.about)
            for w in ask_line(bug).wrong}  # fmt: skip
    assert "db2 is right, and line 4 makes it." in said[4]
    assert "what arrives at it is wrong already" in said[7]


def test_a_case_is_handed_out_on_paper():
    choices = Choices(level=PROGRAMS, case=2)
    sheet = make_sheet(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))
    assert [part.title for part in sheet.parts][:2] == [("The program",), ("The backward pass",)]


def test_a_hint_says_which_line_is_wrong_first_as_at_the_other_levels():
    before = board()
    assert before.first_wrong is None
    assert "hint" in before.hint
    after = board(hint=True)
    _, bug = find_case(PROGRAMS, 1)
    assert (after.first_wrong.name, after.hint) == (bug.line.makes, "")
