import pytest

from backprop.engine.errors import PointError
from backprop.engine.expression import parse
from backprop.lessons.function_walk import folds_for, function_at, walk_of
from backprop.lessons.lesson import Links, Origin
from backprop.lessons.playground import LESSON
from backprop.lessons.round_strip import MOST_TICKS, strip_of
from backprop.notation.names import label_of

LINKS = Links(LESSON.path, Origin({}, LESSON.defaults), LESSON.defaults)
LONG = {
    "a sum of 199 terms": "+".join(["x"] * 199),
    "forty sines": "sin(" * 39 + "x" + ")" * 39,
    "many variables": "+".join(f"q{i}*q{i + 1}" for i in range(30)),
}


def test_the_walk_goes_forward_to_the_output_and_back_to_the_variables():
    stops = walk_of(parse("(x + y) * z"))
    assert [(stop.kind, stop.name) for stop in stops] == [
        ("value", "v1"),
        ("value", "v2"),
        ("slope", "v2"),
        ("slope", "v1"),
        ("slope", "x"),
        ("slope", "y"),
        ("slope", "z"),
        ("whole", "gradient"),
    ]
    assert [stop.phase for stop in stops] == ["forward"] * 2 + ["backward"] * 6


def test_nothing_is_asked_of_constants_or_of_what_is_made_of_them_alone():
    kinds = [(stop.kind, stop.name) for stop in walk_of(parse("2 * 3 + x"))]
    assert ("value", "v1") in kinds
    assert ("slope", "v1") not in kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("7", ["whole"]), ("2 * 3", ["value", "whole"]), ("x", ["slope", "whole"])],
)
def test_the_smallest_functions_have_a_walk(text, kinds):
    assert [stop.kind for stop in walk_of(parse(text))] == kinds


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_walk_is_folded_so_that_it_fits_and_counts_every_step_once(text):
    stops = walk_of(parse(text))
    for step in range(0, len(stops), 7):
        strip = strip_of(stops, step, LINKS, label_of, folds_for(stops))
        ticks = [tick for phase in strip.phases for tick in phase.ticks]
        assert sum(tick.count for tick in ticks) == len(stops)
        assert [tick.number for tick in ticks if tick.state == "now"] == [step + 1]
        assert len(ticks) <= MOST_TICKS + 4


def test_a_short_walk_is_not_folded():
    assert folds_for(walk_of(parse("(x + y) * z"))) == ()


def test_a_function_at_a_point_is_checked_by_finite_differences():
    found = function_at(parse("x^2"), {"x": 3.0})
    assert found.trace.gradient == {"x": 6.0}
    assert found.check["x"].numeric == pytest.approx(6.0)
    assert found.noun == ""


def test_a_point_must_fit():
    with pytest.raises(PointError):
        function_at(parse("x * y"), {"x": 1.0})
