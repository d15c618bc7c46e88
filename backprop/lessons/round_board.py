"""The board of the walk through one round: everything shown, without markup."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.engine.network import ACTIVATIONS, LOSSES, SCHEMES
from backprop.engine.paths import Paths, paths
from backprop.lessons.lesson import Links
from backprop.lessons.round import Round
from backprop.lessons.round_choices import (
    AFRESH,
    MOST_LAYERS,
    MOST_UNITS,
    OWN,
    Choices,
    dataset_of,
    drawable,
    optimizer_of,
)
from backprop.lessons.round_update import symbol_of
from backprop.lessons.round_walk import Stop
from backprop.lessons.round_words import SAME, number
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import exact, field, long, short, signed
from backprop.training.datasets import DATASETS
from backprop.training.optimizers import OPTIMIZERS

Labels = Callable[[str], Label]

LOSS_TITLES = {
    "half_squared_error": "half squared error",
    "mean_squared_error": "mean squared error",
    "binary_cross_entropy": "binary cross-entropy",
    "cross_entropy": "cross-entropy",
}
SCHEME_TITLES = {
    "xavier": "Xavier, random",
    "he": "He, random",
    "zeros": "all zeros",
    "equal": "all equal",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A number that can be typed."""

    name: str
    label: Label
    title: str
    value: str  # as an input shows it
    exact: str
    gradient: str = ""  # as the picture shows it; empty while it is not known
    state: str = ""  # “now” where the step is about it, “focus” where its ledger is open
    frozen: bool = False
    freeze: str = ""  # the address that freezes or frees it
    address: str = ""  # the address that opens its ledger


@dataclass(frozen=True, slots=True)
class Slider:
    """The one parameter that can be dragged."""

    name: str
    label: Label
    value: str
    shown: str
    low: str
    high: str
    step: str = "any"


