"""Series as figures: the loss round by round, curves over epochs, a fitted curve."""

import json
import math

import pytest

from backprop.drawing.charts import Series, curves_chart, fit_chart, loss_chart


def figure(rounds, losses):
    return json.loads(loss_chart(rounds, losses, [f"/at/{n}" for n in rounds]))


def test_each_round_is_a_point_that_knows_its_address():
    past, now = figure([0, 1, 2], [0.3, 0.2, 0.1])["data"]
    assert past["x"] == [0, 1, 2]
    assert past["y"] == [0.3, 0.2, 0.1]
    assert past["customdata"] == ["/at/0", "/at/1", "/at/2"]
    assert (now["x"], now["y"]) == ([2], [0.1])


def test_many_rounds_are_a_line_without_markers():
    assert figure(list(range(40)), [0.1] * 40)["data"][0]["mode"] == "lines+markers"
    assert figure(list(range(41)), [0.1] * 41)["data"][0]["mode"] == "lines"


@pytest.mark.parametrize(
    ("last", "tick"),
    [(1, 1), (6, 1), (7, 2), (12, 2), (13, 5), (30, 5), (31, 10), (61, 20), (121, 50), (1000, 200)],
)
def test_the_axis_of_rounds_has_about_five_whole_marks(last, tick):
    assert figure([0, last], [1.0, 0.5])["layout"]["xaxis"]["dtick"] == tick


def test_the_figure_names_no_colour_which_is_the_pages_business():
    assert "color" not in loss_chart([0, 1], [1.0, 0.5], ["/0", "/1"])


def test_the_axes_say_what_they_are():
    layout = figure([0, 1], [1.0, 0.5])["layout"]
    assert layout["xaxis"]["title"]["text"] == "round"
    assert layout["yaxis"]["title"]["text"] == "loss"


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_leaves_the_figure_readable(loss):
    def refuse(word):
        raise ValueError(word)

    assert json.loads(loss_chart([0, 1], [1.0, loss], ["/0", "/1"]), parse_constant=refuse)


def test_a_curve_may_have_its_name_at_its_end():
    ends = [
        Series("layer 1", [0, 1], [1.0, 0.01], label="1"),
        Series("layer 2", [0, 1], [1.0, float("nan")], label="2"),
        Series("layer 3", [0, 1], [1.0, 0.5]),
    ]
    figure = json.loads(curves_chart(ends, ("epoch", "‖∇‖"), log=True))
    (label,) = figure["layout"]["annotations"]
    assert (label["text"], label["y"]) == ("1", -2)


def test_what_is_not_finite_leaves_a_gap_and_what_is_not_positive_too_on_a_logarithmic_axis():
    series = [Series("loss", [0, 1, 2, 3], [1.0, float("inf"), 0.0, 0.123456789])]
    for log, expected in ((False, [1, None, 0, 0.12346]), (True, [1, None, None, 0.12346])):
        figure = json.loads(curves_chart(series, ("epoch", "loss"), log=log, now=2, marks=(1,)))
        assert figure["data"][0]["y"] == expected
        assert [line["x0"] for line in figure["layout"]["shapes"]] == [1, 2]


def test_a_fitted_curve_stands_among_its_points():
    figure = json.loads(
        fit_chart([("held out", [1.0], [2.0], "--soft")], [Series("output", [1], [2])], ("x", "y"))
    )
    assert [trace["mode"] for trace in figure["data"]] == ["markers", "lines"]
