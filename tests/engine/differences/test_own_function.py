"""Gradients of Python functions: each is right, wrong, or cannot be judged, and so it is said.

The first cases are those that people brought (`library_cases.py` of the reports); the others stand
for their kinds.
"""

import math

import numpy as np
import pytest

from backprop.engine.backward import gradient
from backprop.engine.differences.check import GradientNotJudged, assert_gradient, check_gradient
from backprop.engine.differences.verdict import CONVENTION, JUMPS, LEAPS, Answer
from backprop.engine.network import Network

RIGHT, WRONG, OPEN = Answer.RIGHT, Answer.WRONG, Answer.OPEN


def a(*numbers):
    return np.array(numbers, dtype=float)


def relu(x):
    return np.maximum(0, x)


def answer(function, at, claimed, **options):
    return check_gradient(function, at, claimed, **options).verdict.answer


# Ties: f, point, claim, answer


def largest(p):
    return np.max(p)


def pooled(p):
    return p.reshape(4, 2, 4, 2).max(axis=(1, 3)).sum()


FIRST = np.zeros((8, 8))
FIRST[::2, ::2] = 1
BOTH = FIRST.copy()
BOTH[1, 0] = 1
SQUARE = np.zeros((8, 8))


@pytest.mark.parametrize(
    ("function", "at", "claimed", "expected"),
    [
        (largest, a(1, 1), a(1, 0), RIGHT),
        (largest, a(1, 1), a(0.5, 0.5), RIGHT),
        (largest, a(1, 1), a(0.3, 0.7), RIGHT),
        (largest, a(1, 1), a(1, 1), WRONG),
        (largest, a(1, 1), a(0, 0), WRONG),
        (lambda p: p.max() + 100, a(1, 1), a(0, 1), RIGHT),
        (lambda p: p.max() + 100, a(1, 1), a(1, 1), WRONG),
        (lambda p: -p.max(), a(1, 1), a(-1, -1), WRONG),
        (largest, a(1, 1, 1), a(1, 1, 1) / 3, RIGHT),
        (largest, a(1, 1, 1), a(1, 1, 1) / 2, WRONG),  # each pair fits, all three do not
        (largest, np.zeros(100), np.eye(100)[3], RIGHT),
        (largest, np.zeros(100), np.full(100, 0.01), RIGHT),
        (largest, np.zeros(100), np.ones(100), WRONG),
        (pooled, SQUARE, FIRST, RIGHT),
        (pooled, SQUARE, np.full((8, 8), 0.25), RIGHT),
        (pooled, SQUARE, BOTH, WRONG),
        (lambda p: p[:2].max() - p[2:].max(), a(0, 0, 0, 0), a(1, 0, -1, 0), RIGHT),
        (lambda p: p[:2].max() - p[2:].max(), a(0, 0, 0, 0), a(1, 1, -1, 0), WRONG),
        (lambda p: np.sort(p) @ a(0, 1, 2), a(1, 1, 2), a(1, 0, 2), RIGHT),
        (lambda p: np.sort(p) @ a(0, 1, 2), a(1, 1, 2), a(1, 1, 2), WRONG),
        (lambda p: np.abs(p).sum(), a(0, 0), a(1, -1), RIGHT),
        (lambda p: np.abs(p).sum(), a(0, 0), a(1.1, 0), WRONG),
        (lambda p: np.sqrt((p**2).sum()), a(0, 0), a(0.6, 0.6), RIGHT),
        (lambda p: np.sqrt((p**2).sum()), a(0, 0), a(1, 1), WRONG),
    ],
)
def test_a_claim_at_a_tie_must_fit_the_slopes_along_directions(function, at, claimed, expected):
    assert answer(function, at, claimed) is expected


@pytest.mark.parametrize("constant", [0, 5, -3.3, 1e3, 1e6])
@pytest.mark.parametrize(
    ("w", "claimed", "expected"),
    [
        (0.0, 0, RIGHT),
        (0.0, 1, RIGHT),
        (0.0, 0.5, RIGHT),
        (0.0, 2, WRONG),
        (0.0, -1, WRONG),
        (1e-3, 1, RIGHT),
        (1e-3, 0.5, WRONG),
        (-1e-3, 0, RIGHT),
        (-1e-3, 0.5, WRONG),
        (-2e-2, 0, RIGHT),
        (1e-4, 1, RIGHT),
    ],
)
def test_relu_is_judged_alike_whatever_is_added_to_it(constant, w, claimed, expected):
    assert answer(lambda p: constant + relu(p).sum(), a(w), a(claimed)) is expected


