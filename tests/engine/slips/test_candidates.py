"""What is fitted to a claim explains less than it seems to; each array may have its own slip."""

import numpy as np
import pytest

from backprop.engine.network import Network
from backprop.engine.slips import catalog as catalogue
from backprop.engine.slips.candidates import ONE_SCALED, PENALTY_SCALED, SCALED, SOME_SCALED
from backprop.engine.slips.fingerprint import UNKNOWN, fingerprint
from backprop.engine.slips.slip import STALE_WEIGHTS

TINY = Network((1, 1, 1), ("tanh", "linear"))
SMALL = Network((2, 2, 1), ("tanh", "sigmoid"))
LARGE = Network((3, 4, 2), ("sigmoid", "tanh"))
WITH_PENALTY = Network((2, 3, 2), ("tanh", "softmax"), "cross_entropy", l1=0.1, l2=0.5)


def drawn(network, seed=0, examples=1):
    rng = np.random.default_rng(seed)
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    Y = np.eye(network.sizes[-1])[rng.integers(network.sizes[-1], size=examples)]
    targets = Y if network.loss == "cross_entropy" else rng.random((examples, network.sizes[-1]))
    at = parameters, rng.normal(size=(examples, network.sizes[0])), targets
    return at, network.loss_and_gradient(*at)[1]


def names(suspects):
    return [suspect.slip.name for suspect in suspects]


def times(right, **factors):
    return {name: factors.get(name, 1.0) * array for name, array in right.items()}


@pytest.mark.parametrize("network", [TINY, Network((2, 1, 1), ("sigmoid", "sigmoid"))], ids=str)
@pytest.mark.parametrize("factor", [-2.44, 0.137, 1.618, 31.7])
def test_with_one_unit_and_one_example_no_learning_rate_and_no_factor_explains_anything(
    network, factor
):
    for seed in range(10):
        at, right = drawn(network, seed)
        suspects = fingerprint(network, *at, times(right, W1=factor, b1=factor))
        assert [suspect.slip for suspect in suspects] == [UNKNOWN]


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_a_round_learning_rate_is_not_fitted_so_one_unit_is_enough(rate):
    at, _ = drawn(TINY)
    wrong = STALE_WEIGHTS.gradient(TINY, *at, learning_rate=rate)
    (suspect,) = fingerprint(TINY, *at, wrong)
    assert suspect.slip is STALE_WEIGHTS
    assert suspect.sentence.endswith(f"The learning rate would be {rate:g}.")


def test_any_learning_rate_is_found_where_it_explains_more_numbers_than_one():
    at, _ = drawn(SMALL)
    wrong = STALE_WEIGHTS.gradient(SMALL, *at, learning_rate=0.1234)
    (suspect,) = fingerprint(SMALL, *at, wrong)
    assert suspect.slip is STALE_WEIGHTS
    assert suspect.sentence.endswith("The learning rate would be 0.1234.")


@pytest.mark.parametrize("rate", [-0.4, 40_000.0])
def test_a_learning_rate_that_nobody_takes_is_none(rate):
    at, _ = drawn(LARGE, examples=5)
    wrong = STALE_WEIGHTS.gradient(LARGE, *at, learning_rate=rate)
    assert "updated-weights" not in names(fingerprint(LARGE, *at, wrong))


@pytest.mark.parametrize(
    "slip",
    [
        *(catalogue.ONE_MINUS_A, catalogue.OTHER_SLOPE, catalogue.SLOPE_OF_Z),
        *(catalogue.NO_HIDDEN_SLOPE, catalogue.SLOPE_AT_ACTIVATION),
    ],
    ids=lambda slip: slip.name,
)
def test_a_slip_is_named_on_the_smallest_network_too(slip):
    for seed in range(10):
        at, _ = drawn(TINY, seed)
        assert names(fingerprint(TINY, *at, slip.gradient(TINY, *at))) == [slip.name]


