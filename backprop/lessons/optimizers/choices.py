"""What a learner can choose about optimizers: surface, start, racers and their settings, machine.

A racer's settings are called by its place in the race: learning_rate_1, momentum_2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backprop.lessons.optimizers.learning_rates import suggest_rates
from backprop.lessons.optimizers.matrix.stored import pack, unpack
from backprop.lessons.optimizers.surface import NETWORKS, Surface, read_surface, slice_network
from backprop.stage import choices as kinds
from backprop.stage.choices import (
    ChoiceError,
    OneOf,
    Real,
    Several,
    Whole,
    chosen,
    format_choice,
    group,
)
from backprop.stage.functions import EXPRESSION, NUMBER
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.lecture import part_choice
from backprop.stage.sections import more_choice
from backprop.training.demo_optimizers import MACHINES, RACERS
from backprop.training.matrix_progress import Progress
from backprop.training.optimizers import Setting

NONE = "none"  # an empty place: the others keep their numbers, and so their lines
MOST_RACERS = 6
MOST_STEPS = 500
SOURCES = ("backward", "central", "closed")
SECTIONS = {  # of the page that open, and the choices each holds
    "step": ("lead",),
    "surface": (),
    "curves": (),
    "matrix": ("machine", "problem", "filling", "progress"),
    "exhibit": (),
    "bend": (),
}
PARTS = {  # of a lecture
    **{"wall": 0, "race": 0, "curves": 0, "surface": 0},
    **{"rates": 0, "matrix": 0, "exhibit": 0},
}


@dataclass(frozen=True)
class SurfaceChoices:
    """The surface, and where all racers start.

    Attributes:
        of: what the surface is: a typed function, or the loss of a network.
        net, across, up: of a network, which of the walk's presets, and the two parameters that
            move; all others are held.
        at: a number for each variable.
    """

    of: str = chosen(OneOf(("expression", "network")), "expression")
    expression: str = chosen(EXPRESSION, "3x^2 + 2x y + y^2")
    net: str = chosen(OneOf(NETWORKS), NETWORKS[0])
    across: str = chosen(kinds.Name(), "w2_1_1")
    up: str = chosen(kinds.Name(), "w1_1_1")
    at: Mapping[str, float] = chosen(
        kinds.Table(
            NUMBER,
            keys=lambda c: find_surface(c).names,
            default=lambda c, base: default_start(c, base),
        ),
        {"x": -2.0, "y": 2.4},
    )

    def is_same(self, other: "SurfaceChoices") -> bool:
        """Whether both are the same surface, from wherever the racers start."""
        return replace(self, at={}) == replace(other, at={})


@dataclass(frozen=True)
class MatrixChoices:
    """The matrix of gradient sources and optimizers.

    Attributes:
        problem: what is minimized: this surface, or a network that learns.
        filling: whether the matrix fills in by itself.
        progress: what of it is measured.
    """

    problem: str = chosen(OneOf(("function", "network")), "function", spelled="matrix")
    filling: bool = chosen(kinds.Flag(), False)
    progress: Progress | None = chosen(
        kinds.Kept(kinds.Packed(pack, unpack), None), None, spelled="course"
    )


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default.

    Attributes:
        racers: the optimizers that race, by name; “none” for an empty place.
        steps: how many steps the race has.
        step: how many of them are shown.
        lead: the racer whose step is written out, counted from 1.
        source: how the gradient is made, behind the wall.
        machine: what takes it there.
        around, reach: the middle of the map and how far it reaches.
    """

    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        *("transport", "presets", "function", "machines", "surface", "racers", "charts"),
        *("exhibit", "matrix"),
    )
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)
    part: str = part_choice(PARTS)
    preset_name: str = chosen(kinds.Name(), "", spelled="began")  # the preset that this came from
    surface: SurfaceChoices = group(SurfaceChoices())
    racers: tuple[str, ...] = chosen(
        Several(OneOf(RACERS, (NONE,)), MOST_RACERS, least=1),
        ("gradient_descent", "momentum", "adam"),
    )
    steps: int = chosen(Whole(1, MOST_STEPS), 60)
    step: int = chosen(Whole(0, MOST_STEPS), 0)
    lead: int = chosen(Whole(1, MOST_RACERS), 1)
    source: str = chosen(OneOf(SOURCES), "backward")
    machine: str = chosen(OneOf(MACHINES), "gradient_descent")
    around: tuple[float, ...] = chosen(Several(Real(), 2), ())
    reach: float = chosen(Real(1e-3, 1e6), 3.0)
    matrix: MatrixChoices = group(MatrixChoices())
    settings: Mapping[str, float] = chosen(
        kinds.Table(
            kind=lambda c, name: setting_kind(c, name),
            keys=lambda c: tuple(setting_names(c)),
            default=lambda c, base: default_settings(c, base),
        ),
        {},
    )


def find_surface(choices: SurfaceChoices) -> Surface:
    """Return the function of two variables that is raced on.

    Raises:
        ChoiceError: it cannot be read, or does not have two variables.
    """
    if choices.of == "network":
        return slice_network(choices.net, choices.across, choices.up)
    return read_surface(choices.expression, kinds.spelled_names(Choices))


def default_start(choices: SurfaceChoices, base: SurfaceChoices) -> dict[str, float]:
    """Return the default start of a race: that of the base, or of the surface."""
    same = (choices.of, choices.net) == (base.of, base.net)
    known = base.at if same else {}
    return {name: known.get(name, x) for name, x in find_surface(choices).start.items()}


def racing(choices: Choices) -> dict[int, str]:
    """Return the optimizers that race, by their numbers."""
    racers = {n: name for n, name in enumerate(choices.racers, 1) if name != NONE}
    if not racers:
        raise ChoiceError("Nobody races.", hint="Choose at least one optimizer.", at="racers")
    return racers


def leader(choices: Choices) -> int:
    """Return the number of the racer whose step is written out."""
    numbers = tuple(racing(choices))
    return choices.lead if choices.lead in numbers else numbers[0]


def setting_names(choices: Choices) -> dict[str, tuple[int, Setting]]:
    """Return the settings of all racers by the name of their field: the racer and the setting."""
    return {
        f"{setting.name}_{number}": (number, setting)
        for number, name in racing(choices).items()
        for setting in RACERS[name].settings()
    }


def keeps_usual_settings(choices: Choices) -> bool:
    """Whether all racers have their usual settings, but for their learning rates."""
    return all(
        choices.settings[field] == setting.default
        for field, (_, setting) in setting_names(choices).items()
        if setting.name != "learning_rate"
    )


def setting_kind(choices: Choices, name: str) -> Real:
    """Return the bounds of one of the racers' settings."""
    setting = setting_names(choices)[name][1]
    return Real(setting.lower, setting.upper)


def default_settings(choices: Choices, base: Choices) -> dict[str, float]:
    """Return the default settings of all racers.

    They are the base's where the same optimizer races there on the same surface; else the
    optimizer's own, with a learning rate that suits the surface.
    """
    same = choices.surface.is_same(base.surface)
    rates = suggest_rates(find_surface(choices.surface), choices.surface.at)
    settings = {}
    for field, (number, setting) in setting_names(choices).items():
        name = choices.racers[number - 1]
        kept = same and base.racers[number - 1 : number] == (name,)
        own = rates[name] if setting.name == "learning_rate" else setting.default
        settings[field] = base.settings.get(field, own) if kept else own
    return settings
