"""The optimizer's rule in letters, its memory and its source: all read from its own row."""

import inspect
import re
from dataclasses import dataclass
from functools import lru_cache

from backprop.lessons.update_rule import SYMBOLS, symbol_of
from backprop.notation.formula import Formula, Label, Operator, Row
from backprop.notation.printer import rule_formula
from backprop.training.optimizers import Optimizer

SOURCE = re.compile(r"Source: (.*?)(?:\n\s*\n|\Z)", re.DOTALL)
LETTERS: dict[str, Formula] = {
    "g": Label("g"),
    "t": Label("t"),
    "m": Label("m"),
    "v": Label("v"),
    "move": Label("Δθ"),
    **SYMBOLS,
}


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
    letters = LETTERS | {setting.name: symbol_of(setting) for setting in kind.settings()}
    lines: list[Formula] = []
    for line in kind.rule:
        target, _, text = (part.strip() for part in line.partition(" = "))
        lines.append(Row((letters[target], Operator("="), rule_formula(text, letters))))
    told = inspect.getdoc(kind) or ""
    source = SOURCE.search(told)
    return RuleShown(
        about=told.partition("\n")[0],
        lines=tuple(lines),
        memory=tuple(words for _, words in kind.memory),
        source=" ".join(source[1].split()) if source else "",
    )
