"""An optimizer's rule in letters."""

import pytest

from backprop.lessons.train_rule import rule_in_letters
from backprop.training.optimizers import OPTIMIZERS, Adam, GradientDescent
from backprop.web.mathml import mathml


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
