"""The run as curves: loss, the gradient's length in each layer, accuracy and dead units."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from backprop.drawing.charts import Series, curves_chart
from backprop.lessons.training.compare import Overlay, describe_changes
from backprop.lessons.training.errors import SQUARES
from backprop.lessons.training.state import TrainingState
from backprop.notation.numerals import long
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.training.measure import COLUMNS

DASHES = ("dot", "dash", "longdash", "dashdot")
LAYER_DASHES = ("solid", "dash", "dot", "longdash", "dashdot", "longdashdot")
TABLE_ROWS = 40
FIRST_LAYER = len(COLUMNS)  # of the columns that hold a layer's gradient length
HEADS = ("epoch", "training loss", "loss held out", "accuracy", "accuracy held out", "dead")

Columns = list[list[float]]  # of the records: what was measured, by epoch


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over the epochs of a run, and the same in words."""

    name: str
    title: str
    series: tuple[Series, ...]  # the curves
    unit: str  # what stands at the upright axis
    alt: str  # the curves in a sentence
    log: bool  # whether the upright axis is logarithmic
    top: float | None = None  # the upper end of the upright axis, where it is known
    now: float | None = None  # the epoch that is looked back to
    marks: Sequence[float] = ()  # epochs at which a setting changed

    @property
    def figure(self) -> str:
        """The figure as JSON: made when it is sent, which a playing page asks for now and then."""
        look: dict[str, Any] = {"log": self.log, "now": self.now, "marks": self.marks}
        return curves_chart(self.series, ("epoch", self.unit), **look, top=self.top)


@dataclass(frozen=True, slots=True)
class Charts:
    """What is shown of a run over its epochs."""

    loss: Chart
    slopes: Chart
    shares: Chart
    log: Option  # the switch of the loss's axis
    overlays: tuple[Overlay, ...]  # the runs beside it
    heads: tuple[str, ...]  # what stands in the columns of `rows`
    rows: tuple[tuple[str, ...], ...]  # the numbers behind the charts, newest first
    changes: tuple[tuple[int, str], ...]  # settings changed in the middle: epoch and words


def make_charts(
    state: TrainingState, overlays: tuple[Overlay, ...], row: tuple[float, ...], links: Links
) -> Charts:
    """Return the curves of a run and of those beside it; `row` is what is measured now."""
    run, log = state.history.run, state.choices.view.log
    epochs: list[float] = list(run.epochs)
    columns = run.records.T.tolist()
    present = run.epoch + run.step / state.plan.steps_in_epoch
    if not state.looks_back and run.epochs[-1] != present:
        epochs.append(round(present, 4))
        columns = [[*column, now] for column, now in zip(columns, row, strict=True)]
    changes = describe_changes(state.history)
    charts = (
        _loss(state, overlays, epochs, columns),
        _slopes(state.network.depth, epochs, columns),
        _shares(epochs, columns),
    )
    now = state.run.epoch if state.looks_back else None
    marks = tuple(epoch for epoch, _ in changes)
    off_heads, off = _off_by(state, columns)
    loss, slopes, shares = (replace(chart, now=now, marks=marks) for chart in charts)
    return Charts(
        loss=loss,
        slopes=slopes,
        shares=shares,
        log=Option("logarithmic", "1", log, links.address(log=not log)),
        overlays=overlays,
        heads=(*HEADS, *(f"‖∇‖ layer {k}" for k in range(1, state.network.depth + 1)), *off_heads),
        rows=_rows(epochs, [*columns, *off]),
        changes=changes,
    )


def _loss(
    state: TrainingState, overlays: Sequence[Overlay], epochs: list[float], columns: Columns
) -> Chart:
    series = [
        Series(each.words, list(each.epochs), list(each.losses), "--muted", dash, 1.6)
        for each, dash in zip(overlays, DASHES, strict=False)
    ]
    if len(state.data.test.X):
        series.append(Series("held out", epochs, columns[1], "--soft", "solid", 1.4))
    series.append(Series("training", epochs, columns[0], "--ink", "solid", 2.4))
    first, last = columns[0][0], columns[0][-1]
    alt = (
        f"The loss over the training examples {'falls' if last < first else 'goes'} from "
        f"{long(first)} to {long(last)} in {epochs[-1]:g} epochs."
    )
    return Chart("loss", "Loss", tuple(series), "loss", alt, state.choices.view.log)


def _slopes(depth: int, epochs: list[float], columns: Columns) -> Chart:
    series = []
    for k, lengths in enumerate(columns[FIRST_LAYER:]):
        colour = "--bwd" if k + 1 < depth else "--ink"
        dash = LAYER_DASHES[k % len(LAYER_DASHES)]
        series.append(Series(f"layer {k + 1}", epochs, lengths, colour, dash, 1.8, str(k + 1)))
    now = ", ".join(long(column[-1]) for column in columns[FIRST_LAYER:])
    alt = f"Length of the gradient now, from the first layer to the last: {now}"
    return Chart("slopes", "Length of the gradient, by layer", tuple(series), "‖∇‖", alt, log=True)


def _shares(epochs: list[float], columns: Columns) -> Chart:
    names = ("accuracy, training", "accuracy, held out", "dead units")
    looks = (("--ink", "solid", 2.2), ("--soft", "solid", 1.4), ("--bwd", "dot", 2.0))
    series = [
        Series(name, epochs, [100 * share for share in column], *look)
        for name, column, look in zip(names, columns[2:5], looks, strict=True)
        if not all(map(math.isnan, column))
    ]
    alt = "; ".join(f"{each.name} {each.y[-1]:.1f} %" for each in series) or "Nothing to count."
    counted = dict.fromkeys(each.name.partition(",")[0] for each in series)
    title = " and ".join(counted).capitalize() or "Dead units"
    return Chart("shares", title, tuple(series), "%", alt, log=False, top=100)


def _off_by(state: TrainingState, columns: Columns) -> tuple[tuple[str, ...], Columns]:
    """Return how far off numbers were, in their unit: the roots of squared errors, and heads.

    Of standardised targets a loss says little; where targets are as they are, it is there to see.
    """
    per_loss = SQUARES.get(state.network.loss)
    scaling = state.data.target_scaling
    if scaling.kind == "none" or per_loss is None:
        return (), []
    unit = state.data.dataset.target_unit
    names = ("off by", "off by, held out") if state.data.test_rows else ("off by",)
    heads = tuple(f"{name}, {unit}" if unit else name for name in names)
    scale, losses = scaling.scale[0], columns[: len(names)]
    return heads, [[scale * math.sqrt(per_loss * loss) for loss in each] for each in losses]


def _rows(epochs: list[float], columns: Columns) -> tuple[tuple[str, ...], ...]:
    """Return the numbers behind the charts, the newest first, thinned to what can be read."""
    step = max(1, len(epochs) // TABLE_ROWS)
    chosen = range(len(epochs) - 1, -1, -step)
    return tuple(
        (f"{epochs[k]:g}", *(_cell(c, column[k]) for c, column in enumerate(columns)))
        for k in chosen
    )


def _cell(column: int, x: float) -> str:
    if math.isnan(x) and column in (1, 2, 3, 4):
        return "–"
    return f"{100 * x:.1f} %" if column in (2, 3, 4) else long(x)
