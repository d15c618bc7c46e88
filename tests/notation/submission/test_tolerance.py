"""Right gradients whose inputs were printed too are not accused, and slips beside them are.

The figures of the study (`make check-long`): of 2,000 right ones none is wrong; of the slips that
move an entry by more than the digits leave open 95 % are found, and none passes for right.
"""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from backprop.engine.differences.verdict import Answer
from backprop.engine.network import Network
from backprop.engine.slips.catalog import SLIPS
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import read_submission
from backprop.notation.submission.report import check_submission
from tests.notation.submission.printed_networks import (
    PRINTS,
    computed_in,
    formatted,
    json_of,
    numpy_print,
    random_network,
    text_of,
    torch_print,
)

CASES = Path(__file__).parents[2] / "reference" / "cases"
FEW = 10  # networks, of which a share tells nothing
long = pytest.mark.long


def answer_to(text, network):
    return judge(read_submission(text, network)).verdict.answer


def answers(texts):
    """Return how often each answer is given to texts and their networks."""
    return Counter(answer_to(text, network) for text, network in texts)


@pytest.mark.parametrize("path", sorted(CASES.glob("s_torch_*.txt")), ids=lambda path: path.stem)
def test_a_right_gradient_as_pytorch_prints_it_is_right(path):
    text = path.read_text()
    sizes = {"0": (2, 3, 1), "1": (4, 8, 3), "2": (3, 5, 2)}[str(int(path.stem[-1]) % 3)]
    network = Network(sizes, ("tanh", "linear"), "mean_squared_error")
    judgement = judge(read_submission(text, network))
    assert judgement.ok
    assert "Read as rounded: W1, b1, W2, b2" in judgement.text()
    assert "to 4 decimals" in judgement.text()
    wrong = re.sub(r"(b2.grad = tensor\(\[ *-?)", r"\g<1>9", text)  # 90 more
    assert answer_to(wrong, network) == Answer.WRONG


@pytest.mark.parametrize("count", [2, pytest.param(250, marks=long)])
@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("how", PRINTS)
def test_no_right_gradient_is_accused_for_the_digits_of_a_print(how, kind, count):
    def texts():
        for seed in range(count):
            network, *at = random_network(seed)
            yield text_of(*at, computed_in(kind, network, *at), PRINTS[how]), network

    counts = answers(texts())
    assert counts[Answer.WRONG] == 0
    if count > FEW:
        assert counts[Answer.RIGHT] >= (0.5 if how == "numpy 2" else 0.95) * count


def test_a_saturated_unit_in_few_digits_accuses_nobody():
    network, *at = random_network(1020)  # tanh of the output at 0.999998: 1 − a² keeps two digits
    text = json_of(*at, computed_in("float32", network, *at), "float32")
    assert answer_to(text, network) is not Answer.WRONG


@pytest.mark.parametrize("count", [2, pytest.param(100, marks=long)])
@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_no_right_gradient_is_accused_for_the_type_it_was_computed_in(kind, count):
    def texts():
        for seed in range(1000, 1000 + count):
            network, *at = random_network(seed)
            yield json_of(*at, computed_in(kind, network, *at), kind), network

    counts = answers(texts())
    assert counts[Answer.WRONG] == 0
    if count > FEW:
        assert counts[Answer.RIGHT] >= {"bfloat16": 0.25, "float16": 0.7}.get(kind, 1) * count


@pytest.mark.parametrize(("named", "coarse"), [("float16", True), ("half", True), ("", False)])
def test_a_type_that_a_print_names_counts_although_few_digits_hide_it(named, coarse):
    network, *at = random_network(5)
    gradient = {name: 1.001 * array for name, array in network.loss_and_gradient(*at)[1].items()}
    tail = f", dtype=torch.{named})" if named else ")"
    text = text_of(*at, gradient, numpy_print(8), lambda a: torch_print(a)[:-1] + tail)
    tolerance = check_submission(read_submission(text, network)).tolerance
    assert (tolerance.words == "float16") is coarse


def test_a_minus_before_0_is_what_rounding_left_of_a_number():
    network = Network((1, 2), ("linear",), "multiclass_hinge")
    text = "W1 = [[2.  ]\n [1.84]]\nb1 = [-0.11  0.3 ]\nX = [[-0.01]]\nY = [[1. 0.]]\n"
    slopes = "dW1 = [[ 0.]\n [{}0.]]\ndb1 = [-0.5  0.5]"
    assert answer_to(text + slopes.format("-"), network) == Answer.RIGHT
    assert answer_to(text + slopes.format(" "), network) == Answer.WRONG


MIXED = {
    "4 decimals, then 8": (torch_print, numpy_print(8)),
    "4 decimals, then all": (torch_print, lambda array: str(array.tolist())),
    "all, then 4": (lambda array: str(array.tolist()), torch_print),
    "NumPy's 4, then 8": (numpy_print(4), numpy_print(8)),
    "NumPy's 8, then 2": (numpy_print(8), numpy_print(2)),
    "%.6f, then 4": (formatted(".6f"), numpy_print(4)),
    "%.3f, then all": (formatted(".3f"), lambda array: str(array.tolist())),
    "%.3g": (formatted(".3g"), formatted(".3g")),
    "%.5g, then 8": (formatted(".5g"), numpy_print(8)),
    "%.2f": (formatted(".2f"), formatted(".2f")),
}


