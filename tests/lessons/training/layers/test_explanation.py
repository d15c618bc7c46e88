"""What each step says, and what it says where something is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.network import Network
from backprop.lessons.training.layers.explanation import explain
from backprop.lessons.training.layers.steps import layer_steps
from backprop.stage.walk.explanation import spoken

NETWORK = Network((2, 3, 1), ("relu", "sigmoid"))


def run(network=NETWORK, X=None, **more):
    X = np.random.default_rng(2).normal(size=(4, 2)) if X is None else X
    at = network.initialize() | more
    with np.errstate(all="ignore"):
        batch = network.batch(at, X, np.ones((len(X), network.sizes[-1])))
        return differentiate(network.graph("layers"), batch)


def said(trace, kind, name, part=2):
    """Return headline (0), lede (1) or sentence (2) of the step that computes something."""
    for step, stop in enumerate(layer_steps(trace.graph)):
        if stop.kind == kind and name in [trace.graph.nodes[i].name for i in stop.nodes]:
            return spoken(explain(trace, step, frozenset())[part])
    raise AssertionError(name)


def test_every_headline_asks_one_question_but_the_last():
    trace = run()
    headlines = [
        spoken(explain(trace, n, frozenset())[0]) for n in range(len(layer_steps(trace.graph)))
    ]
    assert all(headline.endswith("?") for headline in headlines[:-1])
    assert headlines[-1] == "Backpropagation ends here."


@pytest.mark.parametrize("rows", [1, 4])
def test_no_word_is_one_that_the_house_does_without(rows):
    network = Network((2, 3, 2), ("tanh", "softmax"), "cross_entropy", l1=0.1, l2=0.1)
    trace = run(network, np.ones((rows, 2)))
    for step in range(len(layer_steps(trace.graph))):
        text = " ".join(map(spoken, explain(trace, step, frozenset())))
        assert not {"just", "simply", "obviously"} & set(text.lower().split())
        assert "!" not in text
        assert "1 examples" not in text


def test_the_optimizer_is_named_only_at_the_end():
    trace = run()
    texts = [
        " ".join(map(spoken, explain(trace, n, frozenset())))
        for n in range(len(layer_steps(trace.graph)))
    ]
    assert [n for n, text in enumerate(texts) if "optimizer" in text] == [len(texts) - 1]
    assert "13 slopes" in texts[-1]


def test_no_gradient_is_asked_of_the_inputs_and_it_is_said():
    assert "X is data: no gradient is asked of it." in said(run(), "slope", "W1")
    assert "data" not in said(run(), "slope", "W2")


def test_overflow_is_named_with_its_place_from_there_on():
    X = np.ones((4, 2))
    X[2] = 1e200
    trace = run(X=X, W1=np.full((3, 2), 1e200))
    overflow = "Z 1 overflows in row 3 (example 3, unit 1)"
    assert said(trace, "value", "Z1").startswith(overflow)
    assert said(trace, "slope", "W2").startswith(overflow)


def test_nan_is_named_where_it_begins():
    trace = run(X=np.ones((2, 2)), W1=np.array([[np.inf, -np.inf], [0, 0], [0, 0]]))
    assert said(trace, "value", "A1").startswith("W 1 is not a finite number")
    trace, z = run(), 5
    values = list(trace.values)
    values[trace.graph.position("Z1")] = np.where(np.arange(12).reshape(4, 3) == z, np.nan, 1.0)
    broken = replace(trace, values=tuple(values))
    assert "begins at Z 1 in row 2 (example 2, unit 3)" in said(broken, "value", "A1")


def test_a_gradient_that_overflows_is_named_as_one():
    network = Network((2, 3, 1), ("linear", "linear"))
    trace = run(network, np.zeros((2, 2)), W2=np.full((1, 3), 1e300), b2=np.array([1e150]))
    assert said(trace, "slope", "Z1").startswith("The gradient at Z 1 overflows")


def test_units_that_pass_nothing_on_are_named():
    trace = run(b1=np.array([-9.0, 1.0, -9.0]))
    assert "Units 1 and 3 are 0 for every example" in said(trace, "value", "A1")
    assert "Units 1 and 3 get a gradient of 0" in said(trace, "slope", "Z1")
    one = run(b1=np.array([9.0, -9.0, 9.0]))
    assert "Unit 2 is 0 for every example" in said(one, "value", "A1")
    assert "Unit 2 gets a gradient of 0" in said(one, "slope", "Z1")


def test_of_many_units_it_says_how_many():
    network = Network((2, 9, 1), ("relu", "linear"))
    trace = run(network, b1=np.full(9, -99.0))
    assert "9 of 9 units are 0" in said(trace, "value", "A1")


def test_a_penalty_is_said_to_add_a_summand():
    one = run(Network((2, 1), ("linear",), l2=0.1))
    assert "a penalty: a second summand" in said(one, "slope", "W1", 1)
    two = run(Network((2, 1), ("linear",), l1=0.1, l2=0.1))
    assert "two penalties: two more summands" in said(two, "slope", "W1", 1)
    assert "objective" in said(two, "value", "J", 1)
    assert "Biases cost nothing" in said(two, "value", "R1", 1)


def test_a_shared_bias_sums_everything():
    assert "each column is added up" in said(run(), "slope", "b1", 1)
    shared = run(Network((2, 3, 1), ("relu", "sigmoid"), shared_biases=True))
    assert "all entries are added up" in said(shared, "slope", "b1", 1)
