"""One step of a racer: all its numbers are the track's, and the rule comes to its move."""

import numpy as np
import pytest

from backprop.lessons.race_step import step_shown
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.spoken import words
from backprop.training.demo_optimizers import MACHINES, RACERS
from backprop.training.optimizers import Adam, AdamW, GradientDescent, Momentum
from backprop.training.race import track

KINDS = {**RACERS, **MACHINES}
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def bowl(x, y):
    """Return 3x² + 2xy + y² and its slopes."""
    return 3 * x * x + 2 * x * y + y * y, 6 * x + 2 * y, 2 * x + 2 * y


def shown(optimizer, number, steps=20, names=("x", "y"), slopes=bowl, **more):
    found = track(optimizer, slopes, (1.0, 2.0), steps)
    return found, step_shown(optimizer, optimizer.title, found, names, number, **more)


@EVERY
@pytest.mark.parametrize("number", [1, 2, 3, 20])
def test_the_rule_comes_to_the_move_of_the_track(kind, number):
    found, step = shown(kind(learning_rate=0.03), number)
    results = [result.exact for _, result in step.lines[-1].plugged]
    np.testing.assert_allclose(results, found.moves[number - 1], rtol=1e-12)
    assert len(step.lines) == len(kind.rule)
    moves = [coordinate.move.exact for coordinate in step.coordinates]
    assert moves == found.moves[number - 1].tolist()


@EVERY
def test_what_it_remembered_is_what_the_rule_starts_from(kind):
    found, step = shown(kind(learning_rate=0.03), 7)
    assert [memory.words for memory in step.memory] == [words for _, words in kind.memory]
    for memory, (name, _) in zip(step.memory, kind.memory, strict=True):
        numbers = [number.exact for number in memory.numbers]
        assert numbers == np.atleast_1d(found.memory[name][6]).tolist()


def test_the_gradient_comes_in_and_the_place_moves_by_the_move():
    _, step = shown(GradientDescent(0.1), 1)
    x, y = step.coordinates
    assert (x.gradient.exact, y.gradient.exact) == (10, 6)
    assert x.gradient.tone == "backward"
    assert words(x.slope) == "the derivative of f with respect to x"
    assert (x.before.shown, x.move.shown, x.after.shown, x.sign) == ("1", "−1", "0", "=")
    assert y.after.exact == pytest.approx(1.4)
    assert (step.value.exact, step.value_after.exact) == (11, pytest.approx(1.96))


def test_before_the_first_step_the_rule_has_no_numbers():
    _, step = shown(Adam(0.1), 0)
    assert (step.number, step.last) == (0, 20)
    assert all(line.plugged == () for line in step.lines)
    assert [coordinate.move.exact for coordinate in step.coordinates] == [0, 0]
    assert step.value == step.value_after
    assert [number.exact for memory in step.memory for number in memory.numbers] == [0] * 5


def test_the_count_of_steps_is_of_both_coordinates():
    _, step = shown(Adam(0.1), 5)
    assert [len(line.plugged) for line in step.lines] == [1, 2, 2, 2, 2, 2]
    assert [memory.numbers[0].exact for memory in step.memory][-1] == 4
    assert len(step.memory[-1].numbers) == 1


def test_the_pull_of_adamw_is_plugged_in_with_the_place():
    found, step = shown(AdamW(0.1, weight_decay=0.5), 3)
    numbers, _ = step.lines[-1].plugged[0]
    assert found.points[2, 0] in [part.exact for part in _numbers(numbers)]


def _numbers(formula):
    """Return the numbers in a formula."""
    if hasattr(formula, "exact"):
        return [formula]
    parts = getattr(formula, "parts", None) or [
        getattr(formula, name)
        for name in ("top", "bottom", "inside", "base", "exponent")
        if hasattr(formula, name)
    ]
    return [number for part in parts for number in _numbers(part)]


def test_the_coordinates_and_the_surface_are_called_as_they_are():
    _, step = shown(Momentum(0.1), 2, names=("w2_1_1", "b1_1"), letter=Label("L"))
    assert [c.label for c in step.coordinates] == [label_of("w2_1_1"), label_of("b1_1")]
    assert (
        words(step.coordinates[0].slope) == "the derivative of L with respect to w 1 1 of layer 2"
    )
    assert str(step.coordinates[0].change) == "Δw 1 1 of layer 2"
    assert step.letter == Label("L")


def test_a_racer_that_ended_shows_its_last_step_and_where_it_is():
    found, step = shown(GradientDescent(300.0), 20, steps=500)
    assert step.ended == ()
    last = len(found.moves)
    _, step = shown(GradientDescent(300.0), 500, steps=500)
    assert (step.number, step.last) == (last, last)
    assert f"Out after step {last}: " in step.ended
    assert step.value_after.shown == "∞"


def test_where_floats_raise_the_rule_still_comes_to_the_move():
    def steep(_x, _y):
        return 1.0, 1e200, 1.0

    found, step = shown(Adam(0.1), 1, steps=1, slopes=steep)
    assert [result.exact for _, result in step.lines[-1].plugged] == found.moves[0].tolist()
    assert step.lines[2].plugged[0][1].shown == "∞"
