"""A planted slip on paper: the gradient that it gives, beside the differences; which slip is it?

The numbers are asked of the reader: the ratios, what is wrong, and whether training goes on. Why it
does is told by the angle between the two gradients, for a small step against the claimed one c
changes the loss by −η · c · g, where g is the right one:

    cosine = c · g / (|c| |g|)        downhill still, where it is more than 0
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Row
from backprop.lessons.gradient_check.bug import slip_letters
from backprop.lessons.gradient_check.bug_curves import published
from backprop.lessons.gradient_check.choices import BugChoices, Choices
from backprop.lessons.gradient_check.planted_slip import PlantedSlip, answer_guess
from backprop.lessons.gradient_check.tolerance_bands import by_trouble, row_band
from backprop.notation.formula import Number
from backprop.notation.numerals import MINUS, long, short
from backprop.stage.functions import function_labels
from backprop.stage.paper import Blank, Cell, Part, Table, Task
from backprop.stage.slip_words import with_page_letters
from backprop.stage.walk.explanation import Labels
from backprop.training.setups import TrainingSetup
from backprop.training.two_trainings import gradient_at

MOST_ENTRIES = 16  # of a gradient that are printed; of a larger one the first of each array
MOST_SLIPS = 6  # among which is asked
ALIKE = 0.999  # the cosine from which two gradients point the same way


def plants_a_slip(choices: Choices) -> bool:
    """Whether an address is about a planted slip: its part is shown, or a slip is chosen."""
    if choices.part:
        return choices.part == "bug"
    return replace(choices.planted, bench="page") != BugChoices()


def is_of_the_page(planted: PlantedSlip) -> bool:
    """Whether the numbers of the page are those that the slip is planted in, still untrained."""
    setup = planted.setup
    examples = len(setup.X) if isinstance(setup, TrainingSetup) else 1
    return examples == 1 and not planted.progress.steps


def slip_part(choices: Choices, planted: PlantedSlip) -> Part:
    """Return the gradient that a slip gives, entry by entry, and what is asked about it."""
    letters = slip_letters(choices, planted)
    checked = _entries(planted)
    few = len(checked) > MOST_ENTRIES
    rows = _some(checked) if few else checked
    label = letters if isinstance(planted.setup, TrainingSetup) else _function_label(planted)
    steps = planted.progress.steps
    where = f"After {steps:,} step{'' if steps == 1 else 's'}: the" if steps else "The"
    more = f" {len(rows)} of {len(checked)} entries." if few else ""
    return Part(
        title=("A planted slip",),
        lede=(f"{where} gradient that a backward pass with one slip claims for "
              f"{planted.setup.title}, beside central differences.{more} Divide, and judge.",),
        table=Table(
            heads=(("parameter",), ("claimed",), ("differences",),
                   ("claimed ÷ differences",), ("right or wrong?",)),
            rows=tuple(_row(name, row, label) for name, row in rows.items()),
            about="",
        ),
        tasks=(
            _which(planted, letters, checked),
            Task(("Training goes on with this gradient. Does it still go downhill, and why?",),
                 (_downhill(planted),), lines=2),
        ),
    )  # fmt: skip


def _function_label(planted: PlantedSlip) -> Labels:
    assert not isinstance(planted.setup, TrainingSetup), "a network has its own letters"
    return function_labels(planted.setup.graph)


def _entries(planted: PlantedSlip) -> Mapping[str, Row]:
    """Return the check of every entry, by its name."""
    setup, flat, claims = planted.setup, planted.progress.wrong, planted.claims
    if isinstance(setup, TrainingSetup):
        parameters = setup.arrays(flat)
        at = {**parameters, "X": setup.X, "Y": setup.Y}
        rows = check_gradient(setup.network, at, setup.arrays(claims)).rows
        return dict(zip(setup.network.scalars(parameters), rows, strict=True))
    rows = check_gradient(setup.graph, setup.point(flat), setup.point(claims)).rows
    return {row.name: row for row in rows}


def _some(checked: Mapping[str, Row]) -> Mapping[str, Row]:
    """Return a few entries of each array in their order, those first that are off by most."""
    arrays: dict[str, list[str]] = {}
    for name in checked:
        arrays.setdefault(name.partition("_")[0], []).append(name)
    share = max(1, MOST_ENTRIES // len(arrays))
    kept = {
        name
        for names in arrays.values()
        for name in sorted(names, key=lambda each: by_trouble(checked[each]))[:share]
    }
    return {name: row for name, row in checked.items() if name in kept}


def _row(name: str, row: Row, label: Labels) -> tuple[Cell, ...]:
    with np.errstate(all="ignore"):
        ratio = float(np.float64(row.analytic) / row.numeric)
    return (
        label(name),
        (Number(long(row.analytic), row.analytic, "backward"),),
        (Number(long(row.numeric), row.numeric),),
        Blank((Number(short(ratio), ratio) if math.isfinite(ratio) else "–",)),
        Blank((row_band(row).verdict,)),
    )


def _which(planted: PlantedSlip, letters: Labels, checked: Mapping[str, Row]) -> Task:
    """Return the question which slip it is, among some that give other numbers."""
    others = [slip for slip in planted.slips if not _same(slip.name, planted)]
    first = planted.slips.index(planted.slip) % max(1, len(others) - MOST_SLIPS + 2)
    chosen = {slip.name for slip in others[first : first + MOST_SLIPS - 1]} | {planted.slip.name}
    asked = [with_page_letters(each, letters) for each in planted.slips if each.name in chosen]
    right = next(n for n, each in enumerate(asked) if each.name == planted.slip.name)
    off = sum(row_band(row).off for row in checked.values())
    carried = published(planted.progress.losses)
    return Task(
        asks=("Which entries are wrong, and which slip makes them so?",),
        answer=(),
        options=tuple((each.title,) for each in asked),
        right=frozenset((right,)),
        about=(
            " ".join(
                filter(
                    None,
                    (f"{off} of {len(checked)} entries are wrong.", asked[right].about, carried),
                )
            ),
        ),
    )


def _same(name: str, planted: PlantedSlip) -> bool:
    """Whether a slip gives the numbers of the planted one."""
    reply = answer_guess(name, planted)
    return reply is not None and reply.right


def _downhill(planted: PlantedSlip) -> str:
    """Return whether a small step against the claimed gradient goes downhill, and why."""
    claimed, right = planted.claims, gradient_at(planted.setup, None, planted.progress.wrong)
    with np.errstate(all="ignore"):
        cosine = float(claimed @ right / (np.linalg.norm(claimed) * np.linalg.norm(right)))
    if not math.isfinite(cosine):
        return "That cannot be said: one of the two gradients has no direction."
    written = f"{cosine:.4f}".replace("-", MINUS)
    if cosine >= ALIKE:
        return (
            f"Yes: the two gradients point almost the same way (cosine {written}), so a small "
            "step goes downhill as with the right one. The loss alone shows nothing."
        )
    if cosine > 0:
        return (
            f"Yes, though not as steeply: the angle between the two gradients is less than 90° "
            f"(cosine {written}), so a small step still goes downhill."
        )
    return (
        f"No: the angle between the two gradients is not less than 90° (cosine {written}), so a "
        "small step does not go downhill."
    )
