"""Whether an array fits, and what to try where it does not: a transpose, a sum over the batch."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from backprop.engine.errors import ShapeError
from backprop.engine.network import Network
from backprop.notation.submission.layouts import holds_classes
from backprop.notation.submission.names import NEURONS, Sorted
from backprop.notation.submission.place import Array


def fit(label: str, array: Array, shape: tuple[int, ...], notes: list[str]) -> Array:
    """Return an array in its shape, read-only; an axis of one may be missing or too many.

    Args:
        label: what the learner calls it.
        array: as it was given.
        shape: as the network has it.
        notes: to which a sentence is added if an axis was added or dropped.

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
    network: Network,
    inputs: tuple[str, Array],
    targets: tuple[str, Array],
    notes: list[str],
    first_class: int = 0,
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
    if holds_classes(network, rows, Y):
        Y = _one_hot(name, Y.ravel() - first_class, outputs, notes, first_class)
    return X, fit(name, Y, (rows, outputs), notes)


def _one_hot(name: str, classes: Array, outputs: int, notes: list[str], first: int) -> Array:
    if not np.isin(classes, np.arange(outputs)).all():
        raise ShapeError(
            f"{name} names a class that is none of 0 … {outputs - 1}.",
            hint=f"Give classes from 0 to {outputs - 1}, or rows with a 1 at the true class.",
            at=name,
        )
    notes.append(f"{name} holds classes counted from {first}; I wrote them as rows with a 1.")
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


def sizes_by_weights(brought: Sorted, hints_in_out: bool = False) -> tuple[int, ...]:
    """Return the sizes that the weights' shapes tell; () if they tell none.

    Weights may be (outputs, inputs) or the reverse: what fits together, the biases and X decides,
    and where both do, the usual way of what was brought.
    """
    weights = brought.parameters if "W1" in brought.parameters else brought.gradient
    biases = brought.parameters if "W1" in brought.parameters else brought.gradient
    shapes: list[tuple[int, int]] = []
    while (name := f"W{len(shapes) + 1}") in weights:
        array = weights[name][1]
        if array.ndim not in (1, 2):
            return ()
        shapes.append((array.shape[0], array.shape[1]) if array.ndim == 2 else (1, array.size))
    candidates = []
    for in_out in (hints_in_out, not hints_in_out):
        turned = [shape[::-1] if in_out else shape for shape in shapes]
        chained = all(a[0] == b[1] for a, b in pairwise(turned))
        if not shapes or not chained:
            continue
        sizes = (turned[0][1], *(shape[0] for shape in turned))
        fits = sum(
            biases[name][1].size == size
            for i, size in enumerate(sizes)
            if (name := f"b{i}") in biases
        )
        if "X" in brought.data:
            fits += sizes[0] in brought.data["X"][1].shape
        candidates.append((fits, sizes))
    return max(candidates, key=lambda each: each[0])[1] if candidates else ()


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


def spread_neurons(brought: Sorted, network: Network) -> None:
    """Put the numbers of a list of micrograd’s where they belong: unit by unit, its bias last.

    Raises:
        ShapeError: there are more or fewer than the network has.
    """
    for group in (brought.parameters, brought.gradient):
        if NEURONS not in group:
            continue
        given, array = group.pop(NEURONS)
        if array.size != network.parameter_count:
            sizes = ", ".join(map(str, network.sizes))
            raise ShapeError(
                f"There are {array.size:,} values, and a network of {sizes} has "
                f"{network.parameter_count:,}.",
                hint="Set the sizes below, and print all of model.parameters().",
                at=given,
            )
        at = 0
        for layer, (fan_in, fan_out) in enumerate(pairwise(network.sizes), 1):
            units = array[at : (at := at + fan_out * (fan_in + 1))].reshape(fan_out, fan_in + 1)
            group[f"W{layer}"] = given, units[:, :-1]
            group[f"b{layer}"] = given, units[:, -1]
