"""The report of a gradient check: a gradient beside its finite differences, number by number.

The relative difference of an analytic a and a numeric n is |a − n| / max(|a|, |n|), and 0 where
both are 0. A difference that rounding alone explains is hidden: it proves nothing, so that a
gradient of 0 is not accused of being 1e-12.

    |a − n| ≤ floor = 8 ε · size / d        ε = 2.2e-16

where size is how large the numbers are whose rounding reaches the function (check.py). Beside
what is large that counts as right: the other slopes, or the function itself where it is below 1.
Elsewhere it cannot be judged.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from backprop.engine.differences.ladder import Flags, floor
from backprop.engine.differences.slopes import STEP, Differences, joined, nudge
from backprop.engine.differences.verdict import (
    CROSSED,
    NOT_FINITE,
    RIGHT,
    ROUNDING,
    WRONG,
    Answer,
    Verdict,
    cannot_be_judged,
)
from backprop.engine.errors import ShapeError
from backprop.engine.network import Array

AGREES = 1e-4  # a relative difference up to which two slopes count as one, kinks allowed
WORST = 5  # how many numbers a message lists


@dataclass(frozen=True, slots=True)
class Row:
    """The check of one number.

    Attributes:
        name: the parameter, "w1_2_3", or its entry, "W1[0,1]" (counted from 0, as in NumPy).
        analytic: the gradient that is checked.
        numeric: the slope by central differences.
        absolute: |analytic − numeric|.
        relative: |analytic − numeric| / max(|analytic|, |numeric|); 0 where both are 0.
        kink: whether the nudge crossed a kink (of relu, abs, max …): then the numeric slope is
            that of neither side. Of a function that is no graph it is known where it mattered.
        hidden: whether rounding alone explains the difference, as the module's head says.
        answer: right, wrong, or cannot be judged. Where the first nudge does not agree, narrower
            ones and both sides of the point decide.
        because: why it cannot be judged; else empty.
    """

    name: str
    analytic: float
    numeric: float
    absolute: float
    relative: float
    kink: bool = False
    hidden: bool = False
    answer: Answer = Answer.RIGHT
    because: str = ""

    @property
    def verdict(self) -> Verdict:
        """The answer and its reason."""
        return Verdict(self.answer, self.because)

    def agrees(self) -> bool:
        """Whether it is right as far as differences can tell."""
        return self.answer is Answer.RIGHT


@dataclass(frozen=True, eq=False)
class Report:
    """A gradient beside its finite differences, number by number.

    It keeps columns, one entry for each number; `rows` are made from them on first use.

    Attributes:
        shapes: of each parameter, by name.
        analytic, numeric, absolute, relative, kink, hidden: as in Row, [N]: the parameters'
            entries one after the other.
        wrong: whether a number is proved wrong, [N].
        reasons: of each number that cannot be judged, by its place among all, why.
        note: how it was checked, where that was not in the usual way; a sentence.
    """

    shapes: Mapping[str, tuple[int, ...]]
    analytic: Array
    numeric: Array
    absolute: Array
    relative: Array
    kink: Flags
    hidden: Flags
    wrong: Flags
    reasons: Mapping[int, str] = field(default_factory=dict)
    note: str = ""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row for each number, in the order of the parameters."""
        names = [name + place for name, shape in self.shapes.items() for place in _places(shape)]
        numbers = (self.analytic, self.numeric, self.absolute, self.relative)
        flags = (self.kink, self.hidden)
        answers = [Answer.WRONG if wrong else Answer.RIGHT for wrong in self.wrong.tolist()]
        for i in self.reasons:
            answers[i] = Answer.OPEN
        because = [self.reasons.get(i, "") for i in range(len(names))]
        columns = (*(column.tolist() for column in (*numbers, *flags)), answers, because)
        return tuple(map(Row, names, *columns))

    def worst_rows(self, most: int = WORST) -> tuple[Row, ...]:
        """Return the rows that are wrong, then those that cannot be judged, then the others.

        Of each the largest relative difference comes first, and what rounding hides last; NaN is
        the largest.
        """
        worst = np.where(np.isnan(self.relative), -math.inf, -self.relative)
        rank = np.where(self.wrong, 0, 2)
        rank[list(self.reasons)] = 1
        order = np.lexsort((worst, self.hidden, rank))
        return tuple(self.rows[i] for i in order[:most].tolist())

    @property
    def worst(self) -> float:
        """The largest relative difference that rounding does not hide.

        NaN if one is NaN, 0 if there is none.
        """
        return float(np.max(self.relative[~self.hidden], initial=0.0))

    @property
    def verdict(self) -> Verdict:
        """The verdict on the whole: wrong if one number is, right if all are."""
        if self.wrong.any():
            return WRONG
        if self.reasons:
            return cannot_be_judged(self.reasons[min(self.reasons)])
        return RIGHT

    @property
    def ok(self) -> bool:
        """Whether every number is right."""
        return self.verdict is RIGHT

    @property
    def sentence(self) -> str:
        """The verdict in a sentence or two."""
        if not self.relative.size:
            return "There is nothing to compare."
        count, wrong, unsure = len(self.relative), int(self.wrong.sum()), len(self.reasons)
        which = f" {unsure} of {count} numbers" if 0 < unsure < count else ""
        if wrong:
            many = f"{wrong} of {count} numbers" if count > 1 else "the number"
            sentence = f"Wrong: {many} cannot be the slope."
            sentence += f"{which} cannot be judged." if unsure else ""
        elif unsure:
            sentence = (
                f"Cannot be judged{':' if which else ''}{which}, because {self.verdict.because}."
            )
        else:
            sentence = "Right: the gradient agrees with the differences."
            if self.kink.any():
                sentence = "Right: at a kink, every slope between those of its two sides is one."
        return f"{sentence} {self.note}".strip()


