"""The report of a gradient check: a gradient beside its finite differences, number by number.

The relative difference of an analytic a and a numeric n is |a − n| / max(|a|, |n|), and 0 where
both are 0. A difference that rounding alone explains is hidden: it proves nothing, so that a
gradient of 0 is not accused of being 1e-12.

    |a − n| ≤ floor = 8 ε · size / d        ε = 2.2e-16

where size is how large the numbers are whose rounding reaches the function (check.py).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine.differences.slopes import (
    STEP,
    Differences,
    nudge,
)
from backprop.engine.differences.step_too_coarse import floor
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.network import Array

AGREES = 1e-4  # a relative difference up to which two slopes count as one, kinks allowed

TURNS = (
    "Nothing is accused, but the function turns within every nudge that is wider than its "
    "rounding: there finite differences cannot judge the gradient."
)

WORST = 5  # how many wrong numbers a message lists


@dataclass(frozen=True, slots=True)
class Row:
    """What the check found for one number.

    Attributes:
        name: the parameter, "w1_2_3", or its entry, "W1[0,1]" (counted from 0, as in NumPy).
        analytic: the gradient that is checked.
        numeric: the slope by central differences.
        absolute: |analytic − numeric|.
        relative: |analytic − numeric| / max(|analytic|, |numeric|); 0 where both are 0.
        kink: whether the nudge crossed a kink (of relu, abs, max …): then the numeric slope is
            that of neither side. Of a function that is no graph it is not known, and False.
        hidden: whether it is not decided: rounding alone explains the difference, as the module's
            head says, or the function turns.
        turns: whether the function turns within every nudge that is wide enough to be seen.
    """

    name: str
    analytic: float
    numeric: float
    absolute: float
    relative: float
    kink: bool = False
    hidden: bool = False
    turns: bool = False

    def agrees(self, tolerance: float = AGREES) -> bool:
        """Whether the two are one number as far as rounding lets us see."""
        return self.relative <= tolerance or self.hidden

    def fails(self, tolerance: float = AGREES) -> bool:
        """Whether it proves the gradient wrong; a nudge across a kink proves nothing."""
        return not (self.agrees(tolerance) or self.kink)


@dataclass(frozen=True, eq=False)
class Report:
    """A gradient beside its finite differences, number by number.

    It keeps columns, one entry for each number; `rows` are made from them on first use.

    Attributes:
        shapes: of each parameter, by name.
        analytic, numeric, absolute, relative, kink, hidden: as in Row, [N]: the parameters'
            entries one after the other.
        turns: as in Row, [N]; None where no number does.
    """

    shapes: Mapping[str, tuple[int, ...]]
    analytic: Array
    numeric: Array
    absolute: Array
    relative: Array
    kink: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    turns: NDArray[np.bool_] | None = None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row for each number, in the order of the parameters."""
        names = [name + place for name, shape in self.shapes.items() for place in _places(shape)]
        numbers = (self.analytic, self.numeric, self.absolute, self.relative)
        turns = np.zeros_like(self.hidden) if self.turns is None else self.turns
        columns = (*numbers, self.kink, self.hidden, turns)
        return tuple(map(Row, names, *(column.tolist() for column in columns)))

    def worst_rows(self, most: int = WORST) -> tuple[Row, ...]:
        """Return the rows whose relative difference is largest, the worst first.

        NaN is worst; what rounding hides comes after all that it does not.
        """
        worst = np.where(np.isnan(self.relative), -math.inf, -self.relative)
        order = np.lexsort((worst, self.hidden))
        return tuple(self.rows[i] for i in order[:most].tolist())

    @property
    def worst(self) -> float:
        """The largest relative difference that rounding does not hide.

        NaN if one is NaN, 0 if there is none.
        """
        return _largest(self.relative[~self.hidden])

    @property
    def ok(self) -> bool:
        """Whether no number is accused: each agrees, or rounding or a kink keeps it open."""
        return _largest(self.relative[~self.hidden & ~self.kink]) < AGREES

    @property
    def verdict(self) -> str:
        """What the worst relative difference means, in a sentence; the bands are CS231n's."""
        if not self.relative.size:
            return "There is nothing to compare."
        if math.isnan(self.worst):
            return "NaN or infinity: the two cannot be compared here."
        accused = _largest(self.relative[~self.hidden & ~self.kink])
        if accused > 1e-2:
            return "The gradient is wrong, or the point lies at a kink (relu, max, abs)."
        if accused >= AGREES:
            return "The gradient is probably wrong: this should make you uneasy."
        if self.kink.any():
            return "A nudge crossed a kink (relu, max, abs), so that number is not decided."
        if self.turns is not None:
            return TURNS
        if _largest(self.relative[self.hidden]) > AGREES:
            return "Nothing is accused, but rounding hides a number: it is not decided."
        if accused > 1e-7:
            return "Good if the function has kinks (relu, max, abs); else look closer."
        return "The gradient agrees with the differences."


