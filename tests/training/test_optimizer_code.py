"""Rules as code: what the grammar refuses, and that floats and arrays agree with the text."""

import math
import re
from dataclasses import dataclass

import numpy as np
import pytest

from backprop.training.optimizer_code import RuleError, evaluate, read_rule, split_line
from backprop.training.optimizers import Adam, GradientDescent, Optimizer
from backprop.training.race import track


def made(*lines, words=()):
    """Return an optimizer with this rule."""

    @dataclass(frozen=True, slots=True)
    class Made(Optimizer):
        name, title, rule, memory = "made", "made", lines, words

    return Made(learning_rate=0.5)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("move = tanh(g)", "“tanh” of 1 in “move = tanh(g)”: a rule knows abs of 1"),
        ("move = sqrt(g, g)", "“sqrt” of 2"),
        ("move = -rate * g", "No line of the rule sets “rate”. It knows g, theta, learning_rate"),
        ("move = g[0]", "holds g[0], which no rule may hold"),
        ("move = g if g else theta", "which no rule may hold"),
        ("move = g.T", "which no rule may hold"),
        ("move = True * g", "holds True"),
        ("move = 'g'", "which no rule may hold"),
        ("move = +g", "which no rule may hold"),
        ("move = sqrt(x=g)", "which no rule may hold"),
        ("move = (lambda: g)()", "which no rule may hold"),
        ("move = -g +", "is not a line “letter = expression”"),
        ("g", "is not a line “letter = expression”"),
        ("move = v = g", "is not a line “letter = expression”"),
        ("v = g", "No line of the rule sets “move”"),
        ("g = 2 * g", "“g” is given"),
        ("learning_rate = g", "“learning_rate” is given"),
        ("_s0 = g", "it begins with an underscore"),
        ("t = t + g", "“t” counts the steps"),
    ],
)
def test_a_wrong_rule_is_refused_with_a_sentence_when_its_class_is_made(line, message):
    others = () if message.startswith("No line of the rule sets “move”") else ("move = g",)
    with pytest.raises(RuleError, match=re.escape(message)):
        made(line, *others)


def test_a_memory_that_the_rule_does_not_keep_is_refused():
    with pytest.raises(RuleError, match="The rule of Made does not remember v"):
        made("move = -g", words=(("v", "velocity"),))


def test_what_is_remembered_are_the_letters_that_are_read_before_they_are_set():
    rule = read_rule(("u = v + g", "w = u", "v = w * t", "move = w", "t = t + 1"), ())
    assert rule.memory == ("v", "t")
    assert rule.varying == {"g", "theta", "move", "u", "v", "w"}
    assert made("v = v + g", "move = v").memory == (("v", "v"),)


def test_a_line_that_is_the_same_for_all_parameters_is_known_by_its_letters():
    lines = ("t = t + 1", "share = 1 - beta1 ** t", "m = share * m + g", "move = -m")
    assert read_rule(lines, ("beta1",)).varying == {"g", "theta", "move", "m"}
    assert split_line("v = alpha * v + g ** 2") == ("v", "alpha * v + g ** 2")


