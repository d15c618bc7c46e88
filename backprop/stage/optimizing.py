"""An optimizer as a learner chooses it: its name, and the settings that its row asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from backprop.notation.numerals import exact, field
from backprop.stage.choices import OneOf, Real, Table, chosen
from backprop.stage.controls import Field
from backprop.stage.optimizer_rule import symbol_of
from backprop.training.optimizers import OPTIMIZERS, Optimizer


class Optimizing(Protocol):
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


def optimizer_of(choices: Optimizing) -> Optimizer:
    """Return the optimizer with its settings."""
    return OPTIMIZERS[choices.optimizer](**choices.settings)


def setting_kind(choices: Optimizing, name: str) -> Real:
    """Return the bounds of one of the optimizer's settings."""
    settings = OPTIMIZERS[choices.optimizer].settings()
    return next(Real(s.lower, s.upper) for s in settings if s.name == name)


def default_settings(choices: Optimizing, base: Optimizing) -> dict[str, float]:
    """Return the settings that nobody typed: the base's where it has them, else the optimizer's."""
    settings = OPTIMIZERS[choices.optimizer].settings()
    return {s.name: base.settings.get(s.name, s.default) for s in settings}


def setting_fields(choices: Optimizing) -> tuple[Field, ...]:
    """Return a field for each setting of the optimizer."""
    return tuple(
        Field(
            s.name,
            symbol_of(s),
            s.label,
            field(choices.settings[s.name]),
            exact(choices.settings[s.name]),
        )
        for s in OPTIMIZERS[choices.optimizer].settings()
    )
