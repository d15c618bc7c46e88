"""What a learner can choose about a gradient: function, point, direction, step, walk and view."""

from collections.abc import Mapping
from dataclasses import dataclass

from backprop.engine.graph import Graph
from backprop.stage.choices import (
    ChoiceError,
    Name,
    OneOf,
    Real,
    Several,
    Text,
    Whole,
    chosen,
    format_choice,
    spelled_names,
)
from backprop.stage.functions import BEGIN, EXPRESSION, point_table, read_function
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.lecture import part_choice
from backprop.stage.sections import more_choice

MOST_VARIABLES = 8
MOST_STEPS = 60
SECTIONS = {  # what opens, and the choices that each holds
    "surface": (),
    "direction": ("angle",),
    "length": ("length",),
    "walk": ("way", "steps", "stride"),
    "checks": (),
}
PARTS = {
    "variables": 1,
    "arrow": 1,
    "surface": 0,
    "dial": 1,
    "length": 1,
    "walk": 0,
}  # of a lecture
UP, DOWN = "up", "down"


def typed_function(choices: "Choices") -> Graph:
    """Return the function that was typed.

    Raises:
        ChoiceError: it cannot be read, or has no variable, or more than eight.
    """
    graph = read_function(choices.expression, taken=spelled_names(Choices) | {"at"})
    count = len(graph.variables)
    if not count:
        raise ChoiceError(
            "There is no variable in it, so it has no slope in any direction.",
            hint="Type one with a letter, such as 3x^2 + 2x y + y^2.",
            at="expression",
        )
    if count > MOST_VARIABLES:
        raise ChoiceError(
            f"It has {count} variables: {', '.join(graph.variables)}.",
            hint=f"Up to {MOST_VARIABLES} are shown here. Two letters side by side are one name; "
            "for a product write x y or x*y.",
            at="expression",
        )
    return graph


@dataclass(frozen=True)
class Choices:
    """Everything set on the page."""

    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        "presets", "function", "surface", "slices", "direction", "length", "walk", "checks"
    )
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)
    part: str = part_choice(PARTS)
    preset_name: str = chosen(Name(), "", spelled="began")
    begin: str = chosen(BEGIN, "", spelled="new-variables")
    expression: str = chosen(EXPRESSION, "3x^2 + 2x y + y^2")
    angle: float = chosen(Real(-360, 360), 0.0)  # of the step, in degrees from the first axis
    length: float = chosen(Real(0, 1_000), 1.0)
    way: str = chosen(OneOf((DOWN, UP)), DOWN)
    steps: int = chosen(Whole(0, MOST_STEPS), 0)  # no steps is no walk
    stride: float = chosen(Real(1e-6, 1_000), 0.5)
    held: str = chosen(Text(40), "")  # whose partial derivative is written out, of three or more
    around: tuple[float, ...] = chosen(Several(Real(), 2), ())  # the middle of the map
    reach: float = chosen(Real(1e-3, 1e6), 3.0)  # of the map, from its middle to each side
    at: Mapping[str, float] = chosen(point_table(typed_function, "at"), {"x": 1.0, "y": 2.0})
