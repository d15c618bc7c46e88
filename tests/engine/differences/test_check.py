"""The gradient by nudging, and the check; the checker is itself checked."""

import math
from dataclasses import replace

import numpy as np
import pytest

from backprop.engine import ops
from backprop.engine.differences.check import GradientNotJudged, assert_gradient, check_gradient
from backprop.engine.differences.verdict import (
    CONVENTION,
    RIGHT,
    ROUNDING,
    TURNS,
    WRONG,
    Answer,
)
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.families import FAMILIES
from backprop.engine.graph import Builder
from backprop.engine.network import Network
from backprop.engine.ops import OPS

AGREES = "Right: the gradient agrees with the differences."
MAZUR = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
WEIGHTS = {
    "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
    "b1": np.array([0.35]),
    "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
    "b2": np.array([0.60]),
}
X, Y = [[0.05, 0.10]], [[0.01, 0.99]]
BATCH = {**WEIGHTS, "X": np.array(X), "Y": np.array(Y)}

ROWS = [*OPS.values(), *(family.build(w) for family in FAMILIES.values() for w in family.widths)]
SLOPES = [
    pytest.param(op, which, id=f"{op.name}-{len(op.inputs)}-{which}")
    for op in ROWS
    for which in range(len(op.inputs))
]


@pytest.mark.parametrize("detail", ["operations", "neurons"])
@pytest.mark.parametrize(
    ("activations", "loss"),
    [
        (("tanh", "sigmoid"), "half_squared_error"),
        (("softplus", "linear"), "mean_squared_error"),
        (("leaky_relu", "sigmoid"), "binary_cross_entropy"),
        (("sigmoid", "softmax"), "cross_entropy"),
    ],
)
def test_our_gradient_of_a_network_passes_the_check_at_every_detail(activations, loss, detail):
    network = Network((2, 3, 2), activations, loss)
    parameters = network.initialize(seed=2)
    report = check_gradient(network.graph(detail), network.point(parameters, [0.3, -1.2], [1, 0]))
    assert report.sentence == AGREES
    batch = {"X": [[0.3, -1.2], [1, 2]], "Y": [[1, 0], [0, 1]]}
    report = check_gradient(network, parameters | batch)
    assert report.ok
    assert report.sentence == AGREES


def test_a_network_without_its_batch_is_refused():
    with pytest.raises(PointError, match="“X” has no value"):
        check_gradient(MAZUR, WEIGHTS)


def test_an_entry_is_named_as_in_numpy():
    report = check_gradient(MAZUR, BATCH)
    assert [row.name for row in report.rows][:5] == [
        *("W1[0,0]", "W1[0,1]", "W1[1,0]", "W1[1,1]", "b1[0]")
    ]
    graph = parse("x * y")
    assert [row.name for row in check_gradient(graph, {"x": 1, "y": 2}).rows] == ["x", "y"]


def by_hand(p):
    return float(np.sum(p["W"] ** 3) + p["b"] ** 2)


PARAMETERS = {"W": np.array([[1.0, 2.0], [3.0, -1.0]]), "b": 0.5}
CLAIMED = {"W": 3 * PARAMETERS["W"] ** 2, "b": 1.0}


def test_any_function_of_a_mapping_can_be_checked():
    report = check_gradient(by_hand, PARAMETERS, CLAIMED)
    assert [row.name for row in report.rows] == ["W[0,0]", "W[0,1]", "W[1,0]", "W[1,1]", "b"]
    assert report.ok


def test_any_function_of_one_flat_array_can_be_checked():
    theta = np.array([1.0, -2.0])
    report = check_gradient(lambda t: (t**2).sum(), theta, 2 * theta)
    assert [(row.name, row.analytic) for row in report.rows] == [("θ[0]", 2), ("θ[1]", -4)]
    assert report.sentence == AGREES


def test_your_own_gradient_of_a_graph_can_be_checked():
    graph, at = parse("x y"), {"x": 2, "y": 3}
    assert check_gradient(graph, at, {"x": 3, "y": 2}).ok
    assert not check_gradient(graph, at, {"x": 2, "y": 3}).ok


def test_a_wrong_entry_is_found_and_the_others_are_cleared():
    wrong = CLAIMED["W"].copy()
    wrong[1, 0] *= -1
    report = check_gradient(by_hand, PARAMETERS, CLAIMED | {"W": wrong})
    assert [row.name for row in report.rows if row.relative > 1e-4] == ["W[1,0]"]
    assert report.worst == pytest.approx(2)
    assert report.verdict is WRONG
    assert report.sentence == "Wrong: 1 of 5 numbers cannot be the slope."


