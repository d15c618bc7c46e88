"""What chooses the surface, its start, and the step of the race that is shown."""

from dataclasses import dataclass

from backprop.lessons.optimizers.choices import Choices, SurfaceChoices
from backprop.lessons.optimizers.surface import WALKED, Surface
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.controls import Field, Option, make_options, number_field
from backprop.stage.links import Links


@dataclass(frozen=True, slots=True)
class SurfaceControls:
    """What is raced on, and from where.

    Attributes:
        letter, labels: of the function, and of its variables.
        fields: the numbers of the start.
        networks, across, up: the networks whose loss can be raced on, and the parameters that can
            run across and up; empty for an expression.
    """

    title: str
    letter: Label
    labels: tuple[Label, Label]
    fields: tuple[Field, ...]
    networks: tuple[Option, ...] = ()
    across: tuple[Option, ...] = ()
    up: tuple[Option, ...] = ()


def surface_controls(surface: Surface, choices: SurfaceChoices) -> SurfaceControls:
    """Return the controls of a surface."""
    fields = (
        number_field(name, label_of(name), f"where {name} starts", x)
        for name, x in choices.at.items()
    )
    shown = (surface.title, surface.letter, surface.labels, tuple(fields))
    if choices.of != "network":
        return SurfaceControls(*shown)
    names = {name: name for name in WALKED[choices.net].network.parameters}
    return SurfaceControls(
        *shown,
        networks=make_options({name: w.title for name, w in WALKED.items()}, choices.net),
        across=make_options(names, choices.across),
        up=make_options(names, choices.up),
    )


@dataclass(frozen=True, slots=True)
class Transport:
    """The step that is shown, and the addresses of others; empty where there is none."""

    at: int
    steps: int
    first: str
    previous: str
    next: str
    last: str


def make_transport(choices: Choices, links: Links) -> Transport:
    """Return the steps to which a race can go from the one that is shown."""
    k, n = choices.step, choices.steps
    return Transport(
        at=k,
        steps=n,
        first=links.address(step=0) if k else "",
        previous=links.address(step=k - 1) if k else "",
        next=links.address(step=k + 1) if k < n else "",
        last=links.address(step=n) if k < n else "",
    )
