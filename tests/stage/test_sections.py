"""Which sections of a page are open."""

from dataclasses import dataclass

import pytest

from backprop.stage.choices import ChoiceError, Real, chosen, group, read_choices, write_choices
from backprop.stage.sections import make_sections, more_choice

SECTIONS = {"speed": ("rate",), "place": ("across", "up"), "picture": ()}
TITLES = {name: ((name,), ()) for name in SECTIONS}


@dataclass(frozen=True)
class Place:
    across: float = chosen(Real(), 0.0)
    up: float = chosen(Real(), 0.0)


@dataclass(frozen=True)
class Choices:
    more: tuple[str, ...] = more_choice(SECTIONS)
    rate: float = chosen(Real(), 0.5)
    place: Place = group(Place())


FIRST = Choices()


def opened(also=(), **pairs):
    sections = make_sections(read_choices(FIRST, pairs), FIRST, SECTIONS, TITLES, also)
    assert [*sections] == [*SECTIONS]
    return {name for name, section in sections.items() if section.open}


def test_every_section_is_closed_on_a_first_visit():
    assert opened() == set()


def test_an_address_opens_sections_by_their_names():
    assert opened(**{"show-more": "picture,speed"}) == {"picture", "speed"}


def test_an_address_opens_the_section_that_holds_one_of_its_choices():
    assert opened(rate="0.5") == set()
    assert opened(rate="0.6") == {"speed"}
    assert opened(up="1") == {"place"}


def test_a_page_may_open_a_section_for_a_reason_of_its_own():
    assert opened(also={"picture"}, rate="1") == {"picture", "speed"}


def test_a_section_that_there_is_not_is_refused():
    with pytest.raises(ChoiceError, match="“cellar” is not on offer"):
        opened(**{"show-more": "cellar"})


def test_what_is_open_by_name_is_kept_by_the_addresses_of_a_page():
    choices = read_choices(FIRST, {"show-more": "speed,picture"})
    assert write_choices(choices, FIRST) == {"show-more": "speed,picture"}