def test_a_function_that_writes_into_its_parameters_changes_nothing():
    def careless(p):
        p["W"] *= 2
        return by_hand(p)

    before = PARAMETERS["W"].copy()
    check_gradient(careless, PARAMETERS, CLAIMED)
    np.testing.assert_array_equal(PARAMETERS["W"], before)


def test_a_claim_that_does_not_fit_is_refused():
    with pytest.raises(PointError, match="no gradient to check"):
        check_gradient(by_hand, PARAMETERS)
    with pytest.raises(PointError, match="nothing of “b”"):
        check_gradient(by_hand, PARAMETERS, {"W": CLAIMED["W"]})
    with pytest.raises(PointError, match="nothing of “x”"):
        check_gradient(parse("x"), {"x": 1}, {})
    with pytest.raises(ShapeError, match="“W” is shaped"):
        check_gradient(by_hand, PARAMETERS, CLAIMED | {"W": np.ones(4)})


@pytest.mark.parametrize(("op", "which"), SLOPES)
def test_a_rule_wrong_by_half_a_thousandth_is_caught(op, which, monkeypatch):
    name = f"{op.name}_{len(op.inputs)}_wrong_{which}"
    slip = "0.0005" if op.partials[which] == "0" else "({}) * 1.0005"  # a slope of 0 has no share
    wrong, codes = (
        [slip.format(code) if i == which else code for i, code in enumerate(texts)]
        for texts in (op.partials, op.partial_codes)
    )
    row = replace(op, name=name, partials=tuple(wrong), partial_kernels=tuple(codes), flows=())
    monkeypatch.setitem(ops.OPS, name, row)
    reports = [check_gradient(*one_node(op, at)) for at in op.samples]
    assert all(report.ok for report in reports)
    share = 1 if op.partials[which] == "0" else 5e-4
    rows = [check_gradient(*one_node(row, at)).rows[which] for at in op.samples]
    caught = [each.relative for each in rows if not each.hidden]  # 1e-18 beside 1 is
    assert max(caught) == pytest.approx(share, rel=0.01)


def one_node(op, at):
    builder = Builder()
    builder.node(op.name, [builder.leaf(f"x{i}") for i in range(len(op.inputs))])
    return builder.graph(), {f"x{i}": number for i, number in enumerate(at)}


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_a_small_slope_wrong_by_half_a_thousandth_is_caught_too(scale):
    report = check_gradient(lambda t: 1 + scale * t**3, 0.9, 3 * 0.81 * scale * 1.0005)
    assert report.worst == pytest.approx(5e-4, rel=0.1)


@pytest.mark.parametrize("text", ["sin(x)^2 + cos(x)^2", "x - x + 1000", "exp(x) * exp(-x)"])
def test_a_gradient_of_0_is_not_accused_of_rounding(text):
    for x in (0.1, 0.7, 1.3, 3.1):
        report = check_gradient(parse(text), {"x": x})
        assert report.worst <= 1e-7
    assert check_gradient(lambda t: np.sin(t) ** 2 + np.cos(t) ** 2, 0.7, 0.0).worst <= 1e-7


def test_rounding_inside_a_graph_is_not_a_mistake():
    assert check_gradient(parse("(x + 1e6) - 1e6"), {"x": 0.3}).worst <= 1e-7


@pytest.mark.parametrize(
    ("function", "at", "claimed"),
    [
        (parse("exp(x)"), {"x": 1000}, None),
        (parse("log(x)"), {"x": -1}, None),
        (parse("x^2"), {"x": math.nan}, None),
        (parse("x^2"), {"x": math.inf}, None),
        (parse("x^2"), {"x": 1}, {"x": math.nan}),
        (parse("x^2 * 0"), {"x": math.inf}, {"x": 0}),
        (lambda p: 1 / (p["x"] * 0), {"x": 1}, {"x": 0}),
        (lambda p: math.exp(p["x"]), {"x": 1000}, {"x": 0}),
        (lambda p: p["x"] * math.nan, {"x": 1}, {"x": 0}),
    ],
)
def test_nan_and_infinity_are_shown_and_do_not_raise(function, at, claimed):
    report = check_gradient(function, at, claimed)
    assert math.isnan(report.worst)
    assert not report.ok
    assert report.verdict.answer is Answer.OPEN
    assert report.sentence.startswith("Cannot be judged, because ")


