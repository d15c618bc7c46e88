"""What is right and what is wrong of a claimed gradient: a line an entry, the worst first.

The claim is compared with the exact gradient, and finite differences stand beside both: they
share nothing with either. The relative difference of a claim a and an exact e is
|a − e| / max(|a|, |e|); a difference that rounding explains, the computer's or a print's, of the
claim or of the numbers it came from, counts as right. At a kink every number between the slopes of
its two sides is one.

Where an array has fewer decimals than others, nobody can tell whether it was rounded to them. A
claim that is right if it was, and wrong if not, cannot be judged; no more can what is not finite.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.differences import verdict
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.precision import Rounding
from backprop.engine.differences.report import AGREES, Row
from backprop.engine.differences.slopes import joined
from backprop.engine.differences.verdict import Verdict, cannot_be_judged
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.notation.names import first_names
from backprop.notation.submission.read import FunctionSubmission, Submission
from backprop.notation.submission.tolerance import Tolerance, find_tolerance, read_as

RIGHT, DIGITS, UNEASY, WRONG = "right", "right, to its digits", "uneasy", "wrong"
KINK = "at a kink: either slope is right"
OPEN = "cannot be judged"  # right if its inputs were rounded, and wrong if not
NOT_FINITE = "not finite"
NO_VALUE = "no value"  # of the function, so that it has no slope either
_CLOSE, _UNEASY = 1e-7, 1e-2  # relative differences; AGREES stands between
_ROUNDING = 64 * math.ulp(1.0)  # of the largest entry
FINE = 1e-4  # the share of a slope up to which rounding leaves the numbers of a kink together
NOT_ROUNDED = Rounding(np.zeros(()))


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says of one entry.

    Attributes:
        name: “W1[0,1]”, counted from 0 as in NumPy, or a variable.
        claimed: as it was submitted, in our conventions.
        exact: by backpropagation, at the numbers that were read.
        numeric: by central differences.
        relative: the relative difference of the first two.
        verdict: RIGHT, DIGITS, KINK, UNEASY, WRONG, OPEN, NOT_FINITE or NO_VALUE.
        reach: how far the rounding of what was read may carry a right one from `exact`.
        because: of what is OPEN, the reason: the end of a sentence.
    """

    name: str
    claimed: float
    exact: float
    numeric: float
    relative: float
    verdict: str
    reach: float = 0.0
    because: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the entry."""
        return self.verdict in (RIGHT, DIGITS, KINK)

    @property
    def is_wrong(self) -> bool:
        """Whether it is wrong; what is neither this nor `ok` cannot be judged."""
        return self.verdict in (UNEASY, WRONG)


@dataclass(frozen=True, slots=True)
class Checked:
    """A claimed gradient, entry by entry, the worst first.

    Attributes:
        findings: one for each entry.
        tolerance: what the digits of all that was brought leave open.
        depends_on_rounding: whether it is right if arrays were rounded that do not show it, and
            wrong if not.
    """

    findings: tuple[Finding, ...]
    tolerance: Tolerance
    depends_on_rounding: bool = False

    @property
    def ok(self) -> bool:
        """Whether every entry is right."""
        return self.verdict == verdict.RIGHT

    @property
    def not_right(self) -> tuple[Finding, ...]:
        """The findings that speak against their entry, or leave it open."""
        return tuple(each for each in self.findings if not each.ok)

    @property
    def has_value(self) -> bool:
        """Whether the function has a value, without which no slope can be judged."""
        return all(each.verdict != NO_VALUE for each in self.findings)

    @property
    def is_suspect(self) -> bool:
        """Whether a slip may be behind it: an entry is wrong, not finite, or wrong unless rounded.

        What only a convention makes other than the slope is no slip.
        """
        open_to_it = any(e.is_wrong or e.verdict == NOT_FINITE for e in self.findings)
        return self.has_value and (open_to_it or self.depends_on_rounding)

    @property
    def verdict(self) -> Verdict:
        """Whether it is right, wrong, or why it cannot be judged."""
        verdicts = {each.verdict for each in self.findings}
        if not self.has_value:
            return cannot_be_judged("there is no value here")
        if verdicts & {WRONG, UNEASY}:
            return verdict.WRONG
        if NOT_FINITE in verdicts:
            names = [each.name for each in self.findings if each.verdict == NOT_FINITE]
            are = "is" if len(names) == 1 else "are"
            return cannot_be_judged(f"{first_names(names, 3)} {are} not finite")
        if OPEN in verdicts:
            return cannot_be_judged(next(e.because for e in self.findings if e.verdict == OPEN))
        return verdict.RIGHT

    def as_it_stands(self) -> "Checked":
        """Return the same where nothing is rounded but what shows it: what was open is wrong."""
        findings = (
            replace(each, verdict=by_size(each.relative), because="")
            if each.verdict == OPEN
            else each
            for each in self.findings
        )
        return replace(
            self, findings=tuple(sorted(findings, key=badness)), depends_on_rounding=False
        )

    @property
    def sentence(self) -> str:
        """The result in a sentence or two."""
        count, wrong = len(self.findings), sum(each.is_wrong for each in self.findings)
        if not self.has_value:
            return "There is no value here, so nothing can be said."
        if self.ok:
            few = any(each.verdict == DIGITS for each in self.findings)
            limit = f" as far as {self._tells} to be sure" if few else ""
            bent = any(each.verdict == KINK for each in self.findings)
            also = " It lies at a kink, where either slope is right." if bent else ""
            return f"The gradient is right{limit}.{also}"
        if not wrong:
            return f"It {self.verdict}."
        if not any(each.claimed for each in self.findings):
            return "Every entry is 0: is the backward pass filled in?"
        if wrong == count:
            return f"All {count:,} entries are wrong." if count > 1 else "The entry is wrong."
        are = "entries are" if wrong > 1 else "entry is"
        right = sum(each.ok for each in self.findings)
        rest = f", and {count - wrong - right:,} cannot be judged" if wrong + right < count else ""
        return f"{wrong:,} {are} wrong, {'and ' * (not rest)}{right:,} right{rest}."

    @property
    def _tells(self) -> str:
        words = self.tolerance.words
        if "float" in words:
            return f"{words} tells; compute with more digits"
        few = f"its {words}" if words else "its digits"
        return f"{few} tell; print more of them"


def check_submission(submission: Submission | FunctionSubmission) -> Checked:
    """Return what is right and what is wrong of a submission."""
    function: Graph | Network
    if isinstance(submission, FunctionSubmission):
        function = graph = submission.graph
        at: Mapping[str, Any] = submission.at
    else:
        function, graph = submission.network, submission.network.graph("layers")
        at = {**submission.parameters, "X": submission.X, "Y": submission.Y}
    value, exact = gradient(graph, at)
    rows = check_gradient(function, at, submission.gradient).rows
    tolerance = find_tolerance(submission)
    claims = joined(submission.gradient, exact).tolist()
    find = _finding if math.isfinite(value) else _without_value
    entries = list(_entries(exact, tolerance))
    columns = zip(claims, rows, entries, strict=True)
    findings = [find(claim, row, entry) for claim, row, entry in columns]
    bent = [_is_at_kink(row, entry.exact) for row, entry in zip(rows, entries, strict=True)]
    findings = list(map(_together, findings, rows, entries, bent))
    depends_on_rounding = False
    if any(each.is_wrong for each in findings):
        findings, depends_on_rounding = _if_rounded(submission, exact, findings)
    if isinstance(submission, Submission):
        findings = [f for f in findings if f.name.partition("[")[0] not in submission.absent]
    return Checked(tuple(sorted(findings, key=badness)), tolerance, depends_on_rounding)


def _if_rounded(
    submission: Submission | FunctionSubmission,
    exact: Mapping[str, Any],
    findings: list[Finding],
) -> tuple[list[Finding], bool]:
    """Return the findings where arrays of fewer decimals than others may have been rounded.

    And whether that leaves open what else would be wrong.
    """
    as_shown, coarser = (read_as(submission, each_its_own=own) for own in (False, True))
    changed = [n for n, e in coarser.items() if e.words != as_shown.get(n, NOT_ROUNDED).words]
    if not changed:
        return findings, False
    name = changed[0]
    others = " and others" if len(changed) > 1 else ""
    was = "were" if others else "was"
    because = (
        f"it is right if {name}{others} {was} rounded, to {coarser[name].words}, and wrong if not"
    )
    entries = _entries(exact, find_tolerance(submission, each_its_own=True))
    if_rounded = [
        replace(each, verdict=OPEN, reach=entry.reach, because=because)
        if each.is_wrong and abs(each.claimed - each.exact) <= entry.allowed
        else each
        for each, entry in zip(findings, entries, strict=True)
    ]
    sure = any(each.is_wrong for each in if_rounded)  # in any case
    return (findings, False) if sure else (if_rounded, True)


class _Entry(NamedTuple):
    """An entry of an array: its place, its exact slope, and what rounding may explain there.

    Attributes:
        noise: of the computer.
        own: of the claim's digits.
        reach: of the digits of what it was computed from.
    """

    name: str
    place: tuple[int, ...]
    exact: float
    noise: float
    own: float
    reach: float

    @property
    def allowed(self) -> float:
        """How far a right claim may be from the exact slope."""
        return (self.own + self.reach) * (1 + 1e-9)


@np.errstate(all="ignore")
def _entries(exact: Mapping[str, Any], tolerance: Tolerance) -> Iterator[_Entry]:
    """Give the entries of all arrays in the order of the check's rows."""
    slopes = {name: np.asarray(value, dtype=float) for name, value in exact.items()}
    finite = [np.abs(array[np.isfinite(array)]).max(initial=0.0) for array in slopes.values()]
    noise = _ROUNDING * float(max(finite, default=0.0))
    for name, array in slopes.items():
        columns = (array, tolerance.own[name], tolerance.reach[name])
        numbers = zip(*(np.ravel(column).tolist() for column in columns), strict=True)
        for place, (slope, own, reach) in zip(np.ndindex(array.shape), numbers, strict=True):
            yield _Entry(name, place, slope, noise, own, reach)


