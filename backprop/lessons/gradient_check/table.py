"""All parameters at once: the gradient beside its finite differences, the worst first."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.engine.differences.report import Row
from backprop.lessons.gradient_check.step_sizes import agrees_somewhere
from backprop.lessons.gradient_check.subject import Subject
from backprop.lessons.gradient_check.tolerance_bands import (
    AGREES,
    BANDS,
    CROSSED,
    HIDDEN,
    UNKNOWN,
    Band,
    by_trouble,
    row_band,
)
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import long, short
from backprop.stage.links import Links


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
    kink: bool
    hidden: bool
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
    answer: str  # Yes, No …
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
    rows, worst = table_rows(subject, checked, now, links), checked[0]
    fits = worst.relative >= 1e-4 and not worst.hidden and agrees_somewhere(subject, worst.name)
    return TableShown(
        verdict=judge(checked, fits),
        count=len(rows),
        rows=rows,
        counted=count_bands(rows),
        some_hidden=any(row.hidden and row.band is not AGREES for row in rows),
    )


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
            kink=row.kink,
            hidden=row.hidden,
            address=links.address(parameter=row.name),
            on=row.name == now,
        )
        for row in checked
    )


def count_bands(rows: tuple[CheckedRow, ...]) -> tuple[Counted, ...]:
    """Return how many parameters fell into each band that has some, in the bands' order."""
    counts = Counter(row.band for row in rows)

    def words(band: Band) -> str:
        return "agree" if band is AGREES and counts[band] > 1 else band.verdict

    every = (*BANDS, CROSSED, HIDDEN, UNKNOWN)
    return tuple(Counted(band, counts[band], words(band)) for band in every if band in counts)


def judge(rows: Sequence[Row], fits_somewhere: bool) -> Verdict:
    """Return what the check of all parameters says.

    Args:
        rows: of the check, the worst first.
        fits_somewhere: whether the worst parameter's differences agree with its gradient for
            another h: then the check with its usual h is to blame.
    """
    worst = rows[0]
    if math.isnan(worst.relative):
        return Verdict(
            False,
            "It cannot be said",
            "there is no number here",
            "The function, its gradient or one of the nudged values is not a number at this "
            "point. Move the point first.",
        )
    bands = {row_band(row) for row in rows}
    shown = f"worst relative difference {short(worst.relative)}"
    if worst.hidden and worst.relative > 1e-2 and not any(band.off for band in bands):
        return Verdict(
            False,
            "Not decided",
            "rounding hides the difference",
            "The nudge moves the function by less than it is rounded to, so the quotient has no "
            "digit left: it neither proves nor accuses. Move the point, or nudge more.",
        )
    if not any(band.off for band in bands):
        sentence = "Backward pass and finite differences share no code, and they agree."
        if HIDDEN in bands:
            sentence = "What still lies between the two, rounding alone explains."
        elif worst.relative > 1e-7:
            sentence = "Good enough if the function has kinks; without any, look at the worst row."
        return Verdict(True, "Yes", shown, sentence)
    if bands <= {CROSSED, HIDDEN, *(band for band in BANDS if not band.off)}:
        return Verdict(
            False,
            "Not decided",
            "a nudge crossed a kink",
            "Across a kink a difference quotient is the slope of neither side, so it neither "
            "proves nor accuses. Move the point, or nudge less.",
        )
    if fits_somewhere:
        return Verdict(
            False,
            "Yes, though this check says no",
            shown,
            "With another nudge the two agree, so h is to blame and not the gradient: see "
            "“Which h?” below.",
        )
    return Verdict(False, "No", shown, "No nudge makes the two agree: look at the worst row.")
