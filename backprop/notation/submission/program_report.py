"""What is right and what is wrong of a claimed gradient of a program, entry by entry."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from backprop.engine.differences.programs import MOST, ProgramCheck, operations
from backprop.engine.differences.report import AGREES, Row
from backprop.engine.differences.verdict import Answer
from backprop.engine.slips.programs.fingerprint import program_fingerprint
from backprop.engine.slips.suspect import Suspect
from backprop.notation.submission.programs import Compared, ProgramSubmission
from backprop.notation.submission.report import (
    DIGITS,
    KINK,
    NO_VALUE,
    NOT_FINITE,
    OPEN,
    RIGHT,
    Checked,
    Finding,
    badness,
    by_size,
    relative_difference,
)
from backprop.notation.submission.tolerance import Tolerance

NUDGED = 60  # entries that are nudged one by one, the worst first, where all would be too many
ROUNDING = 64 * math.ulp(1.0)  # of the largest entry


def check_program(submission: ProgramSubmission, compared: Compared) -> Checked:
    """Return what is right and what is wrong of a program's claimed gradient.

    Where all entries would take too long to nudge, the worst are; of the others the difference
    quotient is NaN.
    """
    findings = sorted(_findings(submission, compared), key=badness)
    allowed = min(max(MOST // (2 * operations(submission.program)), NUDGED), len(findings))
    check = ProgramCheck(submission.trace, submission.gradient)
    places = [_place(each.name) for each in findings[:allowed]]
    rows = check.at(places).rows
    findings[:allowed] = map(_with_row, findings[:allowed], rows)
    reach = {name: np.zeros(array.shape) for name, array in compared.allowed.items()}
    tolerance = Tolerance(compared.allowed, reach, words=compared.words)
    return Checked(tuple(sorted(findings, key=badness)), tolerance)


def program_suspects(submission: ProgramSubmission) -> tuple[Suspect, ...]:
    """Return the slips that a wrong gradient points to, the likeliest first."""
    found = program_fingerprint(submission.trace, submission.gradient)
    return tuple(each.suspect for each in found)


def _findings(submission: ProgramSubmission, compared: Compared) -> Iterator[Finding]:
    has_value = math.isfinite(float(submission.trace.value))
    entries = [np.abs(compared.exact[name]) for name in submission.gradient]
    largest = max((float(np.max(each, initial=0.0)) for each in entries), default=0.0)
    for name, claimed in submission.gradient.items():
        for place in np.ndindex(claimed.shape):
            entry = f"{name}[{','.join(map(str, place))}]" if place else name
            claim, exact = float(claimed[place]), float(compared.exact[name][place])
            apart, relative = abs(claim - exact), relative_difference(claim, exact)
            verdict = by_size(relative)
            if not has_value:
                verdict = NO_VALUE
            elif not math.isfinite(claim) or not math.isfinite(exact):
                verdict = NOT_FINITE
            elif relative <= AGREES or apart <= ROUNDING * largest:
                verdict = RIGHT
            elif apart <= compared.allowed[name][place]:
                verdict = DIGITS
            yield Finding(entry, claim, exact, math.nan, relative, verdict)


def _place(entry: str) -> tuple[str, tuple[int, ...]]:
    name, _, index = entry.partition("[")
    return name, tuple(int(i) for i in index.rstrip("]").split(",")) if index else ()


def _with_row(finding: Finding, row: Row) -> Finding:
    """Return a finding with what nudging says: at a kink another slope may be as right."""
    found = replace(finding, numeric=row.numeric)
    if not finding.is_wrong:
        return found
    if row.answer is Answer.RIGHT:
        return replace(found, verdict=KINK)
    if row.answer is Answer.OPEN:
        return replace(found, verdict=OPEN, because=row.because)
    return found