@pytest.mark.parametrize("claimed", [0, 0.5, 2])
def test_a_wrong_slope_near_a_kink_stays_wrong(claimed):
    assert answer(lambda w: 5 + max(0, w), 1e-6, claimed) is WRONG


def elu(x):
    return x if x > 0 else math.exp(x) - 1


def leaky(x):
    return x if x > 0 else 0.01 * x


@pytest.mark.parametrize(
    ("function", "at", "claimed", "expected"),
    [
        (elu, 0.0, 1.0, RIGHT),
        (elu, 0.0, 0.0, WRONG),
        (leaky, 0.0, 0.01, RIGHT),
        (leaky, 0.0, 1.0, RIGHT),
        (leaky, 0.0, 0.0, WRONG),
        (lambda p: np.clip(p, 0, 1).sum(), a(0, 1, 0.5), a(1, 1, 1), RIGHT),
        (lambda p: np.clip(p, 0, 1).sum(), a(0, 1, 0.5), a(0, 0, 1), RIGHT),
        (lambda p: np.clip(p, 0, 1).sum(), a(0, 1, 0.5), a(2, 0, 1), WRONG),
        (math.floor, 0.5, 0.0, RIGHT),
        (math.floor, 0.5, 1.0, OPEN),  # so it would be if its leaps were rounding
        (math.floor, 0.5, 3.0, WRONG),
        (math.floor, 1.0, 0.0, OPEN),
        (lambda x: round(x, 2), 0.3, 0.0, RIGHT),
        (lambda x: round(x, 2), 0.3, 1.0, OPEN),
        (lambda x: round(x, 2), 0.3, 5.0, WRONG),
        (lambda x: (x + 1e15) - 1e15, 0.3, 1.0, OPEN),
        (lambda x: 0.0 if x < 0.5 else math.inf, 0.48, 7.0, WRONG),
        (lambda x: 0.0 if abs(x) < 0.01 else math.inf, 0.0, 7.0, WRONG),
        (lambda x: round(x, 4), 0.3, 0.0, OPEN),
        (math.sqrt, 0.0, 0.0, OPEN),
        (lambda x: math.sqrt(abs(x)), 0.0, 0.0, OPEN),
        (lambda x: x * math.sqrt(x), 0.0, 0.0, RIGHT),
        (lambda x: x * math.log(x), 1e-4, math.log(1e-4) + 1, RIGHT),
        (lambda x: np.sign(x) * max(abs(x) - 1e-3, 0) + 5, 0.0, 0.0, RIGHT),
        (lambda x: (x + 1e6) - 1e6, 0.3, 1.0, RIGHT),
        (lambda x: (x + 1e6) - 1e6, 0.3, 1.1, WRONG),
        (lambda x: x + 1e15, 0.0, 1.0, RIGHT),
        (lambda x: x + 1e15, 0.0, 2.0, WRONG),
        (lambda x: x * 0 + 3, 0.5, 0.0, RIGHT),
        (lambda x: x * 0 + 3, 0.5, 0.1, WRONG),
    ],
)
def test_a_function_with_kinks_leaps_and_edges_is_judged(function, at, claimed, expected):
    assert answer(function, at, claimed) is expected


@pytest.mark.parametrize(
    ("function", "at", "claimed"),
    [
        (lambda t: np.exp(t * 1e12), 1e-12, math.e * 1e12),
        (lambda t: np.exp(t * 1e-12), 1e12, math.e * 1e-12),
        (lambda t: np.exp(t * 1e-12), 0.0, 1e-12),
        (lambda t: 1e-12 * np.exp(t), 1.0, 1e-12 * math.e),
        (lambda t: 1e12 * np.exp(t), 1.0, 1e12 * math.e),
        (lambda t: 1e-300 * np.exp(t), 1.0, 1e-300 * math.e),
        (lambda t: 1e300 * np.exp(t), 1.0, 1e300 * math.e),
        (math.exp, 709.78, math.exp(709.78)),  # beyond it lies ∞
    ],
)
def test_scales_from_tiny_to_huge_are_judged(function, at, claimed):
    assert answer(function, at, claimed) is RIGHT
    assert answer(function, at, 0.5 * claimed) is WRONG