@pytest.mark.parametrize("relative", [0.0, 1e-7, 9e-5, 1.1e-4, -2e-2])
def test_what_differs_by_more_than_a_ten_thousandth_is_wrong(relative):
    report = check_gradient(parse("3x"), {"x": 1}, {"x": 3 * (1 + relative)})
    (row,) = report.rows
    assert row.relative == pytest.approx(abs(relative), rel=1e-3, abs=1e-9)
    assert row.verdict == (RIGHT if abs(relative) < 1e-4 else WRONG)
    assert (row.answer is Answer.WRONG) is not report.ok


def test_a_function_without_parameters_has_nothing_to_compare():
    report = check_gradient(parse("1 + 2"), {})
    assert report.ok
    assert report.worst == 0
    assert report.sentence == "There is nothing to compare."


def test_a_row_says_whether_its_nudge_crossed_a_kink():
    near, far = check_gradient(parse("relu(x) + relu(y)"), {"x": 1e-6, "y": 1}).rows
    assert near.kink
    assert near.relative == pytest.approx(0.45)
    assert not far.kink
    assert not check_gradient(lambda t: abs(t), 1e-6, 1.0).rows[0].kink  # of a function: unknown


def test_a_network_is_checked_with_its_kinks():
    network = Network((1, 1, 1), ("relu", "linear"))
    at = {"W1": [[1e-7]], "b1": [0], "W2": [[2]], "b2": [0], "X": [[1]], "Y": [[0]]}
    report = check_gradient(network, at)
    assert {row.name for row in report.rows if row.kink} == {"W1[0,0]", "b1[0]"}


def test_what_is_wrong_comes_first_and_then_what_cannot_be_judged():
    at = {"x": 1.0, "y": 2.0, "z": 3.0}
    report = check_gradient(parse("x + y + z"), at, {"x": 1.1, "y": math.nan, "z": 2})
    assert [row.name for row in report.worst_rows(2)] == ["z", "x"]
    assert [row.name for row in report.worst_rows()] == ["z", "x", "y"]


def test_a_gradient_that_is_right_passes_the_assertion():
    assert_gradient(by_hand, PARAMETERS, CLAIMED)
    assert_gradient(MAZUR, BATCH)
    assert_gradient(parse("x * y"), {"x": 2, "y": 3}, {"x": 3, "y": 2})


def test_the_assertion_lists_the_worst_numbers():
    wrong = CLAIMED["W"] * np.array([[1, 2], [1, -1]])
    with pytest.raises(AssertionError) as failure:
        assert_gradient(by_hand, PARAMETERS, CLAIMED | {"W": wrong})
    first, *lines = str(failure.value).splitlines()
    assert first == "The gradient is wrong in 2 of 5 numbers:"
    assert lines == [
        "  W[1,1]: -3, by differences 3, relative difference 2",
        "  W[0,1]: 24, by differences 12, relative difference 0.5",
    ]


def test_the_assertion_counts_what_it_does_not_list():
    with pytest.raises(AssertionError, match="… and 3 more"):
        assert_gradient(lambda t: (t**2).sum(), np.ones(8), np.zeros(8))


def test_the_assertion_fails_with_its_own_error_where_it_cannot_judge():
    assert issubclass(GradientNotJudged, AssertionError)
    with pytest.raises(GradientNotJudged, match="because the gradient that is checked says NaN"):
        assert_gradient(parse("x^2"), {"x": 1}, {"x": math.nan})
    with pytest.raises(GradientNotJudged, match="in 1 of 1 numbers, because the function is ∞"):
        assert_gradient(lambda t: t * math.inf, 1.0, 1.0)


def test_the_assertion_passes_over_a_nudge_that_crosses_a_kink():
    assert_gradient(parse("relu(x)"), {"x": -1e-6})


def test_the_tolerance_of_the_assertion_can_be_chosen():
    assert_gradient(parse("x^2"), {"x": 1}, {"x": 2.01}, tolerance=0.01)
    with pytest.raises(AssertionError):
        assert_gradient(parse("x^2"), {"x": 1}, {"x": 2.01})


def test_the_relative_difference_follows_from_its_own_row():
    for row in check_gradient(MAZUR, BATCH).rows:
        largest = max(abs(row.analytic), abs(row.numeric))
        assert row.absolute == abs(row.analytic - row.numeric)
        assert row.relative == row.absolute / largest
        assert row.hidden  # it is rounding, but small beside the slope


def test_a_slope_that_rounding_hides_is_neither_accused_nor_confirmed():
    report = check_gradient(parse("x + 1e15"), {"x": 0})
    (row,) = report.rows
    assert (row.analytic, row.numeric, row.relative, row.hidden) == (1, 0, 1, True)
    assert not row.agrees()
    assert row.answer is not Answer.WRONG
    assert not report.ok
    assert report.worst == 0
    assert str(row.verdict).startswith("cannot be judged, because rounding hides the slope")
    assert report.sentence.startswith("Cannot be judged, because rounding hides the slope")


