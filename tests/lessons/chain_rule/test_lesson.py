"""The chain rule: its derivation, its graph, the nudge and the forks, as one board."""

import json
import math

import pytest

from backprop.engine.errors import InputError
from backprop.lessons.chain_rule.lesson import LESSON, PRESETS
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def board(**pairs):
    choices = read_choices(LESSON.defaults, pairs)
    return LESSON.compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def said(equation):
    return equation.alt


def test_the_derivation_has_five_lines_and_the_solution():
    lines = board().derivation.lines
    assert [line.words for line in lines] == [
        "The inner function, by x",
        "The outer function, by u, as if u were all there is",
        "The chain rule",
        "Plug in",
        "Replace u by its function of x",
        "Tidy up",
    ]
    assert said(lines[0].equation) == "d u over d x equals 2 times x."
    assert said(lines[2].equation) == "d y over d x equals d y over d u times d u over d x."
    assert (
        said(lines[5].equation) == "d y over d x equals 2 times x times cos the quantity x squared."
    )


def test_every_line_after_the_rule_has_the_value_of_the_derivative():
    shown = board(x="0.7")
    right = 2 * 0.7 * math.cos(0.49)
    assert shown.derivation.derivative.exact == pytest.approx(right, rel=1e-14)
    for line in shown.derivation.lines[3:]:
        assert line.value.exact == pytest.approx(right, rel=1e-12)
    assert shown.derivation.lines[2].value is None


def test_three_functions_give_a_line_more():
    shown = board(preset="", y="exp(u)", u="sin(v)", v="3x", x="0.5")
    lines = shown.derivation.lines
    assert len(lines) == 7
    assert lines[1].words == "The one between, by v"
    assert lines[5].words == "Replace u and v by their functions of x"
    assert shown.derivation.derivative.exact == pytest.approx(
        3 * math.cos(1.5) * math.exp(math.sin(1.5))
    )
    assert shown.functions.deep
    assert [each.name for each in shown.functions.fields] == ["y", "u", "v"]


def test_a_third_function_is_put_between_and_taken_away_again():
    deeper = board(y="exp(u)", u="max(x, 2x)").functions.deeper
    assert "u=max%28v,%202v%29" in deeper
    assert "v=3x" in deeper
    assert "v=x%5E2" in board(u="3x").functions.deeper
    assert "v=" not in board(u="v + 1", v="x").functions.deeper


def test_the_slopes_along_the_path_multiply_as_printed():
    assert board().derivation.product == "0.5403 × 2 = 1.081"
    assert board(y="u^2", u="1 - x", x="3").derivation.product == "(−4) × (−1) = 4"
    assert board(y="u^2", u="x", x="0").derivation.product == "0 × 1 = 0"


def test_each_edge_carries_its_local_derivative_once_it_is_known():
    assert [tag[6] for tag in board(step="0").walk.scene.tags] == ["2"]
    last = board(step="3").walk.scene
    assert {tag[6] for tag in last.tags} == {"2", "0.540"}
    assert [tag[2] for tag in last.tags if tag[6] == "0.540"] == ["tag on"]
    assert "local derivative of y by u" in next(tag[7] for tag in last.tags if tag[6] == "0.540")


def test_the_graph_calls_the_quantities_as_the_text_does():
    scene = board(y="(u - 1)^2", u="sigmoid(v)", v="2x - 1").walk.scene
    assert {"n-x", "n-q1", "n-v", "n-u", "n-q2", "n-y"} <= {row[1] for row in scene.nodes}


def test_a_step_beyond_the_last_is_the_last():
    assert board(step="900").walk.strip.at == board().walk.strip.count


@pytest.mark.parametrize(
    ("pairs", "at", "what"),
    [
        ({"y": "sin(x)"}, "y", "“x” cannot stand in y"),
        ({"u": "v^2"}, "u", "“v” cannot stand in u"),
        ({"u": "x^2", "v": "3x"}, "u", "“x” cannot stand in u"),
        ({"u": ""}, "u", "no formula"),
        ({"y": "2 +"}, "y", "ends"),
        ({"y": "tanh(" * 18 + "u" + ")" * 18}, "y", "closed form"),
        ({"fork": "x * z"}, "fork", "“z” cannot stand here"),
        ({"x": "nan"}, "x", "not a finite number"),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field(pairs, at, what):
    with pytest.raises(InputError) as refused:
        board(**pairs)
    assert refused.value.at == at
    assert what in refused.value.what
    assert refused.value.hint


def test_a_constant_in_the_chain_stops_it():
    shown = board(y="sin(u)", u="3")
    assert shown.derivation.derivative.exact == 0
    assert shown.nudge.moved[-1].measured.exact == 0
    assert board(y="7").derivation.derivative.exact == 0


def test_a_lone_letter_is_a_function_too():
    assert board(y="u", u="x^2").derivation.derivative.exact == 2
    assert board(y="u", u="x").derivation.derivative.exact == 1
    assert board(y="sin(u)", u="x", x="0").derivation.derivative.exact == 1


def test_what_is_not_defined_is_shown_as_that():
    shown = board(y="ln(u)", u="x", x="-1")
    assert shown.derivation.derivative.shown == "NaN"
    assert shown.derivation.product == ""
    inner, outer, *rest = (line.value for line in shown.derivation.lines if line.value)
    assert {inner.shown, outer.shown} == {"1", "NaN"}  # u = x has a slope, ln u none
    assert all(value.shown == "NaN" for value in rest)
    assert shown.functions.fields[0].value.shown == "NaN"
    assert "no value that is a number" in shown.nudge.words
    for curve in shown.nudge.curves:
        json.loads(curve.figure)


def test_a_line_and_its_edge_say_the_same_where_the_outer_function_has_no_value():
    shown = board(y="ln(u)", u="x^2", x="0", step="99")
    lines = {line.value.shown for line in shown.derivation.lines if line.value}
    edges = {tag[6] for tag in shown.walk.scene.tags}
    assert lines == edges == {"0", "NaN"}


def test_every_preset_is_called_by_its_name_while_it_is_that():
    for preset in PRESETS:
        links = Links(LESSON.path, Origin({}, LESSON.defaults), preset.choices)
        assert LESSON.compose(preset.choices, links).head.title == preset.title
    assert board(u="x^3").head.title == "The chain rule"
