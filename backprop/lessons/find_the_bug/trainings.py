"""Does it train? 300 rounds of gradient descent with the right gradient, and with the wrong one."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.figures.two_trainings import loss_figure, thinned
from backprop.engine.network import Array
from backprop.lessons.find_the_bug.bug import Bug
from backprop.notation.numerals import short
from backprop.training.two_trainings import progress_on, train_slice

ROUNDS = 300
AS_WELL = 1.05  # a final loss up to so many times the right one's is as good


@dataclass(frozen=True, slots=True)
class TrainingsShown:
    """Both trainings; no markup.

    Attributes:
        rounds, rate: how many, and the learning rate.
        right, wrong: the losses at the end.
        seems: whether it trains, to somebody who sees the losses alone.
        after_one: by how much they differ after one round, in a sentence.
        so: what follows.
        figure, alt: the picture.
        rows: the table behind it: round, right loss, wrong loss.
    """

    rounds: int
    rate: str
    right: str
    wrong: str
    seems: str
    after_one: str
    so: str
    figure: str
    alt: str
    rows: tuple[tuple[str, str, str], ...]


@lru_cache(maxsize=128)
def _losses(bug: Bug) -> Array:
    """Return the losses of both at every round, the right one first, [rounds + 1, 2].

    It is done in one go: small networks, and bounded work. Where a loss overflows, it ends.
    """
    setup = bug.example.setup
    start = progress_on(setup, bug.slip, None)
    return train_slice(setup, bug.slip, start, ROUNDS, clock=lambda: 0.0).losses


@lru_cache(maxsize=128)
def show_trainings(bug: Bug) -> TrainingsShown:
    """Return what is shown of the trainings."""
    losses = _losses(bug)
    last = len(losses) - 1
    right, wrong = losses[-1].tolist()
    seems, so = _words(losses)
    return TrainingsShown(
        rounds=last,
        rate=f"{bug.example.setup.rate:g}",
        right=three(right),
        wrong=three(wrong),
        seems=seems,
        after_one=_after_one(losses),
        so=so,
        figure=loss_figure(losses, "round"),
        alt=f"Loss over {last} rounds, from {three(float(losses[0, 0]))}: with the right gradient "
        f"to {three(right)}, with this one to {three(wrong)}.",
        rows=tuple((f"{i}", three(losses[i, 0]), three(losses[i, 1])) for i in _some(losses)),
    )


def _after_one(losses: Array) -> str:
    apart = abs(float(losses[1, 0] - losses[1, 1]))
    if not apart:
        return "After one round the two losses are the same number."
    return f"After one round the two losses differ by {three(apart)}."


def _some(losses: Array) -> list[int]:
    return sorted({*range(min(4, len(losses))), *thinned(losses, 7)})


def three(x: float) -> str:
    """Return a number with three significant digits, a small one as a power of ten."""
    x = float(x)
    if not np.isfinite(x) or abs(x) >= 1e4 or 0 < abs(x) < 1e-4:
        return short(x)
    return f"{x:#.3g}".rstrip(".") if x else "0"


def _words(losses: Array) -> tuple[str, str]:
    """Return what the losses look like, and what follows."""
    first, (right, wrong) = float(losses[0, 1]), losses[-1].tolist()
    if not np.isfinite(wrong):
        return "It breaks: the loss is no finite number any more.", ""
    if wrong > first:
        return "It does not: the loss climbs.", "Here the loss tells, too."
    if wrong <= AS_WELL * right:
        lower = wrong < right and three(wrong) != three(right)
        return "It does" + (", and ends lower." if lower else "."), "Only the check sees it."
    if first - wrong > 0.5 * (first - right):
        return "It does, though not as far.", "Without the right one beside it, who would know?"
    return "Hardly: the loss comes down by a fraction of what it could.", ""
