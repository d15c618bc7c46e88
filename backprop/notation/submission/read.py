"""A gradient that a learner brings, with the network, the numbers and the data it belongs to.

It comes as one JSON document that names its conventions, or as named arrays, read beside a network
that is known:

    {"sizes": [2, 2, 2], "activations": ["sigmoid", "sigmoid"], "loss": "half_squared_error",
     "parameters": {"W1": …}, "X": …, "Y": …, "gradient": {"W1": …}}

A claimed gradient of a typed function is a document too:

    {"expression": "x²", "at": {"x": 2}, "gradient": {"x": 4}}

Whatever was guessed or converted is said in its notes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple, overload

import numpy as np

from backprop.engine.differences.precision import Written
from backprop.engine.errors import InputError, PointError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.notation.submission.conventions import KEYS, Scale, read_conventions, read_wish
from backprop.notation.submission.layouts import (
    DECISIVE,
    MOST_TRIED,
    Layout,
    Wish,
    explained,
    laid,
    layout_notes,
    possible_layouts,
)
from backprop.notation.submission.names import (
    PENALTIES,
    Sorted,
    names_in_out,
    sort_arrays,
    take_unnamed,
)
from backprop.notation.submission.other_networks import Others, find_others
from backprop.notation.submission.place import Array, quoted, zero_decimals
from backprop.notation.submission.printed import (
    KINDS,
    UNNAMED_NAME,
    decode_text,
    find_kind,
    group_arrays,
    library_of,
    read_arrays,
)
from backprop.notation.submission.printed_conventions import take_conventions, take_values
from backprop.notation.submission.printed_json import read_document
from backprop.notation.submission.shapes import (
    fit_data,
    fit_intermediates,
    fit_parameters,
    sizes_by_weights,
    spread_neurons,
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
    kind, brought = find_kind(given), Sorted()
    document: Mapping[str, Any] = {}
    written: dict[str, Written] = {}
    text = decode_text(given) if kind not in ("npz", "npy") else ""
    source = (kind == "print" and library_of(text)) or KINDS[kind]
    unnamed: dict[str, Array] = {}
    if kind == "json":
        document = read_document(text)
        if "expression" in document and network is None:
            return read_function(document, text)
        _sort_document(document, text, brought)
    else:
        if kind == "print":
            document, text = take_conventions(take_values(text))
        arrays = read_arrays(text or given, written)
        unnamed = {name: array for name, array in arrays.items() if UNNAMED_NAME.fullmatch(name)}
        sort_arrays({n: array for n, array in arrays.items() if n not in unnamed}, brought)
        if kind == "print":
            _pass_over(brought, arrays)
    notes = brought.notes
    if unnamed:
        _take_unnamed(unnamed, network, brought)
    in_out = any(
        map(names_in_out, [given for group in brought.all() for given, _ in group.values()])
    )
    sizes = _sizes(brought, document, network, in_out)
    settled = settled and network is not None
    outputs = (sizes or (network.sizes if network else (1,)))[-1]
    if not settled and "loss" not in document and _holds_classes(brought, outputs):
        document = {**document, "loss": "cross_entropy"}
        notes.append("No loss is named, and Y holds classes: I took cross_entropy.")
    whole, scale = read_conventions(document, network, sizes, notes)
    spread_neurons(brought, whole)
    absent = _take_absent(brought, whole)
    _check_names(brought, whole)
    ours = _fill(brought, whole, defaults)
    wish = wish if wish.weights or wish.examples else read_wish(document)
    layouts = possible_layouts(brought, whole, ours, wish, in_out)
    layout, fitted = _choose(_Whole(brought, whole, scale, ours), layouts)
    losses: tuple[str, ...] = ()
    if not settled and not ours and not {"activations", "loss"} <= document.keys():
        other = _Whole(brought, whole, scale, ours).other(layout, fitted, document)
        losses = other.losses
        if other.network:
            notes.append(_other_note(whole, other.network))
            whole, scale = other.network, replace(scale, loss=other.network.loss)
            fitted = _Whole(brought, whole, scale, ours).fitted(layout)
    notes += fitted.notes
    if fitted.factor != 1:
        notes.append(
            f"The loss “{scale.loss}” with reduction “{scale.reduction}” is {fitted.factor:g} "
            f"times ours; I divided the gradient by {fitted.factor:g}."
        )
    if absent:
        exact = whole.loss_and_gradient(fitted.parameters, fitted.X, fitted.Y)[1]
        fitted.gradient.update({bias: exact[bias] for bias in absent})
        notes.append(
            f"There are no {_listed(absent)}: I took 0, and nothing is said of their slopes."
        )
    decimals = zero_decimals(text)
    inputs = {**fitted.parameters, "X": fitted.X, "Y": fitted.Y}
    same = {n for n, a in inputs.items() if n in defaults and np.array_equal(a, defaults[n])}
    return Submission(
        *(whole, fitted.parameters, fitted.X, fitted.Y, fitted.gradient, fitted.intermediates),
        *(source, tuple(_shortened(notes)), decimals, _written(brought, written), ours | same),
        *(frozenset(absent), layout, fitted.factor, losses),
    )


class _Fitted(NamedTuple):
    """Arrays in their shapes, in our conventions, as one layout reads them."""

    parameters: dict[str, Array]
    gradient: dict[str, Array]
    X: Array
    Y: Array
    intermediates: dict[str, Array]
    factor: float
    notes: list[str]


class _Whole(NamedTuple):
    """Everything that was brought, before it is known how it lies."""

    brought: Sorted
    network: Network
    scale: Scale
    ours: frozenset[str]

    def fitted(self, layout: Layout) -> _Fitted:
        """Return what was brought as a layout reads it.

        Raises:
            ShapeError: an array does not fit.
        """
        network = self.network
        found = laid(self.brought, layout, network, self.ours)
        X, Y = fit_data(network, found.data["X"], found.data["Y"], found.notes, layout.first_class)
        factor = self.scale.factor(network, len(X))
        gradient = fit_parameters(found.gradient, network, found.notes)
        intermediates = fit_intermediates(found, network, len(X))
        if factor != 1:
            _check_penalties(network)
            gradient = {name: _over(array, factor) for name, array in gradient.items()}
            intermediates = {
                name: _over(array, factor) if name.startswith("d") else array
                for name, array in intermediates.items()
            }
        parameters = fit_parameters(found.parameters, network, found.notes)
        return _Fitted(parameters, gradient, X, Y, intermediates, factor, found.notes)

    def other(self, layout: Layout, here: _Fitted, said: Collection[str]) -> Others:
        """Return the networks that explain the gradient better than this one, read alike."""

        def score(network: Network) -> float:
            named = replace(self.scale, loss=network.loss) if "loss" not in said else self.scale
            factor = here.factor / named.factor(network, len(here.X))
            gradient = {name: _over(array, 1 / factor) for name, array in here.gradient.items()}
            exact = network.loss_and_gradient(here.parameters, here.X, here.Y)[1]
            return explained(gradient, exact)

        return find_others(self.network, said, here.X, here.Y, score)


def _choose(whole: _Whole, layouts: Sequence[Layout]) -> tuple[Layout, _Fitted]:
    """Return the layout that explains most of the gradient, the likeliest of those that do."""
    likeliest = layouts[0]
    chosen, best = likeliest, whole.fitted(likeliest)
    if len(layouts) > 1:
        most = whole.network.parameter_count * len(best.X) * len(layouts)
        score = _explained(whole.network, best) if most <= MOST_TRIED else np.inf
        score += DECISIVE * whole.network.parameter_count
        for layout in layouts[1:] if score < whole.network.parameter_count else ():
            other = whole.fitted(layout)
            if (more := _explained(whole.network, other)) > score:
                score, best, chosen = more, other, layout
    best.notes.extend(layout_notes(chosen, likeliest))
    return chosen, best


def _holds_classes(brought: Sorted, outputs: int) -> bool:
    """Whether the targets are numbers of classes: one whole number for each example."""
    X, Y = (brought.data[name][1] if name in brought.data else np.empty(0) for name in "XY")
    each = outputs > 1 and 0 < Y.size == max(Y.shape, default=0) and Y.size in X.shape[:2]
    return each and bool(np.isin(Y, np.arange(outputs + 1)).all())


def _other_note(assumed: Network, taken: Network) -> str:
    """Return which network was taken in the place of the one that was assumed."""
    return (
        f"Nothing names the network. With {', '.join(assumed.activations)} and {assumed.loss} the "
        f"gradient does not fit; with {', '.join(taken.activations)} and {taken.loss} it does. I "
        "took these. If they are not yours, name them: activations = tanh, linear and "
        "loss = MSELoss, in lines of their own."
    )


def _explained(network: Network, read: _Fitted) -> float:
    exact = network.loss_and_gradient(read.parameters, read.X, read.Y)[1]
    return explained(read.gradient, exact)


def _take_unnamed(unnamed: Mapping[str, Array], network: Network | None, brought: Sorted) -> None:
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
    hint = f"Put a name before each: {_listed(shapes or ('W1', 'b1', 'dW1', 'db1'))}."
    raise ShapeError(what, hint=hint)


def _pass_over(brought: Sorted, arrays: Mapping[str, Array]) -> None:
    """Pass over numbers that stand beside the arrays of a print and mean nothing here; say so.

    Raises:
        ShapeError: there are only such: they belong to a function.
    """
    weights = any(name[0] in "WZAdn" for group in brought.all()[:3] for name in group)
    if brought.unknown and all(not array.ndim for array in arrays.values()) and not weights:
        raise ShapeError(
            f"{_listed(arrays)} are single numbers, and no arrays of a network.",
            hint='A function is brought as {"expression": "theta * x", "at": '
            '{"theta": 4, "x": 2}, "gradient": {"theta": 2, "x": 4}}.',
        )
    alone = [name for name in brought.unknown if name in arrays and not arrays[name].ndim]
    if alone and len(alone) < len(arrays) and (brought.parameters or brought.gradient):
        brought.unknown[:] = [name for name in brought.unknown if name not in alone]
        penalty = any(name.lower() in PENALTIES for name in alone)
        hint = " A penalty in your loss is said as l2 = 0.01: ½ · l2 · Σ w²." if penalty else ""
        brought.notes.append(f"I passed over {_listed(alone)}.{hint}")


def _sizes(
    brought: Sorted, document: Mapping[str, Any], network: Network | None, in_out: bool
) -> tuple[int, ...]:
    """Return the sizes that weights tell, where nothing else does, or they tell others."""
    if "sizes" in document or (network and "W1" not in brought.parameters):
        return ()
    told = sizes_by_weights(brought, in_out)
    if network and told:
        given = [array for name, (_, array) in brought.parameters.items() if name[0] == "W"]
        shapes = [shape for name, shape in network.shapes.items() if name[0] == "W"]
        here = zip(given, shapes, strict=False)
        fits = len(given) == len(shapes) and all(
            sorted(array.shape) == sorted(shape) or array.size == max(shape) == np.prod(shape)
            for array, shape in here
        )
        whole = not fits and (len(given) >= network.depth or _is_complete(brought))
        return told if whole else ()
    return told


def _is_complete(brought: Sorted) -> bool:
    """Whether weights, their slopes and the data were brought: a network of its own."""
    weights, slopes = (
        {name for name in group if name[0] == "W"}
        for group in (brought.parameters, brought.gradient)
    )
    return weights == slopes and {*brought.data} >= {"X", "Y"}


def _take_absent(brought: Sorted, network: Network) -> tuple[str, ...]:
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


def _shortened(notes: Sequence[str]) -> Iterator[str]:
    """Yield notes, those of single arrays that are many put together."""
    of_one = [note for note in notes if " I took it for (" in note]
    if len(of_one) < 4:
        yield from notes
        return
    names = ", ".join(note.partition(" ")[0] for note in of_one[:12])
    yield from (note for note in notes if note not in of_one)
    yield f"In {names} axes of one are added or left out."


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


def _fill(brought: Sorted, network: Network, defaults: Mapping[str, Any]) -> frozenset[str]:
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
        has = "is" if len(missing) == 1 else "are"
        shape = network.shapes.get(missing[0])
        hint = f"The shape of {missing[0]} is {shape}." if shape else "Give a row for each example."
        raise ShapeError(f"{_listed(missing)} {has} missing.", hint=hint, at=missing[0])
    if filled:
        brought.notes.append(f"{_listed(filled)} come from here; you gave none.")
    return frozenset(filled)


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
