"""How far off the predictions of numbers are, beside what the mean and a straight line give."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.lessons.training.state import TrainingState
from backprop.notation.formula import Number
from backprop.notation.numerals import short
from backprop.training.baselines import baselines, compute_loss, root_mean_square
from backprop.training.examples.prepared import Data
from backprop.training.flat import Array
from backprop.training.plan import Examples

SQUARES = {"half_squared_error": 2.0, "mean_squared_error": 1.0}  # of these losses a mean square
NEAR = 1.001  # times a loss: as good as that
EXACT = 1e-12  # of the loss of the mean: nothing is left of it but rounding
PREFIXED = "$€£¥₹₽₩₺₿"  # units that stand before their number


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """A way to predict: its loss as it is trained with, and how far off it is in the unit."""

    name: str
    loss: Number
    off: Number
    loss_held_out: Number | None
    off_held_out: Number | None


@dataclass(frozen=True, slots=True)
class Errors:
    """How far off predictions are: of the network, and of what it should be better than.

    Attributes:
        rows: the network, the mean, a straight line.
        unit: of the errors; empty for a pure number.
        now: the network's own error, with its unit.
        verdict: the comparison, in words.
        scaled: what was done to the target, as a formula; empty where it is as it is.
    """

    rows: tuple[ErrorRow, ...]
    unit: str
    now: str
    verdict: str
    scaled: str


@np.errstate(all="ignore")  # a diverging run overflows
def make_errors(state: TrainingState, measured: tuple[float, ...]) -> Errors | None:
    """Return how far off the predictions are; None where classes are learned.

    Args:
        state: a run, at the epoch looked at.
        measured: what `measure` says of it.
    """
    data, network = state.data, state.network
    if data.dataset.classes:
        return None
    train, test = measured[:2]
    ours = _network_error(state, data.train, train)
    held_out = _network_error(state, data.test, test) if len(data.test.X) else (None, None)
    rows = (ErrorRow("this network", *ours, *held_out), *_baseline_rows(data, network.loss))
    unit = _error_unit(data.dataset.target_unit)
    shift, scale = data.target_scaling.shift[0], data.target_scaling.scale[0]
    formula = f"({data.dataset.target} − {shift:.6g}) / {scale:.6g}".replace("− -", "+ ")
    return Errors(
        rows=rows,
        unit=unit,
        now=in_unit(rows[0].off.exact, unit),
        verdict=_verdict(*(row.loss.exact for row in rows)),
        scaled="" if data.target_scaling.kind == "none" else formula,
    )


Pair = tuple[Number, Number]  # a loss, and how far off that is in the target's unit


def _network_error(state: TrainingState, examples: Examples, loss: float) -> Pair:
    if per_loss := SQUARES.get(state.network.loss):
        off = math.sqrt(per_loss * loss)
    else:
        off = root_mean_square(state.network.outputs(state.parameters, examples.X), examples.Y)
    return _pair(state.data, loss, off)


@lru_cache(maxsize=16)
def _baseline_rows(data: Data, loss: str) -> tuple[ErrorRow, ...]:
    def pair(P: Array, Y: Array) -> Pair:
        return _pair(data, compute_loss(loss, P, Y), root_mean_square(P, Y))

    is_divided = len(data.test.Y) > 0
    return tuple(
        ErrorRow(
            each.name,
            *pair(each.train, data.train.Y),
            *(pair(each.test, data.test.Y) if is_divided else (None, None)),
        )
        for each in baselines(data)
    )


def _pair(data: Data, loss: float, off: float) -> Pair:
    off *= data.target_scaling.scale[0]
    return Number(_three_digits(loss), loss), Number(in_unit(off, ""), off)


def _verdict(loss: float, mean: float, line: float) -> str:
    """Return how the network does on the training examples, compared with the other two."""
    if not np.isfinite(loss):
        return "The loss is no longer a finite number."
    if loss > NEAR * mean:
        return "The network does worse than always saying the mean."
    if line < EXACT * mean:
        return "A straight line goes through every training example; the network beats the mean."
    if loss > NEAR * line:
        return "The network does better than the mean, and not yet as well as a straight line."
    return "The network does at least as well as a straight line."


def _three_digits(x: float) -> str:
    return f"{x:#.3g}" if 1e-3 <= x < 100 else short(x)


def _error_unit(unit: str) -> str:
    """Return in what errors are counted: those of a date in days."""
    return unit.partition(" since ")[0]


def in_unit(x: float, unit: str) -> str:
    """Return a number with its unit: $547, 12.5 %, 65 m²."""
    shown = short(x) if abs(x) < 1_000 or x - x != 0 else f"{x:,.0f}".replace("-", "−")
    shown = short(x) if abs(x) >= 1e9 else shown
    if unit and unit in PREFIXED:
        return f"−{unit}{shown[1:]}" if shown.startswith("−") else f"{unit}{shown}"
    return f"{shown} {unit}" if unit else shown
