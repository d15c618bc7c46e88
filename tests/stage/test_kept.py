"""What is made of choices is kept, as long as its parts are spelled alike."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.stage.choices import Real, Whole, chosen
from backprop.stage.kept import kept_apart_from, kept_by
from backprop.stage.links import Links, Origin


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


@dataclass(frozen=True)
class Choices:
    step: int = chosen(Whole(0, 99), 0)
    number: float = chosen(Real(), 0.0)


BEGUN = Choices()


def around(choices, **origin):
    """Return choices, and the links around them that hold the step open."""
    return choices, Links("/there", Origin(origin, BEGUN), choices).held_open("step")


def make_links():
    """Return a function that is kept apart from the step, and what it was called with."""
    called = []

    @kept_apart_from("step")
    def make(choices, links):
        called.append(choices)
        return [links.address(number=2.0), links.at_most("step", 4).address()]

    return make, called


def test_what_is_kept_apart_from_a_step_does_not_know_it():
    make, called = make_links()
    first = make(*around(Choices(7, 1.5)))
    assert make(*around(Choices(9, 1.5))) is first
    assert called == [Choices(0, 1.5)]


@pytest.mark.parametrize("number", [1.0, -0.0, 0.0])
def test_it_is_made_anew_for_all_else_that_choices_or_their_address_say(number):
    make, called = make_links()
    states = [
        around(Choices(7, 1.5)),
        around(Choices(7, number)),
        around(Choices(0, 1.5)),
        around(Choices(7, 1.5), preset="it"),
        (Choices(7, 1.5), Links("/there", Origin({}, BEGUN), Choices(7, 1.5))),
        (Choices(7, 1.5), Links("/here", Origin({}, BEGUN), Choices(7, 1.5))),
    ]
    made = [id(make(*state)) for state in states]
    assert len(set(made)) == len(states) == len(called)


@given(
    begun=st.sampled_from([0, 5]),
    step=st.integers(0, 99),
    number=st.sampled_from([0.0, 1.5, -2.0]),
    most=st.integers(1, 99).filter(lambda most: most != 5),
)
def test_links_that_hold_a_step_open_are_the_same_once_it_is_filled_in(begun, step, number, most):
    choices = Choices(step, number)
    plain = Links("/there", Origin({"preset": "it"} if begun else {}, Choices(begun)), choices)
    links = plain.held_open("step")
    assert links.holds_open == (step != begun)
    for way in (
        lambda links: links.address(),
        lambda links: links.address(number=3.0),
        lambda links: links.address(step=7),
        lambda links: links.address(step=begun),
        lambda links: links.address(step=step, number=3.0),
        lambda links: links.at_most("step", most).address(number=3.0),
        lambda links: links.at(choices).address(),
        lambda links: links.at(Choices(step, 4.0)).address(),
        lambda links: links.at(Choices(2, 4.0)).address(),
        lambda links: "&".join(f"{name}={text}" for name, text in links.pairs().items()),
    ):
        assert links.fill(way(links)) == way(plain)
    assert plain.at_most("step", most).address() == plain.address(step=min(step, most))


def test_a_step_that_the_address_does_not_say_is_not_held_open():
    plain = Links("/there", Origin({}, Choices()), Choices(0, 1.5))
    begun = Links("/there", Origin({"preset": "later"}, Choices(5)), Choices(5))
    assert plain.held_open("step") is plain
    assert begun.held_open("step") is begun


def test_a_step_that_becomes_that_of_its_origin_may_be_said_where_it_was_held_open():
    links = Links("/there", Origin({}, Choices(5)), Choices(7)).held_open("step")
    assert links.fill(links.at_most("step", 5).address()) == "/there?step=5"
