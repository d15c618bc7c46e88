"""The question that a forward step can be asked."""

import pytest

from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.lessons.playground.lesson import LESSON as PLAYGROUND
from backprop.stage.choices import change
from backprop.stage.classroom.matching import find_matcher
from backprop.stage.walk.explanation import spoken


def matcher(lesson, step, **changes):
    return find_matcher(lesson, change(lesson.defaults, step=step, **changes), "value")


@pytest.mark.parametrize(
    ("step", "typed", "title"),
    [
        (0, "0.15*0.05 + 0.2*0.1 + 0.35", "Right"),
        (0, "0.0275", "The bias is left out"),
        (0, "0.5", "The weights are forgotten"),
        (1, "0.593", "Right"),
        (1, "0.3775", "The sigmoid is forgotten"),
        (8, "0.298", "Right"),
        (8, "0.597", "The ½ is lost"),
        (8, "0.2748", "One output only"),
    ],
)
def test_the_usual_slips_of_a_forward_step_are_known(step, typed, title):
    found = matcher(NETWORK, step)
    (key,) = found.match("", typed).verdicts
    assert spoken(found.outcomes[key].title) == title


@pytest.mark.parametrize(
    ("expression", "typed", "title"),
    [
        ("x + y", "15", "Multiplied instead of added"),
        ("x * y", "8", "Added instead of multiplied"),
        ("x - y", "2", "Subtracted the other way round"),
        ("x / y", "1.6667", "Divided the other way round"),
        ("x^y", "15", "Multiplied by the exponent"),
        ("max(x, y)", "3", "The smaller is taken for the larger"),
    ],
)
def test_another_operation_is_called_by_its_name(expression, typed, title):
    found = matcher(PLAYGROUND, 0, expression=expression, at={"x": 3.0, "y": 5.0})
    (key,) = found.match("", typed).verdicts
    assert spoken(found.outcomes[key].title) == title


def test_the_right_value_is_explained_by_how_it_is_computed():
    explanation = spoken(matcher(NETWORK, 0).question.explanation)
    assert explanation.endswith("0.0075 + 0.0200 + 0.3500 = 0.3775.")


def test_for_a_phone_stands_what_the_value_is_computed_from():
    words = [row[5] for row in matcher(NETWORK, 0).question.part.nodes]
    assert len(words) == 6
    assert any("z 1" in each and "asked" in each for each in words)
