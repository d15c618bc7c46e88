"""Whether an array fits, and what to try where it does not: a transpose, a sum over the batch."""

from collections.abc import Mapping

import numpy as np

from backprop.engine.errors import ShapeError
from backprop.engine.network import Network
from backprop.notation.submission.names import Sorted
from backprop.notation.submission.printed_text import Array


def fit(label: str, array: Array, shape: tuple[int, ...], notes: list[str]) -> Array:
    """Return an array in its shape, read-only; an axis of one may be missing or too many.

    Args:
        label: what the learner calls it.
        array: as it was given.
        shape: as the network has it.
        notes: where it is said that an axis was added or dropped.

    Raises:
        ShapeError: it does not fit; says both shapes, and what would.
    """
    if array.shape != shape:
        ones_apart = _squeezed(array.shape) == _squeezed(shape) and array.ndim != len(shape)
        if not ones_apart:
            raise ShapeError(_what(label, array.shape, shape), hint=_hint(array, shape), at=label)
        notes.append(f"{label} is {array.shape}; I took it for {shape}.")
    fitted = np.array(array, dtype=float).reshape(shape)
    fitted.setflags(write=False)
    return fitted


def fit_data(
    network: Network, inputs: tuple[str, Array], targets: tuple[str, Array], notes: list[str]
) -> tuple[Array, Array]:
    """Return X [n, fan_in] and Y [n, outputs]; one example may lack its axis, and Y be classes.

    Raises:
        ShapeError: they do not fit the network, or each other.
    """
    fan_in, outputs = network.sizes[0], network.sizes[-1]
    name, X = inputs
    rows = 1 if X.ndim < 2 and X.size == fan_in else X.size if X.ndim < 2 else len(X)
    X = fit(name, X, (rows, fan_in), notes)
    name, Y = targets
    if outputs > 1 and network.loss == "cross_entropy" and Y.size == rows:
        Y = _one_hot(name, Y.ravel(), outputs, notes)
    return X, fit(name, Y, (rows, outputs), notes)


def _one_hot(name: str, classes: Array, outputs: int, notes: list[str]) -> Array:
    if not np.isin(classes, np.arange(outputs)).all():
        raise ShapeError(
            f"{name} names a class that is none of 0 … {outputs - 1}.",
            hint=f"Give classes from 0 to {outputs - 1}, or rows with a 1 at the true class.",
            at=name,
        )
    notes.append(f"{name} holds classes counted from 0; I wrote them as rows with a 1.")
    rows: Array = np.eye(outputs)[classes.astype(int)]
    return rows


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _what(label: str, given: tuple[int, ...], shape: tuple[int, ...]) -> str:
    transposed = len(shape) == 2 and given == shape[::-1]
    return f"{label} is {given}, expected {shape}{': is it the transpose?' * transposed}".rstrip(
        "."
    ) + ("" if transposed else ".")


def _hint(array: Array, shape: tuple[int, ...]) -> str:
    if len(shape) == 2 and array.shape == shape[::-1]:
        return "Weights are (fan_out, fan_in) here, and Z = A Wᵀ + b; give the array with .T."
    if len(shape) == 1 and array.ndim == 2 and array.shape[1:] == shape:
        return "Has it a row for each example? Add them up: .sum(axis=0)."
    if shape == (1,):
        return "The units of a layer share one bias here; its gradient is the sum of theirs."
    if array.size == np.prod(shape):
        return "It has as many numbers as it should; give it with .reshape" + f"{shape}."
    return "The first number of a weight's shape is the layer's units, the second its inputs."


def sizes_by_weights(brought: Sorted) -> tuple[int, ...]:
    """Return the sizes that the weights' shapes tell; () if they tell none."""
    weights = brought.parameters if "W1" in brought.parameters else brought.gradient
    sizes: list[int] = []
    while f"W{len(sizes) or 1}" in weights:
        _, array = weights[f"W{len(sizes) or 1}"]
        if array.ndim != 2:
            return ()
        sizes += [array.shape[0]] if sizes else [array.shape[1], array.shape[0]]
    return tuple(sizes)


def fit_parameters(
    group: Mapping[str, tuple[str, Array]], network: Network, notes: list[str]
) -> dict[str, Array]:
    """Return a parameter or gradient for each name, in the network's shapes."""
    return {name: fit(*group[name], shape, notes) for name, shape in network.shapes.items()}


def fit_intermediates(brought: Sorted, network: Network, rows: int) -> dict[str, Array]:
    """Return the intermediates that were brought, each [rows, units]."""
    fitted = {}
    for name, (given, array) in brought.intermediates.items():
        shape = (rows, network.sizes[int(name.lstrip("dZA"))])
        fitted[name] = fit(given, array, shape, brought.notes)
    return fitted
