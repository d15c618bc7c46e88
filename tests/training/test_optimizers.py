"""The optimizers, against PyTorch's paths, worked examples, and their own rules as text."""

import ast
import json
import operator
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backprop.training.optimizers import (
    OPTIMIZERS,
    Adagrad,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
    locked,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "optimizers.json"
PATHS = [
    pytest.param(row["optimizer"], row["learning_rate"], np.array(row["path"]), id=row["optimizer"])
    for row in json.loads(REFERENCE.read_text())["optimizers"]
]
EVERY = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())


def gradient_of_the_bowl(point):
    """Return the gradient of 3x² + 2xy + y²: (6x + 2y, 2x + 2y)."""
    x, y = point
    return np.array([6 * x + 2 * y, 2 * x + 2 * y])


def walk(optimizer, point, gradient, steps):
    """Return the points that are reached, the first one included."""
    state = optimizer.start(point)
    points = [point]
    for _ in range(steps):
        move, state = optimizer.step(gradient(point), state, point)
        point = point + move
        points.append(point)
    return np.array(points)


@pytest.mark.parametrize(("name", "learning_rate", "path"), PATHS)
def test_the_path_over_the_bowl_is_the_one_pytorch_takes(name, learning_rate, path):
    optimizer = OPTIMIZERS[name](learning_rate=learning_rate)
    ours = walk(optimizer, path[0], gradient_of_the_bowl, len(path) - 1)
    np.testing.assert_allclose(ours, path, rtol=0, atol=1e-10)


def test_every_optimizer_that_pytorch_has_follows_its_path():
    pytorch = {"gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"}
    assert {path.id for path in PATHS} == pytorch
    assert pytorch <= set(OPTIMIZERS)


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (GradientDescent(learning_rate=0.1), [1, 0.8, 0.64, 0.512]),
        (Momentum(learning_rate=0.1, momentum=0.9), [1, 0.8, 0.46, 0.062, -0.3086]),
    ],
    ids=["gradient_descent", "momentum"],
)
def test_the_first_steps_down_a_parabola_are_those_of_the_hand_calculation(optimizer, expected):
    ours = walk(optimizer, np.array([1.0]), lambda w: 2 * w, len(expected) - 1)
    assert ours[:, 0] == pytest.approx(expected, abs=1e-12)


@given(arrays(np.float64, 3, elements=st.floats(1e-3, 1e6) | st.floats(-1e6, -1e-3)))
def test_the_first_move_of_adam_is_the_learning_rate_against_the_sign_of_the_gradient(gradient):
    parameters = np.ones(3)
    optimizer = Adam(learning_rate=0.1)
    move, _ = optimizer.step(gradient, optimizer.start(parameters), parameters)
    np.testing.assert_allclose(move, -0.1 * np.sign(gradient), rtol=2e-5)


def test_the_first_move_of_momentum_is_that_of_gradient_descent():
    g = np.array([3.0, -4.0])
    plain, _ = GradientDescent(0.1).step(g, GradientDescent(0.1).start(g), g)
    heavy, _ = Momentum(0.1).step(g, Momentum(0.1).start(g), g)
    assert np.array_equal(plain, heavy)


def test_weight_decay_moves_a_parameter_whose_gradient_is_zero():
    parameters = np.array([2.0])
    optimizer = AdamW(learning_rate=0.1, weight_decay=0.5)
    move, _ = optimizer.step(np.zeros(1), optimizer.start(parameters), parameters)
    assert move[0] == pytest.approx(-0.1)


def test_the_defaults_are_those_pytorch_documents():
    defaults = {name: {s.name: s.default for s in o.settings()} for name, o in OPTIMIZERS.items()}
    adam = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    assert (
        defaults.items()
        >= {
            "gradient_descent": {"learning_rate": 1e-3},
            "momentum": {"learning_rate": 1e-3, "momentum": 0.9},
            "nesterov": {"learning_rate": 1e-3, "momentum": 0.9},
            "adagrad": {"learning_rate": 1e-2, "epsilon": 1e-10},
            "rmsprop": {"learning_rate": 1e-2, "alpha": 0.99, "epsilon": 1e-8},
            "adam": adam,
            "adamw": adam | {"weight_decay": 1e-2},
        }.items()
    )


OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
CALLED = {"sqrt": np.sqrt, "sign": np.sign, "abs": np.abs, "exp": np.exp, "log": np.log}
CALLED |= {"maximum": np.maximum, "minimum": np.minimum}


