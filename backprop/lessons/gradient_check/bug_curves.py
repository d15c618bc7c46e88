"""Two trainings side by side, by the right gradient and with a slip: drawn, and in words.

What they bring down is a network's loss, or the value of a typed function, which may be negative
and may have no lowest one.

Notation:
    losses   of both at every step, the right one first, [steps + 1, 2]
"""

from dataclasses import dataclass

import numpy as np

from backprop.drawing.figures.two_trainings import loss_figure, thinned, value_figure
from backprop.engine.network import Array
from backprop.lessons.gradient_check.planted_slip import PlantedSlip
from backprop.notation.numerals import short
from backprop.stage.links import Links
from backprop.training.function_setup import FunctionSetup

STEPS = {"train": 300, "step": 1}  # what can be asked for, and how many steps it is
MOST_STEPS = 1_000
PUBLISHED = "0.291027924"  # in the printed example that carries the slip
WITHOUT_END = 1e3  # so many times lower than at the start: it goes down without end


@dataclass(frozen=True, slots=True)
class TrainingsShown:
    """Both trainings; no markup."""

    steps: int  # that each has taken
    goal: int  # where they end
    running: bool
    stop: str
    more: str  # what the button says
    ended: bool  # as many steps as there can be
    losses: tuple[str, str]  # the right one’s, and that with the slip
    seems: str  # to somebody who sees only the wrong one
    figure: str
    alt: str
    rows: tuple[tuple[str, str, str], ...]  # the table behind the picture


def show_trainings(planted: PlantedSlip, goal: int, links: Links) -> TrainingsShown:
    """Return what is shown of the trainings; `goal` is the step up to which they are asked for."""
    steps, losses = planted.progress.steps, planted.progress.losses
    of_value = isinstance(planted.setup, FunctionSetup)
    seems = value_seems if of_value else loss_seems
    broken = not np.isfinite(losses[-1]).all()
    return TrainingsShown(
        steps=steps,
        goal=max(goal, steps),
        running=steps < goal and not broken,
        stop=links.address(goal=0),
        more=f"{STEPS['train']} steps" + (" more" if steps else ""),
        ended=steps >= MOST_STEPS or broken,
        losses=(nine(losses[-1, 0]), nine(losses[-1, 1])),
        seems=seems(losses) if steps else "",
        figure=(value_figure if of_value else loss_figure)(losses),
        alt=describe(losses, "Value" if of_value else "Loss"),
        rows=table_rows(losses),
    )


def published(losses: Array) -> str:
    """Return that a printed example has this number, once it stands on the screen."""
    if len(losses) < 2 or nine(losses[1, 1]) != PUBLISHED:
        return ""
    return (
        f"After one step the loss is {nine(losses[1, 0])}; a widely copied printed example has "
        f"{PUBLISHED}: it carries this slip."
    )


def nine(x: float) -> str:
    """Return a loss with nine decimals, where a slip may show in the seventh."""
    return f"{x:.9f}" if 1e-6 <= abs(x) < 1e4 else short(float(x))


def loss_seems(losses: Array) -> str:
    """Return what the two losses look like to somebody who sees only the wrong one."""
    first, (right, wrong) = losses[0, 1], losses[-1]
    after = f"after {_steps(losses)}"
    if not np.isfinite(wrong):
        return f"Training breaks: {after} the loss is no number any more."
    if wrong > first:
        return f"The network does not learn: {after} its loss is higher than at the start."
    if wrong <= right * 1.02:
        return (
            f"The network seems to learn, and {after} as well as with the right gradient. Whoever "
            "looks at the loss alone sees nothing."
        )
    gained = (first - wrong) / (first - right) if first != right else 1.0
    if gained > 0.5:
        return f"The network seems to learn: {after} its loss has come down, though not as far."
    part = "its loss has come down by a fraction of what it could"
    return f"The network learns badly: {after} {part}."


def value_seems(values: Array) -> str:
    """Return what the values of a function look like to somebody who sees only the wrong one."""
    first, (right, wrong) = values[0, 1], values[-1]
    after = f"after {_steps(values)}"
    if not np.isfinite((right, wrong)).all():
        which = "the right" if np.isfinite(wrong) else "the wrong"
        end = "the function has no lowest value this way" if right < first else "training breaks"
        return f"Training ends here, {after}: {which} value is no finite number any more; {end}."
    if right < -WITHOUT_END * max(1.0, abs(first)):
        way = "climbs instead" if wrong > first else "goes down too"
        return (
            "This function has no lowest value: downhill goes on without end, and only the check "
            f"can say which gradient is right. The wrong one {way}."
        )
    if wrong > first:
        return f"The value climbs: {after} it is higher than at the start."
    if wrong <= right + 0.02 * (first - right):
        return (
            f"The value goes down, and {after} as far as the right one. Whoever looks at the value "
            "alone sees nothing."
        )
    if first - wrong > 0.5 * (first - right):
        return f"The value goes down: {after} it has fallen, though not as far."
    return f"The value hardly goes down: {after} it has fallen by a fraction of what it could."


def _steps(losses: Array) -> str:
    steps = len(losses) - 1
    return f"{steps:,} step{'' if steps == 1 else 's'}"


def describe(losses: Array, what: str) -> str:
    """Return the figure in words; `what` came down: Loss or Value."""
    start, (right, wrong) = float(losses[0, 0]), losses[-1].tolist()
    return (
        f"{what} over {_steps(losses)}, from {short(start)}: with the right gradient "
        f"to {short(right)}, with the slip to {short(wrong)}."
    )


def table_rows(losses: Array) -> tuple[tuple[str, str, str], ...]:
    """Return the table behind the figure: the first steps, and some of the others."""
    at = [*dict.fromkeys([*range(min(4, len(losses))), *thinned(losses, 9)])]
    return tuple((f"{i:,}", nine(losses[i, 0]), nine(losses[i, 1])) for i in sorted(at))
