"""What a learner can choose in the lesson on arrays: a program, and what is shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop.engine.arrays.grammar import CHARACTERS
from backprop.lessons.arrays.outputs import WEIGHTS, weight_names
from backprop.stage.choices import (
    ChoiceError,
    Flag,
    Kept,
    Kind,
    Lines,
    Name,
    OneOf,
    Packed,
    Real,
    Several,
    Table,
    Text,
    Whole,
    chosen,
    format_choice,
    group,
)
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.programs.passes import ENTRY
from backprop.stage.programs.stored import StoredLeaf, pack, unpack
from backprop.stage.quiz.arrays.answers import ArrayQuizChoices

DENSE = """A : 4 x 3 = random 1
W : 2 x 3 = random 2 * 0.6
b : 2 = random 5 * 0.5
Y : given 4 x 2 = random 3
Z = A @ W.T + b
H = tanh(Z)
D = H - Y
L = mean(D ** 2)"""


def _typed_weights(choices: Any) -> tuple[str, ...]:
    """Return the weights that are typed, each by its name in an address."""
    return weight_names(choices.program) if choices.weights == "typed" else ()


def _weights_before(choices: Any, base: Any) -> Mapping[str, float]:
    return {name: base.output_weight.get(name, 1.0) for name in _typed_weights(choices)}


@dataclass(frozen=True, slots=True)
class EntryName(Kind):
    """An entry of an array by its name and its place: dW[1,2]; a number by its name alone."""

    def read(self, text: str, name: str) -> str:
        """Return the value that a text spells; raises ChoiceError."""
        plain = "".join(text.split())
        if plain and (len(plain) > 60 or not ENTRY.fullmatch(plain)):
            raise ChoiceError(
                f"“{text[:40]}” is no entry.",
                hint="Write one as in dW[1, 2]; entries are counted from 0.",
                at=name,
            )
        return plain


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default."""

    program: str = chosen(Lines(CHARACTERS), DENSE)
    typed: str = chosen(Lines(CHARACTERS), "", spelled="typed-program")  # as it cannot be read yet
    editing: bool = chosen(Flag(), False, spelled="show-editor")
    step: int = chosen(Whole(0, 9_999), 0)
    opened: tuple[str, ...] = chosen(Several(Text(40), 60), (), spelled="open-lines")
    opened_before: str = chosen(Text(2_000), "", spelled="opened-before")  # as `step` was counted
    entry: str = chosen(EntryName(), "")  # of an array that is opened: dW[1,2]
    slice: tuple[int, ...] = chosen(Several(Whole(0, 4095), 6), (), spelled="show-slice")
    table: str = chosen(Text(60), "", spelled="as-table")  # a map whose numbers are shown: dW
    pane: str = chosen(OneOf(("", "program", "check")), "", spelled="show-pane")  # on a phone
    weights: str = chosen(OneOf(WEIGHTS), "", spelled="output-weights")
    weighed: tuple[int, ...] = chosen(Several(Whole(0, 4095), 6), (), spelled="weighed-entry")
    output_weight: Mapping[str, float] = chosen(Table(Real(), _typed_weights, _weights_before), {})
    leaf_values: str = chosen(Text(2_000), "", spelled="leaf-values")  # W[1,2]=0.5;b[0]=1
    stored: tuple[StoredLeaf, ...] = chosen(Kept(Packed(pack, unpack)), (), spelled="stored-leaves")
    entry_value: str = chosen(Text(40), "", spelled="entry-value")  # for the entry that is opened
    planted: str = chosen(Text(80), "", spelled="planted-slip")  # in the check: bias-mean.Z.1
    checked: str = chosen(Name(), "", spelled="checked-leaf")  # whose entries are nudged
    preset_name: str = chosen(Name(), "", spelled="began")  # the preset that this came from
    quiz: ArrayQuizChoices = group(ArrayQuizChoices())
    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        *("transport", "strip", "presets", "asking", "function", "checks")
    )
    body_format: int = format_choice()
