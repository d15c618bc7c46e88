"""The error of difference quotients against the nudge, with the slopes that theory gives.

Both axes are logarithmic. Beside the curves stands that of a gradient that is off by one in a
hundred: no nudge brings it below the mistake.
"""

import math
from collections.abc import Mapping

import numpy as np

from backprop.drawing.charts import Series
from backprop.drawing.decades import Guide, NamedPoint, decades_chart
from backprop.engine.differences.step_size import Curve

LEAST = 1e-17  # where an error of exactly 0 is drawn
FINEST = -16  # the power of ten where the picture begins
LEAST_SINGLE, FINEST_SINGLE = 1e-9, -10  # in single precision, where all smaller nudges are alike
MOST = 30.0  # the largest error that is drawn
MISTAKE = 0.01  # of the gradient that is drawn beside: off by one in a hundred
LOOKS = {
    "forward": ("--muted", "solid", 1.6),
    "backward": ("--muted", "dot", 1.6),
    "central": ("--fwd", "solid", 2.6),
    "complex": ("--ink", "dashdot", 1.6),
}


def step_size_chart(
    curves: Mapping[str, Curve], titles: Mapping[str, str], h: float, single: bool
) -> str:
    """Return the figure of the error of each kind of difference against the nudge, as JSON.

    Args:
        curves: the errors by kind; “central” and “forward” are among them.
        titles: what each kind is called.
        h: where a line stands.
        single: whether they were computed in single precision.
    """
    least, finest = (LEAST_SINGLE, FINEST_SINGLE) if single else (LEAST, FINEST)
    series = [
        Series(
            titles[kind], curve.hs.tolist(), np.maximum(curve.errors, least).tolist(), *LOOKS[kind]
        )
        for kind, curve in curves.items()
        if np.isfinite(curve.errors).any()
    ]
    central = curves["central"]
    if np.isfinite(central.errors).any():
        wrong = np.abs((1 + central.errors) / (1 + MISTAKE) - 1)  # to first order, whatever sign
        wrong = np.maximum(wrong, MISTAKE / (1 + MISTAKE))
        series.append(
            Series(
                "a gradient off by 1 %", central.hs.tolist(), wrong.tolist(), "--bwd", "dash", 1.8
            )
        )
    spots = [
        NamedPoint("best", curve.best_h, max(curve.best_error, least), LOOKS[kind][0])
        for kind, curve in curves.items()
        if kind in ("forward", "central") and math.isfinite(curve.best_h)
    ]
    return decades_chart(
        series,
        ("h", "relative error"),
        ((10.0**finest, 1.0), (least / 3, MOST)),
        guides=_guides(curves, finest),
        spots=spots,
        now=h if 10.0**finest <= h <= 1 else None,
    )


def _guides(curves: Mapping[str, Curve], finest: int) -> list[Guide]:
    """Return the slopes that theory gives, each beside the curve that has it."""
    guides = []
    for kind, label in (("forward", "∝ h"), ("central", "∝ h²")):
        curve = curves[kind]
        end = min(curve.best_h * 10**4, 1.0)
        start = min(curve.best_h * 10**1.2, end / 10)
        at = _near(curve, math.sqrt(start * end)) if curve.best_h < start else math.nan
        if not at > 1e-15:
            continue
        power, middle = curve.order, math.sqrt(start * end)
        below = at / 4
        left, right = ((h, below * (h / middle) ** power) for h in (start, end))
        guides.append(Guide(label, left, right))
    central = curves["central"]
    small = (central.hs > 1e-15) & (central.hs < central.best_h / 30) & (central.errors > 0)
    small &= central.errors < 0.5  # where a nudge is lost altogether, the error is 1
    if small.sum() > 3:
        level = float(np.nanmax((central.errors * central.hs)[small])) * 3
        last = float(central.hs[small].max())
        first = max(10.0 ** (finest + 1), level / MOST)
        if first < last:
            guides.append(Guide("∝ 1/h", (first, level / first), (last, level / last)))
    return guides


def _near(curve: Curve, h: float) -> float:
    return float(curve.errors[int(np.argmin(np.abs(np.log(curve.hs / h))))])
