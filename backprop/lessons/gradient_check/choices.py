"""What a learner can choose where a gradient is checked: whose, which parameter, what nudge.

The gradient of a typed expression, or of a network, whose choices are those of the walk.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from backprop.engine.graph import Graph
from backprop.lessons.gradient_check.stored import pack, unpack
from backprop.stage.choices import (
    ChoiceError,
    Flag,
    Kept,
    Name,
    OneOf,
    Packed,
    Whole,
    chosen,
    format_choice,
    group,
    parse_number,
    spelled_names,
)
from backprop.stage.functions import BEGIN, EXPRESSION, point_table, read_function
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.lecture import part_choice
from backprop.stage.networks import NetworkChoices
from backprop.stage.sections import more_choice
from backprop.training.two_trainings import Progress

LEAST_H, MOST_H = 1e-300, 10.0
SECTIONS = {  # of the page that open, and the choices each holds
    "graph": (),
    "steps": ("single",),
    "cost": ("sized",),
    "bands": (),
    "bug": ("bench", "bug", "case", "guess", "revealed", "goal"),
}
PARTS = {"nudge": 0, "all": 0, "steps": 0, "cost": 0, "bug": 0}  # of a lecture
MOST_CASE = 9_999
PROGRESS = Kept(Packed(pack, unpack), None)


@dataclass(frozen=True, slots=True)
class Nudge:
    """A nudge h, spelled as itself; or, as a slider spells it, as its power of ten, from 0 down.

    h is more than 0, so “−5” can only mean 10⁻⁵, and “0” is 10⁰ = 1.
    """

    bounds: ClassVar[tuple[tuple[float, float], ...]] = ((-300, 0), (LEAST_H, MOST_H))

    def read(self, text: str, name: str) -> float:
        """Return the nudge that a text spells; raises ChoiceError."""
        number = parse_number(text, name)
        h = float(f"{10.0**number:.3g}") if -300 <= number <= 0 else number
        if not LEAST_H <= h <= MOST_H:
            raise ChoiceError(
                f"{text.strip()[:40]} cannot be a nudge.",
                hint="Type a number such as 1e-5, from 1e-300 to 10.",
                at=name,
            )
        return h

    def write(self, value: float) -> str:
        """Return the text that spells a nudge."""
        return repr(value).removesuffix(".0")


@dataclass(frozen=True)
class BugChoices:
    """The mistake that is planted, and how far both trainings go.

    Attributes:
        bench: where it is planted: in what the page is about, or in a batch of flowers.
        bug: a slip of the catalogue by name; empty for the one that the case hides.
        case: the number of a hidden slip; 0 shows the first exhibit.
        guess: the slip that the learner takes it for.
        revealed: whether the slip is named.
        goal: the step up to which both trainings go; 0 where none is under way.
    """

    bench: str = chosen(OneOf(("page", "batch")), "page")
    bug: str = chosen(Name(), "")
    case: int = chosen(Whole(0, MOST_CASE), 0)
    guess: str = chosen(Name(), "")
    revealed: bool = chosen(Flag(), False, spelled="told")
    goal: int = chosen(Whole(0, 1_000), 0)


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default.

    Attributes:
        of: whose gradient: that of a typed expression, or of a network.
        parameter: the one that is nudged; empty for the first of the last layer.
        nudge: h, by how much to each side.
        single: whether the study of h is shown in single precision.
        sized: how many sizes of network the cost is to be measured for.
        progress: how far training and measuring are.
        at: the point of the expression.
    """

    of: str = chosen(OneOf(("expression", "network")), "network")
    preset_name: str = chosen(Name(), "", spelled="began")  # that this came from
    return_to: str = chosen(Name(64), "", spelled="came")  # the state of training it came from
    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        "presets", "function", "nudge", "table", "steps", "cost", "bug"
    )
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)
    part: str = part_choice(PARTS)
    parameter: str = chosen(Name(EXPRESSION.longest), "")
    nudge: float = chosen(Nudge(), 1.0)
    single: bool = chosen(Flag(), False)
    planted: BugChoices = group(BugChoices())
    sized: int = chosen(Whole(0, 20), 0)
    progress: Progress | None = chosen(PROGRESS, None, spelled="course")
    begin: str = chosen(BEGIN, "", spelled="new-variables")
    expression: str = chosen(EXPRESSION, "(x + y) * z")
    network: NetworkChoices = group(NetworkChoices(), applies=lambda c: c.of == "network")
    at: Mapping[str, float] = chosen(point_table(lambda c: typed_graph(c), "at"), {})


NOTHING = read_function("0")  # of a network: no expression is asked of it


@lru_cache(maxsize=256)
def _function(text: str) -> Graph:
    return read_function(text, taken=spelled_names(Choices))


def typed_graph(choices: Choices) -> Graph:
    """Return the expression that was typed, as a graph; where a network is checked, the number 0.

    Raises:
        ChoiceError: it cannot be read, or has no variable.
    """
    if choices.of != "expression":
        return NOTHING
    graph = _function(choices.expression)
    if not graph.variables:
        raise ChoiceError(
            "There is no variable in it, so there is no gradient to check.",
            hint="Type one with a letter, such as (x + y) * z.",
            at="expression",
        )
    return graph


def nudge_power(h: float) -> float:
    """Return the power of ten of a nudge, as the slider has it."""
    return round(math.log10(h), 2)
