"""What a gradient costs: counted, and measured size by size."""

import json

import pytest

from backprop.lessons.gradient_check.cost import LADDER, next_cost, show_cost
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import Progress
from backprop.notation.numerals import seconds
from backprop.stage.links import Links, Origin

HAND = PRESETS[0].choices
LINKS = Links("/lessons/gradient-check", Origin({}, HAND), HAND)


def measured(*rows):
    progress = Progress()
    for row in rows:
        progress = progress.with_cost(row)
    return show_cost(10, progress, len(LADDER), LINKS)


def test_evaluations_are_counted_without_measuring():
    found = show_cost(10, None, 0, LINKS)
    assert (*found.evaluations, found.done) == (11, 20, 0)
    assert not found.figure
    assert not found.running


def test_the_ratio_is_said_in_words_and_the_lines_have_their_slopes():
    found = measured((10.0, 1e-4, 1e-3), (100.0, 1e-4, 1e-2), (1000.0, 1e-4, 1e-1))
    assert "nudging takes 100 ms where a forward and a backward pass take 100 µs" in found.words
    assert "1,000 times as long" in found.words
    assert "slope 1.0: ten times the parameters take it 10 times as long" in found.words
    assert found.running
    assert [row.evaluations for row in found.rows] == ["20", "200", "2,000"]


def test_two_points_have_no_slope_to_speak_of():
    assert "slope" not in measured((10.0, 1e-4, 1e-3), (100.0, 1e-4, 1e-2)).words


def test_the_points_are_drawn_one_by_one():
    figure = json.loads(measured((10.0, 1e-4, 1e-3)).figure)
    assert figure["data"][0]["x"] == [10.0]
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_the_next_size_is_measured():
    n, backward, nudging = next_cost(Progress())
    assert n == pytest.approx(LADDER[0], abs=8)
    assert backward > 0
    assert nudging > 0


@pytest.mark.parametrize(
    ("x", "text"), [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (4.56e-5, "45.6 µs"), (1e-3, "1 ms")]
)
def test_a_time_stands_in_its_unit(x, text):
    assert seconds(x) == text