@dataclass(frozen=True, slots=True)
class Option:
    """One of several that can be chosen."""

    title: str
    value: str
    on: bool
    address: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer in the control of the network's sizes."""

    title: str
    units: int
    fewer: str  # addresses; empty where that is not possible
    more: str
    remove: str
    activations: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """The example that goes through: a row of a data set, or the learner's own numbers."""

    title: str
    about: str
    row: int
    rows: int
    back: str
    forward: str
    random: str
    here: str  # the address to which another row’s number is added
    label: str  # its class
    sources: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter in the table of the gradient, or of the update."""

    label: Label
    name: str
    value: Number
    gradient: Number
    numeric: Number
    relative: str
    agrees: bool
    move: Number
    after: Number
    frozen: bool
    address: str


@dataclass(frozen=True, slots=True)
class LedgerPath:
    """One path in the ledger."""

    nodes: tuple[Label, ...]
    slopes: tuple[str, ...]
    product: Number
    keys: tuple[str, ...]  # the edges, to be lit in the picture


@dataclass(frozen=True, slots=True)
class Ledger:
    """All paths from a quantity to the loss, and their sum."""

    label: Label
    name: str
    value: Number
    gradient: Number
    paths: tuple[LedgerPath, ...]
    count: int
    rest: Number | None
    close: str
    given: bool  # an input or a target: no gradient is asked of it


def fields_of(
    found: Round, links: Links, label: Labels, stop: Stop, graded: frozenset[int]
) -> tuple[Field, ...]:
    """Return a field for each parameter."""
    choices, frozen = found.choices, set(found.choices.frozen)
    fields = []
    known = {found.graph.nodes[position].name for position in graded}
    for name, x in choices.parameters.items():
        state = "now" if stop.name == name else "focus" if choices.focus == name else ""
        others = tuple(n for n in choices.frozen if n != name)
        fields.append(
            Field(
                name=name,
                label=label(name),
                title=_title(name),
                value=field(x),
                exact=exact(x),
                gradient=signed(found.gradient[name]) if name in known else "",
                state=state,
                frozen=name in frozen,
                freeze=links.address(frozen=others if name in frozen else (*choices.frozen, name)),
                address=links.address(focus=name),
            )
        )
    return tuple(fields)


def _title(name: str) -> str:
    """Return what a parameter is, in words."""
    layer, *rest = name[1:].split("_")
    if name[0] == "b":
        return f"bias of neuron {rest[0]} in layer {layer}"
    return f"weight of layer {layer}, to neuron {rest[0]}, from {rest[1]}"


def example_fields(found: Round, label: Labels) -> tuple[Field, ...]:
    """Return a field for each input and target."""
    data = dataset_of(found.choices)
    fields = []
    for name, x in found.choices.inputs.items():
        kind, i = name[0], int(name[1:])
        if data is None:
            title = f"{'input' if kind == 'x' else 'target'} {i}"
        elif kind == "x":
            unit = data.units[i - 1]
            title = f"{data.features[i - 1]}{f', {unit}' if unit else ''}"
        else:
            title = (
                data.classes[i - 1]
                if found.network.sizes[-1] > 1 or data.Y.shape[1] > 1
                else "target"
            )
        fields.append(Field(name, label(name), title, field(x), exact(x)))
    return tuple(fields)


def slider_of(found: Round, stop: Stop, label: Labels) -> Slider:
    """Return the slider of the parameter in focus, or of the step, or the first."""
    names = found.names
    wanted = (found.choices.focus, stop.name, *names)
    name = next(n for n in wanted if n in names)
    x = found.choices.parameters[name]
    reach = max(2.0, 2.0 ** np.ceil(np.log2(max(abs(x), 1e-9) * 1.25)))
    return Slider(name, label(name), field(x), short(x), f"{-reach:g}", f"{reach:g}")


def example_of(choices: Choices, links: Links) -> Example:
    """Return the control of the example."""
    data, sources = dataset_of(choices), []
    for name, title in (
        (OWN, "your own numbers"),
        *((n, load().title) for n, load in DATASETS.items()),
    ):
        changes = _source_changes(choices, name)
        sources.append(
            Option(title, name, name == choices.data, links.address("inputs", **changes))
        )
    if data is None:
        return Example("Your own numbers", "", 1, 1, "", "", "", "", "", tuple(sources))
    rows, row = len(data.X), choices.row
    return Example(
        title=data.title,
        about=f"{data.about} {data.source}",
        row=row,
        rows=rows,
        back=links.address("inputs", row=row - 1 if row > 1 else rows),
        forward=links.address("inputs", row=row % rows + 1),
        random=links.address("inputs", row=another_row(row, rows)),
        here=links.address("inputs"),
        label=data.labels[row - 1],
        sources=tuple(sources),
    )


def _source_changes(choices: Choices, name: str) -> dict[str, Any]:
    """Return what changes when the example comes from elsewhere: the sizes must fit it."""
    if name == OWN or name == choices.data:
        return {"data": name}
    data = DATASETS[name]()
    last = choices.sizes[-1] if choices.sizes[-1] in (1, data.Y.shape[1]) else 1
    softmax = choices.activations[-1] == "softmax"
    last = data.Y.shape[1] if softmax and data.Y.shape[1] > 1 else last
    changes: dict[str, Any] = {
        "data": name,
        "row": 1,
        "sizes": (data.X.shape[1], *choices.sizes[1:-1], last),
    }
    if softmax and last == 1:
        changes |= {
            "activations": (*choices.activations[:-1], "sigmoid"),
            "loss": "binary_cross_entropy",
        }
    return changes | AFRESH


def another_row(row: int, rows: int) -> int:
    """Return the row that follows in a shuffled order that is always the same."""
    order = np.random.default_rng(rows).permutation(rows)
    at = int(np.flatnonzero(order == row - 1)[0])
    return int(order[(at + 1) % rows]) + 1


def layers_of(choices: Choices, links: Links) -> tuple[Layer, ...]:
    """Return the controls of the network's layers, the inputs first."""
    sizes, acts, data = choices.sizes, choices.activations, dataset_of(choices)
    found = []
    for n, units in enumerate(sizes):
        fixed = data is not None and n in (0, len(sizes) - 1)
        smallest = 2 if n == len(sizes) - 1 and acts[-1] == "softmax" else 1

        def resized(to: int, n: int = n) -> str:
            changed = (*sizes[:n], to, *sizes[n + 1 :])
            return (
                links.address(sizes=changed, **AFRESH) if drawable(changed, choices.detail) else ""
            )

        hidden = 0 < n < len(sizes) - 1
        found.append(
            Layer(
                title="inputs" if n == 0 else "outputs" if n == len(sizes) - 1 else f"layer {n}",
                units=units,
                fewer="" if fixed or units <= smallest else resized(units - 1),
                more="" if fixed or units >= MOST_UNITS else resized(units + 1),
                remove=links.address(
                    sizes=(*sizes[:n], *sizes[n + 1 :]),
                    activations=(*acts[: n - 1], *acts[n:]),
                    **AFRESH,
                )
                if hidden
                else "",
                activations=_activations(choices, n, links) if n else (),
            )
        )
    return tuple(found)


