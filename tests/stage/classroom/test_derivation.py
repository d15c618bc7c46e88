"""A right derivation beside a wrong one; as printed, each line gives what is printed behind it."""

import pytest

import backprop.lessons.chain_rule.asked as chain_rule
import backprop.lessons.network.asked as network
import backprop.lessons.playground.asked as playground
from backprop.lessons.catalog import LESSONS
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.notation.numerals import agrees, read_printed
from backprop.notation.spoken import words
from backprop.stage.choices import change
from backprop.stage.classroom.derivation import derive
from backprop.stage.classroom.derivation_parts import WIDEST
from backprop.stage.quiz.walk_questions import can_be_asked, slips_of
from backprop.stage.walk.explanation import spoken

WALKS = {"network": network, "playground": playground, "chain_rule": chain_rule}
STATES = [
    pytest.param(WALKS[lesson.name], preset.choices, n, id=f"{lesson.name}-{preset.name}")
    for lesson in LESSONS
    if lesson.name in WALKS
    for n, preset in enumerate(lesson.presets)
]


def asked(step, **changes):
    walked = network.walk_through(change(NETWORK.defaults, step=step, **changes))
    return walked.at(walked.step.name)


def wrong(step, key):
    gradient = asked(step)
    (slip,) = (each for each in slips_of(gradient) if each.key == key)
    return derive(gradient, slip)


def printed(line):
    """A line as text: its signs and numbers, [] for a hole."""
    pairs = zip(line.before, line.cells, strict=False)
    texts = [f"{sign} {cell.number.shown if cell.number else '[]'}".strip() for sign, cell in pairs]
    return f"{' '.join(texts)} {line.before[-1]} {line.result.shown}"


def evaluate(line):
    """What is printed, computed from the left: ways stand first, and × and + follow each other."""
    total = None
    for sign, cell in zip(line.before, line.cells, strict=False):
        if sign.startswith("1"):
            total = 1.0
        if cell.number is None:
            continue
        value = read_printed(cell.number.shown)
        total = value if total is None else total + value if "+" in sign else total * value
    return total


def test_a_missing_factor_is_a_hole():
    derivation = wrong(14, "no-output-slope")
    assert printed(derivation.right) == "0.74137 × 0.18682 × 0.59327 = 0.0822"
    assert printed(derivation.wrong) == "0.74137 × [] × 0.59327 = 0.4398"
    letters = [words(column.letters) for column in derivation.columns]
    assert letters[1] == "the derivative of o 1 with respect to z 3"
    assert [words(column.rule) for column in derivation.columns][2] == "h 1"


def test_another_number_stands_where_one_is_exchanged():
    derivation = wrong(14, "before-activation")
    assert printed(derivation.wrong) == "0.7414 × 0.1868 × 0.3775 = 0.0523"
    assert [cell.changed for cell in derivation.wrong.cells] == [False, False, True]
    assert derivation.wrong.cells[2].number.tone == "forward"


def test_a_missing_path_is_a_hole_in_a_sum():
    derivation = wrong(19, "one-path")
    assert printed(derivation.right) == "0.0554 + −0.0190 = 0.0364"
    assert printed(derivation.wrong) == "0.0554 + [] = 0.0554"
    assert [spoken(column.way) for column in derivation.columns] == [
        "by way of o 1",
        "by way of o 2",
    ]
    assert [each.shown for each in derivation.right.cells[0].inner] == ["0.1385", "0.400"]


def test_behind_a_fork_the_ways_stand_in_brackets():
    derivation = wrong(23, "one-path")
    assert printed(derivation.right) == "( 0.0554 + −0.0190 ) × 0.2413 × 0.050 = 4.39·10⁻⁴"
    assert printed(derivation.wrong) == "( 0.0554 + [] ) × 0.2413 × 0.050 = 6.68·10⁻⁴"


def test_a_slip_of_every_step_changes_every_number():
    assert printed(wrong(14, "added~everywhere").wrong) == ("1 + 0.7414 + 0.1868 + 0.5933 = 2.5215")
    assert printed(wrong(14, "no-local~everywhere").wrong) == "1 × [] × [] × [] = 1"


def test_a_value_taken_for_a_gradient_has_no_derivation():
    assert printed(wrong(14, "itself").wrong) == "[] [] []  0.400"


def test_without_a_slip_the_right_line_stands_alone():
    assert derive(asked(14)).wrong is None


@pytest.mark.parametrize(("lesson", "choices", "n"), STATES)
def test_every_line_gives_its_result_as_printed(lesson, choices, n):
    steps = [k for k, step in enumerate(lesson.walk_through(choices).steps) if step.kind == "slope"]
    walked = lesson.walk_through(change(choices, step=steps[-1 - n % 3 if len(steps) > 3 else -1]))
    if not can_be_asked(walked):
        pytest.skip("nothing is to be found here")
    gradient = walked.at(walked.step.name)
    for slip in slips_of(gradient):
        derivation = derive(gradient, slip)
        assert len(derivation.columns) <= WIDEST
        for line in (derivation.right, derivation.wrong):
            assert line.before[-1] in ("=", ""), slip.key
            if line.before[-1]:
                assert agrees(evaluate(line), line.result.shown), (slip.key, printed(line))
