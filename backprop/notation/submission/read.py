"""A gradient that a learner brings, with the network, the numbers and the data it belongs to.

It comes as one JSON document that names its conventions, or as named arrays, read beside a network
that is known:

    {"sizes": [2, 2, 2], "activations": ["sigmoid", "sigmoid"], "loss": "half_squared_error",
     "parameters": {"W1": …}, "X": …, "Y": …, "gradient": {"W1": …}}

A claimed gradient of a typed function is a document too:

    {"expression": "x²", "at": {"x": 2}, "gradient": {"x": 4}}

Whatever was guessed or converted is said in its notes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, overload

import numpy as np

from backprop.engine.differences.precision import Written
from backprop.engine.errors import InputError, PointError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.notation.submission.conventions import KEYS, read_conventions
from backprop.notation.submission.names import Sorted, sort_arrays, take_unnamed
from backprop.notation.submission.place import quoted, zero_decimals
from backprop.notation.submission.printed import (
    KINDS,
    UNNAMED,
    decode_text,
    find_kind,
    group_arrays,
    read_arrays,
)
from backprop.notation.submission.printed_json import read_document
from backprop.notation.submission.printed_text import Array
from backprop.notation.submission.shapes import (
    fit_data,
    fit_intermediates,
    fit_parameters,
    sizes_by_weights,
)

GROUPS = MappingProxyType(
    {
        "parameters": "parameter",
        "gradient": "gradient",
        "gradients": "gradient",
        "intermediates": "intermediate",
    }
)
_ABOUT = ("title", "source", "conventions", "value", "seed", "about")  # for people
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Submission:
    """A claimed gradient of a network's loss over a batch, in our conventions.

    Attributes:
        network: whose loss it is.
        parameters, gradient: W1, b1, … in the network's shapes, read-only.
        X, Y: the batch.
        intermediates: those that were given: Z1, A1 and their slopes dZ1, dA1, each [n, units].
        source: what it was read from, in words: “JSON”, “an .npz file”.
        notes: what was guessed, filled in or converted, in sentences.
        decimals: of the zeros in a print, 4 for 0.0000; 0 where they do not tell.
        written: how arrays are written, as far as a text or a file tells: W1, X, dW1, Z1 …
        ours: the names of those that are the numbers here, with all their digits.
    """

    network: Network
    parameters: Mapping[str, Array]
    X: Array
    Y: Array
    gradient: Mapping[str, Array]
    intermediates: Mapping[str, Array]
    source: str
    notes: tuple[str, ...] = ()
    decimals: int = 0
    written: Mapping[str, Written] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class FunctionSubmission:
    """A claimed gradient of a function of numbers.

    Attributes:
        graph: the function.
        at: a number for each of its variables.
        gradient: the claimed slope by each.
        source: what it was read from, in words.
        notes: what was guessed, in sentences: none so far.
        decimals: of the zeros in the text, 4 for 0.0000; 0 where they do not tell.
    """

    graph: Graph
    at: Mapping[str, float]
    gradient: Mapping[str, float]
    source: str
    notes: tuple[str, ...] = ()
    decimals: int = 0


@overload
def read_submission(
    given: str | bytes, network: Network, defaults: Mapping[str, Any] = _NOTHING
) -> Submission: ...


@overload
def read_submission(
    given: str | bytes, network: None = None, defaults: Mapping[str, Any] = _NOTHING
) -> Submission | FunctionSubmission: ...


def read_submission(
    given: str | bytes,
    network: Network | None = None,
    defaults: Mapping[str, Any] = _NOTHING,
) -> Submission | FunctionSubmission:
    """Return what a text or a file submits; of a function only where no network is asked for.

    Args:
        given: JSON, CSV, a NumPy or PyTorch print, or the bytes of an .npz file.
        network: what it belongs to, where it does not name that itself; what it does name wins.
        defaults: arrays that stand for those it leaves out: W1, b1, …, X and Y.

    Raises:
        PrintedError: it cannot be read; says where and why.
        ShapeError: an array does not fit, is missing, or is not known.
        InputError: a convention cannot be read, or a limit is passed.
    """
    kind, brought = find_kind(given), Sorted()
    document: Mapping[str, Any] = {}
    written: dict[str, Written] = {}
    if kind == "json":
        text = decode_text(given)
        document = read_document(text)
        if "expression" in document and network is None:
            return read_function(document, text)
        _sort_document(document, text, brought)
        arrays: dict[str, Array] = {}
    else:
        arrays = read_arrays(given, written)
    unnamed = bool(arrays) and all(name == UNNAMED.format(i) for i, name in enumerate(arrays, 1))
    if not unnamed:
        sort_arrays(arrays, brought)
    notes = brought.notes
    whole, scale = read_conventions(document, network, sizes_by_weights(brought), notes)
    if unnamed and not take_unnamed(arrays, whole.shapes, brought):
        raise ShapeError(
            f"There are {len(arrays)} arrays without names; the network has {len(whole.shapes)}.",
            hint=f"Put a name before each: {_listed(whole.shapes)} for its gradients.",
        )
    _check_names(brought, whole)
    _fill(brought, whole, defaults)
    X, Y = fit_data(whole, brought.data["X"], brought.data["Y"], notes)
    factor = scale.factor(whole, len(X))
    gradient = fit_parameters(brought.gradient, whole, notes)
    intermediates = fit_intermediates(brought, whole, len(X))
    if factor != 1:
        _check_penalties(whole)
        gradient = {name: _over(array, factor) for name, array in gradient.items()}
        intermediates = {
            name: _over(array, factor) if name.startswith("d") else array
            for name, array in intermediates.items()
        }
        notes.append(
            f"The loss “{scale.loss}” with reduction “{scale.reduction}” is {factor:g} times ours; "
            f"I divided the gradient by {factor:g}."
        )
    parameters = fit_parameters(brought.parameters, whole, notes)
    decimals = 0 if kind in ("npz", "npy") else zero_decimals(decode_text(given))
    ours = frozenset(
        name
        for name, array in {**parameters, "X": X, "Y": Y}.items()
        if name in defaults and np.array_equal(array, defaults[name])
    )
    return Submission(
        *(whole, parameters, X, Y, gradient, intermediates, KINDS[kind], tuple(notes), decimals),
        *(_written(brought, written), ours),
    )


def _written(brought: Sorted, written: Mapping[str, Written]) -> dict[str, Written]:
    """Return how arrays are written by our names, with a d before those of gradients."""
    groups = ("", brought.parameters), ("", brought.data), ("", brought.intermediates)
    return {
        f"{before}{name}": written[given]
        for before, group in (*groups, ("d", brought.gradient))
        for name, (given, _) in group.items()
        if given in written
    }


def _sort_document(document: Mapping[str, Any], text: str, brought: Sorted) -> None:
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


def _check_names(brought: Sorted, network: Network) -> None:
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
        names = _listed(brought.unknown)
        raise ShapeError(
            f"I do not know what {names} {'is' if len(brought.unknown) == 1 else 'are'}.",
            hint=f"The network has {_listed(network.shapes)}; call a gradient dW1 or W1.grad.",
            at=brought.unknown[0],
        )
    missing = [f"d{name}" for name in network.shapes if name not in brought.gradient]
    if len(missing) == len(network.shapes):
        hint = f"Name each array: {_listed(missing)}; W1.grad works too."
        raise ShapeError("There is no gradient here.", hint=hint, at="gradient")
    if missing:
        shape = network.shapes[missing[0][1:]]
        has = "is" if len(missing) == 1 else "are"
        hint = f"The shape of {missing[0]} is {shape}."
        raise ShapeError(f"{_listed(missing)} {has} missing.", hint=hint, at=missing[0])


def _fill(brought: Sorted, network: Network, defaults: Mapping[str, Any]) -> None:
    """Fill in what was left out from the defaults, and name what is missing then."""
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
        has = "is" if len(missing) == 1 else "are"
        shape = network.shapes.get(missing[0])
        hint = f"The shape of {missing[0]} is {shape}." if shape else "Give a row for each example."
        raise ShapeError(f"{_listed(missing)} {has} missing.", hint=hint, at=missing[0])
    if filled:
        brought.notes.append(f"{_listed(filled)} come from here; you gave none.")


def _over(array: Array, factor: float) -> Array:
    divided = array / factor
    divided.setflags(write=False)
    return divided


def _check_penalties(network: Network) -> None:
    if network.l1 or network.l2:
        raise InputError(
            "A penalty beside a loss that is scaled otherwise than ours cannot be told apart.",
            hint="Give the gradient of a mean over the examples, or one without the penalty.",
            at="reduction",
        )


def _listed(names: Any) -> str:
    shown = list(names)
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
    return ", ".join(shown[:12]) + more


def read_function(document: Mapping[str, Any], text: str) -> FunctionSubmission:
    """Return the claim that a JSON document makes; `text` is what it was read from.

    Raises:
        InputError: the expression cannot be read, or a variable has no number or no slope.
    """
    expression = document["expression"]
    if not isinstance(expression, str):
        hint = 'Give it as a text, as in "x * y + 1".'
        raise InputError(f"{quoted(str(expression))} is no formula.", hint=hint, at="expression")
    graph = parse(expression)
    at, gradient = (
        _numbers(document.get(name, {}), name, graph, text) for name in ("at", "gradient")
    )
    return FunctionSubmission(graph, at, gradient, "JSON", decimals=zero_decimals(text))


def _numbers(group: Any, name: str, graph: Graph, text: str) -> dict[str, float]:
    numbers = {}
    for variable, array in group_arrays(group, text).items():
        if variable not in graph.variables:
            hint = f"The variables are {', '.join(graph.variables)}."
            raise PointError(f"There is no variable {quoted(variable)}.", hint=hint, at=variable)
        if array.size != 1:
            raise ShapeError(f"{quoted(variable)} is no single number.", at=variable)
        numbers[variable] = float(array.item())
    missing = [variable for variable in graph.variables if variable not in numbers]
    if missing:
        has = "have" if len(missing) > 1 else "has"
        what = f"{', '.join(missing)} {has} no number in “{name}”."
        raise PointError(what, hint="Give one for each variable.", at=missing[0])
    return {variable: numbers[variable] for variable in graph.variables}
