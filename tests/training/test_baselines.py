"""What a number can be predicted by without a network: its mean, and a straight line."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.training.baselines import baselines, compute_loss, root_mean_square
from backprop.training.datasets import Dataset
from backprop.training.examples.prepared import prepare
from backprop.training.examples.reading import read_table
from backprop.training.examples.table import to_dataset
from backprop.training.examples.use import guess

CAR = Path(__file__).parents[1] / "reference" / "cases" / "c10_car.csv"
HALF = "half_squared_error"


def prepared(X, Y, share=100, targets="none", scaling="none"):
    X, Y = np.asarray(X, float), np.asarray(Y, float).reshape(-1, 1)
    data = Dataset(
        name="own",
        title="",
        about="",
        source="",
        features=tuple(f"n{k}" for k in range(X.shape[1])),
        units=("",) * X.shape[1],
        classes=(),
        labels=("",) * len(X),
        example="row",
        X=X,
        Y=Y,
    )
    return prepare(data, (), scaling, share, 1, targets)


def test_cars_by_mileage_have_the_losses_of_the_textbook():
    table = read_table(CAR.read_bytes())
    data = prepare(to_dataset(table, guess(table)), (), "standard", 100, 1)
    mean, line = baselines(data)
    price = data.dataset.Y
    assert compute_loss(HALF, mean.train, price) == pytest.approx(np.var(price) / 2, rel=1e-12)
    km = np.column_stack([np.ones(6), data.dataset.X])
    w, residual, *_ = np.linalg.lstsq(km, price, rcond=None)
    assert compute_loss(HALF, line.train, price) == pytest.approx(float(residual[0]) / 12, rel=1e-9)
    assert root_mean_square(line.train, price) == pytest.approx(553.26, abs=0.01)
    np.testing.assert_allclose(line.train, km @ w, rtol=1e-9)


def test_the_line_is_that_of_the_examples_to_learn_from():
    x = np.arange(20.0)[:, None]
    data = prepared(x, np.where(np.arange(20) < 10, 3 * x[:, 0] + 1, 0), share=50)
    mean, line = baselines(data)
    assert len(line.train) == len(line.test) == 10
    assert np.ptp(mean.test) == 0
    assert mean.test[0] == pytest.approx(data.train.Y.mean())


@given(st.integers(0, 999), st.integers(2, 30), st.integers(1, 5), st.sampled_from([1, 1e-6, 1e6]))
def test_nothing_linear_does_better_than_the_line(seed, rows, columns, size):
    rng = np.random.default_rng(seed)
    X, Y = size * rng.normal(size=(rows, columns)) + size, rng.normal(size=rows)
    data = prepared(X, Y)
    _, line = baselines(data)
    full = np.column_stack([np.ones(rows), X / size])
    w = np.linalg.lstsq(full, data.dataset.Y, rcond=None)[0]
    assert root_mean_square(line.train, data.dataset.Y) == pytest.approx(
        root_mean_square(full @ w, data.dataset.Y), rel=1e-6, abs=1e-9
    )


def test_columns_that_say_the_same_twice_and_constant_ones_do_no_harm():
    x = np.arange(8.0)
    X = np.column_stack([x, x, 1 - x, np.full(8, 5.0)])
    _, line = baselines(prepared(X, 2 * x + 1))
    np.testing.assert_allclose(line.train[:, 0], 2 * x + 1, atol=1e-9)
    _, flat = baselines(prepared(np.full((4, 1), 3.0), [1, 2, 3, 6]))
    np.testing.assert_allclose(flat.train, 3)


def test_the_loss_is_the_one_that_is_named():
    P, Y = np.array([[1.0], [4.0]]), np.array([[0.0], [2.0]])
    for name, loss in (("half_squared_error", 1.25), ("mean_squared_error", 2.5)):
        assert compute_loss(name, P, Y) == loss
