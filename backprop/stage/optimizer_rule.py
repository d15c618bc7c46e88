"""An optimizer's rule as it is printed: in letters, and for one parameter with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from backprop.notation.formula import Formula, Label, Number, Operator, Row
from backprop.notation.names import label_of
from backprop.notation.numerals import short
from backprop.notation.printer import rule_formula
from backprop.training.optimizer_code import evaluate, split_line
from backprop.training.optimizers import Optimizer, Setting

Line = tuple[Formula, Formula, Number]  # letters, numbers, result
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def lines_of(
    optimizer: Optimizer, known: Mapping[str, float], label: Label, tone: str = ""
) -> tuple[Line, ...]:
    """Return the rule, line by line.

    Args:
        optimizer: whose rule it is; its settings are its own.
        known: the numbers before the step, by their names in the rule: g, theta, and what is
            remembered of this parameter.
        label: the parameter, after which the move is named: Δw.
        tone: the colour of the gradient's number.
    """
    letters = letters_of(type(optimizer))
    letters["move"] = Label("Δ" + label.letter, label.below, label.above)
    known = dict(known)
    known |= {name: float(getattr(optimizer, name)) for name in optimizer.code.settings}
    lines = []
    for target, text in map(split_line, optimizer.rule):
        own = rule_formula(text, letters)
        plugged = rule_formula(
            text, {key: _number(x, tone if key == "g" else "") for key, x in known.items()}
        )
        known = known | {target: evaluate(text, known)}
        printed = Row((letters[target], Operator("="), own))
        lines.append((printed, plugged, _number(known[target])))
    return tuple(lines)


def letters_of(kind: type[Optimizer]) -> dict[str, Formula]:
    """Return how each name in an optimizer's rule is printed; the move is Δθ."""
    names = (*kind.code.reads, *(target for target, _ in kind.code.lines))
    letters: dict[str, Formula] = {name: replace(label_of(name), plain="") for name in names}
    letters |= {setting.name: symbol_of(setting) for setting in kind.settings()}
    return letters | {"move": Label("Δθ")}


def symbol_of(setting: Setting) -> Label:
    """Return the letter of an optimizer's setting: η, or β with a subscript."""
    letter, below = setting.symbol[0], setting.symbol[1:].translate(_SUBSCRIPTS)
    return Label(letter, below)


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


def _number(x: float, tone: str = "") -> Number:
    return Number(short(x), x, tone)
