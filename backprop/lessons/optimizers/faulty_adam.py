"""A slip in the other machine: Adam's corrections left out, or multiplied where one divides.

The gradient is right and stays the same at every step, so the right Adam moves by one learning
rate each time. What the others do instead is found by letting them run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.charts import Series
from backprop.drawing.decades import decades_chart
from backprop.notation.formula import Formula, Number, Operator, Row
from backprop.notation.printer import rule_formula
from backprop.stage.optimizers import rule_letters
from backprop.training.demo_optimizers import AdamMultiplied, AdamUncorrected
from backprop.training.flat import Array
from backprop.training.optimizer_code import split_line
from backprop.training.optimizers import Adam, Optimizer
from backprop.training.race import track

STEPS = 1000
DRAWN = tuple(int(t) for t in np.unique(np.geomspace(1, STEPS, 60).round()))
TOLD = (1, 2, 10, 100)
HIDING = 0.99  # beside it the multiplied step begins as the right one, with the usual beta1
KINDS: tuple[type[Optimizer], ...] = (Adam, AdamUncorrected, AdamMultiplied)
SLIPS = KINDS[1:]
LOOKS = {  # colour, dash and width of a curve, with the first beta2 and with the hiding one
    AdamUncorrected: (("--muted", "dash", 2.2), ("--muted", "dot", 1.8)),
    AdamMultiplied: (("--bwd", "solid", 2.6), ("--bwd", "dashdot", 1.8)),
}
Lengths = Mapping[tuple[float, type[Optimizer]], Array]


@dataclass(frozen=True, slots=True)
class Variant:
    """One Adam: its title, and the lines in which it corrects m and v; none where it does not."""

    title: str
    corrections: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A curve of the picture: what it shows, and its dash, which is also a class of the styles."""

    title: str
    dash: str
    slip: bool  # whether it is one that multiplies


@dataclass(frozen=True, slots=True)
class ExhibitShown:
    """The exhibit; no markup.

    Attributes:
        variants: the right Adam, and both slips.
        beta1: of all of them.
        slips: the titles of the slips.
        beta2s: each heads a column for each slip in the table.
        rows: the step t, and how long it is with each slip, the right step being 1: by beta2,
            then by slip.
        keys, figure, alt: the curves over all steps, and what they show.
        sentence: what is to be seen.
    """

    variants: tuple[Variant, ...]
    beta1: Number
    slips: tuple[str, ...]
    beta2s: tuple[Number, ...]
    rows: tuple[tuple[int, tuple[Number, ...]], ...]
    keys: tuple[Key, ...]
    figure: str
    alt: str
    sentence: str


@lru_cache(maxsize=16)
def exhibit_of(beta1: float, beta2: float) -> ExhibitShown:
    """Return both slips beside the right Adam, with this beta2 and with the one that hides them.

    Args:
        beta1: share of the mean gradient kept, of all of them.
        beta2: share of the mean square kept.
    """
    beta2s = tuple(dict.fromkeys((beta2, HIDING)))
    lengths = {(b, slip): _lengths(slip, beta1, b) for b in beta2s for slip in SLIPS}
    sentence = _sentence(lengths, beta2)
    return ExhibitShown(
        variants=tuple(_variant(kind) for kind in KINDS),
        beta1=Number(f"{beta1:g}", beta1),
        slips=tuple(slip.title for slip in SLIPS),
        beta2s=tuple(Number(f"{b:g}", b) for b in beta2s),
        rows=tuple((t, tuple(_number(each[t - 1]) for each in lengths.values())) for t in TOLD),
        keys=(
            Key("right", "thin", False),
            *(
                Key(
                    f"{slip.title.partition(', ')[2]}, β₂ = {b:g}",
                    _look(slip, b, beta2)[1],
                    slip is AdamMultiplied,
                )
                for b, slip in lengths
            ),
        ),
        figure=_figure(lengths, beta2),
        alt=f"The length of each step from 1 to {STEPS}, where the right one is 1. {sentence}",
        sentence=sentence,
    )


def _lengths(kind: type[Optimizer], beta1: float, beta2: float) -> Array:
    """Return the length of every step under a constant gradient, the right step being 1."""

    def moves(kind: type[Optimizer]) -> Array:
        # without the guard epsilon the ratio is the same for every gradient
        optimizer = kind(**{"beta1": beta1, "beta2": beta2, "epsilon": 0.0})
        return track(optimizer, lambda *_: (0.0, 1.0, 1.0), (0.0, 0.0), STEPS).moves[:, 0]

    return moves(kind) / moves(Adam)


def _variant(kind: type[Optimizer]) -> Variant:
    letters = rule_letters(kind)
    lines = (split_line(line) for line in kind.rule)
    return Variant(
        kind.title,
        tuple(
            Row((letters[target], Operator("="), rule_formula(text, letters)))
            for target, text in lines
            if target.endswith("_hat")
        ),
    )


def _look(slip: type[Optimizer], beta2: float, first: float) -> tuple[str, str, float]:
    return LOOKS[slip][0 if beta2 == first else 1]


def _figure(lengths: Lengths, beta2: float) -> str:
    series = [Series("the right Adam", DRAWN, [1.0] * len(DRAWN), "--ink", "solid", 1.2)]
    for (b, slip), each in lengths.items():
        drawn = [float(each[t - 1]) for t in DRAWN]
        series.append(Series(f"{slip.title}, β₂ = {b:g}", DRAWN, drawn, *_look(slip, b, beta2)))
    highest = max(float(each.max()) for each in lengths.values())
    titles = ("step t", "length, in right steps")
    # from some 2.4 decades on Plotly marks 1, 2 and 5 and not every digit
    return decades_chart(series, titles, ((1, STEPS), (0.4, max(120.0, 2 * highest))))


def _sentence(lengths: Lengths, beta2: float) -> str:
    """Return what the curves show, in words."""
    wrong, bare = lengths[beta2, AdamMultiplied], lengths[beta2, AdamUncorrected]
    said = (
        f"With β₂ = {beta2:g} the first multiplied step is {wrong[0]:.2f} times as long as the "
        f"right one and the longest, at t = {int(wrong.argmax()) + 1}, {wrong.max():.2f} times; "
        f"without any correction it is {bare[0]:.2f} and at most {bare.max():.2f} times."
    )
    hidden = lengths[HIDING, AdamMultiplied]
    if beta2 == HIDING or abs(hidden[0] - 1) > 0.005:
        return said
    return (
        f"{said} With β₂ = {HIDING:g} the first multiplied step is as long as the right one, and "
        f"none is longer than {hidden.max():.2f} times: there the slip hides."
    )


def _number(x: float) -> Number:
    return Number(f"{x:.2f}", float(x))
