"""Two values side by side, that of the right gradient and that with a slip, of a typed function.

As check_losses.py, but that a value may be negative, and may have no lowest one.

Notation:
    values   of both at every step, the right one first, [steps + 1, 2]
"""

import json

import numpy as np

from backprop.lessons.gradient_check.bug_losses import figure_of as losses_figure
from backprop.lessons.gradient_check.work import Array
from backprop.notation.numerals import short

WITHOUT_END = 1e3  # so many times lower than at the start: it goes down without end
FAR = 10  # so many times lower, the picture ends


def seems_of(values: Array) -> str:
    """Return what the two values look like to somebody who sees only the wrong one."""
    if len(values) < 2:
        return ""
    first, (right, wrong) = values[0, 1], values[-1]
    steps = len(values) - 1
    after = f"after {steps:,} step{'s' if steps > 1 else ''}"
    if not np.isfinite((right, wrong)).all():
        which = "the right" if np.isfinite(wrong) else "the wrong"
        end = "the function has no lowest value this way" if right < first else "it breaks"
        return f"Here it ends, {after}: {which} value is no finite number any more; {end}."
    if right < -WITHOUT_END * max(1.0, abs(first)):
        way = "climbs instead" if wrong > first else "goes down too"
        return (
            "This function has no lowest value: downhill goes on without end, and only the check "
            f"can say which gradient is right. The wrong one {way}."
        )
    if wrong > first:
        return f"It climbs: {after} the value is higher than at the start."
    if wrong <= right + 0.02 * (first - right):
        return (
            f"It goes down, and {after} as far as the right one. Whoever looks at the value alone "
            "sees nothing."
        )
    if first - wrong > 0.5 * (first - right):
        return f"It goes down: {after} the value has fallen, though not as far."
    return f"It hardly goes down: {after} the value has fallen by a fraction of what it could."


def figure_of(values: Array) -> str:
    """Return the figure of both, as JSON."""
    figure = json.loads(losses_figure(values))
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


def alt_of(values: Array) -> str:
    """Return the figure in words."""
    start, (right, wrong) = float(values[0, 0]), values[-1].tolist()
    steps = f"{len(values) - 1} step{'s' if len(values) != 2 else ''}"
    return (
        f"Value over {steps}, from {short(start)}: with the right gradient "
        f"to {short(right)}, with the slip to {short(wrong)}."
    )
