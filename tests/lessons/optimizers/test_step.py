"""What is said about a step is true of its numbers."""

import math

import numpy as np
import pytest

from backprop.lessons.optimizers.step import explain_end, explain_step, make_step
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.spoken import words
from backprop.stage.walk.explanation import spoken
from backprop.training.demo_optimizers import (
    MACHINES,
    RACERS,
    AdamMultiplied,
    AdamUncorrected,
    Rest,
    Uphill,
)
from backprop.training.optimizers import (
    Adagrad,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
)
from backprop.training.race import track

KINDS = {**RACERS, **MACHINES}


def bowl(x, y):
    """Return 3x² + 2xy + y² and its slopes."""
    return 3 * x * x + 2 * x * y + y * y, 6 * x + 2 * y, 2 * x + 2 * y


def said(optimizer, number, slopes=bowl, start=(1.0, 2.0)):
    return explain_step(optimizer, track(optimizer, slopes, start, 60), number)


@pytest.mark.parametrize(
    ("optimizer", "number", "expected"),
    [
        (GradientDescent(0.1), 9, "The move is the learning rate times the gradient, reversed."),
        (Uphill(0.1), 1, "the learning rate times the gradient, not reversed: a step uphill."),
        (Momentum(0.1), 1, "times the gradient, reversed: nothing is remembered yet."),
        (Nesterov(0.1), 1, "straight against the gradient, 1.9 times gradient descent's move."),
        (Adam(0.1), 1, "This first move is the learning rate against the sign of the gradient"),
        (Adagrad(0.1), 1, "is the learning rate against the sign of the gradient"),
        (RMSprop(0.1), 1, "is 10 learning rates against the sign of the gradient"),
        (AdamUncorrected(0.1), 1, "is 3.16 learning rates against the sign of the gradient"),
        (AdamMultiplied(0.1), 1, "is 10 learning rates against the sign of the gradient"),
        (Rest(), 3, "The move is zero, whatever the gradient says."),
        (GradientDescent(0.0), 3, "The learning rate is 0"),
        (AdamW(0.1), 4, "squared gradients and the place itself."),
    ],
)
def test_a_step_is_told_by_what_its_numbers_show(optimizer, number, expected):
    assert expected in said(optimizer, number)


def test_before_the_first_step_nothing_has_moved():
    assert said(Adam(), 0).startswith("Nothing has moved yet.")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_every_step_of_every_racer_is_told_truly(kind):
    optimizer = kind(learning_rate=0.02)
    found = track(optimizer, bowl, (1.0, 2.0), 60)
    for number in range(1, 61):
        g, move = found.gradients[number - 1], found.moves[number - 1]
        sentence = explain_step(optimizer, found, number)
        rises = float(g @ move) > 0
        if rises:
            assert "uphill" in sentence
        if "°" in sentence:
            cosine = -float(g @ move) / (np.linalg.norm(g) * np.linalg.norm(move))
            turned = float(sentence.partition("turns ")[2].partition("°")[0])
            assert math.degrees(math.acos(cosine)) == pytest.approx(turned, abs=0.51)
        if "learning rate times" in sentence:
            np.testing.assert_allclose(np.abs(move), 0.02 * np.abs(g), rtol=1e-9)


def test_two_slopes_of_the_same_size_do_not_show_that_only_the_sign_counts():
    assert "sign" not in said(Nesterov(0.1), 1, lambda *_: (1.0, 3.0, -3.0))


def test_where_the_gradient_is_zero_the_sentence_says_what_moves():
    rolled = said(Momentum(0.1), 2, lambda x, y: (x, 1.0, 2.0) if y == 2 else (x, 0.0, 0.0))
    assert rolled == "The gradient is zero here. The move comes from the velocity alone."
    at_rest = said(Momentum(0.1), 1, lambda x, _: (x, 0.0, 0.0))
    assert at_rest == "The gradient is zero here, and so is the move."


def test_a_move_that_an_infinite_memory_makes_zero_is_told():
    found = said(RMSprop(0.1), 1, lambda x, _: (x, 1e200, 1e200))
    assert found == "The move comes out as zero, though the gradient is not."


def test_a_move_that_is_no_number_is_called_so():
    assert said(RMSprop(epsilon=0.0), 1, lambda x, _: (x, 0.0, 1.0)) == (
        "The move is no finite number."
    )


def test_a_move_that_turns_less_than_half_a_degree_is_almost_straight():
    found = said(Momentum(0.1), 2, lambda x, _: (x, 1.0 + 1e-2 * x, 1.0))
    assert found == "The move goes almost straight downhill; how far depends on the velocity too."


def test_an_ending_says_after_which_step_and_what_is_no_number():
    found = track(GradientDescent(300.0), bowl, (1.0, 2.0), 500)
    words = spoken(explain_end(found, ("x", "y")))
    assert words.startswith(f"Out after step {len(found.moves)}: f is ∞ at x = ")
    assert words.endswith("¹⁵⁵.")
    assert explain_end(track(Adam(), bowl, (1.0, 2.0), 5), ("x", "y")) == ()


def test_an_ending_names_the_slope_that_is_no_number():
    found = track(Adam(), lambda x, _: (x, math.nan, math.inf), (1.0, 2.0), 5)
    assert spoken(explain_end(found, ("x", "w1_1_2"))) == (
        "Out at the start: the slope along x is not a number and w 1 2 of layer 1 is ∞ at x = 1, "
        "w 1 2 of layer 1 = 2."
    )


def test_an_ending_names_the_coordinate_that_overflowed():
    found = track(GradientDescent(10.0), lambda *_: (1.0, 1e308, 1.0), (1.0, 2.0), 5)
    assert spoken(explain_end(found, ("x", "y"))) == "Out after step 1: x is −∞."


STEP_KINDS = {**RACERS, **MACHINES}
EVERY = pytest.mark.parametrize("kind", STEP_KINDS.values(), ids=STEP_KINDS.keys())


def step_bowl(x, y):
    """Return 3x² + 2xy + y² and its slopes."""
    return 3 * x * x + 2 * x * y + y * y, 6 * x + 2 * y, 2 * x + 2 * y


def shown(optimizer, number, steps=20, names=("x", "y"), slopes=step_bowl, **more):
    found = track(optimizer, slopes, (1.0, 2.0), steps)
    return found, make_step(optimizer, found, names, number, **more)


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
