"""What is right and what is wrong of a claimed gradient: a line an entry, the worst first.

The claim is compared with the exact gradient, and finite differences stand beside both: they
share nothing with either. The relative difference of a claim a and an exact e is
|a − e| / max(|a|, |e|); a difference that rounding explains, the computer's or a print's, counts
as right. At a kink every number between the slopes of its two sides is one.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backprop.engine import forward
from backprop.engine.backward import gradient
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.precision import Precision, find_precision
from backprop.engine.differences.report import AGREES, Row
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.notation.submission.read import FunctionSubmission, Submission

RIGHT, DIGITS, UNEASY, WRONG = "right", "right, to its digits", "uneasy", "wrong"
KINK = "at a kink: either slope is one"
NO_VALUE = "no value"  # of the function, so that it has no slope either
_CLOSE, _UNEASY = 1e-7, 1e-2  # relative differences; AGREES stands between
_ROUNDING = 64 * math.ulp(1.0)  # of the largest entry


NUDGE = 1e-7  # so small that a kink nearby is not taken for one here
CLOSE = 1e-4  # the share of the larger slope by which a claim may lie outside
MOST = 1_000  # entries that are looked at: each costs two forward passes


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one entry.

    Attributes:
        name: “W1[0,1]”, counted from 0 as in NumPy, or a variable.
        claimed: as it was submitted, in our conventions.
        exact: by backpropagation.
        numeric: by central differences.
        relative: the relative difference of the first two.
        verdict: RIGHT, DIGITS, KINK, UNEASY, WRONG or NO_VALUE.
    """

    name: str
    claimed: float
    exact: float
    numeric: float
    relative: float
    verdict: str

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the entry."""
        return self.verdict in (RIGHT, DIGITS, KINK)


@dataclass(frozen=True, slots=True)
class Checked:
    """A claimed gradient, entry by entry, the worst first.

    Attributes:
        findings: one for each entry.
        digits: what its few digits are due to, as “float16”; empty where they are a print's.
    """

    findings: tuple[Finding, ...]
    digits: str = ""

    @property
    def ok(self) -> bool:
        """Whether every entry is right."""
        return not self.not_right

    @property
    def not_right(self) -> tuple[Finding, ...]:
        """The findings that speak against their entry."""
        return tuple(each for each in self.findings if not each.ok)

    @property
    def has_value(self) -> bool:
        """Whether the function has a value, without which no slope can be judged."""
        return all(each.verdict != NO_VALUE for each in self.findings)

    @property
    def sentence(self) -> str:
        """What was found, in a sentence or two."""
        count, wrong = len(self.findings), len(self.not_right)
        if not self.has_value:
            return "There is no value here, so nothing can be said."
        if not wrong:
            few = any(each.verdict == DIGITS for each in self.findings)
            limit = f" as far as {self._tells} to be sure" if few else ""
            bent = any(each.verdict == KINK for each in self.findings)
            also = " It lies at a kink, where either slope is one." if bent else ""
            return f"The gradient is right{limit}.{also}"
        if not any(each.claimed for each in self.findings):
            return "Every entry is 0: is the backward pass filled in?"
        if wrong == count:
            return f"All {count:,} entries are wrong." if count > 1 else "The entry is wrong."
        are = "entries are" if wrong > 1 else "entry is"
        return f"{wrong:,} {are} wrong, and {count - wrong:,} right."

    @property
    def _tells(self) -> str:
        if self.digits == "float16":
            return "float16 tells; compute with more digits"
        few = f"its {self.digits}" if self.digits else "its digits"
        return f"{few} tell; print more of them"


def _precision_of(claimed: Mapping[str, Any], decimals: int) -> Precision:
    arrays = {name: np.asarray(value, dtype=float) for name, value in claimed.items()}
    return find_precision(arrays, decimals)


def check_submission(submission: Submission | FunctionSubmission) -> Checked:
    """Return what is right and what is wrong of a submission."""
    function: Graph | Network
    if isinstance(submission, FunctionSubmission):
        function = graph = submission.graph
        at: Mapping[str, Any] = submission.at
        point = at
    else:
        function, graph = submission.network, submission.network.graph("layers")
        at = {**submission.parameters, "X": submission.X, "Y": submission.Y}
        point = submission.network.batch(submission.parameters, submission.X, submission.Y)
    value, exact = gradient(graph, at)
    rows = check_gradient(function, at, submission.gradient).rows
    precision = _precision_of(submission.gradient, submission.decimals)
    entries = _entries(exact, precision.allowed)
    find, sides = (_finding if math.isfinite(value) else _without_value), Sides(graph, point)
    findings = [find(row, entry, sides) for entry, row in zip(entries, rows, strict=True)]
    return Checked(tuple(sorted(findings, key=_badness)), precision.words)


class _Entry(NamedTuple):
    """An entry of an array: its place, its exact slope, and what rounding may explain there."""

    name: str
    place: tuple[int, ...]
    exact: float
    noise: float
    digits: float


@np.errstate(all="ignore")
def _entries(exact: Mapping[str, Any], allowed: Mapping[str, Any]) -> Iterator[_Entry]:
    """Give the entries of all arrays in the order of the check's rows."""
    slopes = {name: np.asarray(value, dtype=float) for name, value in exact.items()}
    finite = [np.abs(array[np.isfinite(array)]).max(initial=0.0) for array in slopes.values()]
    noise = _ROUNDING * float(max(finite, default=0.0))
    for name, array in slopes.items():
        for place in np.ndindex(array.shape):
            yield _Entry(name, place, float(array[place]), noise, float(allowed[name][place]))


