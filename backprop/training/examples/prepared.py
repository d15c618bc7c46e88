"""The examples of a run: the rows of a data set, divided, expanded into inputs and scaled.

Notation:
    X   raw features, [n, features of the data]     inputs   what the network is given, [n, fan_in]
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from backprop.training.datasets import Dataset, split
from backprop.training.examples.features import FEATURES, Scaling, expand, fit_scaling
from backprop.training.flat import Array
from backprop.training.plan import Examples


@dataclass(frozen=True, eq=False)
class Data:
    """The examples of a run, ready to be learned from.

    Attributes:
        train_rows, test_rows: which rows of the data set are learned from, and which only seen.
        train, test: their inputs and targets, scaled both.
    """

    dataset: Dataset  # where they come from
    names: tuple[str, ...]  # what the network's inputs are, in order
    scaling: Scaling  # what was done to them; it can be undone
    target_scaling: Scaling  # what was done to the targets
    train_rows: tuple[int, ...]
    test_rows: tuple[int, ...]
    train: Examples
    test: Examples

    @cached_property
    def digest(self) -> str:
        """One word for the examples and what is done to them: others have another.

        Of the numbers as they were given: sines and scaled columns may differ in the last bit
        between processors.
        """
        words: tuple[object, ...] = (self.names, self.scaling.kind)
        words += (self.train_rows, self.test_rows)
        if self.target_scaling.kind != "none":  # runs of older versions knew none
            words += (self.target_scaling.kind,)
        digest = hashlib.sha256(repr(words).encode())
        for array in (self.dataset.X, self.dataset.Y):
            digest.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @property
    def is_plane(self) -> bool:
        """Whether an example is a point of the plane."""
        return len(self.dataset.features) == 2

    def title(self, name: str) -> str:
        """Return what an input is called: x₁², or a column's own name."""
        if not self.is_plane:
            return name
        own = dict(zip(("x1", "x2"), self.dataset.features, strict=True))
        return FEATURES[name].label if own.get(name, name) == name else own[name]

    def inputs(self, X: Array) -> Array:
        """Return what the network is given for raw features, [n, fan_in]."""
        return self.scaling.apply(expand(X, self.names) if self.is_plane else X)


@lru_cache(maxsize=16)
def prepare(
    data: Dataset,
    names: tuple[str, ...],
    scaling: str,
    share: int,
    seed: int,
    targets: str = "none",
) -> Data:
    """Return the examples of a data set, divided and scaled.

    Args:
        data: where they come from.
        names: of the inputs that are computed from a point of the plane.
        scaling: one of SCALINGS; it is fitted to the examples to learn from.
        share: of the examples to learn from, in percent.
        seed: decides which.
        targets: one of SCALINGS for the targets; of classes it is "none".
    """
    plane = data.X.shape[1] == 2
    names = tuple(name for name in FEATURES if name in names) or ("x1", "x2")
    train_rows, test_rows = split(data, share, seed)
    raw = expand(data.X, names) if plane else data.X
    fitted = fit_scaling(scaling, raw[train_rows])
    inputs = fitted.apply(raw)
    fitted_targets = fit_scaling(targets, data.Y[train_rows])
    Y = fitted_targets.apply(data.Y)
    return Data(
        dataset=data,
        names=names if plane else data.features,
        scaling=fitted,
        target_scaling=fitted_targets,
        train_rows=tuple(train_rows.tolist()),
        test_rows=tuple(test_rows.tolist()),
        train=Examples(inputs[train_rows], Y[train_rows]),
        test=Examples(inputs[test_rows], Y[test_rows]),
    )
