"""What is right and what is wrong of a claimed gradient: a line an entry, the worst first.

The claim is compared with the exact gradient, and finite differences stand beside both: they
share nothing with either. The relative difference of a claim a and an exact e is
|a − e| / max(|a|, |e|); a difference that rounding explains, the computer's or a print's, counts
as right.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.finite_difference import AGREES, Row, check_gradient
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.notation.printed_digits import roundings
from backprop.notation.printed_text import Array
from backprop.notation.submission import Submission
from backprop.notation.submission_function import FunctionSubmission

RIGHT, DIGITS, UNEASY, WRONG = "right", "right, to its digits", "uneasy", "wrong"
_HAPPY, _UNEASY = 1e-7, 1e-2  # relative differences; AGREES stands between
_ROUNDING = 64 * math.ulp(1.0)  # of the largest entry


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one entry.

    Attributes:
        name: “W1[0,1]”, counted from 0 as in NumPy, or a variable.
        claimed: as it was submitted, in our conventions.
        exact: by backpropagation.
        numeric: by central differences.
        relative: the relative difference of the first two.
        verdict: RIGHT, DIGITS, UNEASY or WRONG.
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
        return self.verdict in (RIGHT, DIGITS)


@dataclass(frozen=True, slots=True)
class Checked:
    """A claimed gradient, entry by entry, the worst first."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether every entry is right."""
        return all(each.ok for each in self.findings)

    @property
    def sentence(self) -> str:
        """What was found, in a sentence or two."""
        count, wrong = len(self.findings), sum(not each.ok for each in self.findings)
        if not wrong:
            few = any(each.verdict == DIGITS for each in self.findings)
            said = " as far as its digits tell; print more of them to be sure" if few else ""
            return f"The gradient is right{said}."
        if not any(each.claimed for each in self.findings):
            return "Every entry is 0: is the backward pass filled in?"
        if wrong == count:
            return f"All {count:,} entries are wrong." if count > 1 else "The entry is wrong."
        are = "entries are" if wrong > 1 else "entry is"
        return f"{wrong:,} {are} wrong, and {count - wrong:,} right."


def check_submission(submission: Submission | FunctionSubmission) -> Checked:
    """Return what is right and what is wrong of a submission."""
    function: Graph | Network
    if isinstance(submission, FunctionSubmission):
        function = graph = submission.graph
        at: Mapping[str, Any] = submission.at
    else:
        function, graph = submission.network, submission.network.graph("layers")
        at = {**submission.parameters, "X": submission.X, "Y": submission.Y}
    _, exact = gradient(graph, at)
    rows = check_gradient(function, at, submission.gradient).rows
    return Checked(tuple(sorted(_findings(submission.gradient, exact, rows), key=_badness)))


def _findings(
    claimed: Mapping[str, Any], exact: Mapping[str, Any], rows: tuple[Row, ...]
) -> Iterator[Finding]:
    """Give a finding for each row of the check, which has the entries in the same order."""
    arrays = {name: np.asarray(value, dtype=float) for name, value in claimed.items()}
    allowed = roundings(arrays)
    slopes, digits = _flat(exact, tuple(exact)), _flat(allowed, tuple(exact))
    noise = _ROUNDING * float(np.max(np.abs(slopes), initial=0.0, where=np.isfinite(slopes)))
    for e, d, row in zip(slopes.tolist(), digits.tolist(), rows, strict=True):
        yield _finding(row, e, noise, d)


def _flat(arrays: Mapping[str, Any], names: tuple[str, ...]) -> Array:
    """Return the entries of all arrays in the order of the check's rows."""
    return np.concatenate([np.ravel(arrays[name]) for name in names] or [np.empty(0)])


def _finding(row: Row, exact: float, noise: float, digits: float) -> Finding:
    a, n = row.analytic, row.numeric
    if a == exact or (math.isnan(a) and math.isnan(exact)):
        return Finding(row.name, a, exact, n, 0.0, RIGHT)
    apart = abs(a - exact)
    largest = max(abs(a), abs(exact))
    relative = apart / largest if math.isfinite(largest) else math.nan
    if not math.isfinite(relative):
        verdict = WRONG
    elif relative <= _HAPPY or apart <= noise:
        verdict = RIGHT
    elif apart <= digits * (1 + 1e-9):
        verdict = DIGITS
    elif relative < AGREES or (row.relative < AGREES and _is_kink(exact, row.numeric)):
        verdict = RIGHT
    else:
        verdict = UNEASY if relative <= _UNEASY else WRONG
    return Finding(row.name, a, exact, n, relative, verdict)


def _is_kink(exact: float, numeric: float) -> bool:
    """Whether the exact slope and the differences part: at a kink either may be claimed."""
    return abs(exact - numeric) > AGREES * max(abs(exact), abs(numeric))


def _badness(finding: Finding) -> tuple[int, float]:
    order = (WRONG, UNEASY, DIGITS, RIGHT)
    relative = finding.relative
    return order.index(finding.verdict), -math.inf if math.isnan(relative) else -relative
