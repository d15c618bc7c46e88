"""What a learner can choose in the lesson on memory: a program, what is kept, what is counted."""

from dataclasses import dataclass

from backprop.engine.arrays.grammar import CHARACTERS, LINES
from backprop.engine.tape.plan import ASKED, PASSING, VALUE
from backprop.lessons.memory.programs import RECURRENT
from backprop.stage.choices import (
    Flag,
    Lines,
    Name,
    OneOf,
    Several,
    Text,
    Whole,
    chosen,
    format_choice,
)
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.quiz.asked_back import LAST_SEED, MOST_TRIES

KEEPS = {"all": "keep all", "every": "every", "best": "best for √n", "own": "own"}
UNITS = {"": "arrays", "bytes": "bytes"}
COUNTS = {
    "": "values",
    "passing": "+ passing gradients",
    "all": "+ all gradients",
}
KINDS = {"": (VALUE,), "passing": (VALUE, PASSING), "all": (VALUE, PASSING, ASKED)}


@dataclass(frozen=True)
class AskedChoices:
    """What an address says where the memory is asked about first."""

    asks: bool = chosen(Flag(), False, spelled="asks-first")
    fresh: int = chosen(Whole(0, LAST_SEED), 1, spelled="fresh-memory")  # the seed of the order
    answer: str = chosen(Text(), "", spelled="said-memory")  # at this step
    tried: int = chosen(Whole(0, MOST_TRIES), 0, spelled="tried-memory")
    check: bool = chosen(Flag(), False, spelled="check-memory")
    tell: bool = chosen(Flag(), False, spelled="tell-memory")


@dataclass(frozen=True)
class Choices(AskedChoices):
    """Everything set on the page; each field with its kind and its default."""

    program: str = chosen(Lines(CHARACTERS), RECURRENT)
    typed: str = chosen(Lines(CHARACTERS), "", spelled="typed-program")  # as it cannot be read yet
    editing: bool = chosen(Flag(), False, spelled="show-editor")
    step: int = chosen(Whole(0, 9_999), 0)
    keep: str = chosen(OneOf(KEEPS), "all", spelled="keep-lines")
    every: int = chosen(Whole(1, LINES), 4, spelled="every-line")
    checkpoints: tuple[str, ...] = chosen(Several(Text(40), LINES), ())
    unit: str = chosen(OneOf(UNITS), "", spelled="memory-unit")
    counted: str = chosen(OneOf(COUNTS), "", spelled="count-gradients")
    preset_name: str = chosen(Name(), "", spelled="began")  # the preset that this came from
    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        *("transport", "strip", "presets", "asking", "function", "charts")
    )
    body_format: int = format_choice()
