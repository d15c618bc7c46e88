"""What a network is given instead of the bare columns: more of them, and on a scale that suits it.

Notation:
    X   the features, one row per example [n, features]
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backprop.engine.errors import InputError, ShapeError, UnknownNameError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Feature:
    """A column that is computed from the two coordinates of a point.

    Attributes:
        name: how an address spells it.
        label: how it is printed.
        of: its values [n], from the points [n, 2].
    """

    name: str
    label: str
    of: Callable[[Array], Array]


FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        feature.name: feature
        for feature in (
            Feature("x1", "x₁", lambda X: X[:, 0]),
            Feature("x2", "x₂", lambda X: X[:, 1]),
            Feature("x1x1", "x₁²", lambda X: X[:, 0] * X[:, 0]),
            Feature("x2x2", "x₂²", lambda X: X[:, 1] * X[:, 1]),
            Feature("x1x2", "x₁x₂", lambda X: X[:, 0] * X[:, 1]),
            Feature("sinx1", "sin x₁", lambda X: np.sin(X[:, 0])),
            Feature("sinx2", "sin x₂", lambda X: np.sin(X[:, 1])),
        )
    }
)


def expand(X: ArrayLike, names: Sequence[str]) -> Array:
    """Return the named features of points in a plane, [n, names] in that order.

    Args:
        X: the points, [n, 2].
        names: keys of FEATURES, at least one.

    Raises:
        ShapeError: the points have not two coordinates.
        UnknownNameError: there is no feature of this name.
        InputError: no feature is named.
    """
    X = np.asarray(X, float)
    if X.ndim != 2 or X.shape[1] != 2:
        what = "These features are made from two columns, x₁ and x₂."
        raise ShapeError(what, hint="Use the data's own columns.", at="features")
    if not names:
        what = "No feature is chosen, so the network sees nothing."
        raise InputError(what, hint="Choose at least one, such as x1.", at="features")
    return np.column_stack([_find(name).of(X) for name in names])


def _find(name: str) -> Feature:
    if name not in FEATURES:
        raise UnknownNameError(
            f"There is no feature “{name[:40]}”.",
            hint=f"There are {', '.join(FEATURES)}.",
            at="features",
        )
    return FEATURES[name]


SCALINGS: Mapping[str, str] = MappingProxyType(
    {
        "none": "as they are",
        "standard": "mean 0 and standard deviation 1",
        "unit": "from 0 to 1",
    }
)


@dataclass(frozen=True, slots=True)
class Scaling:
    """Each column shifted and divided: scaled = (X − shift) / scale.

    Attributes:
        kind: a key of SCALINGS.
        shift, scale: one number per column; no scale is 0.
    """

    kind: str
    shift: tuple[float, ...]
    scale: tuple[float, ...]

    def apply(self, X: ArrayLike) -> Array:
        """Return the columns as the network sees them."""
        return np.asarray((np.asarray(X, float) - self.shift) / self.scale)

    def undo(self, X: ArrayLike) -> Array:
        """Return scaled columns in their own units again, exactly but for rounding."""
        return np.asarray(np.asarray(X, float) * self.scale + self.shift)


def fit_scaling(kind: str, X_train: ArrayLike) -> Scaling:
    """Return the scaling that the training rows call for; the test rows have no say in it.

    A column that is the same in every training row is shifted only: its scale is 1.

    Args:
        kind: "none", "standard" (mean 0, standard deviation 1) or "unit" (from 0 to 1).
        X_train: the training rows, [n, features], at least one.

    Raises:
        UnknownNameError: there is no scaling of this name.
    """
    X = np.asarray(X_train, float)
    if kind not in SCALINGS:
        names = ", ".join(SCALINGS)
        raise UnknownNameError(
            f"There is no scaling “{kind[:40]}”.", hint=f"There are {names}.", at="scaling"
        )
    low, high = X.min(axis=0), X.max(axis=0)
    if kind == "none":
        shift, scale = np.zeros(X.shape[1]), np.ones(X.shape[1])
    elif kind == "standard":
        shift, scale = X.mean(axis=0), X.std(axis=0)
    else:
        shift, scale = low, high - low
    constant = (low == high) | (scale == 0)  # tiny numbers: their squares may come to 0
    scale = np.where(constant, 1.0, scale)
    return Scaling(kind, tuple(shift.tolist()), tuple(scale.tolist()))
