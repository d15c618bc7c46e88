"""The update step: the optimizer's own rule, in letters and with the numbers of one parameter."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.engine.rules import FLOATS, compiled
from backprop.engine.slips import STALE_WEIGHTS
from backprop.lessons.round import Round
from backprop.lessons.round_telling import Labels, number
from backprop.notation.formula import Formula, Label, Number, Operator, Row
from backprop.notation.numerals import MINUS, long
from backprop.notation.printer import rule_formula
from backprop.training.optimizers import Setting

SYMBOLS = {"theta": Label("θ"), "m_hat": Label("m", hat=True), "v_hat": Label("v", hat=True)}


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
    lines: tuple[tuple[Formula, Formula, Number], ...]
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
    settings = {s.name: (symbol_of(s), getattr(optimizer, s.name)) for s in optimizer.settings()}
    known: dict[str, float] = {
        "g": found.gradient[name],
        "theta": found.choices.parameters[name],
        "t": float(found.before.get("t", 0)),
        **{key: value for key, (_, value) in settings.items()},
        **{key: _entry(state, at) for key, state in found.before.items() if key != "t"},
    }
    letters = {key: symbol for key, (symbol, _) in settings.items()} | SYMBOLS
    letters |= {"move": Label("Δ" + label(name).letter, label(name).below, label(name).above)}
    letters["g"] = Label("g")
    lines = []
    for line in optimizer.rule:
        target, _, text = (part.strip() for part in line.partition(" = "))
        shown = letters.get(target, Label(target))
        own = Row((shown, Operator("="), rule_formula(text, _letters(letters, known))))
        numbers: Mapping[str, Formula] = {key: number(value) for key, value in known.items()}
        known = known | {target: _evaluate(text, tuple(sorted(known)), known)}
        lines.append((own, rule_formula(text, numbers), number(known[target])))
    memory = tuple(
        (f"{key}: {words}", number(_entry(found.before[key], at)))
        for key, words in optimizer.memory
        if key in found.before and key != "t"
    )
    return Rule(label(name), tuple(lines), memory, name in found.choices.frozen)


def symbol_of(setting: Setting) -> Label:
    """Return the letter of an optimizer's setting: η, or β with a subscript."""
    letter, below = setting.symbol[0], setting.symbol[1:].translate(_SUBSCRIPTS)
    return Label(letter, below)


_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def _entry(state: object, at: int) -> float:
    return float(state[at]) if isinstance(state, np.ndarray) else float(state)  # type: ignore[arg-type]


def _letters(letters: Mapping[str, Formula], known: Mapping[str, float]) -> dict[str, Formula]:
    return {key: letters.get(key, Label(key)) for key in known}


@lru_cache(maxsize=256)
def _line(text: str, arguments: tuple[str, ...]) -> object:
    return compiled("line", ", ".join(arguments), [f"return {text}"], FLOATS)


def _evaluate(text: str, arguments: tuple[str, ...], known: Mapping[str, float]) -> float:
    """Return what a line of an optimizer's own rule gives; NaN where floats cannot say."""
    line = _line(text, arguments)
    try:
        return float(line(*(known[key] for key in arguments)))  # type: ignore[operator]
    except (ArithmeticError, ValueError):
        return float("nan")


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
