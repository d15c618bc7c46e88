"""An optimizer's rule as lines: letters, numbers, results."""

from dataclasses import dataclass

import numpy as np
import pytest

from backprop.notation.formula import Label
from backprop.notation.spoken import words
from backprop.stage.optimizers import rule_in_letters, rule_with_numbers, setting_label
from backprop.training.demo_optimizers import MACHINES, RACERS
from backprop.training.optimizers import OPTIMIZERS, Adam, GradientDescent, Optimizer
from backprop.web.mathml import mathml

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
        lines = rule_with_numbers(optimizer, known, Label("w"))
        move, state = optimizer.step(g, state, theta)
        assert len(lines) == len(kind.rule)
        assert lines[-1][2].exact == pytest.approx(move[0], rel=1e-12)


def test_a_line_stands_in_letters_and_in_numbers():
    ((letters, numbers, result),) = rule_with_numbers(
        GradientDescent(0.5), {"g": 3.0}, Label("w", "1")
    )
    assert words(letters) == "Δw 1 equals minus eta times g"
    assert words(numbers) == "minus 0.500 times 3"
    assert result.shown == "−1.500"


def test_the_gradients_number_has_the_colour_it_is_given():
    ((_, plain, _),) = rule_with_numbers(GradientDescent(), {"g": 3.0}, Label("w"))
    ((_, toned, _),) = rule_with_numbers(GradientDescent(), {"g": 3.0}, Label("w"), "backward")
    assert "backward" not in repr(plain)
    assert "backward" in repr(toned)


def test_a_letter_without_a_form_of_its_own_is_printed_as_it_is():
    @dataclass(frozen=True, slots=True)
    class Made(Optimizer):
        name, title = "made", "made"
        rule = (
            "u_max = maximum(u_max, abs(g))",
            "burst = exp(-log(u_max)) + minimum(sign(g), sqrt(u_max))",
            "move = -burst",
        )

    shown = [
        words(line[0]) for line in rule_with_numbers(Made(), {"g": 3.0, "u_max": 2.0}, Label("w"))
    ]
    assert shown[0].startswith("u max equals max the quantity u max and")
    assert "sign" in shown[1]
    assert shown[2] == "Δw equals minus burst"
    assert len(rule_in_letters(Made).lines) == 3


def test_a_setting_is_written_with_its_greek_letter():
    letters = {setting.name: setting_label(setting) for setting in Adam.settings()}
    assert letters["learning_rate"] == Label("η")
    assert letters["beta2"] == Label("β", "2")


@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_every_optimizer_says_its_rule_its_memory_and_its_source(kind):
    shown = rule_in_letters(kind)
    assert len(shown.lines) == len(kind.rule)
    assert len(shown.memory) == len(kind.memory)
    assert shown.about.endswith(".")
    assert "(" in shown.source
    assert all("<math" in mathml(line) for line in shown.lines)


def test_the_letters_are_those_of_the_settings():
    text = mathml(rule_in_letters(GradientDescent).lines[0])
    assert "learning_rate" not in text
    assert "η" in text or "𝜂" in text


def test_adam_remembers_three_things():
    assert rule_in_letters(Adam).memory[-1] == "steps taken"