class Sides:
    """Slopes from either side of a point, where somebody asks for them.

    Args:
        graph: the function.
        at: the point, a value for each of its variables.
    """

    def __init__(self, graph: Graph, at: Mapping[str, Any]) -> None:
        self.graph, self.at = graph, at
        self.here = float(forward.value(graph, at))
        self.left = MOST

    @np.errstate(all="ignore")
    def hold(self, name: str, place: tuple[int, ...], claimed: float) -> bool:
        """Whether a claim lies between the two slopes by an entry, and they differ."""
        if not self.left:
            return False
        self.left -= 1
        below, above = sorted(self._slope(name, place, sign) for sign in (-1, 1))
        close = CLOSE * max(abs(below), abs(above))
        return above - below > close and below - close <= claimed <= above + close

    def _slope(self, name: str, place: tuple[int, ...], sign: int) -> float:
        moved = np.array(self.at[name], dtype=float)
        before = float(moved[place])
        moved[place] += sign * NUDGE * max(1.0, abs(before))
        there = float(forward.value(self.graph, {**self.at, name: moved if place else moved[()]}))
        return (there - self.here) / float(moved[place] - before)


def _finding(row: Row, entry: _Entry, sides: Sides) -> Finding:
    a, n, exact = row.analytic, row.numeric, entry.exact
    if _same(a, exact):
        return Finding(row.name, a, exact, n, 0.0, RIGHT)
    apart = abs(a - exact)
    relative = _relative(a, exact)
    if not math.isfinite(relative):
        verdict = WRONG
    elif relative <= _CLOSE or apart <= entry.noise:
        verdict = RIGHT
    elif apart <= entry.digits * (1 + 1e-9):
        verdict = DIGITS
    elif relative < AGREES:
        verdict = RIGHT
    elif (row.agrees() and _is_kink(exact, n)) or (
        (row.kink or _is_kink(exact, n)) and sides.hold(entry.name, entry.place, a)
    ):
        verdict = KINK
    else:
        verdict = UNEASY if relative <= _UNEASY else WRONG
    return Finding(row.name, a, exact, n, relative, verdict)


def _without_value(row: Row, entry: _Entry, _: Sides) -> Finding:
    """Return that nothing can be said; but a claim that is not finite either agrees."""
    a, exact = row.analytic, entry.exact
    agrees = _same(a, exact) and not math.isfinite(a)
    relative = 0.0 if agrees else _relative(a, exact)
    return Finding(row.name, a, exact, row.numeric, relative, RIGHT if agrees else NO_VALUE)


def _same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def _relative(a: float, b: float) -> float:
    """Return the relative difference; NaN where one is not finite."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.nan
    largest = max(abs(a), abs(b))
    return abs(a / largest - b / largest) if largest else 0.0


def _is_kink(exact: float, numeric: float) -> bool:
    """Whether the exact slope and the differences part: at a kink either may be claimed."""
    return abs(exact - numeric) > AGREES * max(abs(exact), abs(numeric))


def _badness(finding: Finding) -> tuple[int, float]:
    order = (NO_VALUE, WRONG, UNEASY, KINK, DIGITS, RIGHT)
    relative = finding.relative
    return order.index(finding.verdict), -math.inf if math.isnan(relative) else -relative
