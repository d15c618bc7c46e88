"""Which bug a case hides: the same in every version, each once before one comes again."""

import hashlib
from itertools import pairwise

import pytest

from backprop.lessons.find_the_bug.cases import HIDDEN, LEVELS, WORKED, find_hidden

SPAN = range(1, 100)


def hidden(level, case):
    example, bug = find_hidden(level, case)
    return example, bug.row.slip.name, bug.layer


@pytest.mark.parametrize("level", LEVELS)
def test_every_bug_of_a_level_comes_once_before_one_comes_again(level):
    size = len(HIDDEN[level])
    first = [hidden(level, case) for case in range(1, size + 1)]
    second = [hidden(level, case) for case in range(size + 1, 2 * size + 1)]
    assert set(first) == set(second) == set(HIDDEN[level])
    assert len(first) == len(set(first))
    assert first != second


@pytest.mark.parametrize("level", LEVELS)
def test_no_bug_comes_twice_in_a_row(level):
    drawn = [hidden(level, case) for case in SPAN]
    assert all(a != b for a, b in pairwise(drawn))


def test_a_case_hides_the_same_bug_in_every_later_version():
    drawn = [hidden(level, case) for level in LEVELS for case in SPAN]
    assert hashlib.sha256(repr(drawn).encode()).hexdigest()[:16] == "38c4df96c97e9f0d"


def test_case_0_is_the_worked_one_at_every_level():
    assert {hidden(level, 0) for level in LEVELS} == {WORKED}