def _finding(claim: float, row: Row, entry: _Entry) -> Finding:
    """Return the finding of an entry; `row` is what differences say of the claim."""
    n, exact = row.numeric, entry.exact
    apart, relative = abs(claim - exact), relative_difference(claim, exact)
    because = ""
    if not math.isfinite(relative):
        result = NOT_FINITE
    elif row.because == verdict.CONVENTION and relative < AGREES:
        result, because = OPEN, row.because
    elif relative <= _CLOSE or apart <= entry.noise:
        result = RIGHT
    elif apart <= entry.own * (1 + 1e-9):
        result = DIGITS
    elif relative < AGREES:
        result = RIGHT
    elif _is_at_kink(row, exact) and relative_difference(claim, n) <= AGREES:
        result = KINK
    elif apart <= entry.allowed:
        result = DIGITS
    else:
        result = by_size(relative)
    return Finding(row.name, claim, exact, n, relative, result, entry.reach, because)


def _together(finding: Finding, row: Row, entry: _Entry, bent: bool) -> Finding:
    """Return a finding as the check of the whole claim sees it, where it is at a kink.

    Of numbers that meet at one, each may be a slope by itself, and together they are none.
    """
    if not bent or finding.verdict not in (KINK, DIGITS, UNEASY, WRONG):
        return finding
    if row.agrees():
        apart = abs(finding.claimed - finding.exact)
        return replace(finding, verdict=KINK if apart > entry.own else finding.verdict)
    if row.because == verdict.CONVENTION and finding.verdict != DIGITS:
        return replace(finding, verdict=OPEN, because=row.because)
    fine = entry.own + entry.reach <= FINE * max(abs(finding.claimed), abs(entry.exact))
    is_wrong = finding.verdict == KINK and fine and row.answer is verdict.Answer.WRONG
    return replace(finding, verdict=WRONG) if is_wrong else finding


def by_size(relative: float) -> str:
    """Return the verdict on a difference that nothing explains."""
    return UNEASY if relative <= _UNEASY else WRONG


def _without_value(claim: float, row: Row, entry: _Entry) -> Finding:
    """Return the finding of an entry where the function has no value."""
    relative = relative_difference(claim, entry.exact)
    return Finding(row.name, claim, entry.exact, row.numeric, relative, NO_VALUE)


def relative_difference(a: float, b: float) -> float:
    """Return the relative difference; NaN where one is not finite."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.nan
    largest = max(abs(a), abs(b))
    return abs(a / largest - b / largest) if largest else 0.0


def _is_at_kink(row: Row, exact: float) -> bool:
    """Whether a nudge crossed a kink, or the exact slope and the differences part."""
    apart = abs(exact - row.numeric)
    return row.kink or apart > AGREES * max(abs(exact), abs(row.numeric))


def badness(finding: Finding) -> tuple[int, float]:
    """Return by what findings are sorted, the worst first."""
    order = (NO_VALUE, NOT_FINITE, WRONG, UNEASY, OPEN, KINK, DIGITS, RIGHT)
    relative = finding.relative
    return order.index(finding.verdict), -math.inf if math.isnan(relative) else -relative