RULES = [
    ("move = g",),
    ("move = -g",),
    ("move = 2 * learning_rate",),
    ("move = 1 / (sqrt(abs(g)) + 1)",),
    ("move = learning_rate / g / 2",),
    ("move = g / (theta / 3) * theta",),
    ("move = (g / theta) / (g * theta)",),
    ("move = 1 - g",),
    ("move = -g - theta",),
    ("move = -g + theta - 2",),
    ("move = 3 * (2 * g - theta / 4 + 1)",),
    ("move = (2 * g + 3 * theta + 1) / 4",),
    ("move = -(2 * g + theta + 1)",),
    ("move = 3 * (2 * g - theta / 4) * theta",),
    ("move = -(g - theta)",),
    ("move = maximum(g, theta) - minimum(g, 0.5)",),
    ("move = exp(-abs(g)) * log(abs(theta) + 1) - sign(g) ** 3",),
    ("move = abs(g) ** learning_rate + learning_rate ** g + abs(g) ** theta",),
    ("move = sqrt(learning_rate) * sign(-learning_rate) * g ** 2.0",),
    ("move = maximum(learning_rate, 1) * minimum(learning_rate, 1) * abs(-2) * g",),
    ("move = exp(learning_rate) * log(learning_rate) * g",),
    ("u = v", "v = w + g", "w = u - g", "move = v"),  # the memories change places
    ("move = 0.9 * move - learning_rate * g",),
    ("u = v", "v = u * g + 1", "move = u + v"),
    ("v = learning_rate", "w = w + v", "move = w"),
    ("v = -(-v)", "w = v + g", "v = w", "move = -g / (-v - 3)"),
    ("t = t + 1", "v = v + g", "u = v / (1 - 0.5 ** t)", "v = v + 1", "move = u + v"),
    ("t = t + 1", "v = v + g ** 2", "move = g / (1 + sqrt(v / (1 - 0.5 ** t)))"),
    (
        "t = t + 1",
        "move = (g / (1 - 0.5 ** t) + 1) / t",
    ),
    (
        "unused = g * 2",
        "move = theta",
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=" ; ".join)
def test_arrays_pairs_and_single_lines_follow_the_text(rule):
    optimizer = made(*rule)
    theta = np.array([1.3, -0.4])
    state, memory = optimizer.start(theta), {name: np.zeros(2) for name, _ in optimizer.memory}
    owned, slopes = optimizer.own(state, theta), iter(np.random.default_rng(1).normal(size=(9, 2)))
    found = track(optimizer, lambda *_: (0.0, *next(slopes)), (1.3, -0.4), 5)
    for g, place, moved in zip(found.gradients, found.points, found.moves, strict=False):
        known = {"g": g, "theta": place, "learning_rate": np.array([0.5, 0.5]), **memory}
        for target, text in map(split_line, optimizer.rule):
            pairs = [{name: float(x[i]) for name, x in known.items()} for i in (0, 1)]
            known[target] = np.array([evaluate(text, pair) for pair in pairs])
        memory = {name: known[name] for name in memory}
        move, state = optimizer.step(g, state, place)
        np.testing.assert_allclose(move, known["move"], rtol=1e-12)
        np.testing.assert_allclose(moved, known["move"], rtol=1e-12)
        np.testing.assert_array_equal(optimizer.advance(g, owned, place), move)
        for name, x in memory.items():
            np.testing.assert_allclose(state[name], x[0] if name == "t" else x, rtol=1e-12)
            np.testing.assert_array_equal(owned[name], state[name])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (("move = g / (learning_rate - 0.5)",), math.inf),
        (("move = g * sqrt(-learning_rate)",), math.nan),
        (("move = g * log(learning_rate - 0.5)",), -math.inf),
        (("t = t + 1", "move = g / (1 - t)"), math.inf),
    ],
)
def test_a_number_that_floats_refuse_is_infinite_or_none_and_the_state_is_kept(rule, expected):
    optimizer, one = made(*rule), np.ones(1)
    move, state = optimizer.step(one, optimizer.start(one), one)
    np.testing.assert_array_equal(np.abs(move) * np.sign(expected), [expected])
    assert all(type(x) is int for x in state.values())


def test_what_floats_refuse_is_what_arrays_answer():
    assert evaluate("g ** 2", {"g": 1e200}) == math.inf
    assert evaluate("-g / v", {"g": 1.0, "v": 0.0}) == -math.inf
    assert math.isnan(evaluate("g / sqrt(v)", {"g": 0.0, "v": 0.0}))


@pytest.mark.parametrize("text", ["sign(x)", "maximum(x, 1)", "maximum(1, x)", "minimum(x, 1)"])
def test_nan_passes_through_every_function(text):
    assert math.isnan(evaluate(text, {"x": math.nan}))


def test_adams_corrections_cost_no_pass_over_an_array():
    owned = Adam().own(Adam().start(np.ones(3)), np.ones(3))
    assert (len(owned.buffers), len(owned.numbers)) == (2, 6)
    assert len(GradientDescent().own({}, np.ones(3)).buffers) == 1
