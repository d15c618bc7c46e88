"""The two questions of a bug, and the causes that are offered."""

import pytest

from backprop.lessons.find_the_bug.asking import all_causes, ask_cause, ask_line, few_causes
from backprop.lessons.find_the_bug.cases import HIDDEN, LEVELS, find_hidden
from backprop.stage.quiz.question import judge


def cases(level):
    return [find_hidden(level, case) for case in range(1, len(HIDDEN[level]) + 1)]


@pytest.mark.parametrize("level", LEVELS)
def test_a_case_asks_for_its_line_and_knows_a_reason_against_every_other(level):
    for _, bug in cases(level):
        question = ask_line(bug)
        assert judge(question, str(bug.number)).right
        for number in range(1, len(bug.lines) + 1):
            if number != bug.number:
                judged = judge(question, str(number))
                assert not judged.right
                assert judged.slips[0].about


@pytest.mark.parametrize("level", LEVELS)
def test_four_to_six_plausible_causes_are_offered_the_right_one_among_them(level):
    for example, bug in cases(level):
        causes = few_causes(example, bug)
        assert 4 <= len(causes) <= 6
        assert [cause.equals(bug) for cause in causes].count(True) == 1
        assert len({cause.row.slip.title for cause in causes}) == len(causes)


@pytest.mark.parametrize("level", LEVELS)
def test_no_two_causes_say_the_same_of_a_line(level):
    for example, bug in cases(level):
        for causes in (few_causes(example, bug), all_causes(example, bug)):
            phrases = [cause.phrase for cause in causes]
            assert len(set(phrases)) == len(phrases)


def test_one_path_and_the_last_one_are_told_apart_by_what_is_said():
    example, bug = next(
        find_hidden(1, n) for n in range(1, 20) if find_hidden(1, n)[1].row.slip.name == "assigned"
    )
    said = {cause.row.slip.name: cause.phrase for cause in few_causes(example, bug)}
    assert bug.line.formula == "W2[-1] * dz2[-1]"
    assert said["one-path"] == "only the first use counts; the others are left out"
    assert said["assigned"].endswith("only the last counts")


def test_the_right_cause_has_no_place_of_its_own_among_the_plausible():
    places = {few_causes(*case).index(case[1]) for level in LEVELS for case in cases(level)}
    assert places == {0, 1, 2, 3, 4}


def test_all_names_has_every_slip_of_the_network_once_and_the_right_one():
    example, bug = find_hidden(1, 1)
    names = [cause.row.slip.name for cause in all_causes(example, bug)]
    assert len(names) == len(set(names)) > 15
    question = ask_cause(example, bug, every=True)
    assert judge(question, bug.row.slip.name).right
    assert {choice.name for choice in question.choices} == set(names)


def test_a_cause_is_explained_by_the_line_as_it_should_be():
    example, bug = next(
        find_hidden(1, n) for n in range(1, 20) if find_hidden(1, n)[1].row.slip.name == "sign"
    )
    words = ask_cause(example, bug, every=False).explanation
    said = "".join(word if isinstance(word, str) else word.letter for word in words)
    assert said == "t - o stands where o - t belongs."