@pytest.mark.parametrize("text", ["abs(x)", "max(x, 0)", "relu(x)", "relu(x) + 7"])
def test_at_a_kink_what_lies_between_both_sides_is_right_and_nothing_else(text):
    report = check_gradient(parse(text), {"x": 0})
    assert report.rows[0].kink
    assert report.sentence.startswith("Right: at a kink, every slope")
    for claim, ok in ((0, True), (0.5, True), (1, True), (1.01, False), (-1.01, False)):
        assert check_gradient(parse(text), {"x": 0}, {"x": claim}).ok is ok


def test_what_is_accused_is_listed_before_what_rounding_hides():
    at, claimed = {"x": 1, "y": 2}, {"x": 1, "y": 4.4}
    report = check_gradient(parse("x * 1e-20 + y^2"), at, claimed | {"x": 1e-13})
    assert [row.name for row in report.worst_rows()] == ["y", "x"]
    assert report.rows[0].hidden


def tiny(p):
    return np.sum((p * 1e-9) ** 2)


def test_a_function_of_tiny_values_is_checked_as_sharply():
    ones = np.ones(3)
    assert_gradient(tiny, ones, ones * 2e-18)
    with pytest.raises(AssertionError, match="3 of 3"):
        assert_gradient(tiny, ones, ones * 4e-18)
    assert_gradient(lambda p: np.sum(p * 0), ones, ones * 0)


def single(p):
    return np.sum(np.tanh(p.astype(np.float32)))


def sloped(t):
    return math.exp(math.sqrt(t) ** 2)  # not defined below 0


BENDS = np.array([0.4, -0.9, 0.1])
SECOND = [
    (single, BENDS, 1 - np.tanh(BENDS) ** 2),
    (math.sqrt, 1e-6, 500.0),
    (math.sqrt, 1e-10, 5e4),
    (abs, 1e-6, 1.0),
    (abs, 0.0, 1.0),
    (abs, 0.0, 0.0),
    (sloped, 0.0, 1.0),
]


@pytest.mark.parametrize(("function", "at", "claimed"), SECOND)
def test_a_function_of_python_is_asked_again_before_it_is_accused(function, at, claimed):
    assert_gradient(function, at, claimed)
    assert check_gradient(function, at, claimed).ok


@pytest.mark.parametrize(("function", "at", "claimed"), SECOND)
def test_a_second_opinion_does_not_clear_a_wrong_gradient(function, at, claimed):
    wrong = claimed * 1.3 + (1.2 if np.isscalar(claimed) else 0)
    with pytest.raises(AssertionError):
        assert_gradient(function, at, wrong)
    assert not math.isnan(check_gradient(function, at, wrong).worst)


QUICK = parse("sin(1000000 x)")
STEEP = 1e6 * math.cos(1e12)


@pytest.mark.parametrize("function", [QUICK, lambda at: math.sin(1e6 * at["x"])])
def test_a_right_gradient_that_no_nudge_can_judge_is_neither_right_nor_wrong(function):
    report = check_gradient(function, {"x": 1e6}, {"x": STEEP})
    (row,) = report.rows
    assert row.answer is Answer.OPEN
    assert row.because in (TURNS, ROUNDING)  # which is the wider is a matter of luck
    assert not report.ok
    with pytest.raises(GradientNotJudged, match="because"):
        assert_gradient(function, {"x": 1e6}, {"x": STEEP})


@pytest.mark.parametrize("function", [QUICK, lambda at: math.sin(1e6 * at["x"])])
@pytest.mark.parametrize("factor", [2, -1, 0, 1.3])
def test_a_gradient_that_is_wrong_beyond_all_doubt_is_accused_there_too(function, factor):
    report = check_gradient(function, {"x": 1e6}, {"x": factor * STEEP})
    assert report.verdict is WRONG


@pytest.mark.parametrize(("scale", "x"), [(1.0, 1e16), (1e8, 1e8)])
def test_where_a_function_leaps_between_neighbouring_numbers_nothing_is_accused(scale, x):
    claimed = scale * math.cos(scale * x)
    for report in (
        check_gradient(parse(f"sin({scale} * x)"), {"x": x}),
        check_gradient(lambda t: math.sin(scale * t), x, claimed),
    ):
        assert report.verdict.answer is Answer.OPEN


