"""Curves over powers of ten."""

import json
import math

from backprop.drawing.charts import Series
from backprop.drawing.decades import Guide, NamedPoint, decades_chart

CURVE = Series("error", (1e-4, 1e-2, 1.0), (1e-8, 0.0, math.nan), "--fwd")


def drawn(**more):
    ranges = ((1e-5, 10.0), (1e-9, 1.0))
    return json.loads(decades_chart((CURVE,), ("h", "error"), ranges, **more))


def test_both_axes_are_logarithmic_and_reach_as_far_as_asked():
    layout = drawn()["layout"]
    assert layout["xaxis"]["type"] == layout["yaxis"]["type"] == "log"
    assert layout["xaxis"]["range"] == [-5.0, 1.0]
    assert layout["yaxis"]["range"] == [-9.0, 0.0]


def test_what_has_no_logarithm_leaves_a_gap():
    assert drawn()["data"][0]["y"] == [1e-8, None, None]


def test_a_guide_has_its_words_in_its_middle():
    layout = drawn(guides=[Guide("steep", (1e-3, 1e-8), (1e-2, 1e-2), "right")])["layout"]
    assert layout["shapes"][0]["y1"] == 1e-2
    note = layout["annotations"][0]
    assert (note["text"], note["x"], note["y"], note["xshift"]) == ("steep", -2.5, -5.0, -6)


def test_the_words_of_a_shallow_guide_stand_below_it_and_not_across():
    note = drawn(guides=[Guide("slope 1", (1e-4, 1e-4), (1e-2, 1e-2))])["layout"]["annotations"][0]
    assert note["yshift"] < 0


def test_two_guides_that_are_close_have_their_words_apart():
    guides = [
        Guide("∝ h", (10**-1.1, 1e-3), (0.1, 10**-2.9)),
        Guide("∝ h²", (10**-1.1, 1e-3), (0.1, 10**-2.8)),
    ]
    one, other = drawn(guides=guides)["layout"]["annotations"]
    assert (one["xanchor"], one["xshift"], one["yshift"]) != (
        other["xanchor"],
        other["xshift"],
        other["yshift"],
    )


def test_a_named_point_and_an_upright_line_are_drawn():
    figure = drawn(spots=[NamedPoint("best", 1e-4, 1e-8, "--fwd", above=True)], now=0.1, dots=True)
    assert figure["data"][0]["mode"] == "lines+markers"
    assert figure["data"][1]["x"] == [1e-4]
    assert figure["layout"]["annotations"][0]["yshift"] > 0
    assert figure["layout"]["shapes"][0]["x0"] == 0.1
