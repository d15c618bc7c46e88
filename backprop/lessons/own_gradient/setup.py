"""The network here, as controls; what can be downloaded; what stands in the field to be tried."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backprop.engine.network import HIDDEN_ACTIVATIONS
from backprop.lessons.own_gradient.brought import bare
from backprop.lessons.own_gradient.choices import Choices, Given, make_given
from backprop.lessons.own_gradient.downloads import (
    OF_ARRAYS_SLIP,
    RIGHT,
    SLIP,
    STARTERS,
    STEPS,
    worked,
)
from backprop.notation.export.examples import has_steps
from backprop.stage.controls import Option, make_options
from backprop.stage.links import Links, Origin
from backprop.stage.networks import LOSS_TITLES, SCHEME_TITLES

_NONE = Choices()


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be had, and where it can be opened here; nowhere if that is empty."""

    title: str
    about: str
    address: str
    open: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that is chosen, or taken along; no markup."""

    here: str  # the address of the network alone, to which a control adds its own field
    pairs: tuple[tuple[str, str], ...]  # the same as the hidden fields of a form
    subject: str  # the network in a line
    shapes: str
    hidden: tuple[Option, ...]
    output: tuple[Option, ...]
    losses: tuple[Option, ...]
    schemes: tuple[Option, ...]
    shared: Option
    starters: tuple[Download, ...]
    networks: tuple[Download, ...]
    expressions: tuple[Download, ...]


def fresh_links(choices: Choices, path: str) -> Links:
    """Return links around the network here alone: no example, nothing brought."""
    kept = replace(bare(choices), mode=choices.mode, hide=choices.hide, more=choices.more)
    return Links(path, Origin({}, _NONE), kept)


def make_setup(choices: Choices, path: str) -> Setup:
    """Return the controls and the files; raises as `make_given`."""
    links, given = fresh_links(choices, path), make_given(choices)
    network = given.network
    first, last = network.activations[0], network.activations[-1]
    inner = network.depth - 1
    shapes = ", ".join(f"{name} {_shape(shape)}" for name, shape in network.shapes.items())
    rows = f"X {_shape(given.X.shape)}, Y {_shape(given.Y.shape)}"
    files = Links(f"{path}/", Origin({}, _NONE), bare(choices))
    return Setup(
        here=links.address(),
        pairs=tuple(links.pairs().items()),
        subject="–".join(map(str, network.sizes)),
        shapes=f"{shapes}; {rows}",
        hidden=tuple(
            Option(name, ",".join((*(name,) * inner, last)), name == first)
            for name in HIDDEN_ACTIVATIONS
        )
        if inner
        else (),
        output=tuple(
            Option(name, ",".join((*network.activations[:-1], name)), name == last)
            for name in (HIDDEN_ACTIVATIONS if last != "softmax" else ("softmax",))
        ),
        losses=make_options(LOSS_TITLES, choices.loss),
        schemes=make_options(SCHEME_TITLES, choices.scheme),
        shared=Option("", "", choices.shared, links.address(shared=not choices.shared)),
        starters=tuple(
            Download(s.title, s.about, files.address().replace(f"{path}/", f"{path}/{kind}", 1))
            for kind, s in STARTERS.items()
        ),
        networks=tuple(_worked(links, expressions=False)),
        expressions=tuple(_worked(links, expressions=True)),
    )


def example_options(choices: Choices, given: Given, links: Links) -> tuple[Option, ...]:
    """Return what can be tried with a click."""
    titles = {RIGHT: "a right one", SLIP: "one with a slip"}
    if has_steps(given.network):
        titles[STEPS] = "one with its steps"
    titles[OF_ARRAYS_SLIP] = "one of a program of arrays"
    return make_options(titles, choices.example, links, "example")


def _worked(links: Links, *, expressions: bool) -> Iterator[Download]:
    for name, each in worked().items():
        if name.startswith("expression") is expressions:
            yield Download(each.title, name, f"/fixtures/{name}.json", links.address(example=name))


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
