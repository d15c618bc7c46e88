"""What a gradient costs by nudging and by going backward: counted here, measured on request."""

from dataclasses import dataclass

import numpy as np

from backprop.drawing.charts import Series
from backprop.drawing.decades import NamedPoint, decades_chart
from backprop.engine.differences.cost import BUDGET, Evaluations, evaluations, measure
from backprop.lessons.gradient_check.training import Progress
from backprop.notation.numerals import seconds
from backprop.stage.links import Links

TRIES = 3
WAYS = ("backward", "nudging")
LADDER = (10, 30, 100, 300, 1_000, 3_000, 10_000)  # numbers of parameters, about


@dataclass(frozen=True, slots=True)
class Measured:
    """One size of network."""

    parameters: str
    evaluations: str
    backward: str
    nudging: str
    ratio: str


@dataclass(frozen=True, slots=True)
class CostShown:
    """Everything about the cost; no markup."""

    count: int  # parameters here
    evaluations: Evaluations
    made: str  # evaluations that this page's table has made
    rows: tuple[Measured, ...]
    done: int
    todo: int
    running: bool
    stop: str
    total: str  # evaluations that nudging needs for all the sizes measured
    figure: str  # empty before the first measurement
    alt: str
    words: str


def show_cost(count: int, progress: Progress | None, sized: int, links: Links) -> CostShown:
    """Return what a gradient by `count` parameters costs; `sized` sizes are to be measured."""
    needed = evaluations(count)
    costs = [tuple(row) for row in progress.costs.tolist()] if progress is not None else []
    spent = sum(evaluations(round(n)).central for n, _, _ in costs)
    return CostShown(
        count=count,
        evaluations=needed,
        made=f"{needed.central:,}",
        rows=tuple(_row(*row) for row in costs),
        done=len(costs),
        todo=len(LADDER),
        running=len(costs) < min(sized, len(LADDER)),
        stop=links.address(sized=0),
        total=f"{spent:,}",
        figure=_figure(costs) if costs else "",
        alt=_alt(*costs[-1]) if costs else "Nothing is measured yet.",
        words=_words(costs) if costs else "",
    )


def next_cost(progress: Progress) -> tuple[float, float, float]:
    """Measure the next size of the ladder, within a request’s slice.

    Three times, and the quickest counts: what else the machine does only makes it slower.
    """
    size = LADDER[len(progress.costs)]
    tries = [measure(size, BUDGET / TRIES) for _ in range(TRIES)]
    backward, nudging = (min(getattr(each, way) for each in tries) for way in WAYS)
    return float(tries[0].parameters), backward, nudging


def _row(n: float, backward: float, nudging: float) -> Measured:
    return Measured(
        f"{n:,.0f}",
        f"{evaluations(round(n)).central:,}",
        seconds(backward),
        seconds(nudging),
        _times(nudging / backward),
    )


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def _figure(costs: list[tuple[float, ...]]) -> str:
    ns = [row[0] for row in costs]
    backward, nudging = [row[1] for row in costs], [row[2] for row in costs]
    times = f"{_times(nudging[-1] / backward[-1])} times"
    return decades_chart(
        (
            Series("one forward and one backward pass", ns, backward, "--bwd", width=2.4),
            Series("central differences, 2N evaluations", ns, nudging, "--fwd", width=2.4),
        ),
        ("parameters N", "seconds for one gradient"),
        ((5, 2e4), (1e-5, 1e1)),
        spots=[NamedPoint(times, ns[-1], nudging[-1], "--ink", True)],
        dots=True,
    )


def _alt(n: float, backward: float, nudging: float) -> str:
    return (
        f"Time against the number of parameters, both logarithmic: at {n:,.0f} parameters nudging "
        f"takes {seconds(nudging)}, a backward pass {seconds(backward)}."
    )


def _words(costs: list[tuple[float, ...]]) -> str:
    n, backward, nudging = costs[-1]
    text = (
        f"With {n:,.0f} parameters, nudging takes {seconds(nudging)} where a forward and a "
        f"backward pass take {seconds(backward)}: {_times(nudging / backward)} times as long."
    )
    if len(costs) < 3:
        return text
    slopes = [_slope(costs, which) for which in (2, 1)]
    return (
        f"{text} Its line has the slope {slopes[0]:.1f}: ten times the parameters take it "
        f"{10 ** slopes[0]:.0f} times as long. That of the backward pass has {slopes[1]:.1f}."
    )


def _slope(costs: list[tuple[float, ...]], which: int) -> float:
    """Return the slope of one of the lines in the picture, through all its points."""
    logs = np.log10(np.array(costs))
    return float(np.polyfit(logs[:, 0], logs[:, which], 1)[0])
