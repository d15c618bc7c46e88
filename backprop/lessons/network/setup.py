"""What the network is made of: each control with the addresses that it leads to."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backprop.engine.network import ACTIVATIONS, LOSSES, OF_CLASSES, SCHEMES, Network
from backprop.lessons.network.choices import RESET_RUN, Choices, RunChoices
from backprop.stage.controls import Option, make_options
from backprop.stage.links import Links
from backprop.stage.networks import (
    LOSS_TITLES,
    MOST_LAYERS,
    MOST_UNITS,
    SCHEME_TITLES,
    NetworkChoices,
    default_parameters,
    drawable,
    find_dataset,
)
from backprop.stage.walk.steps import network_steps

AT_THE_START = RunChoices()
NAMES = {"indexed": "by layer", "textbook": "as in textbooks"}


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
class NetworkSetup:
    """The controls of the network.

    Attributes:
        layers: the inputs first.
        add_layer: the address with one more hidden layer; empty at the limit.
        losses: those that fit the last layer.
        schemes, seed: how the initial weights are chosen.
        shared: the switch between one bias for each layer and one for each neuron.
        names: how the quantities can be called.
    """

    layers: tuple[Layer, ...]
    add_layer: str
    losses: tuple[Option, ...]
    schemes: tuple[Option, ...]
    seed: int
    shared: Option
    names: tuple[Option, ...]


def make_setup(choices: Choices, links: Links) -> NetworkSetup:
    """Return the controls of the network."""
    network = choices.network
    other = another_network(links, shared=not network.shared)
    return NetworkSetup(
        layers=make_layers(network, links),
        add_layer=add_layer(network, links),
        losses=loss_options(network, links),
        schemes=scheme_options(network, links),
        seed=network.seed,
        shared=Option("one bias for each layer", "1", network.shared, other),
        names=make_options(NAMES, network.names, links, "names"),
    )


def another_network(links: Links, *drop_tables: str, **changes: Any) -> str:
    """Return the address at which a run begins with another network; empty if it is too large.

    It stays at the step; where the walk through the other network is shorter, at its last.
    """
    choices: Choices = links.choices
    parts = ("sizes", "activations", "loss", "shared")
    sizes, *rest = (changes.get(part, getattr(choices.network, part)) for part in parts)
    detail = changes.get("detail", choices.detail)
    if not drawable(sizes, detail):
        return ""
    last = _last_step(sizes, *rest, detail)
    if choices.run != AT_THE_START:
        changes |= RESET_RUN
    return links.at_most("step", last).address(*drop_tables, **changes)


@lru_cache(maxsize=1024)
def _last_step(
    sizes: tuple[int, ...], activations: tuple[str, ...], loss: str, shared: bool, detail: str
) -> int:
    graph = Network(sizes, activations, loss, shared).graph(detail)
    return len(network_steps(graph)) - 1


def make_layers(network: NetworkChoices, links: Links) -> tuple[Layer, ...]:
    """Return the controls of the network's layers, the inputs first."""
    return tuple(_layer(network, n, links) for n in range(len(network.sizes)))


def _layer(network: NetworkChoices, n: int, links: Links) -> Layer:
    sizes, acts, units = network.sizes, network.activations, network.sizes[n]
    last = len(sizes) - 1
    fixed = find_dataset(network) is not None and n in (0, last)
    smallest = 2 if n == last and network.loss in OF_CLASSES else 1

    def resized(to: int) -> str:
        return another_network(links, sizes=(*sizes[:n], to, *sizes[n + 1 :]))

    remove = ""
    if 0 < n < last:
        fewer = (*acts[: n - 1], *acts[n:])
        remove = another_network(links, sizes=(*sizes[:n], *sizes[n + 1 :]), activations=fewer)
    return Layer(
        title="inputs" if n == 0 else "outputs" if n == last else f"layer {n}",
        units=units,
        fewer="" if fixed or units <= smallest else resized(units - 1),
        more="" if fixed or units >= MOST_UNITS else resized(units + 1),
        remove=remove,
        activations=_activations(network, n, links) if n else (),
    )


def _activations(network: NetworkChoices, layer: int, links: Links) -> tuple[Option, ...]:
    acts = network.activations
    last = layer == len(acts)
    options = []
    for name in ACTIVATIONS:
        loss = network.loss
        if name == "softmax":
            if not last or network.sizes[-1] < 2:
                continue
            loss = "cross_entropy"
        elif last and loss == "cross_entropy":
            loss = "half_squared_error"
        changed = (*acts[: layer - 1], name, *acts[layer:])
        address = another_network(links, activations=changed, loss=loss)
        options.append(Option(name.replace("_", " "), name, name == acts[layer - 1], address))
    return tuple(options)


def add_layer(network: NetworkChoices, links: Links) -> str:
    """Return the address of the same network with one more hidden layer; empty at the limit."""
    if len(network.sizes) > MOST_LAYERS:
        return ""
    *before, last = network.sizes
    *acts, end = network.activations
    kind = acts[0] if acts else "sigmoid"
    sizes = (*before, max(2, min(3, last)), last)
    return another_network(links, sizes=sizes, activations=(*acts, kind, end))


def loss_options(network: NetworkChoices, links: Links) -> tuple[Option, ...]:
    """Return the losses that fit the last layer, each with its address."""
    options = []
    for name in LOSSES:
        acts = network.activations
        if name in OF_CLASSES and network.sizes[-1] < 2:
            continue
        if name == "cross_entropy":
            acts = (*acts[:-1], "softmax")
        elif acts[-1] == "softmax":
            acts = (*acts[:-1], "linear" if name == "multiclass_hinge" else "sigmoid")
        address = another_network(links, loss=name, activations=acts)
        options.append(Option(LOSS_TITLES[name], name, name == network.loss, address))
    return tuple(options)


def scheme_options(network: NetworkChoices, links: Links) -> tuple[Option, ...]:
    """Return the ways to choose initial weights; none is on where other numbers stand now."""
    drawn = default_parameters(network, NetworkChoices()) == network.parameters
    options = tuple(
        Option(
            SCHEME_TITLES[name],
            name,
            drawn and name == network.scheme,
            links.address(scheme=name, **RESET_RUN),
        )
        for name in SCHEMES
    )
    return options if drawn else (Option("as they stand", "", on=True), *options)