def test_a_claim_that_is_0_but_for_rounding_is_right_beside_the_function():
    assert answer(lambda t: t**2 + 1, 0.0, 1e-12) is RIGHT
    assert answer(lambda t: np.sin(t) ** 2 + np.cos(t) ** 2, 0.7, 0.0) is RIGHT
    assert answer(lambda t: np.sin(t) ** 2 + np.cos(t) ** 2, 0.7, 1e-5) is WRONG


# Overflow


def saturated(p):
    return -np.log(1 / (1 + np.exp(-p["t"] @ a(100, 3))))


def test_where_float64_overflows_longer_numbers_judge():
    at = {"t": a(-10, 1)}
    report = check_gradient(saturated, at, {"t": a(-100, -3)})
    assert report.verdict.answer is RIGHT
    assert "longdouble" in report.sentence
    assert_gradient(saturated, at, {"t": a(-100, -3)})
    with pytest.raises(AssertionError, match="wrong in 1 of 2"):
        assert_gradient(saturated, at, {"t": a(-10, -3)})


def test_where_nothing_judges_an_overflow_that_is_said():
    with pytest.raises(GradientNotJudged, match="because the function is NaN at this point"):
        assert_gradient(lambda t: math.log(1 + math.exp(t)), 1000.0, 1.0)


def surprise(t):
    """Return −ln(1 − σ(t)) as the textbook writes it, which leaps where σ is rounded to 1."""
    with np.errstate(all="ignore"):
        return float(-np.log(1 - 1 / (1 + np.exp(-t))))


@pytest.mark.parametrize("t", [20.0, 30.0, 33.0, 35.0, 36.0, 36.5])
def test_a_right_slope_is_not_accused_where_the_loss_moves_in_leaps(t):
    assert answer(surprise, t, 1 / (1 + math.exp(-t))) is not WRONG
    assert answer(surprise, t, -1.0) is WRONG


def test_a_right_slope_is_not_accused_where_a_part_of_the_loss_moves_in_leaps():
    assert check_gradient(lambda t: surprise(t) + t**2, 33.0, 67.0).verdict.because == LEAPS
    assert answer(lambda t: surprise(t) + t**2, 33.0, 33.0) is WRONG


def test_of_many_wrong_slopes_a_few_are_searched_for_leaps():
    calls = []

    def counted(p):
        calls.append(1)
        return (p**2).sum() + 1

    assert answer(counted, np.ones(40), np.ones(40)) is WRONG
    many = len(calls)
    calls.clear()
    assert answer(counted, np.ones(20), np.ones(20)) is WRONG
    assert many < 2 * len(calls)


# Functions that vary


@pytest.mark.parametrize("noise", [1.0, 1e-3, 1e-6, 1e-9])
@pytest.mark.parametrize("factor", [1, 2])
def test_a_function_that_varies_is_found_whatever_is_claimed(noise, factor):
    rng = np.random.default_rng(0)
    report = check_gradient(lambda t: t**2 + noise * rng.random(), 1.0, 2.0 * factor)
    assert report.verdict.answer is OPEN
    assert "two calls at the same point differ by" in report.sentence
    assert report.sentence.endswith("; fix the seed.")


def test_dropout_is_told_and_never_passed():
    rng, x = np.random.default_rng(0), a(1, 2, -3)
    with pytest.raises(GradientNotJudged, match="fix the seed"):
        assert_gradient(lambda p: np.sum(p * p * (rng.random(3) > 0.5)), x, -7 * x)


def test_a_function_that_varies_after_other_calls_only_is_found():
    seen = []

    def remembers(t):
        seen.append(t)
        return t**2 + 1e-3 * (len(set(seen)) > 2)

    assert answer(remembers, 1.0, 2.0) is OPEN


