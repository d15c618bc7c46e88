"""An optimizer's rule as lines: letters, numbers, results."""

import math

import numpy as np
import pytest

from backprop.lessons.update_rule import evaluate, lines_of, symbol_of
from backprop.notation.formula import Label
from backprop.notation.spoken import words
from backprop.training.demo_optimizers import MACHINES, RACERS
from backprop.training.optimizers import Adam, GradientDescent

KINDS = {**RACERS, **MACHINES}
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@EVERY
def test_the_last_line_gives_the_optimizers_move(kind):
    optimizer = kind(learning_rate=0.3)
    g, theta = np.array([-1.7]), np.array([0.4])
    state = optimizer.start(theta)
    for _ in range(3):
        known = {
            "g": -1.7,
            "theta": 0.4,
            **{name: float(np.ravel(x)[0]) for name, x in state.items()},
        }
        lines = lines_of(optimizer, known, Label("w"))
        move, state = optimizer.step(g, state, theta)
        assert len(lines) == len(kind.rule)
        assert lines[-1][2].exact == pytest.approx(move[0], rel=1e-12)


def test_a_line_stands_in_letters_and_in_numbers():
    ((letters, numbers, result),) = lines_of(GradientDescent(0.5), {"g": 3.0}, Label("w", "1"))
    assert words(letters) == "Δw 1 equals minus eta times g"
    assert words(numbers) == "minus 0.500 times 3"
    assert result.shown == "−1.500"


def test_the_gradients_number_has_the_colour_it_is_given():
    ((_, plain, _),) = lines_of(GradientDescent(), {"g": 3.0}, Label("w"))
    ((_, toned, _),) = lines_of(GradientDescent(), {"g": 3.0}, Label("w"), "backward")
    assert "backward" not in repr(plain)
    assert "backward" in repr(toned)


def test_what_floats_refuse_is_what_arrays_answer():
    assert evaluate("g ** 2", {"g": 1e200}) == math.inf
    assert evaluate("-g / v", {"g": 1.0, "v": 0.0}) == -math.inf
    assert math.isnan(evaluate("g / sqrt(v)", {"g": 0.0, "v": 0.0}))


def test_a_setting_is_written_with_its_greek_letter():
    letters = {setting.name: symbol_of(setting) for setting in Adam.settings()}
    assert letters["learning_rate"] == Label("η")
    assert letters["beta2"] == Label("β", "2")
