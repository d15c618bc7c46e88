"""What is made of choices is kept, as long as its parts are spelled alike."""

from dataclasses import dataclass, replace

import pytest

from backprop.stage.kept import kept_by


@dataclass(frozen=True)
class Some:
    number: float = 0.0
    step: int = 0


def make_counted(size=32):
    """Return a function of choices that is kept by their number, and what it was called with."""
    called = []

    @kept_by(lambda some: (some.number,), size)
    def make(some):
        called.append(some)
        return [some.number]

    return make, called


def test_what_was_made_is_there_again_at_another_step():
    make, called = make_counted()
    first = make(Some(2.0))
    assert make(replace(Some(2.0), step=7)) is first
    assert called == [Some(2.0)]


@pytest.mark.parametrize("other", [-0.0, 0, False, 1e-300], ids=repr)
def test_what_is_spelled_otherwise_is_made_anew_even_where_it_is_equal(other):
    make, _ = make_counted()
    assert make(Some(0.0)) is not make(Some(other))


def test_only_the_last_few_are_kept():
    make, called = make_counted(size=2)
    for number in (1.0, 2.0, 3.0, 1.0):
        make(Some(number))
    assert len(called) == 4