def _activations(choices: Choices, layer: int, links: Links) -> tuple[Option, ...]:
    acts = choices.activations
    last = layer == len(acts)
    options = []
    for name in ACTIVATIONS:
        changed = (*acts[: layer - 1], name, *acts[layer:])
        loss = choices.loss
        if name == "softmax":
            if not last or choices.sizes[-1] < 2:
                continue
            loss = "cross_entropy"
        elif last and loss == "cross_entropy":
            loss = "half_squared_error"
        address = links.address(activations=changed, loss=loss, **AFRESH)
        options.append(Option(name.replace("_", " "), name, name == acts[layer - 1], address))
    return tuple(options)


def add_layer(choices: Choices, links: Links) -> str:
    """Return the address of the same network with one more hidden layer; empty at the limit."""
    if len(choices.sizes) > MOST_LAYERS:
        return ""
    sizes = (*choices.sizes[:-1], max(2, min(3, choices.sizes[-1])), choices.sizes[-1])
    if not drawable(sizes, choices.detail):
        return ""
    kind = choices.activations[0] if len(choices.activations) > 1 else "sigmoid"
    acts = (*choices.activations[:-1], kind, choices.activations[-1])
    return links.address(sizes=sizes, activations=acts, **AFRESH)


def losses_of(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the losses that fit the last layer, each with its address."""
    found = []
    for name in LOSSES:
        acts = choices.activations
        if name == "cross_entropy":
            if choices.sizes[-1] < 2:
                continue
            acts = (*acts[:-1], "softmax")
        elif acts[-1] == "softmax":
            acts = (*acts[:-1], "sigmoid")
        address = links.address(loss=name, activations=acts, **AFRESH)
        found.append(Option(LOSS_TITLES[name], name, name == choices.loss, address))
    return tuple(found)


def schemes_of(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the ways to choose initial weights."""
    return tuple(
        Option(SCHEME_TITLES[s], s, s == choices.scheme, links.address(scheme=s, **AFRESH))
        for s in SCHEMES
    )


def optimizers_of(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the machines that can use the gradient."""
    return tuple(
        Option(
            kind.title, name, name == choices.optimizer, links.address(optimizer=name, memory=())
        )
        for name, kind in OPTIMIZERS.items()
    )


def settings_of(choices: Choices) -> tuple[Field, ...]:
    """Return a field for each setting of the optimizer."""
    optimizer = optimizer_of(choices)
    return tuple(
        Field(
            s.name,
            symbol_of(s),
            s.label,
            field(choices.settings[s.name]),
            exact(choices.settings[s.name]),
        )
        for s in type(optimizer).settings()
    )


def entries_of(found: Round, links: Links, label: Labels) -> tuple[Entry, ...]:
    """Return the table of the gradient and of the update, one row a parameter."""
    rows = []
    for name in found.choices.parameters:
        g, row = found.gradient[name], found.check[name]
        rows.append(
            Entry(
                label=label(name),
                name=name,
                value=_long(found.choices.parameters[name]),
                gradient=_long(g, "backward"),
                numeric=_long(row.numeric),
                relative=short(row.relative),
                agrees=row.relative <= SAME,
                move=_long(found.moves[name]),
                after=_long(found.after[name], "forward"),
                frozen=name in found.choices.frozen,
                address=links.address(focus=name),
            )
        )
    return tuple(rows)


def _long(x: float, tone: str = "") -> Number:
    return Number(long(x), x, tone)


def ledger_of(found: Round, links: Links, label: Labels) -> Ledger | None:
    """Return the path ledger of the quantity in focus; None where there is none."""
    name = found.choices.focus
    position = next((i for i, node in enumerate(found.graph.nodes) if node.name == name), None)
    if position is None:
        return None
    given = not found.graph.varying()[position]
    listed = Paths((), 0, 0.0, 0.0) if given else paths(found.trace, position)
    names = [node.name for node in found.graph.nodes]
    return Ledger(
        label=label(name),
        name=name,
        value=number(found.trace.values[position], "forward"),
        gradient=_long(listed.gradient, "backward"),
        paths=tuple(
            LedgerPath(
                nodes=tuple(label(names[i]) for i in path.nodes),
                slopes=tuple(short(slope) for slope in path.slopes),
                product=_long(path.product, "backward"),
                keys=tuple(
                    f"e-{names[a]}-{names[b]}"
                    for a, b in zip(path.nodes, path.nodes[1:], strict=False)
                ),
            )
            for path in listed.largest
        ),
        count=listed.count,
        rest=_long(listed.rest, "backward") if listed.count > len(listed.largest) else None,
        close=links.address(focus=""),
        given=given,
    )
