"""What the address of a run carries: where it set out, in few characters; no passing state."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from backprop.lessons.catalog import LESSONS
from backprop.stage.choices import change, has_choice
from backprop.stage.links import CAME_FROM, SET_OUT, Links, Origin
from backprop.web.keeping.set_out import LONGEST, carried, carried_on

BODY, LAST = "a" * 64, "b" * 64
TRAIN, NETWORK = (next(each for each in LESSONS if each.name == n) for n in ("train", "network"))
WITH_RUNS = [lesson for lesson in LESSONS if lesson.has_actions]


def links_of(lesson, choices, preset="", **origin):
    base = lesson.preset(preset).choices if preset else lesson.defaults
    pairs = origin or ({"preset": preset} if preset else {})
    return Links(lesson.path, Origin(pairs, choices if origin else base), choices)


def follow(lesson, links, after, target=None, passing=False):
    return carried_on(lesson, links, target or lesson, after, passing=passing)


@pytest.mark.parametrize("lesson", WITH_RUNS, ids=lambda lesson: lesson.name)
def test_a_run_of_a_preset_says_no_more_than_the_preset(lesson):
    for preset in lesson.presets:
        links = links_of(lesson, preset.choices, preset.name)
        further = follow(lesson, links, preset.choices)
        assert further == {SET_OUT: f"preset={preset.name}"}
        stored = links_of(lesson, preset.choices, **{"from": BODY})
        told = follow(lesson, stored, preset.choices)  # the state says of which preset it came
        if has_choice(lesson.defaults, "preset_name") and preset.choices.preset_name:
            assert told == {CAME_FROM: BODY, SET_OUT: f"preset={preset.name}"}


def test_a_step_further_keeps_where_it_set_out_and_adds_what_was_chosen_since():
    begun, choices = {"from": BODY, SET_OUT: "size=20"}, change(TRAIN.defaults, size=20)
    links = links_of(TRAIN, choices, **begun)
    assert follow(TRAIN, links, choices) == {CAME_FROM: BODY, SET_OUT: "size=20"}
    for changes, query in (
        ({"batch": 50}, "size=20&batch=50"),
        ({"size": 400}, ""),  # as it is by default
        ({"goal": 10, "overlay": (LAST,)}, "size=20"),  # of the run
        ({"preset_name": "xor"}, "began=xor&size=20"),
    ):
        further = follow(TRAIN, links, change(choices, **changes))
        assert further.get(SET_OUT, "") == query


def test_a_run_keeps_the_weights_and_the_example_with_which_it_set_out():
    query, base = "preset=xor&w1_1_1=0.5", NETWORK.preset("xor").choices
    weights = {**base.network.parameters, "w1_1_1": 0.75}
    choices = replace(change(base, parameters=weights), then="next")
    links = links_of(NETWORK, choices, **{"from": BODY, SET_OUT: query})
    assert follow(NETWORK, links, change(choices, row=3, round=5))[SET_OUT] == query


def test_of_states_that_were_only_passed_through_none_is_remembered():
    links = links_of(TRAIN, TRAIN.defaults, **{"from": BODY, CAME_FROM: LAST})
    assert follow(TRAIN, links, TRAIN.defaults, passing=True)[CAME_FROM] == LAST
    assert follow(TRAIN, links, TRAIN.defaults)[CAME_FROM] == BODY
    first = links_of(TRAIN, TRAIN.defaults, **{"from": BODY})
    assert CAME_FROM not in follow(TRAIN, first, TRAIN.defaults, passing=True)


def test_a_run_that_goes_into_another_lesson_says_where_that_is():
    links = links_of(TRAIN, TRAIN.preset("xor").choices, "xor")
    there = follow(TRAIN, links, NETWORK.defaults, NETWORK)
    assert there == {SET_OUT: "/train?preset=xor"}
    links = links_of(NETWORK, NETWORK.defaults, **{"from": BODY}, **there)
    assert follow(NETWORK, links, NETWORK.defaults)[SET_OUT] == "/train?preset=xor"


def test_what_is_too_long_is_cut_to_its_preset_and_stays_so():
    drawn = change(TRAIN.preset("xor").choices, dataset="drawn", drawn=(1.25,) * 300)
    links = links_of(TRAIN, drawn, "xor")
    cut = follow(TRAIN, links, drawn)
    assert cut == {SET_OUT: "preset=xor&left-out=1"}
    links = links_of(TRAIN, drawn, **{"from": BODY}, **cut)
    assert (
        follow(TRAIN, links, change(drawn, batch=20))[SET_OUT] == "preset=xor&batch=20&left-out=1"
    )
    links = links_of(TRAIN, change(TRAIN.defaults, dataset="drawn", drawn=(1.25,) * 300))
    assert follow(TRAIN, links, links.choices) == {SET_OUT: "left-out=1"}


def test_the_longest_that_is_carried_leaves_an_address_short():
    names = ",".join(f"w1_{i}_{j}" for i in range(1, 9) for j in range(1, 11))
    for text in ("x=" + "y" * 2_000, f"frozen={names}"):
        assert carried({SET_OUT: text}) == {}
    frozen = change(TRAIN.defaults, frozen=tuple(names.split(",")))
    further = follow(TRAIN, links_of(TRAIN, frozen, **{"from": BODY}), frozen)
    address = links_of(TRAIN, frozen, **{"from": BODY}, **further).address()
    assert len(address) < 160 + LONGEST
    assert dict(parse_qsl(urlsplit(address).query)) == {"from": BODY, **further}


@pytest.mark.parametrize("text", ["", "A" * 64, "a" * 63, "\n", "x=\x00", "z" * 501])
def test_what_no_address_of_ours_says_is_left_alone(text):
    pairs = dict(parse_qsl(urlencode({CAME_FROM: text, SET_OUT: text})))
    assert carried(pairs).get(CAME_FROM, "") == ""
    assert carried(pairs).get(SET_OUT, "") in ("", "A" * 64, "a" * 63)


def test_a_start_that_was_typed_and_cannot_be_read_gives_way_to_what_the_state_tells():
    links = links_of(TRAIN, TRAIN.defaults, **{"from": BODY, SET_OUT: "preset=nothing"})
    begun = follow(TRAIN, links, change(TRAIN.defaults, size=20))[SET_OUT]
    assert begun == "preset=circles&size=20"