def test_noise_that_is_rare_is_found_where_something_is_accused():
    calls = []

    def rare(t):
        calls.append(t)
        return t**2 + 0.1 * (len(calls) == 4)

    assert answer(rare, 1.0, 2.0) is not WRONG


def test_a_function_that_has_no_number_now_and_then_varies():
    calls = []

    def sometimes(t):
        calls.append(t)
        return t**2 if len(calls) % 3 else math.nan

    report = check_gradient(sometimes, 1.0, 2.0)
    assert "differ in whether there is a number" in report.sentence


def test_sums_in_another_order_are_not_variation():
    rng, terms = np.random.default_rng(0), np.linspace(0.1, 1, 50)
    assert answer(lambda t: np.sum(t * rng.permutation(terms)), 1.0, terms.sum()) is RIGHT


# Few digits


def single(p):
    return np.sum(np.tanh(p.astype(np.float32)))


def mixed(p):
    return 1.0 + float(np.sum(np.tanh(p.astype(np.float32))))


BENDS = a(0.4, -0.9, 0.1)
SLOPES = 1 - np.tanh(BENDS) ** 2


@pytest.mark.parametrize("function", [single, mixed])
def test_a_function_of_float32_is_judged(function):
    assert answer(function, BENDS, SLOPES) is RIGHT
    assert answer(function, BENDS, 1.003 * SLOPES) is WRONG
    assert answer(function, BENDS, 0 * SLOPES) is WRONG


def test_a_function_of_float16_proves_no_slope_and_disproves_what_is_far_off():
    assert answer(lambda p: np.sum(np.tanh(p.astype(np.float16))), BENDS, SLOPES) is OPEN
    assert answer(lambda p: np.sum(np.tanh(p.astype(np.float16))), BENDS, 2 * SLOPES) is WRONG


# Conventions at kinks


def clipped(p):
    q, r = p.copy(), -p
    q[q < 0] = 0
    r *= r > 0
    return q.sum() - r.sum()


@pytest.mark.parametrize(
    ("function", "claimed", "expected"),
    [
        (lambda p: (relu(p) - relu(-p)).sum(), 0, OPEN),
        (lambda p: (relu(p) - relu(-p)).sum(), 1, RIGHT),
        (lambda p: (relu(p) - relu(-p)).sum(), 5, WRONG),
        (lambda p: (np.where(p > 0, p, 0) - np.where(p < 0, -p, 0)).sum(), 0, OPEN),
        (lambda p: max(0, p[0]) - max(0, -p[0]), 0, OPEN),
        (lambda p: (np.abs(p) - 2 * relu(p)).sum(), 0, OPEN),
        (lambda p: (np.clip(p, 0, 1) + np.minimum(p, 0)).sum(), 0, OPEN),
        (clipped, 0, OPEN),
        (clipped, 3, WRONG),
        (lambda p: sum(relu(each) for each in p) - relu(-p).sum(), 0, OPEN),
        (lambda p: float(np.sum(p)) + 0 * relu(p).sum(), 0.5, WRONG),
        (lambda p: (relu(p) - relu(-p)).sum() + 0 * np.modf(p)[0].sum(), 0, OPEN),
        (lambda p: relu(p).sum() - max(0.0, *(-p).tolist()), 7, WRONG),
    ],
)
def test_what_reverse_mode_gives_by_convention_is_not_called_wrong(function, claimed, expected):
    report = check_gradient(function, a(0), a(claimed))
    assert report.verdict.answer is expected
    assert report.verdict.because == (CONVENTION if expected is OPEN else "")


def test_of_pools_that_overlap_the_first_of_a_tie_may_be_taken():
    def overlapping(p):
        return p[:2].max() - p[1:].max()

    assert answer(overlapping, a(0, 0, 0), a(1, -1, 0)) is OPEN
    assert answer(overlapping, a(0, 0, 0), a(0, 0, 0)) is RIGHT
    assert answer(overlapping, a(0, 0, 0), a(1, -3, 0)) is WRONG
    assert answer(lambda p: (p.max(axis=0) - p.max(axis=1)).sum(), np.zeros((2, 2)), SIDES) is OPEN


SIDES = np.array([[0.0, 1.0], [-1.0, 0.0]])


