"""The lines of a backward pass: a program that gives the engine's gradient."""

import numpy as np
import pytest

from backprop.lessons.find_the_bug.bug import find_right
from backprop.lessons.find_the_bug.code import print_lines, say
from backprop.lessons.find_the_bug.examples import find_example
from backprop.notation.formula import Label
from tests.lessons.find_the_bug.programs import run

EXAMPLES = ("by-hand", "tanh", "relu", "xor", "iris", "deep", "penalized")


def test_the_hand_calculation_is_ten_lines_of_numpy():
    assert print_lines(find_example("by-hand").writing.lines) == (
        "def backward(x, t, W1, W2, h, o):",
        "    do  = o - t",
        "    dz2 = do * o * (1 - o)",
        "    dW2 = np.outer(dz2, h)",
        "    db2 = dz2",
        "    dh  = W2.T @ dz2",
        "    dz1 = dh * h * (1 - h)",
        "    dW1 = np.outer(dz1, x)",
        "    db1 = dz1",
        "    return dW1, db1, dW2, db2",
    )


def test_a_batch_is_written_in_capitals_and_says_how_many_examples_there_are():
    assert print_lines(find_example("iris").writing.lines)[:4] == (
        "def backward(X, T, W1, W2, Z1, H, P):",
        "    m   = len(X)",
        "    dZ2 = (P - T) / m",
        "    dW2 = dZ2.T @ H",
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_right_lines_run_and_give_the_gradient_of_the_engine(name):
    example = find_example(name)
    setup = example.setup
    right = setup.network.loss_and_gradient(setup.parameters, setup.X, setup.Y)[1]
    made = run(example, example.writing.lines)
    for array, gradient in right.items():
        np.testing.assert_allclose(made[array], gradient, rtol=1e-12, atol=1e-15)
        np.testing.assert_array_equal(find_right(example)[array], gradient)


def test_code_in_a_sentence_becomes_a_label():
    assert say("`dW2` is right.") == (Label("dW2"), " is right.")
