"""What is right and wrong of a claimed gradient, and where a computation first goes wrong."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from backprop.engine.network import Network
from backprop.notation.export.fixtures import fixtures
from backprop.notation.submission.intermediates import check_intermediates
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import Submission, read_submission
from backprop.notation.submission.report import KINK, check_submission

MAZUR = read_submission(fixtures()["mazur-2-2-2"])


def claimed(gradient, intermediates=None, of=MAZUR):
    return Submission(
        of.network, of.parameters, of.X, of.Y, gradient, intermediates or {}, "a test", ("Said.",)
    )


def with_entry(name, at, number):
    gradient = {key: np.array(array) for key, array in MAZUR.gradient.items()}
    gradient[name][at] = number
    return claimed(gradient)


def verdicts(submission):
    return [(each.name, each.verdict) for each in check_submission(submission).findings]


def test_a_right_gradient_is_right():
    checked = check_submission(MAZUR)
    assert checked.ok
    assert checked.sentence == "The gradient is right."
    assert {each.verdict for each in checked.findings} == {"right"}
    assert len(checked.findings) == 10


def test_the_worst_entry_stands_first():
    submission = with_entry("W2", (1, 0), 0.5)
    submission.gradient["b1"][0] *= 1.005
    assert verdicts(submission)[:2] == [("W2[1,0]", "wrong"), ("b1[0]", "uneasy")]
    assert {verdict for _, verdict in verdicts(submission)[2:]} == {"right"}
    checked = check_submission(submission)
    assert not checked.ok
    assert checked.sentence == "2 entries are wrong, and 8 right."
    first = checked.findings[0]
    assert (first.claimed, first.exact) == (0.5, MAZUR.gradient["W2"][1, 0])
    assert first.numeric == pytest.approx(first.exact, rel=1e-6)
    assert first.relative == pytest.approx(abs(0.5 - first.exact) / 0.5)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_claim_that_is_not_finite_is_neither_right_nor_wrong(number):
    submission = with_entry("b2", 0, number)
    assert verdicts(submission)[0] == ("b2[0]", "not finite")
    judgement = judge(submission)
    assert not judgement.ok
    assert str(judgement.verdict) == "cannot be judged, because b2[0] is not finite"
    assert judgement.data()["answer"] == "cannot be judged"


def test_nan_and_infinity_are_words_in_the_table():
    lines = judge(with_entry("b2", 0, -np.inf)).text().splitlines()
    assert lines[4].split()[:2] == ["b2[0]", "-Infinity"]
    assert lines[4].split()[-3:] == ["NaN", "not", "finite"]


def test_nan_where_the_exact_slope_is_nan_is_no_agreement():
    given = {"expression": "ln(x)", "at": {"x": "NaN"}, "gradient": {"x": "NaN"}}
    verdict = check_submission(read_submission(json.dumps(given))).verdict
    assert str(verdict) == "cannot be judged, because there is no value here"


def test_an_infinite_slope_is_neither_right_nor_wrong():
    for claim in ("Infinity", 3):
        given = {"expression": "sqrt(x)", "at": {"x": 0}, "gradient": {"x": claim}}
        verdict = check_submission(read_submission(json.dumps(given))).verdict
        assert str(verdict) == "cannot be judged, because x is not finite"


@pytest.mark.parametrize("digits", [4, 8])
def test_a_print_with_few_digits_is_right_to_its_digits(digits):
    rounded = {name: np.round(array, digits) for name, array in MAZUR.gradient.items()}
    checked = check_submission(claimed(rounded))
    assert checked.ok
    assert "as far as its digits tell" in checked.sentence


def test_what_was_computed_in_float32_is_right():
    single = {k: v.astype(np.float32).astype(float) for k, v in MAZUR.gradient.items()}
    assert check_submission(claimed(single)).ok


def test_an_entry_a_print_cannot_excuse_is_wrong_in_spite_of_few_digits():
    rounded = {name: np.round(array, 4) for name, array in MAZUR.gradient.items()}
    rounded["W2"][0, 0] += 0.0002
    assert verdicts(claimed(rounded))[0] == ("W2[0,0]", "uneasy")


def test_rounding_beside_an_exact_zero_is_right():
    given = {"expression": "x - x + y", "at": {"x": 1, "y": 1}, "gradient": {"x": 1e-17, "y": 1}}
    assert check_submission(read_submission(json.dumps(given))).ok


@pytest.mark.parametrize(
    ("slope", "ok"), [(0, True), (0.5, True), (1, True), (1.5, False), (-0.1, False)]
)
def test_at_a_kink_every_slope_between_the_two_sides_may_be_claimed(slope, ok):
    given = {"expression": "relu(x)", "at": {"x": 0}, "gradient": {"x": slope}}
    assert check_submission(read_submission(json.dumps(given))).ok is ok


@pytest.mark.parametrize(
    ("expression", "at", "slope", "verdict"),
    [
        ("abs(x)", 0, 1, "at a kink: either slope is right"),
        ("abs(x)", 0, -1, "at a kink: either slope is right"),
        ("max(x, 2x)", 0, 2, "at a kink: either slope is right"),
        ("relu(x)", 1e-5, 0.5, "wrong"),  # it lies nearby, and not here
        ("x^2", 0, 1, "wrong"),
    ],
)
def test_what_is_said_of_a_claim_at_a_kink(expression, at, slope, verdict):
    given = {"expression": expression, "at": {"x": at}, "gradient": {"x": slope}}
    judgement = judge(read_submission(json.dumps(given)))
    assert [each.verdict for each in judgement.checked.findings] == [verdict]
    assert ("kink" in judgement.checked.sentence) is judgement.ok


def test_a_difference_as_small_as_a_measured_slope_has_is_right():
    given = {"expression": "x^2", "at": {"x": 3}, "gradient": {"x": 6.0001}}
    assert check_submission(read_submission(json.dumps(given))).findings[0].verdict == "right"


def relu_at_zero():
    """Return a network with z exactly 0, and its gradient with slope 1 there."""
    network = Network((1, 2, 1), ("relu", "linear"))
    parameters = {
        "W1": np.array([[1.0], [0.5]]),
        "b1": np.array([-1.0, 0.25]),
        "W2": np.array([[0.5, -1.5]]),
        "b2": np.array([0.1]),
    }
    X, Y = np.array([[1.0]]), np.array([[2.0]])
    exact = network.loss_and_gradient(parameters, X, Y)[1]
    slope = exact["b2"][0] * parameters["W2"][0, 0]
    other = {name: np.array(array) for name, array in exact.items()}
    other["W1"][0, 0] = other["b1"][0] = slope
    return network, parameters, X, Y, other


def test_a_network_may_take_either_slope_of_relu_at_zero():
    network, parameters, X, Y, other = relu_at_zero()
    inner = {"dZ1": other["b1"][None, :]}
    judgement = judge(Submission(network, parameters, X, Y, other, inner, "a test"))
    assert judgement.ok
    assert judgement.nodes == ()
    assert Counter(each.verdict for each in judgement.checked.findings)[KINK] == 2
    more = {**other, "b1": other["b1"] + [other["b1"][0], 0]}
    assert not judge(Submission(network, parameters, X, Y, more, {}, "a test")).ok


@pytest.mark.parametrize(
    ("expression", "claim", "answer"),
    [
        ("max(x, y)", (1, 0), "right"),
        ("max(x, y)", (0.5, 0.5), "right"),
        ("max(x, y)", (1, 1), "wrong"),  # along (1, 1) the slope is 1
        ("relu(x - y) - relu(y - x)", (0, 0), "cannot be judged"),
        ("relu(x - y) - relu(y - x)", (1, -1), "right"),
        ("relu(x - y) - relu(y - x)", (3, 0), "wrong"),
    ],
)
def test_claims_at_a_kink_are_judged_together(expression, claim, answer):
    gradient = dict(zip("xy", claim, strict=True))
    given = {"expression": expression, "at": {"x": 1, "y": 1}, "gradient": gradient}
    assert judge(read_submission(json.dumps(given))).verdict.answer == answer


@pytest.mark.parametrize("slope_at_0", [0, 0.5, 1])
def test_a_convention_at_0_is_no_slip(slope_at_0):
    network = Network((2, 3, 1), ("relu", "linear"), "mean_squared_error")
    parameters = {name: np.zeros(shape) for name, shape in network.shapes.items()}
    parameters["W2"] = np.array([[0.7, -1.2, 0.4]])
    X, Y = np.array([[1.0, 2], [-0.5, 3], [0.3, -1]]), np.array([[1.0], [-2], [0.5]])
    before = -2 * Y / len(Y) @ parameters["W2"]
    claim = dict(network.loss_and_gradient(parameters, X, Y)[1])
    claim |= {"W1": slope_at_0 * before.T @ X, "b1": slope_at_0 * before.sum(axis=0)}
    judgement = judge(Submission(network, parameters, X, Y, claim, {}, "a test"))
    assert judgement.verdict.answer != "wrong"
    assert judgement.suspects == ()
    wrong = claim | {"b2": -claim["b2"]}
    assert (
        judge(Submission(network, parameters, X, Y, wrong, {}, "a test")).verdict.answer == "wrong"
    )


def test_a_gradient_of_0_is_right_where_a_loss_is_flat_and_turns_no_arrays():
    given = {
        **{"activations": ["softmax"], "loss": "cross_entropy", "Y": [[1, 0], [1, 0]]},
        **{
            "parameters": {"W1": [[400, 0], [-400, 0.3]], "b1": [0, 0]},
            "X": [[1, 0.5], [1.1, 0.2]],
        },
        "gradient": {"W1": [[0, 0], [0, 0]], "b1": [0, 0]},
    }
    assert judge(read_submission(json.dumps(given))).ok


@pytest.mark.parametrize(("expression", "x"), [("log(x)", -1), ("1/x", 0), ("sqrt(x)", -2)])
def test_where_there_is_no_value_nothing_can_be_said(expression, x):
    given = {"expression": expression, "at": {"x": x}, "gradient": {"x": -1}}
    judgement = judge(read_submission(json.dumps(given)))
    assert not judgement.ok
    assert judgement.checked.sentence == "There is no value here, so nothing can be said."
    assert judgement.checked.findings[0].verdict == "no value"
    assert judgement.suspects == ()


@pytest.mark.parametrize("number", [1e308, -1e308, 1e200, np.nan, np.inf])
@pytest.mark.parametrize("claim", [0.0, 1e308, np.nan, np.inf])
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "linear"])
def test_nothing_that_overflows_raises(number, claim, activation):
    network = Network((2, 2, 2), (activation, activation))
    parameters = {name: np.full(shape, number) for name, shape in network.shapes.items()}
    gradient = {name: np.full(shape, claim) for name, shape in network.shapes.items()}
    inner = {"dZ1": np.full((2, 2), claim), "Z1": np.full((2, 2), claim)}
    X, Y = np.array([[0.5, -1.0], [1.0, 2.0]]), np.ones((2, 2))
    judgement = judge(Submission(network, parameters, X, Y, gradient, inner, "a test"))
    assert judgement.text()


def small():
    """Return a submission whose gradient is small in the first layer."""
    network = Network((2, 2, 1), ("tanh", "linear"))
    parameters = network.initialize(3)
    parameters = {**parameters, "W2": parameters["W2"] * 1e-5}
    X, Y = np.array([[0.3, -0.4]]), np.array([[0.5]])
    gradient = network.loss_and_gradient(parameters, X, Y)[1]
    return network, parameters, X, Y, gradient


def test_zeros_of_a_print_with_4_decimals_are_right_to_their_digits():
    network, parameters, X, Y, gradient = small()
    printed = {name: np.round(array, 4) for name, array in gradient.items()}
    assert not printed["W1"].any()
    judgement = judge(Submission(network, parameters, X, Y, printed, {}, "a test"))
    assert judgement.checked.ok
    assert {each.verdict for each in judgement.checked.findings} == {"right, to its digits"}
    assert (
        "do not tell the right gradient from that of a slip" in judgement.text()
    )  # dW1 is all 0.0000
    wrong = {**printed, "W2": 0 * printed["W2"]}
    assert not judge(Submission(network, parameters, X, Y, wrong, {}, "a test")).ok


def test_zeros_alone_are_judged_by_the_decimals_of_the_text():
    given = '{"expression": "1e-6 * x", "at": {"x": 1}, "gradient": {"x": %s}}'
    assert judge(read_submission(given % "0.0000")).ok
    assert not judge(read_submission(given % "0.0")).ok
    assert not judge(read_submission(given % "0.0000000")).ok


def test_a_gradient_with_3_significant_digits_is_right_to_its_digits():
    short = {
        name: np.vectorize(lambda x: float(f"{x:.3g}"))(array)
        for name, array in MAZUR.gradient.items()
    }
    assert judge(claimed(short)).ok
    short["W2"] = short["W2"] * 1.1
    assert not judge(claimed(short)).ok


@pytest.mark.parametrize(("power", "words"), [(1, "are 3 times ours"), (-1, "divided by 3")])
def test_slopes_of_each_example_alone_are_a_convention(power, words):
    network = Network((2, 2, 1), ("tanh", "linear"))
    parameters = network.initialize(3)
    X, Y = np.array([[0.3, -0.4], [1.0, 0.5], [-0.7, 0.2]]), np.array([[0.5], [1.0], [0.0]])
    gradient = network.loss_and_gradient(parameters, X, Y)[1]
    outputs = network.outputs(parameters, X)
    delta = (outputs - Y) / 3 * 3.0**power
    brought = Submission(network, parameters, X, Y, gradient, {"dZ2": delta}, "a test")
    judgement = judge(brought)
    assert judgement.ok
    assert judgement.nodes == ()
    assert words in judgement.notes[-1]
    assert "that is a convention" in judgement.text()
    odd = replace(brought, intermediates={"dZ2": delta * 1.7})
    assert [node.name for node in judge(odd).nodes] == ["dZ2"]
    assert judge(odd).notes == ()
    wrong = replace(brought, gradient={name: 2 * array for name, array in gradient.items()})
    assert [node.name for node in judge(wrong).nodes] == ["dZ2"]


def test_a_single_wrong_slope_is_said_in_the_singular():
    given = {"expression": "x^2", "at": {"x": 3}, "gradient": {"x": 3}}
    judgement = judge(read_submission(json.dumps(given)))
    assert judgement.checked.sentence == "The entry is wrong."
    assert judgement.text().splitlines()[0] == "f = x^2, read from JSON"


def test_nothing_filled_in_is_told_as_that():
    judgement = judge(claimed({name: np.zeros_like(a) for name, a in MAZUR.gradient.items()}))
    assert judgement.checked.sentence == "Every entry is 0: is the backward pass filled in?"
    assert judgement.suspects == ()


def test_a_slip_is_named_in_one_sentence():
    judgement = judge(claimed({name: -array for name, array in MAZUR.gradient.items()}))
    assert judgement.checked.sentence == "All 10 entries are wrong."
    assert judgement.text().splitlines()[-1].startswith("Most likely (")
    assert judgement.data()["suspects"][0]["sentence"] in judgement.text()
    odd = claimed({name: np.sin(1e3 * array) for name, array in MAZUR.gradient.items()})
    assert judge(odd).text().splitlines()[-1] == judge(odd).suspects[0].sentence


def test_the_table_shows_the_worst_40_unless_asked_for_all():
    network = Network((8, 8, 1), ("tanh", "linear"))
    parameters, X, Y = network.initialize(), np.ones((1, 8)), np.ones((1, 1))
    gradient = network.loss_and_gradient(parameters, X, Y)[1]
    of = Submission(network, parameters, X, Y, gradient, {}, "a test")
    assert "  … and 41 more, all right" in judge(of).text()
    assert "more" not in judge(of).text(everything=True)
    wrong = claimed({name: 2 * array for name, array in gradient.items()}, of=of)
    assert "  … and 41 more, 41 of them wrong" in judge(wrong).text()
    assert "  note: Said." in judge(wrong).text()


def exact_pass():
    """Return the intermediates of the hand calculation, computed here by hand."""
    p, X, Y = MAZUR.parameters, MAZUR.X, MAZUR.Y
    arrays = {"Z1": X @ p["W1"].T + p["b1"]}
    arrays["A1"] = 1 / (1 + np.exp(-arrays["Z1"]))
    arrays["Z2"] = arrays["A1"] @ p["W2"].T + p["b2"]
    arrays["A2"] = A = 1 / (1 + np.exp(-arrays["Z2"]))
    arrays["dA2"] = A - Y
    arrays["dZ2"] = arrays["dA2"] * A * (1 - A)
    arrays["dA1"] = arrays["dZ2"] @ p["W2"]
    arrays["dZ1"] = arrays["dA1"] * arrays["A1"] * (1 - arrays["A1"])
    return arrays


def test_right_intermediates_are_all_right():
    assert check_intermediates(claimed(MAZUR.gradient, exact_pass())).wrong == ()


@pytest.mark.parametrize("name", list(exact_pass()))
def test_the_first_wrong_intermediate_is_found_in_the_order_of_the_computation(name):
    inner = exact_pass()
    order = list(inner)
    for later in order[order.index(name) :]:
        inner[later] = inner[later] + np.array([[0.1, 0.3]])
    wrong = check_intermediates(claimed(MAZUR.gradient, dict(reversed(inner.items())))).wrong
    assert [node.name for node in wrong] == order[order.index(name) :]
    assert wrong[0].entry == (0, 1)
    way = "on the way back" if name.startswith("d") else "on the way forward"
    assert f"The first wrong array {way} is {name}: at [0,1] it is" in wrong[0].sentence
    judgement = judge(claimed(MAZUR.gradient, inner))
    assert judgement.data()["first_wrong"] == [wrong[0].sentence]


def test_nan_among_intermediates_is_found():
    inner = {"A1": np.array([[np.nan, exact_pass()["A1"][0, 1]]])}
    (node,) = check_intermediates(claimed(MAZUR.gradient, inner)).wrong
    assert node.entry == (0, 0)


def test_a_linear_layer_and_softmax_have_activations_too():
    network = Network((2, 3, 2), ("linear", "softmax"), "cross_entropy")
    parameters, X, Y = network.initialize(), np.ones((1, 2)), np.eye(2)[:1]
    gradient = network.loss_and_gradient(parameters, X, Y)[1]
    Z = X @ parameters["W1"].T
    A = network.outputs(parameters, X)
    dA1 = (A - Y) @ parameters["W2"]
    inner = {"A1": Z, "A2": A, "dZ2": A - Y, "dA2": A, "dA1": dA1, "dZ1": dA1}
    assert (
        check_intermediates(Submission(network, parameters, X, Y, gradient, inner, "a test")).wrong
        == ()
    )


@pytest.mark.parametrize(
    ("rounded", "words"),
    [
        (lambda a: a.astype(np.float16).astype(float), "float16 tells; compute with more digits"),
        (lambda a: np.vectorize(lambda x: float(f"{x:.1e}"))(a), "its 2 significant digits tell;"),
        (lambda a: np.round(a, 2), "its 2 decimals tell; print more of them to be sure"),
    ],
)
def test_a_right_gradient_with_very_few_digits_is_right_to_its_digits(rounded, words):
    gradient = {name: rounded(array) for name, array in MAZUR.gradient.items()}
    checked = check_submission(claimed(gradient))
    assert checked.ok
    assert words in checked.sentence
    wrong = {name: rounded(1.3 * array) for name, array in MAZUR.gradient.items()}
    assert not check_submission(claimed(wrong)).ok


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e308])
def test_a_claim_of_any_size_is_told_without_a_warning(number):
    assert not judge(with_entry("W2", (0, 1), number)).ok


def test_an_entry_that_is_no_number_is_told_with_its_place():
    judgement = judge(with_entry("W2", (0, 1), np.nan))
    assert "W2[0,1] is NaN or infinite, and a number belongs there" in judgement.text()


def test_where_reverse_mode_follows_a_convention_its_number_cannot_be_judged():
    given = '{"expression": "relu(x) - relu(-x)", "at": {"x": 0}, "gradient": {"x": %d}}'
    verdict = check_submission(read_submission(given % 0)).verdict
    assert str(verdict).startswith("cannot be judged, because at a kink reverse mode follows")
    assert check_submission(read_submission(given % 1)).ok
    assert not check_submission(read_submission(given % 2)).ok


def test_what_only_an_unseen_rounding_would_explain_cannot_be_judged():
    """W2 has three decimals where the gradient has all: nobody can tell if it was rounded."""
    network = Network((2, 2, 1), ("tanh", "linear"))
    meant = network.initialize(5)
    X, Y = np.array([[0.3, -0.4], [1.0, 0.5]]), np.array([[0.5], [1.0]])
    gradient = network.loss_and_gradient(meant, X, Y)[1]
    read = {**meant, "W2": np.round(meant["W2"], 3)}
    brought = Submission(network, read, X, Y, gradient, {}, "a test")
    judgement = judge(brought)
    assert judgement.verdict.because == (
        "it is right if W2 was rounded, to 3 decimals, and wrong if not"
    )
    assert judgement.suspects == ()
    assert judgement.data()["answer"] == "cannot be judged"
    off = replace(brought, gradient={**gradient, "b2": gradient["b2"] + 0.1})
    assert judge(off).verdict.answer == "wrong"
    exact = network.loss_and_gradient(read, X, Y)[1]
    slip = {name: 1.00015 * array for name, array in exact.items()}
    judgement = judge(replace(brought, gradient=slip))
    assert (
        judgement.verdict.answer == "wrong"
    )  # a slip explains it, and nothing needs to be rounded
    assert judgement.suspects[0].slip.name == "scaled"
    here = replace(brought, ours=frozenset({"W2"}))
    assert judge(here).verdict.answer == "wrong"


@pytest.mark.parametrize(
    ("x", "claim", "answer"),
    [
        ("1.5708", "0", "cannot be judged, because it is right if x was rounded, to 4 decimals"),
        ("1.5708", "0.001", "wrong"),
        ("1.57", "0", "wrong"),  # two decimals are typed
        ("1.5707963267948966", "0.001", "wrong"),
    ],
)
def test_a_number_that_looks_rounded_may_have_been(x, claim, answer):
    given = f'{{"expression": "sin(x)", "at": {{"x": {x}}}, "gradient": {{"x": {claim}}}}}'
    judgement = judge(read_submission(given))
    assert str(judgement.verdict).startswith(answer)