def test_an_array_that_cannot_be_watched_leaves_a_wrong_slope_wrong():
    def stubborn(p):
        if type(p) is not np.ndarray:
            raise TypeError("I want an array.")
        return (relu(p) - relu(-p)).sum()

    assert answer(stubborn, a(0), a(0)) is WRONG


X, Y = np.array([[1.0, 2.0], [-1.0, 3.0]]), np.array([[1.0], [2.0]])


def loss(p):
    hidden = relu(X @ p["W1"].T + p["b1"])
    return ((hidden @ p["W2"].T + p["b2"] - Y) ** 2).mean()


def slopes(p):
    """Return the gradient by hand, with relu′(0) = 0 as PyTorch has it."""
    z = X @ p["W1"].T + p["b1"]
    last = 2 * (relu(z) @ p["W2"].T + p["b2"] - Y) / Y.size
    before = (last @ p["W2"]) * (z > 0)
    first = {"W1": before.T @ X, "b1": before.sum(0)}
    return first | {"W2": last.T @ relu(z), "b2": last.sum(0)}


NETWORK = Network((2, 3, 1), ("relu", "linear"), "mean_squared_error")
ZEROS = {name: np.zeros(shape) for name, shape in NETWORK.shapes.items()}


def test_a_relu_net_that_begins_at_0_passes_with_pytorchs_gradient():
    assert_gradient(loss, ZEROS, slopes)
    assert_gradient(NETWORK, {**ZEROS, "X": X, "Y": Y})
    assert answer(loss, ZEROS, slopes(ZEROS) | {"b2": a(1)}) is WRONG
    assert answer(loss, ZEROS, slopes(ZEROS) | {"W1": np.ones((3, 2))}) is WRONG


def test_where_only_the_first_layer_is_0_it_is_a_convention():
    at = ZEROS | {"W2": np.ones((1, 3))}
    assert answer(loss, at, slopes) is not WRONG
    assert answer(NETWORK, {**at, "X": X, "Y": Y}, None) is not WRONG
    assert answer(loss, at, slopes(at) | {"W1": np.full((3, 2), 50.0)}) is WRONG
    wrong = {**gradient(NETWORK.graph("layers"), NETWORK.batch(at, X, Y))[1], "b2": a(9)}
    assert answer(NETWORK, {**at, "X": X, "Y": Y}, wrong) is WRONG


@pytest.mark.parametrize("slope_at_0", [0, 1])
def test_conventions_are_known_of_functions_that_make_arrays_of_their_own(slope_at_0):
    at = ZEROS | {"W2": a(1, -2, 0.5).reshape(1, 3)}
    exact = NETWORK.loss_and_gradient(at, X, Y)[1]
    before = -2 * Y / Y.size @ at["W2"]  # what each relu would pass on
    first = {"W1": slope_at_0 * before.T @ X, "b1": slope_at_0 * before.sum(axis=0)}

    def brought(p):
        return NETWORK.loss_and_gradient({k: np.array(v.tolist()) for k, v in p.items()}, X, Y)[0]

    claim = exact | first
    assert answer(brought, at, claim) is not WRONG
    assert answer(brought, at, claim | {"b2": a(9)}) is WRONG
    assert answer(brought, at, claim | {"W1": np.full((3, 2), 50.0)}) is WRONG


def test_of_very_many_wrong_slopes_at_kinks_the_first_ones_speak_for_the_rest():
    def mixed(p):
        x, y = np.array(p.tolist()).reshape(2, -1)
        return float(np.sum(relu(x + y) - relu(x - y)))

    assert answer(mixed, np.zeros(40), np.zeros(40)) is OPEN
    assert answer(mixed, np.zeros(6), np.full(6, 3.0)) is WRONG


def test_where_a_function_jumps_that_is_the_reason():
    assert check_gradient(math.floor, 1.0, 1.0).verdict.because == JUMPS


# Random directions

A = np.random.default_rng(1).standard_normal((20, 20)) / 5
MANY = {"W": np.random.default_rng(2).standard_normal((60, 20)), "b": np.linspace(-1, 1, 40)}


def many(p):
    return (np.tanh(p["W"] @ A) ** 2).mean() + (p["b"] ** 3).sum()


