"""Tracks over a surface: they are PyTorch's, and each step is the optimizer's own."""

import json
from pathlib import Path

import numpy as np
import pytest

from backprop.engine.backward import gradient
from backprop.engine.expression import parse
from backprop.training.demo_optimizers import MACHINES, RACERS
from backprop.training.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, RMSprop
from backprop.training.race import track

KINDS = {**RACERS, **MACHINES}
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "races.json").read_text())
RACES = [
    pytest.param(row, id=f"{row['expression']}-{row['optimizer']}-{len(row['settings'])}")
    for row in REFERENCE["races"]
]


def slopes_of(expression):
    """Return the surface of an expression in x and y, with the gradient of its backward pass."""
    graph = parse(expression)

    def slopes(x, y):
        value, found = gradient(graph, {"x": x, "y": y})
        return value, found["x"], found["y"]

    return slopes


def rosenbrock(x, y):
    """Return (1 − x)² + 100(y − x²)² and its slopes."""
    return (
        (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x),
        -2 * (1 - x) - 400 * x * (y - x * x),
        200 * (y - x * x),
    )


def state_at(found, step):
    """Return what the optimizer remembered at a place of a track, as its own `step` takes it."""
    return {n: int(a[step]) if n == "t" else a[step] for n, a in found.memory.items()}


@pytest.mark.parametrize("row", RACES)
def test_the_track_is_the_one_pytorch_takes(row):
    optimizer = OPTIMIZERS[row["optimizer"]](**row["settings"])
    expected = np.array(row["points"])
    found = track(optimizer, slopes_of(row["expression"]), tuple(expected[0]), row["steps"][-1])
    assert found.end == ""
    off = np.abs(found.points[row["steps"]] - expected) / np.maximum(1, np.abs(expected))
    assert off.max() <= 1e-10


def test_pytorch_ran_each_of_its_optimizers_on_every_surface_and_with_other_settings():
    rows = REFERENCE["races"]
    assert REFERENCE["source"].startswith("PyTorch 2.13.0, float64")
    surfaces = {row["expression"] for row in rows}
    ran = {row["optimizer"] for row in rows}
    assert len(surfaces) == 6
    assert len(ran) == 7
    assert ran <= set(OPTIMIZERS)
    for surface in surfaces:
        on_it = [row for row in rows if row["expression"] == surface]
        assert {row["optimizer"] for row in on_it} == ran
        assert {len(r["settings"]) > 1 for r in on_it} == {True, False}


@EVERY
def test_each_step_is_the_optimizers_own(kind):
    optimizer = kind(learning_rate=0.0007)
    found = track(optimizer, rosenbrock, (-1.2, 1.0), 200)
    for step, move in enumerate(found.moves):
        g, theta = found.gradients[step], found.points[step]
        expected, after = optimizer.step(g, state_at(found, step), theta)
        np.testing.assert_allclose(move, expected, rtol=1e-12)
        for name, value in state_at(found, step + 1).items():
            np.testing.assert_allclose(value, after[name], rtol=1e-15)
        assert np.array_equal(found.points[step + 1], theta + move)
        assert rosenbrock(*found.points[step]) == (found.values[step], *g)


def test_a_track_begins_at_the_start_with_an_empty_memory():
    found = track(Adam(), rosenbrock, (-1.2, 1.0), 3)
    assert found.points[0].tolist() == [-1.2, 1.0]
    assert {name: array.shape for name, array in found.memory.items()} == {
        "m": (4, 2),
        "v": (4, 2),
        "t": (4,),
    }
    assert not any(array[0].any() for array in found.memory.values())
    assert found.memory["t"].tolist() == [0, 1, 2, 3]
    assert found.moves.shape == (3, 2)
    assert found.values.shape == (4,)


def test_a_race_of_no_steps_is_its_start():
    found = track(Momentum(), rosenbrock, (2.0, 3.0), 0)
    assert found.points.tolist() == [[2, 3]]
    assert found.moves.shape == (0, 2)
    assert found.end == ""


def test_a_track_cannot_be_written_to():
    found = track(Adam(), rosenbrock, (0.0, 0.0), 2)
    arrays = (found.points, found.values, found.gradients, found.moves, *found.memory.values())
    assert not any(array.flags.writeable for array in arrays)
    with pytest.raises(TypeError):
        found.memory["m"] = found.points


def test_a_racer_whose_value_overflows_stays_at_that_place():
    found = track(GradientDescent(300.0), slopes_of("3x^2 + 2x y + y^2"), (1.0, 2.0), 500)
    assert found.end == "value"
    assert found.values[-1] == np.inf
    assert np.isfinite(found.values[:-1]).all()
    assert np.isfinite(found.points).all()
    assert 0 < len(found.moves) < 500


def test_a_racer_whose_gradient_is_no_number_stays_at_that_place():
    found = track(
        GradientDescent(1.0), lambda x, y: (0.0, x, y / 0.5 if x > 0 else np.nan), (1, 1), 9
    )
    assert found.end == "gradient"
    assert np.isnan(found.gradients[-1, 1])
    assert len(found.moves) == 1


def test_nobody_is_asked_for_the_function_where_a_point_has_overflowed():
    asked = []

    def steep(x, y):
        asked.append((x, y))
        return 1.0, 1e308, 1.0

    found = track(GradientDescent(10.0), steep, (0.0, 0.0), 5)
    assert found.end == "point"
    assert asked == [(0.0, 0.0)]
    assert found.points[-1].tolist() == [-np.inf, -10]
    assert np.isnan([found.values[-1], *found.gradients[-1]]).all()


def test_a_start_that_has_no_value_ends_the_race_before_it_begins():
    found = track(Adam(), lambda *_: (np.inf, 1.0, 1.0), (1.0, 1.0), 10)
    assert (found.end, len(found.moves)) == ("value", 0)


@pytest.mark.parametrize(
    ("optimizer", "g"),
    [(RMSprop(epsilon=0.0), 0.0), (RMSprop(), 1e200), (Adam(), -1e200), (Adam(epsilon=0.0), 0.0)],
)
def test_where_floats_raise_the_step_is_the_one_of_arrays(optimizer, g):
    found = track(optimizer, lambda *_: (1.0, g, 1.0), (1.0, 1.0), 2)
    move, after = optimizer.step(found.gradients[0], state_at(found, 0), found.points[0])
    np.testing.assert_array_equal(found.moves[0], move)
    for name, value in state_at(found, 1).items():
        np.testing.assert_array_equal(value, after[name])
    assert np.isfinite(found.points).all() == (g != 0)
