"""What a learner can choose in the playground: a function, its point, and what is shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from backprop.engine.graph import Graph
from backprop.stage.choices import (
    Flag,
    Name,
    OneOf,
    Whole,
    chosen,
    format_choice,
    group,
    spelled_names,
)
from backprop.stage.functions import BEGIN, EXPRESSION, point_table, read_function
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.quiz.answers import QuizChoices
from backprop.stage.sections import more_choice

SECTIONS = {"proof": (), "export": ("export",)}  # what opens, and the choices that each holds
EXPORTS = ("latex", "numpy", "pytorch")


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default."""

    expression: str = chosen(EXPRESSION, "(x + y) * z")
    begin: str = chosen(BEGIN, "", spelled="new-variables")  # where those of a typed function stand
    share: bool = chosen(Flag(), False)  # whether equal parts are one node
    step: int = chosen(Whole(0, 9_999), 0)
    focus: str = chosen(Name(), "")  # the quantity whose path ledger is open
    preset_name: str = chosen(Name(), "", spelled="began")  # the preset that this came from
    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        *("transport", "strip", "presets", "asking", "function", "detail", "parameters"),
        *("checks", "files"),
    )
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)
    export: str = chosen(OneOf(("", *EXPORTS)), "")  # what the open panel holds
    quiz: QuizChoices = group(QuizChoices())
    at: Mapping[str, float] = chosen(point_table(lambda c: parse_function(c), "at"), {})


def parse_function(choices: Choices) -> Graph:
    """Return the function that was typed.

    Raises:
        ChoiceError: it cannot be read; the text says why, and where it was typed.
    """
    return parse_as(choices, share=choices.share)


def parse_as(choices: Choices, *, share: bool) -> Graph:
    """Return the function with its equal parts shared, or as a tree; raises as `function_of`."""
    return read_function(choices.expression, share=share, taken=spelled_names(Choices))
