"""An optimizer as a learner chooses it, and its rule as it is printed: in letters, with numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from backprop.notation.closing import Line, close_lines
from backprop.notation.formula import Formula, Label, Number, Operator, Row
from backprop.notation.names import label_of
from backprop.notation.printer import rule_formula
from backprop.stage.choices import OneOf, Real, Table, chosen
from backprop.stage.controls import Field, number_field
from backprop.training.optimizer_code import COUNT, evaluate, letters_in, split_line
from backprop.training.optimizers import OPTIMIZERS, Optimizer, Setting


class HasOptimizer(Protocol):
    """Choices that name an optimizer and its settings."""

    @property
    def optimizer(self) -> str:
        """The name of its row."""

    @property
    def settings(self) -> Mapping[str, float]:
        """The numbers that its row asks for."""


@dataclass(frozen=True)
class OptimizerChoices:
    """An optimizer with its settings, whose names its row decides."""

    optimizer: str = chosen(OneOf(OPTIMIZERS), "gradient_descent")
    settings: Mapping[str, float] = chosen(
        Table(
            kind=lambda c, name: setting_kind(c, name),
            keys=lambda c: tuple(s.name for s in OPTIMIZERS[c.optimizer].settings()),
            default=lambda c, base: default_settings(c, base),
        ),
        {},
    )


def make_optimizer(choices: HasOptimizer) -> Optimizer:
    """Return the optimizer with its settings."""
    return OPTIMIZERS[choices.optimizer](**choices.settings)


def setting_kind(choices: HasOptimizer, name: str) -> Real:
    """Return the bounds of one of the optimizer's settings."""
    settings = OPTIMIZERS[choices.optimizer].settings()
    return next(Real(s.lower, s.upper) for s in settings if s.name == name)


def default_settings(choices: HasOptimizer, base: HasOptimizer) -> dict[str, float]:
    """Return the settings that nobody typed: the base's where it has them, else the optimizer's."""
    settings = OPTIMIZERS[choices.optimizer].settings()
    return {s.name: base.settings.get(s.name, s.default) for s in settings}


def setting_fields(choices: HasOptimizer) -> tuple[Field, ...]:
    """Return a field for each setting of the optimizer."""
    return tuple(
        number_field(s.name, setting_label(s), s.label, choices.settings[s.name])
        for s in OPTIMIZERS[choices.optimizer].settings()
    )


RuleLine = tuple[Formula, Formula, Number]  # letters, numbers, result
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def rule_with_numbers(
    optimizer: Optimizer, known: Mapping[str, float], label: Label, tone: str = ""
) -> tuple[RuleLine, ...]:
    """Return the rule of one parameter, line by line, with its numbers, so that each line closes.

    A letter that a line sets anew is another number after it: m in m = β₁m + (1 − β₁)g.

    Args:
        optimizer: whose rule it is.
        known: the numbers before the step, by their names in the rule: g, theta, and what is
            remembered of this parameter.
        label: the parameter's.
        tone: the colour of the gradient's number.
    """
    letters = rule_letters(type(optimizer))
    letters["move"] = Label("Δ" + label.letter, label.below, label.above)
    settings = {name: float(getattr(optimizer, name)) for name in optimizer.code.settings}
    now = {name: name for name in (*known, *settings)}  # what each letter is called at a line
    numbers, lines = {**known, **settings}, []
    for n, (target, text) in enumerate(map(split_line, optimizer.rule)):
        at = dict(now)
        now[target] = f"{target} {n}"
        numbers[now[target]] = evaluate(
            text, {letter: numbers[name] for letter, name in at.items()}
        )
        reads = {letter: at[letter] for letter in letters_in(text) if letter in at}
        lines.append((target, text, now[target], reads))
    shown = close_lines(
        [
            Line(gives, tuple(reads.values()), _again(text, reads))
            for _, text, gives, reads in lines
        ],
        numbers,
        frozenset(settings) | {COUNT},
    )

    def plugged(letter: str, name: str) -> Number:
        return Number(shown[name], numbers[name], tone if letter == "g" else "")

    return tuple(
        (
            Row((letters[target], Operator("="), rule_formula(text, letters))),
            rule_formula(text, {letter: plugged(letter, name) for letter, name in reads.items()}),
            plugged("", gives),
        )
        for target, text, gives, reads in lines
    )


def _again(text: str, reads: Mapping[str, str]) -> Callable[[Mapping[str, float]], float]:
    """Return what a line gives of the numbers that it reads."""

    def again(numbers: Mapping[str, float]) -> float:
        return evaluate(text, {letter: numbers[name] for letter, name in reads.items()})

    return again


def rule_letters(kind: type[Optimizer]) -> dict[str, Formula]:
    """Return how each name in an optimizer's rule is printed; the move is Δθ."""
    names = (*kind.code.reads, *(target for target, _ in kind.code.lines))
    letters: dict[str, Formula] = {name: replace(label_of(name), plain="") for name in names}
    letters |= {setting.name: setting_label(setting) for setting in kind.settings()}
    return letters | {"move": Label("Δθ")}


def setting_label(setting: Setting) -> Label:
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
    letters = rule_letters(kind)
    return RuleShown(
        about=kind.about,
        lines=tuple(
            Row((letters[target], Operator("="), rule_formula(text, letters)))
            for target, text in map(split_line, kind.rule)
        ),
        memory=tuple(words for _, words in kind.memory),
        source=kind.source,
    )
