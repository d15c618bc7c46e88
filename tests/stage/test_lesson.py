"""What a lesson is, and the only maker of links."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.engine.errors import UnknownNameError
from backprop.lessons.network.lesson import LESSON
from backprop.stage.choices import get_choice, read_choices, write_choices
from backprop.stage.links import Links, Origin

PATH = LESSON.path
OPTIONS = {
    "step": 7,
    "detail": "operations",
    "focus": "w2_1_1",
    "names": "indexed",
    "optimizer": "adam",
    "frozen": (),
    "hide": ("loss", "setup"),
}


def links_at(pairs, preset=""):
    """Return the links around what a query says."""
    origin = Origin({}, LESSON.defaults)
    if preset:
        origin = Origin({"preset": preset}, LESSON.preset(preset).choices)
    return Links(PATH, origin, read_choices(origin.choices, pairs))


def query_of(address):
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def test_the_defaults_have_the_bare_address():
    assert links_at({}).address() == PATH


def test_an_origin_stands_first_and_alone_where_nothing_differs():
    assert links_at({}, "xor").address() == f"{PATH}?preset=xor"
    assert links_at({"step": "0", "seed": "10"}, "xor").address() == f"{PATH}?preset=xor"


def test_only_what_differs_from_the_origin_is_in_the_address():
    links = links_at({"x1": "0.05", "w1_1_1": "0.2", "step": "3"})
    assert links.address() == f"{PATH}?step=3&w1_1_1=0.2"


def test_a_change_back_to_the_origins_value_shortens_the_address():
    links = links_at({"step": "3", "focus": "w1_1_1"}, "xor")
    assert links.address(step=0) == f"{PATH}?preset=xor&focus=w1_1_1"
    assert links.address(step=0, focus="") == f"{PATH}?preset=xor"


def test_the_order_in_which_things_were_said_does_not_matter():
    one = links_at({"step": "3", "detail": "operations", "w1_1_1": "1", "x2": "3"})
    other = links_at({"x2": "3", "w1_1_1": "1.0", "detail": "operations", "step": "3"})
    assert one.address() == other.address()
    assert links_at({"detail": "operations"}).address(step=3) == links_at({"step": "3"}).address(
        detail="operations"
    )


def test_an_address_is_spelled_for_a_query():
    links = links_at({"x1": "1e300".replace("300", "-7"), "hide": "loss,setup"})
    assert links.address() == f"{PATH}?hide=loss,setup&x1=1e-07"
    assert links_at({"w1_1_1": "−3"}).address() == f"{PATH}?w1_1_1=-3"


@pytest.mark.parametrize(("name", "value"), OPTIONS.items())
@pytest.mark.parametrize("preset", ["", "by-hand", "iris"])
def test_an_address_opens_the_state_that_it_was_made_for(preset, name, value):
    links = links_at({"w1_1_1": "0.123", "x1": "9"}, preset)
    opened = links_at(query_of(links.address(**{name: value})), preset).choices
    assert get_choice(opened, name) == value
    assert opened.network.parameters["w1_1_1"] == 0.123
    assert opened.network.inputs["x1"] == 9


@pytest.mark.parametrize(("name", "value"), OPTIONS.items())
def test_an_address_is_that_of_the_state_it_opens(name, value):
    address = links_at({"w1_1_1": "0.123"}, "xor").address(**{name: value})
    assert links_at(query_of(address), "xor").address() == address


def test_the_pairs_are_the_query_read_back():
    links = links_at({"step": "3", "hide": "loss,strip", "frozen": ""}, "by-hand")
    assert links.pairs() == {"preset": "by-hand", "step": "3", "hide": "loss,strip", "frozen": ""}


def test_a_table_is_not_changed_by_a_link():
    with pytest.raises(AssertionError, match="parameters is a table"):
        links_at({}).address(parameters={})


def test_the_weights_of_a_snapshot_are_not_in_the_address():
    choices = read_choices(LESSON.defaults, {"w1_1_1": "0.3"})
    links = Links(PATH, Origin({"from": "abc"}, choices), choices)
    assert links.address(step=2) == f"{PATH}?from=abc&step=2"
    assert write_choices(choices, LESSON.defaults) == {"w1_1_1": "0.3"}


def test_a_lessons_address_is_its_name_with_hyphens():
    assert PATH == "/lessons/network"


def test_a_preset_that_is_not_known_is_refused_with_those_that_are():
    assert LESSON.preset("xor").title == "XOR"
    with pytest.raises(UnknownNameError, match="There are by-hand, ") as error:
        LESSON.preset("x" * 10_000)
    assert len(error.value.what) < 80
