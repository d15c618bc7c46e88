"""What a learner can choose in the lesson Why backwards?: a program, a pass, and how both run."""

from dataclasses import dataclass

from backprop.engine.arrays.grammar import CHARACTERS
from backprop.stage.choices import (
    Flag,
    Lines,
    Name,
    OneOf,
    Text,
    Whole,
    chosen,
    format_choice,
    group,
)
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.quiz.arrays.answers import ArrayQuizChoices

TWO_OUTPUTS = """x : 6 = random 7
W1 : given 4 x 6 = random 8 * 0.6
W2 : given 2 x 4 = random 9
a = tanh(W1 @ x)
y = W2 @ a"""

PACES = {"": "together", "forward-first": "one after the other"}
VIEWS = {"": "Jacobian", "curvature": "Curvature"}


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default."""

    program: str = chosen(Lines(CHARACTERS), TWO_OUTPUTS)
    leaf_values: str = chosen(Text(2_000), "", spelled="leaf-values")  # W[1,2]=0.5;b[0]=1
    formula: str = chosen(Text(500), "", spelled="made-of")  # the function it was written from
    inputs: str = chosen(Name(), "", spelled="by-leaf")  # whose entries are nudged; all where empty
    step: int = chosen(Whole(0, 99_999), 0)
    pace: str = chosen(OneOf(PACES), "", spelled="side-order")
    by_line: bool = chosen(Flag(), False, spelled="line-by-line")
    direction: str = chosen(
        Text(2_000), "", spelled="input-direction"
    )  # one, instead of each entry
    weight: str = chosen(Text(2_000), "", spelled="output-weight")  # one, instead of each entry
    view: str = chosen(OneOf(VIEWS), "", spelled="show-view")
    editing: bool = chosen(Flag(), False, spelled="show-editor")
    pane: str = chosen(OneOf(("", "reverse")), "", spelled="show-pane")  # on a phone
    preset_name: str = chosen(Name(), "", spelled="began")  # the preset that this came from
    quiz: ArrayQuizChoices = group(ArrayQuizChoices())
    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        *("transport", "strip", "presets", "asking", "function", "parameters")
    )
    body_format: int = format_choice()
