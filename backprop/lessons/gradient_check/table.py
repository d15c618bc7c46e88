"""All parameters at once: the gradient beside its finite differences, the worst first."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.engine.differences.report import Row
from backprop.engine.differences.verdict import CONVENTION, ROUNDING, TURNS, Answer
from backprop.lessons.gradient_check.subject import Subject
from backprop.lessons.gradient_check.tolerance_bands import (
    AGREES,
    HIDDEN,
    KINKS,
    NARROWER,
    OPEN,
    SIDES,
    UNEASY,
    UNKNOWN,
    WRONG,
    Band,
    by_trouble,
    row_band,
)
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import long, short
from backprop.stage.links import Links
from backprop.stage.walk.explanation import spoken
from backprop.stage.walk.not_finite import slope_words


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One parameter."""

    name: str
    label: Label
    analytic: Number
    numeric: Number
    absolute: Number
    relative: Number
    band: Band
    because: str  # why it cannot be judged; else empty
    address: str  # where it is the one that is nudged
    on: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """How many parameters fell into a band, and what is said of them."""

    band: Band
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one big answer."""

    right: bool  # whether the gradient passes
    answer: str  # Right, Wrong, Cannot be judged
    reason: str  # after it, in a few words
    sentence: str  # what to make of it


@dataclass(frozen=True, slots=True)
class TableShown:
    """The check of all parameters; no markup."""

    verdict: Verdict
    count: int
    rows: tuple[CheckedRow, ...]
    counted: tuple[Counted, ...]
    some_hidden: bool  # whether rounding hides the difference of a parameter


def show_table(subject: Subject, now: str, links: Links) -> TableShown:
    """Return the check of all parameters; `now` is the one that is nudged above it."""
    checked = sorted(subject.report.rows, key=by_trouble)
    rows = table_rows(subject, checked, now, links)
    return TableShown(
        verdict=judge(checked, _why_endless(subject, checked[0])),
        count=len(rows),
        rows=rows,
        counted=count_bands(rows),
        some_hidden=any(row.band is HIDDEN or row.because == ROUNDING for row in rows),
    )


def _why_endless(subject: Subject, worst: Row) -> str:
    """Return what made the slope, or the function, infinite or NaN; empty where both are finite."""
    trace = subject.trace
    if math.isfinite(trace.value) and math.isfinite(worst.analytic):
        return ""
    return spoken(slope_words(trace, worst.name, subject.label))


def table_rows(
    subject: Subject, checked: Sequence[Row], now: str, links: Links
) -> tuple[CheckedRow, ...]:
    """Return the table; `now` is the parameter that is nudged above it."""
    return tuple(
        CheckedRow(
            name=row.name,
            label=subject.label(row.name),
            analytic=Number(long(row.analytic), row.analytic, "backward"),
            numeric=Number(long(row.numeric), row.numeric),
            absolute=Number(short(row.absolute), row.absolute),
            relative=Number(short(row.relative), row.relative),
            band=row_band(row),
            because=row.because,
            address=links.address(parameter=row.name),
            on=row.name == now,
        )
        for row in checked
    )


def count_bands(rows: tuple[CheckedRow, ...]) -> tuple[Counted, ...]:
    """Return how many parameters fell into each band that has some, in the bands' order."""
    counts = Counter(row.band for row in rows)
    every = (WRONG, UNEASY, OPEN, UNKNOWN, SIDES, NARROWER, HIDDEN, KINKS, AGREES)
    return tuple(Counted(band, counts[band], band.verdict) for band in every if band in counts)


ADVICE = {
    ROUNDING: (
        "The nudge moves the function by less than it is rounded to, so the quotient has no digit "
        "left: it proves nothing, right or wrong. Move the point, or nudge more."
    ),
    TURNS: "Finite differences find no slope here, however small the nudge is. Move the point.",
}


def judge(rows: Sequence[Row], endless: str = "") -> Verdict:
    """Return what the check of all parameters says.

    Args:
        rows: of the check, the worst first.
        endless: what made the worst one infinite or NaN; empty where it is neither.
    """
    worst = rows[0]
    shown = f"worst relative difference {short(worst.relative)}"
    if worst.answer is Answer.WRONG:
        return Verdict(
            False, "Wrong", shown, "No nudge makes the two agree: look at the worst row."
        )
    if worst.answer is Answer.OPEN:
        advice = ADVICE.get(worst.because, f"{endless} Move the point first.".lstrip())
        if worst.because == CONVENTION:
            advice = (
                f"For {worst.name}, reverse mode gives {short(worst.analytic)} and the differences "
                f"{short(worst.numeric)}. Each kink has the slope that its rule chooses, and what "
                "they add up to need not be the slope of the whole. Move the point."
            )
        return Verdict(False, "Cannot be judged", f"because {worst.because}", advice)
    bands = {row_band(row) for row in rows}
    sentence = "Backward pass and finite differences share no code, and they agree."
    if SIDES in bands:
        shown = "at a kink"
        sentence = (
            "The point lies at a kink: every slope between those of its two sides is right there, "
            "and the quotient lies between them, too."
        )
    elif NARROWER in bands:
        shown = "though the usual nudge says no"
        sentence = (
            "Narrower nudges agree with the gradient, so h is to blame and not the gradient: see "
            "“Which h?” below."
        )
    elif HIDDEN in bands:
        sentence = "Rounding alone explains what is left between the two."
    elif worst.relative > 1e-7:
        sentence = "Good enough if the function has kinks; without any, look at the worst row."
    return Verdict(True, "Right", shown, sentence)
