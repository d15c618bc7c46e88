"""The controls of the walk: example, network, optimizer; each with the addresses it leads to."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.network import ACTIVATIONS, LOSSES, SCHEMES, Network
from backprop.lessons.network.choices import RESET_RUN, Choices
from backprop.stage.choices import get_choice
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.networks import (
    LOSS_TITLES,
    MOST_LAYERS,
    MOST_UNITS,
    OWN,
    SCHEME_TITLES,
    NetworkChoices,
    default_parameters,
    drawable,
    find_dataset,
)
from backprop.stage.walk.steps import network_steps
from backprop.training.datasets import DATASETS
from backprop.training.optimizers import OPTIMIZERS


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
    word: str  # what one example is called
    sources: tuple[Option, ...]


def example_of(choices: Choices, links: Links) -> Example:
    """Return the control of the example."""
    data, sources = find_dataset(choices.network), []
    for name, title in (
        (OWN, "your own numbers"),
        *((n, load().title) for n, load in DATASETS.items()),
    ):
        address = another_network(choices, links, "inputs", **_source_changes(choices, name))
        sources.append(Option(title, name, name == choices.network.data, address))
    if data is None:
        return Example("Your own numbers", "", 1, 1, "", "", "", "", "", "", tuple(sources))
    rows, row = len(data.X), choices.network.row
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
        word=data.example,
        sources=tuple(sources),
    )


def _source_changes(choices: Choices, name: str) -> dict[str, Any]:
    """Return what changes when the example comes from elsewhere: the sizes must fit it."""
    if name == OWN or name == choices.network.data:
        return {"data": name}
    data = DATASETS[name]()
    last = choices.network.sizes[-1] if choices.network.sizes[-1] in (1, data.Y.shape[1]) else 1
    softmax = choices.network.activations[-1] == "softmax"
    last = data.Y.shape[1] if softmax and data.Y.shape[1] > 1 else last
    changes: dict[str, Any] = {
        "data": name,
        "row": 1,
        "sizes": (data.X.shape[1], *choices.network.sizes[1:-1], last),
    }
    if softmax and last == 1:
        changes |= {
            "activations": (*choices.network.activations[:-1], "sigmoid"),
            "loss": "binary_cross_entropy",
        }
    return changes


def another_row(row: int, rows: int) -> int:
    """Return the row that follows in a shuffled order that is always the same."""
    order = np.random.default_rng(rows).permutation(rows)
    at = int(np.flatnonzero(order == row - 1)[0])
    return int(order[(at + 1) % rows]) + 1


def another_network(choices: Choices, links: Links, *unsaid: str, **changes: Any) -> str:
    """Return the address at which a run begins with another network; empty if it is too large.

    It stays at the step; where the walk through the other network is shorter, at its last.
    """
    parts = ("sizes", "activations", "loss", "shared", "detail")
    sizes, *rest, detail = (changes.get(part, get_choice(choices, part)) for part in parts)
    if not drawable(sizes, detail):
        return ""
    last = _last_step(sizes, *rest, detail)
    return links.address(*unsaid, **changes, **RESET_RUN, step=min(choices.step, last))


@lru_cache(maxsize=1024)
def _last_step(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    loss: str,
    shared: bool,
    detail: str,
) -> int:
    graph = Network(sizes, activations, loss, shared).graph(detail)
    return len(network_steps(graph)) - 1


def layers_of(choices: Choices, links: Links) -> tuple[Layer, ...]:
    """Return the controls of the network's layers, the inputs first."""
    sizes, acts, data = (
        choices.network.sizes,
        choices.network.activations,
        find_dataset(choices.network),
    )
    found = []
    for n, units in enumerate(sizes):
        fixed = data is not None and n in (0, len(sizes) - 1)
        smallest = 2 if n == len(sizes) - 1 and acts[-1] == "softmax" else 1

        def resized(to: int, n: int = n) -> str:
            changed = (*sizes[:n], to, *sizes[n + 1 :])
            return another_network(choices, links, sizes=changed)

        hidden = 0 < n < len(sizes) - 1
        found.append(
            Layer(
                title="inputs" if n == 0 else "outputs" if n == len(sizes) - 1 else f"layer {n}",
                units=units,
                fewer="" if fixed or units <= smallest else resized(units - 1),
                more="" if fixed or units >= MOST_UNITS else resized(units + 1),
                remove=another_network(
                    choices,
                    links,
                    sizes=(*sizes[:n], *sizes[n + 1 :]),
                    activations=(*acts[: n - 1], *acts[n:]),
                )
                if hidden
                else "",
                activations=_activations(choices, n, links) if n else (),
            )
        )
    return tuple(found)


def _activations(choices: Choices, layer: int, links: Links) -> tuple[Option, ...]:
    acts = choices.network.activations
    last = layer == len(acts)
    options = []
    for name in ACTIVATIONS:
        changed = (*acts[: layer - 1], name, *acts[layer:])
        loss = choices.network.loss
        if name == "softmax":
            if not last or choices.network.sizes[-1] < 2:
                continue
            loss = "cross_entropy"
        elif last and loss == "cross_entropy":
            loss = "half_squared_error"
        address = another_network(choices, links, activations=changed, loss=loss)
        options.append(Option(name.replace("_", " "), name, name == acts[layer - 1], address))
    return tuple(options)


def add_layer(choices: Choices, links: Links) -> str:
    """Return the address of the same network with one more hidden layer; empty at the limit."""
    if len(choices.network.sizes) > MOST_LAYERS:
        return ""
    sizes = (
        *choices.network.sizes[:-1],
        max(2, min(3, choices.network.sizes[-1])),
        choices.network.sizes[-1],
    )
    kind = choices.network.activations[0] if len(choices.network.activations) > 1 else "sigmoid"
    acts = (*choices.network.activations[:-1], kind, choices.network.activations[-1])
    return another_network(choices, links, sizes=sizes, activations=acts)


def losses_of(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the losses that fit the last layer, each with its address."""
    found = []
    for name in LOSSES:
        acts = choices.network.activations
        if name == "cross_entropy":
            if choices.network.sizes[-1] < 2:
                continue
            acts = (*acts[:-1], "softmax")
        elif acts[-1] == "softmax":
            acts = (*acts[:-1], "sigmoid")
        address = another_network(choices, links, loss=name, activations=acts)
        found.append(Option(LOSS_TITLES[name], name, name == choices.network.loss, address))
    return tuple(found)


def schemes_of(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the ways to choose initial weights; none is on where other numbers stand now."""
    drawn = default_parameters(choices.network, NetworkChoices()) == choices.network.parameters
    found = [
        Option(
            SCHEME_TITLES[s],
            s,
            drawn and s == choices.network.scheme,
            links.address(scheme=s, **RESET_RUN),
        )
        for s in SCHEMES
    ]
    return tuple(found) if drawn else (Option("as they stand", "", on=True), *found)


def optimizers_of(choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the machines that can use the gradient."""
    return tuple(
        Option(
            kind.title,
            name,
            name == choices.update.optimizer,
            links.address(optimizer=name, memory=()),
        )
        for name, kind in OPTIMIZERS.items()
    )


def shared_of(choices: Choices, links: Links) -> Option:
    """Return the switch between one bias for each layer and one for each neuron."""
    address = another_network(choices, links, shared=not choices.network.shared)
    return Option("one bias for each layer", "1", choices.network.shared, address)