def test_a_function_of_python_that_turns_quickly_is_judged_by_a_narrow_nudge():
    assert_gradient(lambda t: math.sin(1e6 * t), 1.0, 1e6 * math.cos(1e6))
    with pytest.raises(AssertionError):
        assert_gradient(lambda t: math.sin(1e6 * t), 1.0, 1.01e6 * math.cos(1e6))


def test_a_wrong_slope_at_a_minimum_is_accused():
    assert not check_gradient(lambda t: t**2 + 1, 0.0, 0.1).ok
    assert not check_gradient(parse("x^2 + 1"), {"x": 0}, {"x": 0.1}).ok


def test_a_network_whose_unit_turns_within_a_nudge_and_its_rounding_is_not_accused():
    network = Network((1, 1), ("tanh",))
    at = {"W1": [[1.0]], "b1": [0.3 - 1e12], "X": [[1e12]], "Y": [[0.5]]}
    report = check_gradient(network, at)
    assert report.rows[0].because in (TURNS, ROUNDING)
    assert report.verdict.answer is Answer.OPEN


def test_a_network_too_large_to_be_nudged_in_other_ways_is_judged_by_the_first(monkeypatch):
    network = Network((1, 1), ("tanh",))
    at = {"W1": [[1.0]], "b1": [0.3 - 1e12], "X": [[1e12]], "Y": [[0.5]]}
    monkeypatch.setattr("backprop.engine.differences.check.MOST_WORK", 0)
    assert check_gradient(network, at).rows[0].because == ""


@pytest.mark.parametrize(
    ("x", "y", "answer"),
    [
        (1, 0, Answer.RIGHT),
        (0.5, 0.5, Answer.RIGHT),
        (1, 1, Answer.WRONG),
        (0, 0, Answer.WRONG),
        (2, -1, Answer.WRONG),
    ],
)
def test_at_a_tie_of_a_graph_slopes_are_judged_together(x, y, answer):
    report = check_gradient(parse("max(x, y) + 7"), {"x": 1, "y": 1}, {"x": x, "y": y})
    assert report.verdict.answer is answer


def test_at_kinks_of_a_network_slopes_are_judged_together():
    network = Network((1, 1), ("relu",))
    at = {"W1": [[0.0]], "b1": [0.0], "X": [[1.0]], "Y": [[-1.0]]}
    assert check_gradient(network, at, {"W1": [[0.3]], "b1": [0.3]}).ok
    assert not check_gradient(network, at, {"W1": [[1.0]], "b1": [0.0]}).ok


@pytest.mark.parametrize(
    ("text", "claim", "answer"),
    [
        ("relu(x) - relu(-x)", None, Answer.OPEN),
        ("relu(x) - relu(-x)", 1, Answer.RIGHT),
        ("relu(x) - relu(-x)", 2, Answer.OPEN),  # with relu′(0) = 1
        ("relu(x) - relu(-x)", 5, Answer.WRONG),
        ("max(x, 0) - max(-x, 0)", 0, Answer.OPEN),
        ("min(x, 2x) + max(x, 2x)", 5, Answer.WRONG),
    ],
)
def test_where_kinks_meet_reverse_mode_follows_a_convention(text, claim, answer):
    report = check_gradient(parse(text), {"x": 0}, None if claim is None else {"x": claim})
    assert report.verdict.answer is answer
    (row,) = report.rows
    assert row.because == (CONVENTION if answer is Answer.OPEN else "")


def test_a_claim_that_agrees_with_a_nudge_too_wide_is_wrong_all_the_same():
    wave = parse("sin(30000 x)")
    nudged = check_gradient(wave, {"x": 0.3}).rows[0].numeric
    assert check_gradient(wave, {"x": 0.3}).ok
    assert check_gradient(wave, {"x": 0.3}, {"x": nudged}).verdict is WRONG


def test_a_graph_is_checked_along_random_directions():
    graph, at = parse("x^2 y"), {"x": 1, "y": 3}
    assert check_gradient(graph, at, directions=4).ok
    assert check_gradient(graph, at, {"x": 6, "y": 2}, directions=4).verdict is WRONG


def test_the_report_counts_what_is_wrong_and_what_cannot_be_judged():
    graph, at = parse("x^2 + y + z"), {"x": 3, "y": 1, "z": 1}
    report = check_gradient(graph, at, {"x": 1, "y": math.nan, "z": 1})
    assert report.sentence == (
        "Wrong: 1 of 3 numbers cannot be the slope. 1 of 3 numbers cannot be judged."
    )
    report = check_gradient(graph, at, {"x": 6, "y": math.nan, "z": 1})
    assert report.sentence == (
        "Cannot be judged: 1 of 3 numbers, because the gradient that is checked says NaN here."
    )
