"""The update step: the optimizer's own rule, in letters and with the numbers of one parameter."""

import math
from dataclasses import dataclass

import numpy as np

from backprop.engine.slips.slip import STALE_WEIGHTS
from backprop.lessons.network.training_step import Round
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import MINUS, long
from backprop.stage.optimizers import RuleLine, rule_with_numbers
from backprop.stage.walk.explanation import Labels, number


@dataclass(frozen=True, slots=True)
class Rule:
    """How one parameter moves.

    Attributes:
        label: the parameter.
        lines: the rule, each line in letters, then with its numbers, then its result.
        memory: what the optimizer remembers of this parameter, before the round.
        frozen: whether the move is not made, because the parameter is frozen.
    """

    label: Label
    lines: tuple[RuleLine, ...]
    memory: tuple[tuple[str, Number], ...]
    frozen: bool


def rule_of(found: Round, label: Labels) -> Rule:
    """Return the optimizer's rule for the parameter in focus, or for the one that moves most."""
    names = found.names
    focus = found.choices.focus
    most = max(names, key=lambda name: (abs(found.moves[name]), -names.index(name)))
    name = focus if focus in names else most
    at = names.index(name)
    optimizer = found.optimizer
    known: dict[str, float] = {
        "g": found.gradient[name],
        "theta": found.choices.network.parameters[name],
        **{key: _entry(state, at) for key, state in found.before.items()},
    }
    lines = rule_with_numbers(optimizer, known, label(name))
    memory = tuple(
        (f"{key}: {words}", number(_entry(found.before[key], at)))
        for key, words in optimizer.memory
        if key in found.before and key != "t"
    )
    return Rule(label(name), lines, memory, name in found.choices.network.frozen)


def _entry(state: object, at: int) -> float:
    return float(state[at]) if isinstance(state, np.ndarray) else float(state)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class SlipShown:
    """What a round would come to with a well-known slip in it, beside the right one.

    Attributes:
        name: of the slip in the catalogue.
        about: what goes wrong, in a sentence.
        label: the parameter whose gradient is furthest off.
        right, wrong: its gradient, by the right pass and by the slip.
        after, after_slip: the loss after the update, by the right gradient and by the wrong one.
    """

    name: str
    about: str
    label: Label
    right: Number
    wrong: Number
    after: Number
    after_slip: Number


def slip_of(found: Round, label: Labels) -> SlipShown | None:
    """Return what the slip would do here; None where there is no hidden layer, or no difference."""
    if found.network.depth < 2:
        return None
    wrong, after = found.loss_after_slip()
    gradient = found.gradient

    def off(name: str) -> float:
        return abs(wrong[name] / gradient[name] - 1) if gradient[name] else 0.0

    name = max(found.names, key=off)
    if not 1e-9 < off(name) < math.inf:
        return None
    numbers = (gradient[name], wrong[name], found.loss_after, after)
    slip = STALE_WEIGHTS
    return SlipShown(slip.name, slip.about, label(name), *map(_fine, numbers))


def _fine(x: float) -> Number:
    """Return a number with the nine decimals in which a slip shows; a small one as in tables."""
    shown = f"{x:.9f}".replace("-", MINUS) if 1e-4 <= abs(x) < 1e4 else long(x)
    return Number(shown, x)
