"""The ways between this check and the pages that show the same function at the same point."""

from dataclasses import replace
from typing import Any

from backprop.engine.text import to_text
from backprop.lessons import (
    chain_choices,
    gradient_choices,
    optimizers_choices,
    playground_choices,
    round_choices,
)
from backprop.lessons.chain_function import chain_of
from backprop.lessons.function_choices import read_function
from backprop.lessons.gradient_check_choices import FIELDS, Choices, as_walked, from_walked
from backprop.lessons.gradient_check_presets import PRESETS
from backprop.lessons.lesson import Links, Origin
from backprop.lessons.playground_presets import PRESETS as PLAYED
from backprop.lessons.round_presets import PRESETS as WALKED

PATH = "/lessons/gradient-check"


def check_address(choices: Any) -> str:
    """Return where the gradient of what a page shows is checked; empty where it cannot be.

    Args:
        choices: of the walk through a round, of the playground, or of the lessons on the gradient,
            on optimizers, and on the chain rule, whose functions are put one into the other.
    """
    match choices:
        case round_choices.Choices():
            return _address(PATH, from_walked(choices), PRESETS[0].choices)
        case playground_choices.Choices() | gradient_choices.Choices():
            return _of_expression(choices.expression, choices.at)
        case optimizers_choices.Choices() if choices.of == "expression":
            return _of_expression(choices.expression, choices.at)
        case chain_choices.Choices():
            graph = chain_of(choices).graph
            return _of_expression(to_text(graph), {"x": choices.x}) if graph.variables else ""
    return ""


def _of_expression(expression: str, at: Any) -> str:
    """Return the address for an expression; none where it has no variable, or one called h."""
    names = set(read_function(expression).variables)
    if not names or FIELDS & names:
        return ""
    defaults = PRESETS[0].choices
    nothing: dict[str, float] = {}
    kept = replace(defaults, inputs=nothing, parameters=nothing)
    there = replace(kept, of="expression", expression=expression, at=dict(at))
    return _address(PATH, there, defaults)


def source_address(choices: Choices) -> str:
    """Return where what is checked can be walked through, and changed."""
    if choices.of == "network":
        return _address("/lessons/network", as_walked(choices), WALKED[0].choices)
    there = playground_choices.Choices(expression=choices.expression, at=choices.at)
    if playground_choices.TAKEN & set(choices.at):
        return ""
    return _address("/playground", there, PLAYED[0].choices)


def _address(path: str, choices: Any, defaults: Any) -> str:
    return Links(path, Origin({}, defaults), choices).address()
