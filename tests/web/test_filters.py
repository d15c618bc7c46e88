import pytest

from backprop.web.filters import FILTERS, api_address, below, in_script, key_names, played


def test_keys_have_the_names_that_stand_on_them():
    assert key_names("ArrowLeft Space PageUp") == "←, Space, Page up"


@pytest.mark.parametrize(
    ("address", "speed", "asked"),
    [
        ("/lessons/x", 1.0, "/lessons/x?playing=1&speed=1"),
        ("/lessons/x?step=2", 2.5, "/lessons/x?step=2&playing=1&speed=2.5"),
        ("/lessons/x?step=2", 0, "/lessons/x?step=2&playing=1"),
    ],
)
def test_an_address_is_asked_for_while_playing(address, speed, asked):
    assert played(address, speed) == asked


def test_the_same_state_is_json_under_api():
    assert api_address("/lessons/x?step=2") == "/api/lessons/x?step=2"


def test_a_part_of_a_state_stands_below_it():
    assert below("/playground?x=2", "graph.svg") == "/playground/graph.svg?x=2"
    assert below("/playground", "export/numpy") == "/playground/export/numpy"


def test_json_in_a_script_cannot_end_it():
    assert in_script('{"a": "</script>&"}') == '{"a": "\\u003c/script\\u003e\\u0026"}'


def test_every_filter_is_known_to_the_templates(app):
    assert FILTERS.items() <= app.jinja_env.filters.items()
