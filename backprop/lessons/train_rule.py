"""The optimizer's rule in letters, its memory and its source: all read from its own row."""

from dataclasses import dataclass
from functools import lru_cache

from backprop.lessons.update_rule import letters_of
from backprop.notation.formula import Formula, Operator, Row
from backprop.notation.printer import rule_formula
from backprop.training.optimizer_code import split_line
from backprop.training.optimizers import Optimizer


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A machine that uses gradients.

    Attributes:
        about: what it does, in a sentence.
        lines: its rule, each line a formula.
        memory: what it remembers from step to step.
        source: where it was published.
    """

    about: str
    lines: tuple[Formula, ...]
    memory: tuple[str, ...]
    source: str


@lru_cache(maxsize=32)
def rule_in_letters(kind: type[Optimizer]) -> RuleShown:
    """Return an optimizer's rule as it is printed, from the text that its code is held to."""
    letters = letters_of(kind)
    return RuleShown(
        about=kind.about,
        lines=tuple(
            Row((letters[target], Operator("="), rule_formula(text, letters)))
            for target, text in map(split_line, kind.rule)
        ),
        memory=tuple(words for _, words in kind.memory),
        source=kind.source,
    )