def judged(report: Report, places: Any, wrong: Flags, reasons: Mapping[int, str]) -> Report:
    """Return a report in which some numbers were judged again.

    Args:
        report: the report.
        places: of the numbers, [M].
        wrong: whether each of them is, [M].
        reasons: of those that cannot be judged, by their place among all, why.
    """
    all_wrong = report.wrong.copy()
    all_wrong[places] = wrong
    again = set(np.asarray(places).tolist())
    kept = {i: reason for i, reason in report.reasons.items() if i not in again}
    merged = dict(sorted({**kept, **reasons}.items()))
    return replace(report, wrong=all_wrong, reasons=merged)


def check_shapes(parameters: Mapping[str, Any], claimed: Mapping[str, Any]) -> None:
    """Refuse a gradient that does not fit its parameters.

    Raises:
        ShapeError: it is not shaped like its parameter.
    """
    for name, value in parameters.items():
        a, here = np.shape(claimed[name]), np.shape(value)
        if a != here:
            what = f"The gradient of “{name}” is shaped {list(a)}."
            raise ShapeError(what, hint=f"The parameter is shaped {list(here)}.", at=name)


def make_report(
    parameters: Mapping[str, Any],
    claimed: Mapping[str, Any],
    differences: Differences,
    size: float,
    value: float,
    tolerance: float = AGREES,
) -> Report:
    """Return a claimed gradient beside its finite differences, judged by these alone.

    Args:
        parameters: the point.
        claimed: the gradient, shaped like the parameters.
        differences: the finite differences.
        size: how large the numbers are whose rounding reaches the function.
        value: the function's, at the point.
        tolerance: the largest relative difference of what is right.

    Raises:
        ShapeError: a gradient is not shaped like its parameter.
    """
    check_shapes(parameters, claimed)
    shapes = {name: np.shape(array) for name, array in parameters.items()}
    here, a, n = (joined(each, shapes) for each in (parameters, claimed, differences.slopes))
    kink = joined(differences.kinks, shapes).astype(bool)
    absolute, relative = distances(a, n)
    least = rounding_floor(here, size)
    hidden = (absolute <= least) & (least < math.inf)
    with np.errstate(all="ignore"):
        as_good_as_0 = least <= tolerance * np.fmax(np.fmax(np.abs(a), np.abs(n)), scale(n, value))
    blank = ~(np.isfinite(a) & np.isfinite(n)) | (not math.isfinite(value))
    close = ~blank & ((relative <= tolerance) | (hidden & as_good_as_0))
    reasons = {}
    for i in np.flatnonzero(~close & (blank | hidden | kink)).tolist():
        reasons[i] = ROUNDING if hidden[i] else CROSSED
        if blank[i]:
            reasons[i] = _what_is_not_finite(float(a[i]), value)
    wrong = ~(close | blank | hidden | kink)
    return Report(shapes, a, n, absolute, relative, kink, hidden, wrong, reasons)


def scale(slopes: Array, value: float) -> float:
    """Return the size beside which a slope that rounding hides counts as 0."""
    finite = np.abs(slopes[np.isfinite(slopes)])
    return max(float(finite.max(initial=0.0)), min(1.0, abs(value)))


def _what_is_not_finite(claimed: float, value: float) -> str:
    if not math.isfinite(value):
        return f"the function is {written(value)} at this point"
    if not math.isfinite(claimed):
        return f"the gradient that is checked says {written(claimed)} here"
    return f"{NOT_FINITE}: the function has none beside this point"


def written(number: float) -> str:
    """Return a number that is not finite as it is written: NaN, ∞ or −∞."""
    return "NaN" if math.isnan(number) else "∞" if number > 0 else "−∞"


@np.errstate(all="ignore")
def distances(a: Any, n: Any) -> tuple[Any, Any]:
    """Return |a − n| and the relative difference: 0 where both are 0, NaN beside a NaN or ∞."""
    absolute = np.abs(a - n)
    largest = np.maximum(np.abs(a), np.abs(n))  # NaN beside a number is NaN
    return absolute, np.where(largest == 0, 0.0, absolute / largest)


@np.errstate(all="ignore")
def rounding_floor(here: Any, size: float) -> Any:
    """Return how far rounding alone may move the slope by each number, as the head says."""
    return floor(size, nudge(here, STEP))


@lru_cache(maxsize=64)
def _places(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return how NumPy writes each entry's place, "[0,1]"; a number has none."""
    places = np.ndindex(shape)
    return tuple(f"[{','.join(map(str, place))}]" if place else "" for place in places)