def test_all_that_fit_equally_are_named_each_with_its_share():
    at, right = drawn(SMALL, examples=2)
    suspects = fingerprint(SMALL, *at, times(right, W1=2, b1=2, W2=2, b2=2))
    assert names(suspects) == ["half-lost", "sum-over-batch", "not-zeroed"]
    assert sum(suspect.confidence for suspect in suspects) == pytest.approx(1)
    assert "ran twice at the same point" in suspects[2].sentence


def test_some_arrays_may_be_multiplied_by_the_same_number():
    at, right = drawn(LARGE, examples=3)
    (suspect,) = fingerprint(LARGE, *at, times(right, W1=1.7, b1=1.7))
    assert (suspect.slip, suspect.arrays) == (SOME_SCALED, ("W1", "b1"))
    assert suspect.sentence.endswith("They are the right ones times 1.7.")


def test_each_array_may_be_multiplied_by_its_own_number():
    at, right = drawn(LARGE, examples=3)
    suspects = fingerprint(LARGE, *at, times(right, W2=7, b1=4))
    assert [(each.slip, each.arrays) for each in suspects] == [
        (ONE_SCALED, ("b1",)),
        (ONE_SCALED, ("W2",)),
    ]
    assert [each.sentence[-2] for each in suspects] == ["4", "7"]


@pytest.mark.parametrize("others", [{}, {"b1": 7}])
def test_a_factor_in_one_array_is_named_beside_the_slip_that_it_would_be_in_all(others):
    at, right = drawn(LARGE, examples=3)
    suspects = fingerprint(LARGE, *at, times(right, W2=2, **others))
    assert names(each for each in suspects if each.arrays == ("W2",)) == ["one-scaled", "half-lost"]


def test_different_arrays_may_have_different_slips():
    at, right = drawn(LARGE, examples=3)
    no_slope = catalogue.NO_OUTPUT_SLOPE.gradient(LARGE, *at)
    last = catalogue.BIAS_LAST.gradient(LARGE, *at)
    suspects = fingerprint(LARGE, *at, {**right, "W2": no_slope["W2"], "b1": last["b1"]})
    assert {each.arrays: each.slip.name for each in suspects} == {
        ("W2",): "no-output-slope",
        ("b1",): "bias-last-example",
    }


def test_what_one_slip_does_not_explain_is_said_to_be_unknown():
    at, right = drawn(LARGE, examples=3)
    rng = np.random.default_rng(1)
    claimed = times(right, W2=7) | {"W1": right["W1"] + rng.normal(size=(4, 3))}
    scaled, unknown = fingerprint(LARGE, *at, claimed)
    assert (scaled.slip, scaled.arrays) == (ONE_SCALED, ("W2",))
    assert (unknown.slip, unknown.arrays, unknown.confidence) == (UNKNOWN, ("W1",), 0)


def test_one_number_beside_unknown_ones_is_not_explained():
    at, right = drawn(LARGE, examples=3)
    rng = np.random.default_rng(1)
    claimed = {name: array + rng.normal(size=array.shape) for name, array in right.items()}
    assert [each.slip for each in fingerprint(LARGE, *at, claimed)] == [UNKNOWN]


def test_a_slip_and_a_factor_may_come_together():
    at, _ = drawn(LARGE, examples=5)
    wrong = catalogue.NO_OUTPUT_SLOPE.gradient(LARGE, *at)
    claimed = {name: 5 * array for name, array in wrong.items()}
    (suspect,) = fingerprint(LARGE, *at, claimed)
    assert suspect.slip is catalogue.NO_OUTPUT_SLOPE
    assert suspect.sentence.endswith("Besides, all is multiplied by 5.")