def evaluate(node, values):
    """Return the value of an expression in the small grammar of the rules; refuse any other."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -evaluate(operand, values)
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATIONS[type(op)](evaluate(left, values), evaluate(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in CALLED:
            return CALLED[name](*(evaluate(argument, values) for argument in arguments))
    raise AssertionError(f"A rule may not hold {ast.unparse(node)}.")


def follow(rule, values):
    """Return the values after the lines of a rule, one assignment each."""
    values = dict(values)
    for line in rule:
        (assignment,) = ast.parse(line).body
        assert isinstance(assignment, ast.Assign)
        (target,) = assignment.targets
        values[target.id] = evaluate(assignment.value, values)
    return values


def follow_optimizer(optimizer, gradient, state, parameters):
    """Return the move and the next state as the text of the rule has them."""
    settings = {f.name: getattr(optimizer, f.name) for f in fields(optimizer)}
    values = follow(optimizer.rule, settings | state | {"g": gradient, "theta": parameters})
    return values["move"], {name: values[name] for name in state}


NUMBERS = arrays(np.float64, 4, elements=st.floats(-100, 100))


@EVERY
@given(gradients=st.lists(NUMBERS, min_size=1, max_size=4), parameters=NUMBERS, data=st.data())
def test_the_code_does_what_the_rule_says(optimizer, gradients, parameters, data):
    shares = {
        s.name: data.draw(st.floats(s.lower, min(s.upper, 0.999)), label=s.name)
        for s in optimizer.settings()
        if s.name != "epsilon"
    }
    optimizer = optimizer(**shares)
    state = optimizer.start(parameters)
    for gradient in gradients:
        expected_move, expected_state = follow_optimizer(optimizer, gradient, state, parameters)
        move, state = optimizer.step(gradient, state, parameters)
        np.testing.assert_allclose(move, expected_move, rtol=1e-9, atol=1e-12)
        assert state.keys() == expected_state.keys()
        for name, value in state.items():
            np.testing.assert_allclose(value, expected_state[name], rtol=1e-12)


def test_a_rule_that_is_wrong_by_a_twentieth_of_a_percent_is_caught():
    wrong = ("v = momentum * v + g", "move = -learning_rate * 1.0005 * v")
    values = {"learning_rate": 0.1, "momentum": 0.9, "v": 1.0, "g": 2.0}
    right = follow(Momentum.rule, values)["move"]
    assert follow(wrong, values)["move"] != pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize("line", ["move = sin(g)", "move = g[0]", "move = g if t else v", "g"])
def test_a_rule_outside_the_grammar_is_refused(line):
    with pytest.raises(AssertionError):
        follow((line,), {"g": 1.0, "t": 1, "v": 1.0})


@EVERY
def test_a_step_changes_nothing_it_is_given(optimizer):
    optimizer = optimizer()
    gradient, parameters = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    _, state = optimizer.step(gradient, optimizer.start(parameters), parameters)
    before = {name: np.copy(value) for name, value in state.items()}
    first = optimizer.step(gradient, state, parameters)
    second = optimizer.step(gradient, state, parameters)
    np.testing.assert_equal(first, second)
    np.testing.assert_equal(state, before)
    assert gradient.tolist() == [1, -2]
    assert parameters.tolist() == [3, 4]


@EVERY
@given(gradients=st.lists(NUMBERS, min_size=1, max_size=4), theta=NUMBERS)
def test_a_state_that_a_loop_owns_gives_the_same_moves_to_the_last_bit(optimizer, gradients, theta):
    optimizer = optimizer(learning_rate=0.3)
    state = optimizer.start(theta)
    owned = optimizer.own(state, theta)
    for g in gradients:
        expected, state = optimizer.step(g, state, theta)
        move = optimizer.advance(g, owned, theta)
        np.testing.assert_array_equal(move, expected)
        np.testing.assert_equal(dict(owned), state)
        theta = theta + move


@EVERY
def test_what_a_loop_owns_is_a_copy_and_locking_it_copies_again(optimizer):
    optimizer, theta = optimizer(), np.array([3.0, 4.0])
    g = np.array([1.0, -2.0])
    _, state = optimizer.step(g, optimizer.start(theta), theta)
    before = {name: np.copy(value) for name, value in state.items()}
    owned = optimizer.own(state, theta)
    optimizer.advance(g, owned, theta)
    left = locked(owned)
    seen = {name: np.copy(value) for name, value in left.items()}
    optimizer.advance(g, owned, theta)
    np.testing.assert_equal(state, before)
    np.testing.assert_equal(left, seen)
    assert type(left) is dict
    assert not any(isinstance(x, np.ndarray) and x.flags.writeable for x in left.values())
    assert (g.tolist(), theta.tolist()) == ([1, -2], [3, 4])


@EVERY
def test_a_loop_may_change_the_optimizers_settings_between_steps(optimizer):
    g, theta = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    state = optimizer().start(theta)
    owned = optimizer().own(state, theta)
    for learning_rate in (0.5, 0.1, 0.02):
        expected, state = optimizer(learning_rate).step(g, state, theta)
        move = optimizer(learning_rate).advance(g, owned, theta)
        assert np.array_equal(move, expected)


@EVERY
def test_what_is_remembered_cannot_be_written_to(optimizer):
    optimizer = optimizer()
    parameters = np.ones(2)
    state = optimizer.start(parameters)
    _, after = optimizer.step(parameters, state, parameters)
    for value in (*state.values(), *after.values()):
        assert isinstance(value, int) or not value.flags.writeable


@EVERY
def test_the_state_is_what_the_memory_announces(optimizer):
    parameters = np.ones(3)
    state = optimizer().start(parameters)
    assert list(state) == [name for name, _ in optimizer.memory]
    _, after = optimizer().step(parameters, state, parameters)
    assert after.keys() == state.keys()
    for name, value in after.items():
        assert type(value) is int if name == "t" else value.shape == (3,)


@EVERY
def test_a_run_goes_on_from_a_state_that_was_written_to_json(optimizer):
    optimizer = optimizer(learning_rate=0.1)
    point = np.array([1.0, -2.0])
    _, state = optimizer.step(gradient_of_the_bowl(point), optimizer.start(point), point)
    text = json.dumps({name: np.asarray(value).tolist() for name, value in state.items()})
    back = {n: v if n == "t" else np.array(v) for n, v in json.loads(text).items()}
    expected = optimizer.step(gradient_of_the_bowl(point), state, point)
    np.testing.assert_equal(optimizer.step(gradient_of_the_bowl(point), back, point), expected)


@EVERY
def test_a_mapping_of_parameters_moves_as_its_flat_form_does(optimizer):
    optimizer = optimizer(learning_rate=0.1)
    parameters = {"W1": np.array([[1.0, 2.0], [3.0, 4.0]]), "b1": np.array([5.0, 6.0]), "a": 0.5}
    gradient = {"b1": [0.1, -0.2], "a": 7.0, "W1": [[1, -1], [2, 0]], "x1": 9.0}
    flat = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.5])
    flat_gradient = np.array([1.0, -1.0, 2.0, 0.0, 0.1, -0.2, 7.0])
    state, flat_state = optimizer.start(parameters), optimizer.start(flat)
    for _ in range(3):
        move, state = optimizer.step(gradient, state, parameters)
        flat_move, flat_state = optimizer.step(flat_gradient, flat_state, flat)
    assert list(move) == ["W1", "b1", "a"]
    assert np.array_equal(move["W1"], flat_move[:4].reshape(2, 2))
    assert np.array_equal(move["b1"], flat_move[4:6])
    assert move["a"] == flat_move[6]
    assert move["a"].shape == ()


def test_a_state_still_fits_when_the_names_come_back_in_another_order():
    parameters = {"W1": np.ones((2, 2)), "b1": np.zeros(2), "W2": np.ones((1, 2))}
    gradient = {name: array + 1 for name, array in parameters.items()}
    turned = {name: parameters[name] for name in ("b1", "W2", "W1")}
    _, state = Adam().step(gradient, Adam().start(parameters), parameters)
    expected, _ = Adam().step(gradient, state, parameters)
    move, _ = Adam().step(gradient, state, turned)
    np.testing.assert_equal(move, expected)


def test_a_gradient_of_another_shape_is_refused():
    parameters = {"W1": np.ones((2, 3))}
    with pytest.raises(AssertionError, match="W1"):
        Adam().step({"W1": np.ones((3, 2))}, Adam().start(parameters), parameters)


@EVERY
def test_an_infinite_gradient_gives_a_move_and_no_warning(optimizer):
    parameters = np.ones(1)
    state = optimizer().start(parameters)
    for _ in range(2):
        move, state = optimizer().step(np.array([np.inf]), state, parameters)
    assert move.shape == (1,)


@EVERY
def test_an_optimizer_cannot_be_changed(optimizer):
    with pytest.raises(FrozenInstanceError):
        optimizer().learning_rate = 1.0
    assert not hasattr(optimizer(), "__dict__")


@EVERY
def test_every_setting_can_be_asked_for_in_a_form(optimizer):
    settings = optimizer.settings()
    assert [s.name for s in settings] == [f.name for f in fields(optimizer)]
    for setting in settings:
        assert setting.lower <= setting.default <= setting.upper
        assert setting.label
        assert setting.symbol


@EVERY
def test_every_bound_of_a_setting_gives_a_finite_first_move(optimizer):
    parameters = np.array([1.0, -2.0])
    for setting in optimizer.settings():
        for bound in (setting.lower, setting.upper):
            at_bound = optimizer(**{setting.name: bound})
            move, _ = at_bound.step(parameters, at_bound.start(parameters), parameters)
            assert np.isfinite(move).all()


def test_an_optimizer_is_found_by_its_name():
    assert OPTIMIZERS["adagrad"] is Adagrad
    assert OPTIMIZERS["rmsprop"] is RMSprop
    assert OPTIMIZERS["nesterov"] is Nesterov
    assert all(optimizer.name == name for name, optimizer in OPTIMIZERS.items())
    assert "newton" not in OPTIMIZERS
