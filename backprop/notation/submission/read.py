"""A gradient that a learner brings, with the network, the numbers and the data it belongs to.

It comes as one JSON document that names its conventions, or as named arrays, read beside a network
that is known:

    {"sizes": [2, 2, 2], "activations": ["sigmoid", "sigmoid"], "loss": "half_squared_error",
     "parameters": {"W1": …}, "X": …, "Y": …, "gradient": {"W1": …}}

A claimed gradient of a typed function is a document too:

    {"expression": "x²", "at": {"x": 2}, "gradient": {"x": 4}}

Its notes say what was guessed or converted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, overload

import numpy as np

from backprop.engine.differences.precision import Written
from backprop.engine.errors import InputError, PointError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.notation.names import first_names
from backprop.notation.submission.completing import (
    check_names,
    fill_in,
    find_sizes,
    may_hold_classes,
    name_arrays,
    pass_over_numbers,
    sort_document,
    take_absent_biases,
    written_as,
)
from backprop.notation.submission.conventions import Scale, read_conventions, read_wish
from backprop.notation.submission.fitting import Whole, choose_layout
from backprop.notation.submission.layouts import Layout, Wish, possible_layouts
from backprop.notation.submission.names import Sorted, names_in_out, sort_arrays
from backprop.notation.submission.place import Array, quoted, zero_decimals
from backprop.notation.submission.printed import (
    KINDS,
    UNNAMED_NAME,
    decode_text,
    find_kind,
    find_library,
    group_arrays,
    read_arrays,
)
from backprop.notation.submission.printed_conventions import take_conventions, take_values
from backprop.notation.submission.printed_json import read_document
from backprop.notation.submission.shapes import spread_neurons

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_WISH = Wish()


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
        absent: biases that its layers do not have: they are 0; of their slopes nothing is claimed,
            the exact ones stand in the gradient.
        layout: how the arrays were read where their shapes leave a choice.
        factor: what the gradient was divided by, to be that of our loss.
        losses: other losses for which the gradient is right, where none was named.
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
    absent: frozenset[str] = frozenset()
    layout: Layout = field(default_factory=Layout)
    factor: float = 1.0
    losses: tuple[str, ...] = ()


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
    given: str | bytes,
    network: Network,
    defaults: Mapping[str, Any] = _NOTHING,
    wish: Wish = _NO_WISH,
    settled: bool = True,
) -> Submission: ...


@overload
def read_submission(
    given: str | bytes,
    network: None = None,
    defaults: Mapping[str, Any] = _NOTHING,
    wish: Wish = _NO_WISH,
    settled: bool = True,
) -> Submission | FunctionSubmission: ...


def read_submission(
    given: str | bytes,
    network: Network | None = None,
    defaults: Mapping[str, Any] = _NOTHING,
    wish: Wish = _NO_WISH,
    settled: bool = True,
) -> Submission | FunctionSubmission:
    """Return what a text or a file submits; of a function only where no network is asked for.

    Args:
        given: JSON, CSV, a NumPy or PyTorch print, or the bytes of an .npz file.
        network: what it belongs to, where it does not name that itself; what it does name wins.
        defaults: arrays that stand for those it leaves out: W1, b1, …, X and Y.
        wish: how square arrays lie, where somebody has chosen; else the gradient tells.
        settled: whether somebody chose the network's activations and loss. If not, and if weights
            and data were brought that do not name them, the gradient tells them, too.

    Raises:
        PrintedError: it cannot be read; says where and why.
        ShapeError: an array does not fit, is missing, or is not known.
        InputError: a convention cannot be read, or a limit is passed.
    """
    contents = _open(given)
    if "expression" in contents.document and network is None:
        return read_function(contents.document, contents.text)
    brought = _sort(contents, network)
    in_out = any(names_in_out(name) for group in brought.all() for name, _ in group.values())
    sizes = find_sizes(brought, contents.document, network, in_out)
    settled = settled and network is not None
    document = contents.document
    outputs = (sizes or (network.sizes if network else (1,)))[-1]
    if not settled and "loss" not in document and may_hold_classes(brought, outputs):
        document = {**document, "loss": "cross_entropy"}
        brought.notes.append("No loss is named, and Y holds classes: I took cross_entropy.")
    described, scale = read_conventions(document, network, sizes, brought.notes)
    spread_neurons(brought, described)
    absent = take_absent_biases(brought, described)
    check_names(brought, described)
    whole = Whole(brought, described, scale, fill_in(brought, described, defaults))
    wish = wish if wish.weights or wish.examples else read_wish(document)
    layouts = possible_layouts(brought, described, whole.ours, wish, in_out)
    layout, fitted = choose_layout(whole, layouts)
    losses: tuple[str, ...] = ()
    if not settled and not whole.ours and not {"activations", "loss"} <= document.keys():
        other = whole.other(fitted, document)
        losses = other.losses
        if other.network:
            brought.notes.append(_other_note(described, other.network))
            whole = whole.of(other.network)
            fitted = whole.fitted(layout)
    if absent:
        exact = whole.network.loss_and_gradient(fitted.parameters, fitted.X, fitted.Y)[1]
        fitted.gradient.update({bias: exact[bias] for bias in absent})
    inputs = {**fitted.parameters, "X": fitted.X, "Y": fitted.Y}
    same = {n for n, a in inputs.items() if n in defaults and np.array_equal(a, defaults[n])}
    notes = (*brought.notes, *fitted.notes, *_closing_notes(fitted.factor, whole.scale, absent))
    return Submission(
        network=whole.network,
        parameters=fitted.parameters,
        X=fitted.X,
        Y=fitted.Y,
        gradient=fitted.gradient,
        intermediates=fitted.intermediates,
        source=contents.source,
        notes=tuple(_shortened(notes)),
        decimals=zero_decimals(contents.text),
        written=written_as(brought, contents.written),
        ours=whole.ours | same,
        absent=frozenset(absent),
        layout=layout,
        factor=fitted.factor,
        losses=losses,
    )


class _Contents(NamedTuple):
    """What a text or a file holds, before it is known what it belongs to.

    Attributes:
        kind: one of KINDS.
        source: the same in words, with the library that prints so.
        text: the letters, with lists for the values of micrograd, and without conventions; empty of
            a file of arrays.
        document: of JSON all of it, of a print the conventions that stand beside its arrays.
        arrays: by the learner's names, in their order; of JSON none, for its groups say more.
        written: how each array is written, as far as that is known.
    """

    kind: str
    source: str
    text: str
    document: Mapping[str, Any]
    arrays: Mapping[str, Array]
    written: Mapping[str, Written]


def _open(given: str | bytes) -> _Contents:
    """Return what a text or a file holds.

    Raises:
        PrintedError: it cannot be read.
    """
    kind = find_kind(given)
    text = decode_text(given) if kind not in ("npz", "npy") else ""
    source = (kind == "print" and find_library(text)) or KINDS[kind]
    if kind == "json":
        return _Contents(kind, source, text, read_document(text), {}, {})
    document: Mapping[str, Any] = {}
    if kind == "print":
        document, text = take_conventions(take_values(text))
    written: dict[str, Written] = {}
    return _Contents(kind, source, text, document, read_arrays(text or given, written), written)


def _sort(contents: _Contents, network: Network | None) -> Sorted:
    """Return the arrays by our names; those without a name in the order of the network's.

    Raises:
        InputError: an array cannot be read, or its order does not tell what it is.
    """
    brought = Sorted()
    if contents.kind == "json":
        sort_document(contents.document, contents.text, brought)
        return brought
    arrays = contents.arrays
    unnamed = {name: array for name, array in arrays.items() if UNNAMED_NAME.fullmatch(name)}
    sort_arrays({n: array for n, array in arrays.items() if n not in unnamed}, brought)
    if contents.kind == "print":
        pass_over_numbers(brought, arrays)
    if unnamed:
        name_arrays(unnamed, network, brought)
    return brought


def _closing_notes(factor: float, scale: Scale, absent: Sequence[str]) -> Iterator[str]:
    """Yield by what the gradient was divided, and which biases are not there."""
    if factor != 1:
        yield (
            f"The loss “{scale.loss}” with reduction “{scale.reduction}” is {factor:g} times ours; "
            f"I divided the gradient by {factor:g}."
        )
    if absent:
        yield f"There are no {first_names(absent)}: I took 0, and their slopes are not judged."


def _other_note(assumed: Network, taken: Network) -> str:
    """Return which network was taken in the place of the one that was assumed."""
    return (
        f"Nothing names the network. With {', '.join(assumed.activations)} and {assumed.loss} the "
        f"gradient does not fit; with {', '.join(taken.activations)} and {taken.loss} it does. I "
        "took these. If they are not yours, name them: activations = tanh, linear and "
        "loss = MSELoss, in lines of their own."
    )


def _shortened(notes: Sequence[str]) -> Iterator[str]:
    """Yield notes, those of single arrays that are many put together."""
    of_one = [note for note in notes if " I took it for (" in note]
    if len(of_one) < 4:
        yield from notes
        return
    names = ", ".join(note.partition(" ")[0] for note in of_one[:12])
    yield from (note for note in notes if note not in of_one)
    yield f"In {names} axes of length 1 were added or left out."


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