@pytest.mark.parametrize("slip", [catalogue.SLOPE_OF_Z, catalogue.SLOPE_BEFORE], ids=str)
def test_a_slip_may_be_made_in_the_hidden_layers_or_at_the_output_alone(slip):
    network = Network((2, 2, 2, 2), ("tanh", "sigmoid", "tanh"))
    at, _ = drawn(network, examples=4)
    for layers, where in (((1, 2), "the hidden layers"), ((3,), "the output")):
        wrong = slip.at_layers(*layers).gradient(network, *at)
        (suspect,) = fingerprint(network, *at, wrong)
        assert suspect.slip is slip
        assert suspect.sentence.endswith(f"It was made at {where} only.")


def test_the_penalty_may_be_multiplied_by_any_number_and_be_on_the_biases():
    at, right = drawn(WITH_PENALTY, examples=3)
    bare = catalogue.NO_PENALTY.gradient(WITH_PENALTY, *at)
    biases = catalogue.PENALTY_ON_BIASES.gradient(WITH_PENALTY, *at)
    on_weights = {name: bare[name] + 1.7 * (right[name] - bare[name]) for name in right}
    on_all = {name: bare[name] + 2 * (biases[name] - bare[name]) for name in right}
    (suspect,) = fingerprint(WITH_PENALTY, *at, on_weights)
    assert suspect.slip is PENALTY_SCALED
    assert suspect.sentence.endswith("The number is 1.7.")
    (suspect,) = fingerprint(WITH_PENALTY, *at, on_all)
    assert suspect.slip is catalogue.PENALTY_ON_BIASES
    assert suspect.sentence.endswith("Besides, it is multiplied by 2.")


def test_a_factor_near_a_round_one_is_itself():
    at, right = drawn(LARGE, examples=3)
    (suspect,) = fingerprint(LARGE, *at, {n: 2.003 * a for n, a in right.items()})
    assert suspect.slip is SCALED
    assert suspect.sentence.endswith("The number is 2.003.")


PRINTS = {
    "8 decimals": lambda a: np.round(a, 8),
    "4 decimals": lambda a: np.round(a, 4),
    "2 decimals": lambda a: np.round(a, 2),
    "4 digits": lambda a: np.vectorize(lambda x: float(f"{x:.3e}"), otypes=[float])(a),
    "float32": lambda a: a.astype(np.float32).astype(float),
}


@pytest.mark.parametrize("networks", [20, pytest.param(400, marks=pytest.mark.long)])
@pytest.mark.parametrize("rounded", PRINTS.values(), ids=PRINTS)
def test_a_right_gradient_is_not_accused_where_its_network_is_printed_too(rounded, networks):
    from tests.engine.slips.test_fingerprint import drawn as any_network  # as many kinds as there

    for seed in range(networks):
        network, each = any_network(seed)
        parameters, X, Y = next(each)
        right = network.loss_and_gradient(parameters, X, Y)[1]
        given = {name: rounded(array) for name, array in parameters.items()}
        claimed = {name: rounded(array) for name, array in right.items()}
        if any(array.any() for array in claimed.values()):  # of zeros alone no digit is known
            assert fingerprint(network, given, rounded(X), rounded(Y), claimed) == (), seed


@pytest.mark.parametrize("networks", [4, pytest.param(60, marks=pytest.mark.long)])
def test_a_slip_is_named_where_all_is_printed_with_four_decimals(networks):
    from tests.engine.slips.test_fingerprint import drawn as any_network

    rounded = PRINTS["4 decimals"]
    planted = named = 0
    for seed in range(networks):
        network, each = any_network(seed)
        parameters, X, Y = next(each)
        given = {name: rounded(array) for name, array in parameters.items()}
        for slip in catalogue.SLIPS.values():
            if not slip.fits(network, len(X)):
                continue
            wrong = slip.gradient(network, parameters, X, Y, learning_rate=0.1)
            claimed = {name: rounded(array) for name, array in wrong.items()}
            suspects = fingerprint(network, given, rounded(X), rounded(Y), claimed)
            planted += bool(suspects)
            named += slip in {suspect.slip for suspect in suspects}
    assert named >= 0.98 * planted > 15 * networks
