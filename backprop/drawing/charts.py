"""Series as Plotly figures: the data and the layout; colours are the page's business."""

import json
import math
from collections.abc import Sequence
from typing import Any


def loss_chart(rounds: Sequence[int], losses: Sequence[float], addresses: Sequence[str]) -> str:
    """Return the figure of the loss, round by round, as JSON; each point carries its address.

    Args:
        rounds: the number of each round, rising; the last is now.
        losses: the loss of each.
        addresses: where each round can be opened again.
    """
    import plotly.graph_objects as go  # 0.1 s: only when the first chart is drawn

    shown = [loss if math.isfinite(loss) else None for loss in losses]  # a gap: JSON has no NaN
    past = go.Scatter(
        x=list(rounds),
        y=shown,
        customdata=list(addresses),
        mode="lines+markers" if len(rounds) <= 40 else "lines",
        line={"width": 2.5, "shape": "linear"},
        marker={"size": 6},
        hovertemplate="round %{x}<br>loss %{y:.6g}<extra>click to go back</extra>",
        name="past",
    )
    now = go.Scatter(
        x=[rounds[-1]],
        y=shown[-1:],
        mode="markers",
        marker={"size": 11, "symbol": "circle-open", "line": {"width": 2.5}},
        hovertemplate="round %{x}, now<br>loss %{y:.6g}<extra></extra>",
        name="now",
    )
    layout: dict[str, Any] = {
        "showlegend": False,
        "uirevision": "keep",
        "margin": {"l": 48, "r": 12, "t": 8, "b": 36},
        "xaxis": {"title": {"text": "round"}, "rangemode": "tozero", "dtick": _tick(rounds[-1])},
        "yaxis": {"title": {"text": "loss"}, "rangemode": "tozero", "nticks": 5},
    }
    figure = go.Figure(data=[past, now], layout=layout).to_plotly_json()
    return json.dumps({"data": figure["data"], "layout": layout}, default=list, allow_nan=False)


def _tick(last: int) -> int:
    """Return a step of whole rounds that gives an axis about five marks."""
    step = 1
    while last / step > 6:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step