def many_slopes(p):
    t = np.tanh(p["W"] @ A)
    return {"W": (2 * t * (1 - t * t) / t.size) @ A.T, "b": 3 * p["b"] ** 2}


def test_random_directions_check_many_parameters_at_once():
    report = check_gradient(many, MANY, many_slopes, directions=10)
    assert report.verdict.answer is RIGHT
    assert [row.name for row in report.rows][:2] == ["direction[0]", "direction[1]"]
    assert len(report.rows) == 10
    claims = many_slopes(MANY)
    assert answer(many, MANY, claims | {"b": 1.001 * claims["b"]}, directions=10) is WRONG
    with pytest.raises(AssertionError, match="10 of 10 numbers"):
        assert_gradient(many, MANY, claims | {"b": -claims["b"]}, directions=10)


def test_the_seed_chooses_the_directions():
    first, again, other = (
        check_gradient(many, MANY, many_slopes, directions=3, seed=seed).analytic.tolist()
        for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("function", "at", "claimed", "expected"),
    [
        (lambda p: 5 + relu(p).sum(), np.zeros(20), np.zeros(20), RIGHT),
        (lambda p: 5 + relu(p).sum(), np.zeros(20), np.full(20, 2.0), WRONG),
        (largest, a(0, 0), a(1, 1), WRONG),
        (largest, a(0, 0), a(0.5, 0.5), RIGHT),
        (lambda p: relu(p[0]) - relu(-p[1]), a(0, 0), a(0, 0), OPEN),
        (lambda p: relu(p[0]) - relu(-p[1]), a(0, 0), a(9, 9), WRONG),
        (lambda p: p.sum() * math.nan, a(0, 0), a(1, 1), OPEN),
        (saturated, {"t": a(-10, 1)}, {"t": a(-100, -3)}, RIGHT),
    ],
)
def test_directions_know_kinks_and_overflow(function, at, claimed, expected):
    assert answer(function, at, claimed, directions=10) is expected


def test_a_function_that_varies_is_found_along_directions_too():
    rng = np.random.default_rng(0)
    assert answer(lambda p: p.sum() + 1e-3 * rng.random(), a(1, 2), a(1, 1), directions=2) is OPEN


def test_networks_and_graphs_are_checked_along_directions():
    network = Network((2, 3, 1), ("tanh", "sigmoid"))
    parameters = network.initialize(seed=1)
    at = {**parameters, "X": X, "Y": [[0.0], [1.0]]}
    assert answer(network, at, None, directions=5) is RIGHT
    wrong = dict(network.loss_and_gradient(parameters, X, [[0.0], [1.0]])[1])
    wrong["W1"] = 1.5 * wrong["W1"]
    assert answer(network, at, wrong, directions=5) is WRONG


# Losses that are smaller than the rounding of what they are computed from


def probabilities(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def summed(scores):
    peak = scores.max(axis=1, keepdims=True)
    return np.log(np.exp(scores - peak).sum(axis=1)) + peak[:, 0] - scores[:, 0]


@pytest.mark.parametrize("sure", [14, 20, 28, 33, 36, 50, 400])
@pytest.mark.parametrize("loss", [summed, lambda s: -np.log(probabilities(s)[:, 0])])
def test_a_loss_that_rounding_made_0_accuses_no_right_slope(loss, sure):
    network = Network((2, 2), ("softmax",), "cross_entropy")
    X, Y = a(1, 0.5, 1.1, 0.2).reshape(2, 2), [[1, 0], [1, 0]]
    at = {"W1": a(sure / 2, 0, -sure / 2, 0.3).reshape(2, 2), "b1": a(0.1, 0)}
    exact = network.loss_and_gradient(at, X, Y)[1]
    wrong = {name: array + 0.01 for name, array in exact.items()}

    def mean(p):
        return np.mean(loss(X @ p["W1"].T + p["b1"]))

    assert answer(mean, at, exact) is not WRONG
    assert answer(mean, at, wrong) is WRONG
    graph, point = network.graph("layers"), network.batch(at, X, Y)
    assert check_gradient(graph, point).verdict.answer is not WRONG
    assert check_gradient(graph, point, wrong).verdict.answer is not RIGHT
