"""What a learner can choose in the playground: a function, its point, and what is shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from backprop.engine.graph import Graph
from backprop.lessons.ask_choices import ASK, GUESS, NO_GUESS, NOTHING, SAID, TYPED, Guess, Said
from backprop.lessons.choices import Flag, Name, OneOf, Several, Whole, chosen
from backprop.lessons.function_choices import EXPRESSION, point_table, read_function

HIDEABLE = (
    *("expression", "transport", "strip", "presets", "sharing", "variables", "proof", "setup"),
    "asking",
)
EXPORTS = ("latex", "numpy", "pytorch")


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; each field with its kind and its default."""

    expression: str = chosen(EXPRESSION, "(x + y) * z")
    share: bool = chosen(Flag(), False)  # whether equal parts are one node
    step: int = chosen(Whole(0, 9_999), 0)
    focus: str = chosen(Name(), "")  # the quantity whose path ledger is open
    began: str = chosen(Name(), "")  # the preset that this came from
    mode: str = chosen(OneOf(("", "projector")), "")
    hide: tuple[str, ...] = chosen(Several(OneOf(HIDEABLE), 20), ())
    export: str = chosen(OneOf(("", *EXPORTS)), "")  # what the open panel holds
    ask: str = chosen(ASK, "")  # whether each gradient is asked before it is shown
    said: Said = chosen(SAID, NOTHING)  # noqa: RUF009 - a field like all others; of this pass
    guess: Guess = chosen(GUESS, NO_GUESS)  # noqa: RUF009 - the same; of this step
    typed: float | None = chosen(TYPED, None)  # the number that was typed last
    at: Mapping[str, float] = chosen(point_table(lambda c: function_of(c), "at"), {})


TAKEN = frozenset(
    (
        *("expression", "share", "step", "focus", "began", "mode", "hide", "export"),
        *("ask", "said", "guess", "typed"),
    )
)


def function_of(choices: Choices) -> Graph:
    """Return the function that was typed.

    Raises:
        ChoiceError: it cannot be read; the text says why, and where it was typed.
    """
    return function_as(choices, share=choices.share)


def function_as(choices: Choices, *, share: bool) -> Graph:
    """Return the function with its equal parts shared, or as a tree; raises as `function_of`."""
    return read_function(choices.expression, share=share, taken=TAKEN)
