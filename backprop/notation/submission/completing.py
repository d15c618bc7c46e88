"""What was brought, named and whole: sizes that shapes tell, what is missing, what is unknown.

Arrays come by the names of whoever brings them; what is left out is filled in, what means nothing
here is passed over, and the notes say so.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np

from backprop.engine.differences.precision import Written
from backprop.engine.errors import InputError, ShapeError
from backprop.engine.network import Network
from backprop.notation.names import first_names
from backprop.notation.submission.conventions import KEYS
from backprop.notation.submission.names import PENALTIES, Sorted, sort_arrays, take_unnamed
from backprop.notation.submission.place import Array, quoted
from backprop.notation.submission.printed import group_arrays
from backprop.notation.submission.shapes import sizes_by_weights

GROUPS = MappingProxyType(
    {
        "parameters": "parameter",
        "gradient": "gradient",
        "gradients": "gradient",
        "intermediates": "intermediate",
    }
)
_ABOUT = ("title", "source", "conventions", "value", "seed", "about")  # for people


def name_arrays(unnamed: Mapping[str, Array], network: Network | None, brought: Sorted) -> None:
    """Name arrays that came without names, by their order and shapes.

    Raises:
        ShapeError: they do not tell.
    """
    shapes = network.shapes if network else {}
    if take_unnamed(unnamed, shapes, brought):
        return
    named = brought.parameters or brought.gradient or brought.data
    if named or not network:
        what = (
            f"{len(unnamed)} arrays have no name." if len(unnamed) > 1 else "An array has no name."
        )
    else:
        what = f"There are {len(unnamed)} arrays without names; the network has {len(shapes)}."
    hint = f"Put a name before each: {first_names(shapes or ('W1', 'b1', 'dW1', 'db1'))}."
    raise ShapeError(what, hint=hint)


def pass_over_numbers(brought: Sorted, arrays: Mapping[str, Array]) -> None:
    """Pass over numbers that stand beside the arrays of a print and mean nothing here; say so.

    Raises:
        ShapeError: there are only such: they belong to a function.
    """
    weights = any(name[0] in "WZAdn" for group in brought.all()[:3] for name in group)
    if brought.unknown and all(not array.ndim for array in arrays.values()) and not weights:
        raise ShapeError(
            f"{first_names(arrays)} are single numbers, and no arrays of a network.",
            hint='A function is brought as {"expression": "theta * x", "at": '
            '{"theta": 4, "x": 2}, "gradient": {"theta": 2, "x": 4}}.',
        )
    alone = [name for name in brought.unknown if name in arrays and not arrays[name].ndim]
    if alone and len(alone) < len(arrays) and (brought.parameters or brought.gradient):
        brought.unknown[:] = [name for name in brought.unknown if name not in alone]
        penalty = any(name.lower() in PENALTIES for name in alone)
        hint = (
            " If your loss has a penalty, name it: l2 = 0.01 is ½ · l2 · Σ w² with 0.01."
            if penalty
            else ""
        )
        brought.notes.append(f"I passed over {first_names(alone)}.{hint}")


def find_sizes(
    brought: Sorted, document: Mapping[str, Any], network: Network | None, in_out: bool
) -> tuple[int, ...]:
    """Return the sizes that the weights have, where no others are known, or others do not fit."""
    if "sizes" in document or (network and "W1" not in brought.parameters):
        return ()
    sizes = sizes_by_weights(brought, in_out)
    if network and sizes:
        given = [array for name, (_, array) in brought.parameters.items() if name[0] == "W"]
        shapes = [shape for name, shape in network.shapes.items() if name[0] == "W"]
        here = zip(given, shapes, strict=False)
        fits = len(given) == len(shapes) and all(
            sorted(array.shape) == sorted(shape) or array.size == max(shape) == np.prod(shape)
            for array, shape in here
        )
        whole = not fits and (len(given) >= network.depth or _is_complete(brought))
        return sizes if whole else ()
    return sizes


def _is_complete(brought: Sorted) -> bool:
    """Whether weights, their slopes and the data were brought: a network of its own."""
    weights, slopes = (
        {name for name in group if name[0] == "W"}
        for group in (brought.parameters, brought.gradient)
    )
    return weights == slopes and {*brought.data} >= {"X", "Y"}


def take_absent_biases(brought: Sorted, network: Network) -> tuple[str, ...]:
    """Fill in 0 for the biases of layers that were brought without them; return their names."""
    if not brought.gradient:
        return ()
    absent = tuple(
        bias
        for name in network.shapes
        if name in brought.parameters
        and name[0] == "W"
        and (bias := f"b{name[1:]}") not in brought.parameters
        and bias not in brought.gradient
    )
    for bias in absent:
        brought.parameters[bias] = bias, np.zeros(network.shapes[bias])
        brought.gradient[bias] = bias, np.zeros(network.shapes[bias])
    return absent


def may_hold_classes(brought: Sorted, outputs: int) -> bool:
    """Whether targets look like numbers of classes: one whole number for each example."""
    X, Y = (brought.data[name][1] if name in brought.data else np.empty(0) for name in "XY")
    each = outputs > 1 and 0 < Y.size == max(Y.shape, default=0) and Y.size in X.shape[:2]
    return each and bool(np.isin(Y, np.arange(outputs + 1)).all())


def sort_document(document: Mapping[str, Any], text: str, brought: Sorted) -> None:
    """Put a document's arrays where they belong; the groups say more than names do."""
    if "expression" in document:
        raise InputError(
            "This belongs to an expression, not to a network.",
            hint="Give the gradient of the network’s loss: W1, b1, …",
            at="expression",
        )
    for name, kind in GROUPS.items():
        if name in document:
            sort_arrays(group_arrays(document[name], text), brought, within=kind)
    known = (*GROUPS, *KEYS, *_ABOUT)
    loose = {name: value for name, value in document.items() if name not in known}
    for name, value in loose.items():
        if not isinstance(value, list | int | float):
            hint = f"I know {', '.join((*KEYS, 'parameters', 'X', 'Y', 'gradient'))}."
            raise InputError(f"{quoted(name)} is not a convention I know.", hint=hint, at=name)
    sort_arrays(group_arrays(loose, text), brought)