@pytest.mark.parametrize("count", [1, pytest.param(40, marks=long)])
@pytest.mark.parametrize("how", MIXED)
def test_no_right_gradient_is_accused_where_each_array_has_its_own_digits(how, count):
    def texts():
        for seed in range(2000, 2000 + count):
            network, *at = random_network(seed)
            yield text_of(*at, network.loss_and_gradient(*at)[1], *MIXED[how]), network

    assert answers(texts())[Answer.WRONG] == 0


def slips_of(seed, how, stride):
    """Yield whether a slip moves an entry by more than the digits leave open, and what is said."""
    network, *at = random_network(seed)
    right = network.loss_and_gradient(*at)[1]
    for slip in list(SLIPS.values())[seed % stride :: stride]:
        if not slip.fits(network, len(at[1])):
            continue
        wrong = slip.gradient(network, *at)
        if all(np.allclose(wrong[name], right[name], 1e-4, 1e-9) for name in right):
            continue  # it changes nothing here
        submission = read_submission(text_of(*at, wrong, PRINTS[how]), network)
        checked = check_submission(submission)
        open_ = checked.tolerance
        moves = any(
            np.any(np.abs(wrong[name] - right[name]) > open_.own[name] + open_.reach[name])
            for name in right
        )
        answer = judge(submission).verdict.answer if checked.ok else checked.verdict.answer
        yield moves, answer


@pytest.mark.parametrize(("networks", "stride"), [(4, 20), pytest.param(200, 1, marks=long)])
def test_slips_are_found_in_print_where_they_move_more_than_its_digits_leave_open(networks, stride):
    counts = Counter(
        each for seed in range(networks) for each in slips_of(seed, list(PRINTS)[seed % 4], stride)
    )
    large = {answer: counts[True, answer] for answer in Answer}
    assert large[Answer.WRONG] >= 0.95 * sum(large.values())
    assert counts[True, Answer.RIGHT] == counts[False, Answer.RIGHT] == 0


@pytest.mark.parametrize("half", [True, None])
def test_the_digits_of_a_gradient_are_those_it_had_before_it_was_divided(half):
    """A loss that is a multiple of ours: what is printed has 4 decimals, ours has more."""
    network, *at = random_network(1)  # mean squared error
    assert network.loss == "mean_squared_error"
    times = 0.5 if half else len(at[1]) * network.sizes[-1]
    gradient = network.loss_and_gradient(*at)[1]
    document = json.loads(json_of(*at, gradient, "float64"))
    document["gradient"] = {n: np.round(times * a, 4).tolist() for n, a in gradient.items()}
    document |= {"sizes": network.sizes, "activations": network.activations, "loss": network.loss}
    document |= {"half": True} if half else {"reduction": "sum"}
    judgement = judge(read_submission(json.dumps(document)))
    assert judgement.ok
    finest = min(array.min() for array in judgement.checked.tolerance.own.values())
    assert finest == pytest.approx(5e-5 / times, rel=0.01)


def test_the_digits_of_a_network_without_biases_are_those_of_its_weights():
    network, *at = random_network(1)
    parameters = {name: a if name[0] == "W" else 0 * a for name, a in at[0].items()}
    gradient = network.loss_and_gradient(parameters, *at[1:])[1]
    kept = [{n: a for n, a in arrays.items() if n[0] == "W"} for arrays in (parameters, gradient)]
    text = text_of(kept[0], *at[1:], kept[1], PRINTS["numpy 2"])
    submission = read_submission(text, network)
    assert submission.absent
    checked = check_submission(submission)
    assert checked.ok
    assert checked.tolerance.own["W1"].min() >= 5e-3


@pytest.mark.parametrize("how", ["torch", "numpy 4", "numpy 2"])
def test_right_intermediates_are_not_accused_for_the_digits_of_a_print(how):
    network = Network((3, 4, 2), ("tanh", "linear"), "mean_squared_error")
    rng = np.random.default_rng(7)
    parameters = {name: rng.normal(0, 0.5, shape) for name, shape in network.shapes.items()}
    X, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    gradient = network.loss_and_gradient(parameters, X, Y)[1]
    Z = X @ parameters["W1"].T + parameters["b1"]
    delta = (network.outputs(parameters, X) - Y) / 5
    inner = {"Z1": Z, "A1": np.tanh(Z), "dZ2": delta}
    text = text_of({**parameters, **inner}, X, Y, gradient, PRINTS[how])
    judgement = judge(read_submission(text, network))
    assert judgement.checked.ok
    assert judgement.nodes == ()
    wrong = {**inner, "A1": np.tanh(Z) + 0.3}
    text = text_of({**parameters, **wrong}, X, Y, gradient, PRINTS[how])
    assert [node.name for node in judge(read_submission(text, network)).nodes] == ["A1"]
    each = {**inner, "dZ2": 5 * delta}  # of each example alone
    text = text_of({**parameters, **each}, X, Y, gradient, PRINTS[how])
    assert "Your δ are 5 times ours" in judge(read_submission(text, network)).convention


@pytest.mark.parametrize(
    ("expression", "at", "claimed", "answer"),
    [
        ("sin(x)", 0.5, 0.88, Answer.RIGHT),  # 0.8776
        ("sin(x)", 0.5, 0.87, Answer.WRONG),
        ("exp(x)", 3.1, 22.2, Answer.RIGHT),  # 22.198
        ("exp(x)", 3.1, 22.1, Answer.WRONG),
    ],
)
def test_a_single_slope_of_two_digits_is_judged_by_them(expression, at, claimed, answer):
    document = {"expression": expression, "at": {"x": at}, "gradient": {"x": claimed}}
    assert judge(read_submission(json.dumps(document))).verdict.answer is answer
