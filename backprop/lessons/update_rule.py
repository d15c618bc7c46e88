"""An optimizer's rule for one parameter: each line in letters, with its numbers, and its result."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.rules import ARRAYS, FLOATS, Dialect, compiled
from backprop.notation.formula import Formula, Label, Number, Operator, Row
from backprop.notation.numerals import short
from backprop.notation.printer import rule_formula
from backprop.training.optimizers import Optimizer, Setting

Line = tuple[Formula, Formula, Number]  # letters, numbers, result
SYMBOLS = {"theta": Label("θ"), "m_hat": Label("m", hat=True), "v_hat": Label("v", hat=True)}
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
    settings = optimizer.settings()
    letters = {setting.name: symbol_of(setting) for setting in settings} | SYMBOLS
    letters |= {"move": Label("Δ" + label.letter, label.below, label.above), "g": Label("g")}
    known = {**known, **{s.name: float(getattr(optimizer, s.name)) for s in settings}}
    lines = []
    for line in optimizer.rule:
        target, _, text = (part.strip() for part in line.partition(" = "))
        own = rule_formula(text, {key: letters.get(key, Label(key)) for key in known})
        plugged = rule_formula(
            text, {key: _number(x, tone if key == "g" else "") for key, x in known.items()}
        )
        known = known | {target: evaluate(text, known)}
        shown = letters.get(target, Label(target))
        lines.append((Row((shown, Operator("="), own)), plugged, _number(known[target])))
    return tuple(lines)


def symbol_of(setting: Setting) -> Label:
    """Return the letter of an optimizer's setting: η, or β with a subscript."""
    letter, below = setting.symbol[0], setting.symbol[1:].translate(_SUBSCRIPTS)
    return Label(letter, below)


def evaluate(text: str, known: Mapping[str, float]) -> float:
    """Return what a line of a rule gives; ∞ or NaN, as the optimizer itself has it."""
    names = tuple(sorted(known))
    numbers = [known[name] for name in names]
    try:
        return float(_line(text, names, FLOATS)(*numbers))
    except (ArithmeticError, ValueError):  # what floats refuse, NumPy answers
        with np.errstate(all="ignore"):
            return float(_line(text, names, ARRAYS)(*map(np.float64, numbers)))


@lru_cache(maxsize=256)
def _line(text: str, arguments: tuple[str, ...], dialect: Dialect) -> Any:
    return compiled("line", ", ".join(arguments), [f"return {text}"], dialect)


def _number(x: float, tone: str = "") -> Number:
    return Number(short(x), x, tone)
