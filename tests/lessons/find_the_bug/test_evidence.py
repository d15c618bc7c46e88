"""What the ratios say of the pass, of a line and of a cause."""

import pytest

from backprop.lessons.find_the_bug.bug import make_bug, possible_bugs
from backprop.lessons.find_the_bug.evidence import explain_cause, explain_line, sum_up
from tests.lessons.find_the_bug.test_code import EXAMPLES


def text(words):
    return "".join(word if isinstance(word, str) else word.letter for word in words)


TRANSPOSED = make_bug("by-hand", "transposed", 1)


def test_easy_ratios_are_put_in_words():
    assert text(sum_up(TRANSPOSED)) == (
        "db2 is right, so the pass is right as far as dz2. One factor for each row of dW1: "
        "something is wrong for a hidden unit, before its inputs come in."
    )
    assert text(sum_up(make_bug("by-hand", "half-lost", 2))).startswith("Every ratio is 2: one")
    assert text(sum_up(make_bug("by-hand", "transposed-gradient", 2))) == (
        "Only dW2 is wrong. db2 is dz2, and it is right: so everything but dW2 is."
    )
    assert text(sum_up(make_bug("by-hand", "no-target", 2))).startswith("The last layer is wrong")
    assert text(sum_up(make_bug("xor", "bias-mean", 1))) == (
        "Only db1 is wrong. dW1 is right, so dZ1 is."
    )
    assert "some are not" in text(sum_up(make_bug("relu", "no-hidden-slope", 1)))
    assert "each example" in text(sum_up(make_bug("iris", "one-path", 1)))


def test_a_wrong_line_is_answered_by_what_it_makes_and_by_what_the_ratios_say():
    said = {n: text(explain_line(TRANSPOSED, n)) for n in (1, 3, 4, 7, 8, 10)}
    assert said[1] == "Line 1 names what comes in. Nothing is computed in it."
    assert said[3] == "Line 3 makes dz2. db2 is made from it, and is right: every ratio is 1."
    assert said[4] == "Line 4 makes dW2, and dW2 is right: every ratio is 1."
    assert said[7].endswith("What comes into it is wrong already.")
    assert said[8] == (
        "Line 8 makes dW1. db1 is off, too, and both are made from dz1: so that is wrong already."
    )
    assert said[10].startswith("Line 10 hands the gradients back")
    later = text(explain_line(make_bug("by-hand", "slope-at-activation", 1), 6))
    assert later.endswith("What is made of it further down goes wrong.")
    above = text(explain_line(make_bug("by-hand", "sign", 2), 7))
    assert above == (
        "Line 7 makes dz1. But dW2 is off as well, and line 4 comes before. Look further up."
    )


def test_a_wrong_cause_is_answered_by_the_ratios_that_it_would_give():
    def said(slip, layer, bug=TRANSPOSED):
        return text(explain_cause(bug, make_bug("by-hand", slip, layer)))

    assert said("updated-weights", 1) == (
        "That gives 0.832 and 0.851, all below 1. Here dW1 is above 1: 1.052 and 1.167."
    )
    assert said("no-weights", 1) == "That gives 2.427 and 2.762 in dW1. Here it is 1.052 and 1.167."
    dead = explain_cause(make_bug("relu", "no-hidden-slope", 1), make_bug("relu", "no-weights", 1))
    assert text(dead).endswith("Here it is 0.423 ÷ 0.")
    assert said("half-lost", 2) == "That makes dW2 wrong: 2. Here dW2 is right."
    assert said("transposed", 1, make_bug("by-hand", "sign", 2)) == (
        "That leaves dW2 right, every ratio 1. Here it is off: −1."
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_answer_names_another_bug_than_it_should(name):
    bug = possible_bugs(name)[-1]
    for number in range(1, len(bug.lines) + 1):
        if number != bug.number:
            assert bug.row.slip.title not in text(explain_line(bug, number))
    for cause in possible_bugs(name):
        if not cause.equals(bug):
            assert text(explain_cause(bug, cause)).startswith("That ")
