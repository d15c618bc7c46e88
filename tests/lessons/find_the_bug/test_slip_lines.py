"""Each slip in a line: what it writes is what it does."""

import numpy as np
import pytest

from backprop.engine.slips.catalog import SLIPS
from backprop.lessons.find_the_bug.bug import make_bug, possible_bugs
from backprop.lessons.find_the_bug.examples import find_example
from backprop.lessons.find_the_bug.slip_lines import SLIP_LINES, find_slip_line
from tests.lessons.find_the_bug.programs import run
from tests.lessons.find_the_bug.test_code import EXAMPLES

IN_NO_LINE = {
    *("stale-gradient", "not-zeroed"),  # they mix two rounds
    *("first-unit-unset", "no-slope", "slopes-at-activation"),  # two lines, or another row's
    *("penalty-on-biases", "transposed-inputs"),  # no example has what they need
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_lines_with_a_bug_run_and_give_the_gradient_of_the_slip(name):
    example = find_example(name)
    setup = example.setup
    point = setup.network, setup.parameters, setup.X, setup.Y
    for bug in possible_bugs(name):
        wrong = bug.slip.gradient(*point, learning_rate=setup.rate)
        made = run(example, bug.lines)
        for array, gradient in wrong.items():
            said = f"{bug.row.slip.name} {bug.layer} {array}"
            np.testing.assert_allclose(made[array], gradient, 1e-12, 1e-15, err_msg=said)
            np.testing.assert_array_equal(bug.claimed[array], gradient, err_msg=said)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_bug_is_in_one_line_and_changes_the_gradient(name):
    for bug in possible_bugs(name):
        pairs = zip(bug.lines, find_example(name).writing.lines, strict=True)
        assert [i for i, (a, b) in enumerate(pairs, 1) if a != b] == [bug.number]
        assert bug.line.makes == bug.right_line.makes
        assert bug.is_felt


def test_a_slip_that_no_line_can_have_has_no_row_and_every_row_has_another_slip():
    names = [row.slip.name for row in SLIP_LINES]
    assert len(names) == len(set(names))
    assert not IN_NO_LINE & set(names)
    assert IN_NO_LINE | set(names) <= set(SLIPS)


def test_a_phrase_is_short_and_names_what_the_lines_name():
    for name in EXAMPLES:
        for bug in possible_bugs(name):
            assert len(bug.phrase) <= 62, bug.phrase
            assert "{" not in bug.phrase
    assert make_bug("by-hand", "transposed", 1).phrase.startswith("W2 the wrong way round")


def test_why_a_line_is_wrong_speaks_of_this_line_alone():
    assert make_bug("by-hand", "transposed-gradient", 2).about == (
        "dW2 alone has at [from, to] what belongs at [to, from]."
    )
    assert make_bug("deep", "updated-weights", 1).about.startswith("W2 is changed first")
    for name in EXAMPLES:
        for bug in possible_bugs(name):
            assert "Every" not in bug.about
            assert "{" not in bug.about


def test_a_slip_that_a_network_cannot_have_is_no_bug_there():
    assert make_bug("relu", "transposed", 1) is None  # W2 is not square
    assert make_bug("by-hand", "sum-over-batch", 2) is None
    assert make_bug("by-hand", "not-zeroed", 1) is None
    assert make_bug("by-hand", "sign", 1) is None  # the loss is behind layer 2
    assert find_slip_line("not-zeroed") is None