def check_names(brought: Sorted, network: Network) -> None:
    """Refuse what the network has not, and a gradient that leaves something out."""
    for group in (brought.parameters, brought.gradient):
        brought.unknown.extend(
            given for name, (given, _) in group.items() if name not in network.shapes
        )
    layers = {
        f"{letter}{i}" for letter in ("Z", "A", "dZ", "dA") for i in range(1, network.depth + 1)
    }
    brought.unknown.extend(
        given for name, (given, _) in brought.intermediates.items() if name not in layers
    )
    if brought.unknown:
        names = first_names(brought.unknown)
        raise ShapeError(
            f"I do not know what {names} {'is' if len(brought.unknown) == 1 else 'are'}.",
            hint=f"The network has {first_names(network.shapes)}; call a gradient dW1 or W1.grad.",
            at=brought.unknown[0],
        )
    missing = [f"d{name}" for name in network.shapes if name not in brought.gradient]
    if len(missing) == len(network.shapes):
        hint = f"Name each array: {first_names(missing)}; W1.grad works too."
        raise ShapeError("There is no gradient here.", hint=hint, at="gradient")
    if missing:
        _refuse_missing(missing, network.shapes[missing[0][1:]])


def fill_in(brought: Sorted, network: Network, defaults: Mapping[str, Any]) -> frozenset[str]:
    """Fill in what was left out from the defaults, and return its names.

    Raises:
        ShapeError: something is missing even then.
    """
    filled, missing = [], []
    for name in (*network.shapes, "X", "Y"):
        group = brought.data if name in "XY" else brought.parameters
        if name in group:
            continue
        if name in defaults:
            group[name] = (name, np.asarray(defaults[name], dtype=float))
            filled.append(name)
        else:
            missing.append(name)
    if missing:
        _refuse_missing(missing, network.shapes.get(missing[0]))
    if filled:
        brought.notes.append(f"{first_names(filled)} are those of the network here; you gave none.")
    return frozenset(filled)


def _refuse_missing(names: Sequence[str], shape: tuple[int, ...] | None) -> NoReturn:
    """Say which arrays are missing, and the shape of the first; X and Y have a row an example."""
    has = "is" if len(names) == 1 else "are"
    hint = f"The shape of {names[0]} is {shape}." if shape else "Give a row for each example."
    raise ShapeError(f"{first_names(names)} {has} missing.", hint=hint, at=names[0])


def written_as(brought: Sorted, written: Mapping[str, Written]) -> dict[str, Written]:
    """Return how arrays are written by our names, with a d before those of gradients."""
    groups = ("", brought.parameters), ("", brought.data), ("", brought.intermediates)
    return {
        f"{before}{name}": written[given]
        for before, group in (*groups, ("d", brought.gradient))
        for name, (given, _) in group.items()
        if given in written
    }
