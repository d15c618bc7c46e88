"""What a number can be predicted by without a network: its mean, and a straight line.

Notation:
    X   inputs [n, fan_in]     Y   targets [n, 1]     P   predictions, shaped like Y
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from backprop.engine.network import Network
from backprop.training.examples.features import fit_scaling
from backprop.training.examples.prepared import Data
from backprop.training.flat import Array

SMALLEST = 1e-12  # of the largest; along a direction as short as that the inputs say nothing


class Baseline(NamedTuple):
    """Predictions for all examples, from those to learn from; scaled as the targets are."""

    name: str
    train: Array
    test: Array


@lru_cache(maxsize=16)
def baselines(data: Data) -> tuple[Baseline, Baseline]:
    """Return what the mean of the targets and a straight line in the inputs predict.

    The line is that of least squares: P = c + X w, with c and w such that Σ (P − Y)² over the
    training examples is least; of several, the one with the smallest weights. With more inputs than
    one it is a plane.

    Args:
        data: the examples; their targets are numbers.
    """
    (X, Y), (X_test, Y_test) = data.train, data.test
    scaling = fit_scaling("standard", X)  # else large inputs drown the small ones
    mean = Y.mean(axis=0)
    w = _least_squares(scaling.apply(X), Y - mean)
    train, test = (mean + scaling.apply(x) @ w for x in (X, X_test))
    constant = Baseline("the mean", np.full_like(Y, mean), np.full_like(Y_test, mean))
    return constant, Baseline("a straight line", train, test)


def _least_squares(X: Array, Y: Array) -> Array:
    """Return the smallest w with the least Σ (X w − Y)², [fan_in, outputs].

    By the normal equations, Xᵀ X w = Xᵀ Y: for columns of mean 0 and deviation 1 they are as good
    as a decomposition of X, and take a tenth of its time.
    """
    lengths, directions = np.linalg.eigh(X.T @ X)
    kept = lengths > SMALLEST * lengths.max(initial=0.0)
    V = directions[:, kept]
    return np.asarray(V @ ((V.T @ (X.T @ Y)) / lengths[kept, None]))


def compute_loss(loss: str, P: Array, Y: Array) -> float:
    """Return the loss of this name, as a network with these predictions would have it."""
    size = Y.shape[1]
    same = Network((size, size), ("linear",), loss)
    return same.losses({"W1": np.eye(size), "b1": np.zeros(size)}, P, Y)[0]


def root_mean_square(P: Array, Y: Array) -> float:
    """Return √(mean of (P − Y)²): how far off predictions are, in the unit of Y."""
    return float(np.sqrt(np.mean((P - Y) ** 2)))
