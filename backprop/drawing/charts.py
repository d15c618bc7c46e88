"""Series as Plotly figures: the data and the layout; colours are the page's business."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Figure = dict[str, Any]
Digits = Callable[[float], float | None]


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


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: its points, and how it looks.

    Attributes:
        name: what hovering says.
        x, y: its points; what is not finite leaves a gap.
        colour: a token of the page's colours, such as “--ink”.
        dash: “solid”, “dash”, “dot” …
        width: in pixels.
        label: what stands at its end; empty where a list beside the chart says it.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str = "--ink"
    dash: str = "solid"
    width: float = 2.0
    label: str = ""


def digits(x: float) -> float | None:
    """Return five digits of a number, which is all that a picture shows; None for a gap."""
    return float(f"{x:.5g}") if x - x == 0 else None


def in_digits(xs: Sequence[float]) -> str:
    """Return the numbers of a JSON list: five digits of each, as `digits` says, null for a gap."""
    texts = ("%.5g " * len(xs) % tuple(xs)).split()
    return ", ".join([t if "." in t and "e" not in t else _as_number(t) for t in texts])


def in_five(x: float) -> str:
    """Return one number of a figure, as `in_digits` writes it."""
    text = f"{x:.5g}"
    return text if "." in text and "e" not in text else _as_number(text)


def exactly(x: float) -> str:
    """Return how JSON writes a number; null for what is not finite, which is left to Plotly."""
    if x - x != 0:
        return "null"
    return repr(x) if type(x) is int else float.__repr__(x)


@lru_cache(maxsize=4096)
def _as_number(text: str) -> str:
    """Return how JSON writes a number that is whole, tiny or huge: 3 → 3.0, 1e+05 → 100000.0."""
    x = float(text)
    return repr(x) if x - x == 0 else "null"


def dump(data: Sequence[Figure | str], layout: Figure | str) -> str:
    """Return a figure as JSON.

    Args:
        data: its traces.
        layout: of its axes, and what is written over them; as a trace, it may be JSON already.
    """
    *traces, last = [each if isinstance(each, str) else as_json(each) for each in (*data, layout)]
    return f'{{"data": [{", ".join(traces)}], "layout": {last}}}'


_encode = json.JSONEncoder(allow_nan=False).encode


def as_json(part: Any) -> str:
    """Return a part of a figure as JSON; an end of an axis that is not finite is left to Plotly."""
    try:
        return _encode(part)
    except ValueError:  # seldom: near 1e308 the width of an axis overflows
        return json.dumps(_with_gaps(part))


def _with_gaps(part: Any) -> Any:
    """Return a part of a figure with None for every number that is not finite."""
    if isinstance(part, dict):
        return {name: _with_gaps(each) for name, each in part.items()}
    if isinstance(part, list | tuple):
        return [_with_gaps(each) for each in part]
    return None if isinstance(part, float) and not math.isfinite(part) else part


def curve_trace(series: Series, hover: str, rounded: Digits = digits, **more: Any) -> Figure:
    """Return a curve of a figure; `hover` is what its points say below its name."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": series.name,
        "x": [rounded(x) for x in series.x],
        "y": [rounded(y) for y in series.y],
        "line": {"color": series.colour, "dash": series.dash, "width": series.width},
        **more,
        "hovertemplate": f"{series.name}<br>{hover}<extra></extra>",
    }


def point_trace(
    name: str, point: tuple[float, float], marker: Figure, hover: str, rounded: Digits = digits
) -> Figure:
    """Return a marked point of a figure; `hover` is what it says below its name."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [rounded(point[0])],
        "y": [rounded(point[1])],
        "marker": marker,
        "hovertemplate": f"{name}<br>{hover}<extra></extra>",
    }


def curves_chart(
    series: Sequence[Series],
    titles: tuple[str, str],
    *,
    log: bool = False,
    now: float | None = None,
    marks: Sequence[float] = (),
    top: float | None = None,
) -> str:
    """Return the figure of some curves over the epochs, as JSON.

    Built by hand and not by Plotly's classes: while training plays this is asked for many times a
    second, and they take ten times as long.

    Args:
        series: the curves; the last is drawn last, over the others.
        titles: of the two axes.
        log: whether the upright axis is logarithmic; what is not positive leaves a gap.
        now: where a line says which epoch is looked at.
        marks: epochs at which a setting changed.
        top: the upper end of the upright axis, where it is known.
    """
    data = [
        {
            "type": "scatter",
            "mode": "lines" if len(each.x) > 1 else "markers",
            "name": each.name,
            "x": list(each.x),
            "y": [_rounded(y, log) for y in each.y],
            "line": {"color": each.colour, "dash": each.dash, "width": each.width},
            "marker": {"color": each.colour, "size": 5},
            "hovertemplate": f"{each.name}<br>epoch %{{x}}: %{{y:.4g}}<extra></extra>",
        }
        for each in series
    ]
    upright: dict[str, Any] = {"title": {"text": titles[1]}, "nticks": 5}
    if log:
        upright |= {"type": "log", "exponentformat": "power"}
    elif top is None:
        upright |= {"rangemode": "tozero"}
    else:
        upright |= {"range": [-0.02 * top, 1.03 * top]}
    lines = [_upright_line(mark, "--edge", "dot") for mark in marks]
    if now is not None:
        lines.append(_upright_line(now, "--ink", "solid"))
    labels = [mark for each in series if (mark := _end_label(each, log))]
    layout = {
        "uirevision": "keep",
        "margin": {"l": 52, "r": 22 if labels else 10, "t": 6, "b": 34},
        "xaxis": {"title": {"text": titles[0]}, "rangemode": "tozero", "nticks": 6},
        "yaxis": upright,
        "shapes": lines,
        "hovermode": "closest",
        "annotations": labels,
    }
    return dump(data, layout)


def _end_label(series: Series, log: bool) -> dict[str, Any] | None:
    """Return the label at a curve's end; None where it has none, or no end to stand at."""
    y = series.y[-1] if series.label and series.y else math.nan
    if _rounded(y, log) is None:
        return None
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "y": math.log10(y) if log else y,
        "text": series.label,
        "showarrow": False,
        "xshift": 3,
        "font": {"color": series.colour, "size": 10},
    }


def _upright_line(x: float, colour: str, dash: str) -> dict[str, Any]:
    line = {"color": colour, "width": 1, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _rounded(y: float, log: bool) -> float | None:
    return None if log and y <= 0 else digits(y)


def fit_chart(
    points: Sequence[tuple[str, Sequence[float], Sequence[float], str]],
    curves: Sequence[Series],
    titles: tuple[str, str],
) -> str:
    """Return the figure of a fitted curve among its points, as JSON.

    Args:
        points: name, places and colour of each set of points.
        curves: what the network and its units compute.
        titles: of the two axes.
    """
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": list(x),
            "y": list(y),
            "marker": {"color": colour, "size": 5, "opacity": 0.75},
            "hovertemplate": f"{name}<br>%{{x:.3g}}, %{{y:.3g}}<extra></extra>",
        }
        for name, x, y, colour in points
    ]
    data += [curve_trace(each, "%{x:.3g}, %{y:.3g}") for each in curves]
    layout = {
        "uirevision": "keep",
        "margin": {"l": 44, "r": 8, "t": 8, "b": 34},
        "xaxis": {"title": {"text": titles[0]}},
        "yaxis": {"title": {"text": titles[1]}, "automargin": True},
        "hovermode": "closest",
    }
    return dump(data, layout)
