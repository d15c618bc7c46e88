"""Two losses side by side, that of the right gradient and that with a slip: drawn, and in words.

Notation:
    losses   of both at every step, the right one first, [steps + 1, 2]
"""

import numpy as np

from backprop.drawing.charts import Series, curves_chart
from backprop.lessons.gradient_check.work import Array
from backprop.notation.numerals import short

PUBLISHED = "0.291027924"  # in the printed example that carries the slip


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


def seems_of(losses: Array) -> str:
    """Return what the two losses look like to somebody who sees only the wrong one."""
    if len(losses) < 2:
        return ""
    first, (right, wrong) = losses[0, 1], losses[-1]
    steps = len(losses) - 1
    after = f"after {steps:,} step{'s' if steps > 1 else ''}"
    if not np.isfinite(wrong):
        return f"It breaks: {after} its loss is no number any more."
    if wrong > first:
        return f"It does not learn: {after} its loss is higher than at the start."
    if wrong <= right * 1.02:
        return (
            f"It seems to learn, and {after} as well as the right one. Whoever looks at the loss "
            "alone sees nothing."
        )
    gained = (first - wrong) / (first - right) if first != right else 1.0
    if gained > 0.5:
        return f"It seems to learn: {after} its loss has come down, though not as far."
    return f"It learns badly: {after} its loss has come down by a fraction of what it could."


def _thinned(losses: Array, most: int = 200) -> list[int]:
    """Return which steps are drawn: all of a short run, evenly spaced ones of a long one."""
    last = len(losses) - 1
    return sorted({round(i) for i in np.linspace(0, last, min(most, last + 1))})


def figure_of(losses: Array) -> str:
    """Return the figure of both, as JSON."""
    at = _thinned(losses)
    right, wrong = losses[at, 0].tolist(), losses[at, 1].tolist()
    return curves_chart(
        (
            Series("right gradient", at, right, "--ink", width=2.2),
            Series("with the slip", at, wrong, "--bwd", "dash", 2.2),
        ),
        ("step", "loss"),
        top=_top(losses),
    )


def _top(losses: Array) -> float:
    """Return how high the picture reaches: over both starts, not after a loss that runs away."""
    start = float(losses[0, 0])
    finite = losses[np.isfinite(losses)]
    return min(float(finite.max(initial=start)), 2.5 * start) or 1.0


def alt_of(losses: Array) -> str:
    """Return the figure in words."""
    start, (right, wrong) = float(losses[0, 0]), losses[-1].tolist()
    return (
        f"Loss over {len(losses) - 1} steps, from {short(start)}: with the right gradient "
        f"to {short(right)}, with the slip to {short(wrong)}."
    )


def rows_of(losses: Array) -> tuple[tuple[str, str, str], ...]:
    """Return the table behind the figure: the first steps, and some of the others."""
    at = [*dict.fromkeys([*range(min(4, len(losses))), *_thinned(losses, 9)])]
    return tuple((f"{i:,}", nine(losses[i, 0]), nine(losses[i, 1])) for i in sorted(at))
