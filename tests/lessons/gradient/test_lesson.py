"""The gradient as a lesson: its numbers, its presets, its addresses."""

import json
import math
from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.lessons.gradient.lesson import LESSON
from backprop.stage.choices import ChoiceError, read_choices
from backprop.stage.glossary import TERMS
from backprop.stage.links import Links, Origin
from backprop.web.reply import plain

PRESETS = [pytest.param(preset, id=preset.name) for preset in LESSON.presets]


def board_at(query=""):
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    origin = Origin({}, LESSON.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, LESSON.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return LESSON.compose(choices, Links(LESSON.path, origin, choices))


def query_of(address):
    return urlsplit(address).query


def test_the_gradient_of_the_worked_example_is_10_6_and_its_length_11_66():
    board = board_at()
    assert [p.reverse.exact for p in board.partials.rows] == [10, 6]
    assert board.answer.steepness.exact == pytest.approx(math.sqrt(136))
    assert board.answer.steepness.shown == "11.662"
    assert not board.partials.disagreement


def test_a_unit_step_along_x_promises_10_and_gives_13():
    step = board_at().step
    assert (step.predicted.exact, step.true.exact, step.gap.exact) == (10, 13, 3)


def test_the_caption_of_the_worked_example_follows_the_point():
    first = board_at().head.preset.about
    assert "At (1, 2) the gradient is (10, 6): a unit step in x promises a rise of 10" in first
    assert board_at("x=0.5&y=1").head.preset.about == (
        "A tilted bowl. At (0.500, 1) the gradient is (5, 3): a unit step in x promises a rise "
        "of 5 and gives 8."
    )
    assert board_at("angle=30").head.preset.about == first


def test_a_board_holds_what_its_variables_allow():
    one, two, three = (board_at(f"preset={name}") for name in ("one", "hill", "three"))
    assert [bool(b.map) for b in (one, two, three)] == [False, True, False]
    assert [len(b.slices) for b in (one, two, three)] == [1, 2, 0]
    assert [bool(b.dial) for b in (one, two, three)] == [False, True, False]
    assert "room for two" in three.no_map
    assert "one way to go" in one.no_map
    assert not two.no_map


def test_of_three_variables_one_at_a_time_is_written_out():
    board = board_at("preset=three&held=z")
    assert [p.written_out for p in board.partials.rows] == [False, False, True]
    again = board_at(query_of(board.partials.rows[1].address))
    assert [p.written_out for p in again.partials.rows] == [False, True, False]


def test_a_variable_that_is_gone_is_not_written_out_and_not_missed():
    board = board_at("preset=three&held=z&expression=a+b+c")
    assert [p.written_out for p in board.partials.rows] == [True, False, False]


def test_the_title_is_the_presets_as_long_as_it_is_its_function():
    assert board_at("preset=saddle&x=2").head.title == "A saddle"
    own = board_at("preset=saddle&expression=x*y")
    assert own.head.title == "Your own function"
    assert own.head.preset is None


def test_an_edit_keeps_the_map_where_it_is_once_the_point_has_moved_it():
    assert "around" not in board_at().function.edit
    moved = board_at("x=5")
    assert "around=6,0" in moved.function.edit
    assert board_at(query_of(moved.function.edit) + "&x=4").map.low == ("3.0", "-3.0")


def test_the_slider_of_the_length_reaches_further_than_the_length():
    assert board_at().step.longest == "3"
    assert float(board_at("length=20").step.longest) > 20


def test_more_than_eight_variables_are_refused_beside_the_field():
    assert len(board_at("expression=a b c d p q r s").partials.rows) == 8
    with pytest.raises(ChoiceError) as refused:
        board_at("expression=a b c d p q r s t")
    assert refused.value.at == "expression"


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_json_and_its_links_lead_somewhere(preset):
    board = board_at(f"preset={preset.name}")
    json.dumps(plain(board), allow_nan=False)
    addresses = [
        board.head.reset,
        board.function.edit,
        board.walk.further,
        board.walk.back,
        board.walk.start,
        *(tried.address for tried in board.step.tried),
        *(way.address for way in (*board.walk.ways, *(board.dial.ways if board.dial else ()))),
        *((board.map.closer, board.map.wider, board.map.centred) if board.map else ()),
    ]
    for address in filter(None, addresses):
        board_at(query_of(address))


@pytest.mark.parametrize("preset", PRESETS)
def test_three_ways_come_to_the_same_at_every_preset(preset):
    assert not board_at(f"preset={preset.name}").partials.disagreement


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("expression=ln(x)+y&x=-1", "not a finite number"),
        ("expression=sqrt(x)+y&x=0", "not a finite number"),
        ("expression=max(x,y)&x=1&y=1.000001", "kink"),
    ],
)
def test_where_the_three_ways_differ_the_page_says_why(query, words):
    board = board_at(query)
    assert board.partials.disagreement
    assert words in board.partials.disagreement


@pytest.mark.parametrize(
    "query",
    [
        "x=1000000&y=-1000000",
        "expression=x*0%2B5%2B0y",
        "expression=1/x%2By&x=0",
        "expression=ln(-x^2-y^2-1)",
        "expression=exp(exp(x))%2By&x=20",
        "expression=1e300x%2B1e300y",
        "expression=x/0%2By",
        "length=0",
        "steps=60&way=up&stride=1000",
        "expression=ln(x)&x=-2",
    ],
)
def test_whatever_the_numbers_are_the_board_is_json(query):
    json.dumps(plain(board_at(query)), allow_nan=False)


def test_every_term_that_is_explained_is_in_the_glossary():
    assert {"gradient", "backward", "optimizer", "differences", "relative"} <= TERMS.keys()
