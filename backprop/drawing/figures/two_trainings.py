"""Two trainings side by side: the losses, or the values of a function, that both bring down.

Notation:
    losses, values   of both at every step, the right one first, [steps + 1, 2]
"""

import json

import numpy as np
from numpy.typing import NDArray

from backprop.drawing.charts import Series, curves_chart

Array = NDArray[np.float64]
FAR = 10  # so many times lower than at the start, the picture ends


def thinned(losses: Array, most: int = 200) -> list[int]:
    """Return which steps are drawn: all of a short run, evenly spaced ones of a long one."""
    last = len(losses) - 1
    return sorted({round(i) for i in np.linspace(0, last, min(most, last + 1))})


def loss_figure(losses: Array, across: str = "step") -> str:
    """Return the figure of both, as JSON; `across` is what a step is called."""
    at = thinned(losses)
    right, wrong = losses[at, 0].tolist(), losses[at, 1].tolist()
    return curves_chart(
        (
            Series("right gradient", at, right, "--ink", width=2.2),
            Series("with the slip", at, wrong, "--bwd", "dash", 2.2),
        ),
        (across, "loss"),
        top=_top(losses),
    )


def _top(losses: Array) -> float:
    """Return how high the picture reaches: over both starts, not after a loss that runs away."""
    start = float(losses[0, 0])
    finite = losses[np.isfinite(losses)]
    return min(float(finite.max(initial=start)), 2.5 * start) or 1.0


def value_figure(values: Array) -> str:
    """Return the figure of both values, as JSON; its upright axis need not begin at 0."""
    figure = json.loads(loss_figure(values))
    figure["layout"]["yaxis"] |= {"title": {"text": "value"}, "range": list(_reach(values))}
    figure["layout"]["yaxis"].pop("rangemode", None)
    return json.dumps(figure, allow_nan=False)


def _reach(values: Array) -> tuple[float, float]:
    """Return how far the picture reaches: over the right values, not after ones that run away."""
    finite = values[np.isfinite(values)]
    start = float(values[0, 0])
    if not len(finite):
        return 0.0, 1.0
    right = values[np.isfinite(values[:, 0]), 0]
    least, most = float(right.min(initial=start)), float(right.max(initial=start))
    least = max(least, start - FAR * max(1.0, abs(start)))
    span = most - least or float(np.ptp(finite)) or 0.1 * max(1.0, abs(start))
    low, high = max(float(finite.min()), least - span), min(float(finite.max()), most + span)
    room = 0.05 * max(high - low, span / 10)
    return low - room, high + room
