"""Whose gradient is checked: a function of numbers, its point, and what its parameters are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backprop.engine.backward import differentiate
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Report
from backprop.engine.differences.slopes import kink_sides, kinked
from backprop.engine.forward import columns, values
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.engine.trace import Trace
from backprop.lessons.gradient_check.choices import Choices, typed_graph
from backprop.notation.formula import Label
from backprop.notation.network_names import network_labels
from backprop.stage.functions import NUMBER, function_labels, function_letter
from backprop.stage.kept import kept_by
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES, make_network

Column = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Subject:
    """A function at a point.

    Attributes:
        graph: the function, of numbers.
        point: the value of each of its variables.
        label: a node's name → how it is written.
        letter: what the function's value is called.
        network: of which the function is the loss of one example; None for an expression.
    """

    graph: Graph
    point: Mapping[str, float]
    label: Callable[[str], Label]
    letter: Label
    network: Network | None

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters: what is nudged, and what there is a gradient by."""
        return self.graph.parameters

    @cached_property
    def trace(self) -> Trace:
        """The function differentiated by a backward pass."""
        return differentiate(self.graph, self.point)

    @cached_property
    def report(self) -> Report:
        """The gradient beside its central finite differences."""
        return check_gradient(self.graph, self.point)

    def along(self, name: str, places: Column) -> Column:
        """Return the function's value where one parameter is somewhere else."""
        heights = columns(self.graph, {**self.point, name: places})[-1]
        return np.broadcast_to(np.asarray(heights, float), places.shape)

    def values_at(self, name: str, place: float) -> tuple[float, ...]:
        """Return the value of every node where one parameter is somewhere else."""
        return values(self.graph, {**self.point, name: place})

    def parts(self, one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        """Whether a kink lies between two points, whose nodes have these values."""
        nodes = kinked(self.graph)
        with np.errstate(all="ignore"):
            return any(
                not np.array_equal(kink_sides(node, one), kink_sides(node, other)) for node in nodes
            )


def _function(choices: Choices) -> tuple[object, ...]:
    """Return what of the choices says whose gradient it is, and where."""
    return choices.of, choices.expression, choices.at, choices.network


@kept_by(_function)
def make_subject(choices: Choices) -> Subject:
    """Return whose gradient the choices ask about.

    Raises:
        InputError: the expression cannot be read, or sizes, activations, loss and data do not
            fit together.
    """
    if choices.of == "expression":
        graph = typed_graph(choices)
        return Subject(graph, choices.at, function_labels(graph), function_letter(graph), None)
    network = make_network(choices.network)
    squashed = choices.network.activations[-1] not in ("linear", "softmax")
    label = network_labels(
        choices.network.sizes, choices.network.shared, choices.network.names, squashed
    )
    graph = network.graph("neurons")
    point = {**choices.network.inputs, **choices.network.parameters}
    return Subject(graph, point, label, replace(label("L"), plain="L"), network)


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A variable of the expression, and its number."""

    name: str
    label: Label
    value: str


@dataclass(frozen=True, slots=True)
class SubjectShown:
    """What is checked; no markup."""

    title: str  # in a line
    source: str  # where the same function is walked through, and changed
    typed: bool  # whether it is an expression, with its text and its point
    expression: str
    coordinates: tuple[Coordinate, ...]


def show_subject(subject: Subject, choices: Choices, links: Links) -> SubjectShown:
    """Return what the page says about what is checked."""
    sizes, loss = choices.network.sizes, LOSS_TITLES[choices.network.loss]
    title = f"a {'–'.join(map(str, sizes))} network, {loss}, one example"
    return SubjectShown(
        title=title if subject.network else f"{subject.letter.letter} = {choices.expression}",
        source=_source(choices, links),
        typed=choices.of == "expression",
        expression=choices.expression,
        coordinates=tuple(
            Coordinate(each, subject.label(each), NUMBER.write(number))
            for each, number in choices.at.items()
        ),
    )


def _source(choices: Choices, links: Links) -> str:
    if choices.of == "network":
        here = {"network": choices.network, "return_to": choices.return_to}
        return links.to("network", preset_name="", **here)
    return links.to(
        "playground", preset_name="", expression=choices.expression, at=dict(choices.at)
    )
