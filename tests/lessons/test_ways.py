"""The ways from one lesson to another: values that the catalogue makes addresses of."""

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from app import create_app
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.lessons.catalog import address_of
from backprop.lessons.chain_rule.function import make_chain
from backprop.lessons.chain_rule.lesson import LESSON as CHAIN
from backprop.lessons.gradient.lesson import LESSON as GRADIENT
from backprop.lessons.gradient_check.lesson import LESSON
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.lessons.optimizers.lesson import LESSON as RACE
from backprop.lessons.playground.lesson import LESSON as PLAYGROUND
from backprop.stage.choices import read_choices
from backprop.stage.links import LessonLink, Links, Origin


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    store = tmp_path_factory.mktemp("links") / "store.sqlite"
    app = create_app({"DATABASE_URL": f"sqlite:///{store}"})
    yield app.test_client()
    app.extensions["store"].close()


def board(lesson, choices):
    """Return the board of a state, whose links know the other lessons."""
    origin = Origin({}, lesson.defaults)
    links = Links(lesson.path, origin, choices, resolve=address_of)
    return lesson.compose(choices, links)


def check_address(lesson, choices):
    return board(lesson, choices).head.check


def source_address(choices):
    return board(LESSON, choices).subject.source


def arrived(address):
    """Return the choices that an address of the check gives."""
    return read_choices(LESSON.defaults, dict(parse_qsl(address.partition("?")[2], True)))


def test_the_hand_example_has_the_shortest_address():
    assert check_address(NETWORK, NETWORK.defaults) == LESSON.path


@pytest.mark.parametrize("preset", NETWORK.presets, ids=lambda preset: preset.name)
def test_every_network_of_the_walk_arrives_as_it_is(preset):
    found = arrived(check_address(NETWORK, preset.choices))
    assert found.network == preset.choices.network
    assert source_address(found).startswith("/lessons/network")


@pytest.mark.parametrize("lesson", [PLAYGROUND, GRADIENT], ids=lambda lesson: lesson.name)
def test_every_typed_function_arrives_at_its_point(lesson):
    for preset in lesson.presets:
        address = check_address(lesson, preset.choices)
        found = arrived(address)
        assert found.expression == preset.choices.expression
        assert found.at == preset.choices.at
        assert source_address(found).startswith("/playground")


def test_there_is_no_way_for_a_function_that_cannot_be_checked():
    for expression in ("7", "nudge * 2"):
        choices = read_choices(PLAYGROUND.defaults, {"expression": expression})
        assert check_address(PLAYGROUND, choices) == ""


@pytest.mark.parametrize("preset", CHAIN.presets, ids=lambda preset: preset.name)
def test_the_functions_of_a_chain_arrive_put_together(preset):
    address = check_address(CHAIN, preset.choices)
    found = arrived(address)
    assert found.of == "expression"
    assert found.at == {"x": preset.choices.x}
    chain = make_chain(preset.choices)
    assert value(parse(found.expression), found.at) == value(chain.graph, found.at)


def test_the_chain_rule_has_a_way_to_it(client):
    page = client.get(CHAIN.path).text
    assert "Check this gradient" in page
    assert client.get(check_address(CHAIN, CHAIN.defaults)).status_code == 200


def test_a_chain_that_forgets_x_has_no_way():
    assert check_address(CHAIN, replace(CHAIN.defaults, u="3")) == ""


def test_a_way_to_a_lesson_that_is_not_there_leads_nowhere():
    assert address_of(LessonLink("calculus", {})) == ""


def test_a_variable_that_the_playground_keeps_for_itself_leads_nowhere():
    choices = read_choices(LESSON.defaults, {"of": "expression", "expression": "step1 + share"})
    assert source_address(choices) == ""


@pytest.mark.parametrize("path", ["/lessons/network", "/playground", "/lessons/gradient"])
def test_each_page_has_one_link_to_the_check(client, path):
    assert client.get(path).text.count(">Check this gradient</a>") == 1


def test_a_surface_that_is_raced_on_arrives_at_the_start():
    found = arrived(check_address(RACE, RACE.defaults))
    assert found.expression == RACE.defaults.surface.expression
    assert found.at == RACE.defaults.surface.at
    assert check_address(RACE, RACE.preset("xor").choices) == ""
