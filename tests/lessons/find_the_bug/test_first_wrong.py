"""The hint: the parts of the pass, and which is wrong first."""

import numpy as np
import pytest

from backprop.lessons.find_the_bug.bug import make_bug, possible_bugs
from backprop.lessons.find_the_bug.first_wrong import (
    find_first_wrong,
    find_first_wrong_line,
    run_lines,
)
from backprop.lessons.find_the_bug.program_bug import TEXTS, possible_program_bugs
from tests.lessons.find_the_bug.test_code import EXAMPLES


def test_the_first_wrong_part_is_shown_with_what_it_should_be():
    parts = find_first_wrong(make_bug("by-hand", "transposed", 1)).parts
    assert [(part.name, part.off, part.first) for part in parts] == [
        ("do", False, False),
        ("dz2", False, False),
        ("dh", True, True),
        ("dz1", True, False),
    ]
    assert parts[2].claimed == ("0.0382552", "0.0482953")
    assert parts[2].right == ("0.0363503", "0.0413703")
    assert parts[1].given == (("dW2", False, False), ("db2", False, False))


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_is_wrong_before_the_line_with_the_bug_and_what_it_makes_is_marked(name):
    for bug in possible_bugs(name):
        first = find_first_wrong(bug)
        flat = [
            each
            for part in first.parts
            for each in ((part.name, part.off, part.first), *part.given)
        ]
        assert [each[0] for each in flat if each[2]] == [bug.line.makes]
        made = [line.makes for line in bug.lines[: bug.number - 1]]
        assert not any(off for each, off, _ in flat if each in made)


@pytest.mark.parametrize("name", TEXTS)
def test_of_a_program_all_is_right_before_the_line_that_is_wrong_first(name):
    for bug in possible_program_bugs(name):
        found = find_first_wrong_line(bug)
        before = found.parts[: bug.number - 1]
        assert not any(part.off for part in before)
        first = found.parts[bug.number - 1]
        assert (first.off, first.first, first.name) == (True, True, bug.line.makes)
        assert first.claimed
        assert first.claimed != first.right
        assert [part.name for part in found.parts if part.claimed] == [found.name]


@pytest.mark.parametrize("name", TEXTS)
def test_the_lines_of_a_programs_pass_make_its_gradient(name):
    for bug in possible_program_bugs(name)[:5]:
        trace = bug.slips.trace
        last = {line.makes: n for n, line in enumerate(bug.right_lines)}
        made = run_lines(bug, bug.right_lines)
        for leaf, gradient in trace.gradient.items():
            assert np.allclose(made[last[f"d{leaf}"]], gradient)
