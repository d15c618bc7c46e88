"""A slip in the other machine: Adam's corrections left out, or multiplied where one divides.

The gradient is right and constant, so the right Adam moves by one learning rate at each step. The
others are run to see what they do instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.charts import Series
from backprop.drawing.decades import decades_chart
from backprop.notation.formula import Formula, Number
from backprop.stage.optimizers import rule_in_letters
from backprop.training.demo_optimizers import AdamMultiplied, AdamUncorrected
from backprop.training.flat import Array
from backprop.training.optimizers import Adam, Optimizer
from backprop.training.race import track

STEPS = 1000
DRAWN = tuple(int(t) for t in np.unique(np.geomspace(1, STEPS, 60).round()))
LISTED = (1, 2, 10, 100)
BETA1, BETA2 = 0.9, 0.999  # the usual settings
HIDING = 0.99  # a beta2 with which the multiplied step begins as the right one
KINDS: tuple[type[Optimizer], ...] = (Adam, AdamUncorrected, AdamMultiplied)
SLIPS = KINDS[1:]
LOOKS = {  # colour, dash and width of a curve
    (BETA2, AdamUncorrected): ("--muted", "dash", 2.2),
    (BETA2, AdamMultiplied): ("--bwd", "solid", 2.6),
    (HIDING, AdamUncorrected): ("--muted", "dot", 1.8),
    (HIDING, AdamMultiplied): ("--bwd", "dashdot", 1.8),
}
Lengths = Mapping[tuple[float, type[Optimizer]], Array]


@dataclass(frozen=True, slots=True)
class AdamVariant:
    """One Adam: its title, and the lines in which it corrects m and v; none where it does not."""

    title: str
    corrections: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class CurveKey:
    """A curve of the picture: what it shows, and its dash, which is also a class of the styles."""

    title: str
    dash: str
    slip: bool  # whether it is one that multiplies


@dataclass(frozen=True, slots=True)
class FaultyAdam:
    """Both slips beside the right Adam.

    Attributes:
        variants: the right Adam, and both slips.
        slips: the titles of the slips.
        beta2s: each heads a column for each slip in the table.
        rows: the step t, and how long it is with each slip, the right step being 1: by beta2,
            then by slip.
        keys, figure, alt: the curves over all steps, and what they show.
    """

    variants: tuple[AdamVariant, ...]
    beta1: Number
    slips: tuple[str, ...]
    beta2s: tuple[Number, ...]
    rows: tuple[tuple[int, tuple[Number, ...]], ...]
    keys: tuple[CurveKey, ...]
    figure: str
    alt: str
    sentence: str


@lru_cache(maxsize=1)
def compare_adams() -> FaultyAdam:
    """Return both slips beside the right Adam, with the usual beta2 and one that hides them."""
    lengths = {(beta2, slip): _lengths(slip, beta2) for beta2 in (BETA2, HIDING) for slip in SLIPS}
    sentence = _sentence(lengths)
    return FaultyAdam(
        variants=tuple(_variant(kind) for kind in KINDS),
        beta1=Number(f"{BETA1:g}", BETA1),
        slips=tuple(slip.title for slip in SLIPS),
        beta2s=tuple(Number(f"{b:g}", b) for b in (BETA2, HIDING)),
        rows=tuple(
            (t, tuple(Number(f"{x[t - 1]:.2f}", float(x[t - 1])) for x in lengths.values()))
            for t in LISTED
        ),
        keys=(
            CurveKey("right", "thin", False),
            *(
                CurveKey(
                    f"{slip.title.partition(', ')[2]}, β₂ = {b:g}",
                    LOOKS[b, slip][1],
                    slip is AdamMultiplied,
                )
                for b, slip in lengths
            ),
        ),
        figure=_figure(lengths),
        alt=f"The length of each step from 1 to {STEPS}, where the right one is 1. {sentence}",
        sentence=sentence,
    )


def _lengths(kind: type[Optimizer], beta2: float) -> Array:
    """Return the length of every step under a constant gradient, the right step being 1."""

    def moves(kind: type[Optimizer]) -> Array:
        # without the guard epsilon the ratio is the same for every gradient
        optimizer = kind(**{"beta1": BETA1, "beta2": beta2, "epsilon": 0.0})
        return track(optimizer, lambda *_: (0.0, 1.0, 1.0), (0.0, 0.0), STEPS).moves[:, 0]

    return moves(kind) / moves(Adam)


def _variant(kind: type[Optimizer]) -> AdamVariant:
    lines = zip(kind.code.lines, rule_in_letters(kind).lines, strict=True)
    corrections = (printed for (target, _), printed in lines if target.endswith("_hat"))
    return AdamVariant(kind.title, tuple(corrections))


def _figure(lengths: Lengths) -> str:
    series = [Series("the right Adam", DRAWN, [1.0] * len(DRAWN), "--ink", "solid", 1.2)]
    for (b, slip), each in lengths.items():
        drawn = [float(each[t - 1]) for t in DRAWN]
        series.append(Series(f"{slip.title}, β₂ = {b:g}", DRAWN, drawn, *LOOKS[b, slip]))
    highest = max(float(each.max()) for each in lengths.values())
    titles = ("step t", "length, in right steps")
    # from some 2.4 decades on Plotly marks 1, 2 and 5 and not every digit
    return decades_chart(series, titles, ((1, STEPS), (0.4, max(120.0, 2 * highest))))


def _sentence(lengths: Lengths) -> str:
    """Return what the curves show, in words."""
    wrong, bare = lengths[BETA2, AdamMultiplied], lengths[BETA2, AdamUncorrected]
    return (
        f"With β₂ = {BETA2:g} the first multiplied step is {wrong[0]:.2f} times as long as the "
        f"right one and the longest, at t = {int(wrong.argmax()) + 1}, {wrong.max():.2f} times; "
        f"without any correction it is {bare[0]:.2f} and at most {bare.max():.2f} times. "
        f"With β₂ = {HIDING:g} the first multiplied step is as long as the right one, and none is "
        f"longer than {lengths[HIDING, AdamMultiplied].max():.2f} times: there the slip hides."
    )