def with_turns(report: Report, turns: NDArray[np.bool_]) -> Report:
    """Return a report in which these numbers, where the function turns, are hidden."""
    if not turns.any():
        return report
    return replace(report, hidden=report.hidden | turns, turns=turns)


def joined(arrays: Mapping[str, Any], names: Iterable[str]) -> Array:
    """Return the entries of some arrays one after the other, [N]."""
    return np.concatenate([np.empty(0), *(np.ravel(np.asarray(arrays[n], float)) for n in names)])


def make_report(
    parameters: Mapping[str, Any], claimed: Mapping[str, Any], found: Differences, size: float
) -> Report:
    """Return a claimed gradient beside its finite differences.

    Args:
        parameters: the point.
        claimed: the gradient, shaped like the parameters.
        found: the finite differences.
        size: how large the numbers are whose rounding reaches the function.

    Raises:
        PointError: the gradient has no entry for a parameter.
        ShapeError: a gradient is not shaped like its parameter.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    columns: list[tuple[Any, ...]] = []
    for name, value in parameters.items():
        if name not in claimed:
            hint = "Give one number for each parameter."
            raise PointError(f"The gradient says nothing of “{name}”.", hint=hint, at=name)
        here = np.asarray(value, dtype=np.float64)
        a, n = (np.asarray(each[name], dtype=np.float64) for each in (claimed, found.slopes))
        if a.shape != here.shape:
            what = f"The gradient of “{name}” is shaped {list(a.shape)}."
            raise ShapeError(what, hint=f"The parameter is shaped {list(here.shape)}.", at=name)
        shapes[name] = here.shape
        kinks = np.asarray(found.kinks[name])
        absolute, relative = distances(a, n)
        columns.append((a, n, absolute, relative, kinks, hidden_by_rounding(here, absolute, size)))
    none = np.empty(0)
    a, n, absolute, relative, kink, hidden = (
        np.concatenate([none, *(np.ravel(column[i]) for column in columns)]) for i in range(6)
    )
    return Report(shapes, a, n, absolute, relative, kink.astype(bool), hidden.astype(bool))


@np.errstate(all="ignore")
def distances(a: Any, n: Any) -> tuple[Any, Any]:
    """Return |a − n| and the relative difference: 0 where both are 0, NaN beside a NaN or ∞."""
    absolute = np.abs(a - n)
    largest = np.maximum(np.abs(a), np.abs(n))  # NaN beside a number is NaN
    return absolute, np.where(largest == 0, 0.0, absolute / largest)


@np.errstate(all="ignore")
def hidden_by_rounding(here: Any, absolute: Any, size: float) -> Any:
    """Return which differences rounding alone explains, as the module's head says."""
    most = floor(size, nudge(here, STEP))
    return (absolute <= most) & (most < math.inf)


def _largest(numbers: Array) -> float:
    return float(np.max(numbers, initial=0.0))


@lru_cache(maxsize=64)
def _places(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return how NumPy writes each entry's place, "[0,1]"; a number has none."""
    places = np.ndindex(shape)
    return tuple(f"[{','.join(map(str, place))}]" if place else "" for place in places)
