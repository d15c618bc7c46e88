"""The run as curves: loss, the gradient's length in each layer, accuracy and dead units."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backprop.drawing.charts import Series, curves_chart
from backprop.lessons.training.compare import Overlay, describe_changes
from backprop.lessons.training.state import TrainingState
from backprop.notation.numerals import long
from backprop.training.measure import COLUMNS

DASHES = ("dot", "dash", "longdash", "dashdot")
LAYER_DASHES = ("solid", "dash", "dot", "longdash", "dashdot", "longdashdot")
TABLE_ROWS = 40
FIRST_LAYER = len(COLUMNS)  # of the columns that hold a layer's gradient length


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over the epochs of a run, and the same in words.

    Attributes:
        series: the curves.
        unit: what stands at the upright axis.
        alt: the curves in a sentence.
        log: whether the upright axis is logarithmic.
        now: the epoch that is looked back to.
        marks: epochs at which a setting changed.
        top: the upper end of the upright axis, where it is known.
    """

    name: str
    title: str
    series: tuple[Series, ...]
    unit: str
    alt: str
    log: bool
    now: float | None
    marks: Sequence[float]
    top: float | None = None

    @property
    def figure(self) -> str:
        """The figure as JSON: made when it is sent, which a playing page asks for now and then."""
        look: dict[str, Any] = {"log": self.log, "now": self.now, "marks": self.marks}
        return curves_chart(self.series, ("epoch", self.unit), **look, top=self.top)


@dataclass(frozen=True, slots=True)
class Charts:
    """What is shown of a run over its epochs.

    Attributes:
        rows: the numbers behind the charts, newest first: epoch, losses, accuracies, lengths.
        heads: what stands in their columns.
        changes: settings changed in the middle: epoch and words.
    """

    loss: Chart
    slopes: Chart
    shares: Chart
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    changes: tuple[tuple[int, str], ...]


def make_charts(state: TrainingState, overlays: Sequence[Overlay], row: tuple[float, ...]) -> Charts:
    """Return the curves of a run.

    Args:
        state: with the run, whole.
        overlays: runs beside it.
        row: what is measured at the moment looked at.
    """
    run = state.history.run
    epochs: list[float] = list(run.epochs)
    columns = run.records.T.tolist()
    if (
        not state.looks_back
        and run.epochs[-1] != run.epoch + run.step / state.plan.steps_in_epoch
    ):
        epochs.append(round(run.epoch + run.step / state.plan.steps_in_epoch, 4))
        columns = [[*column, now] for column, now in zip(columns, row, strict=True)]
    changes = describe_changes(state.history)
    now = state.run.epoch if state.looks_back else None
    marks = tuple(epoch for epoch, _ in changes)
    heads: tuple[str, ...] = (
        "epoch",
        "training loss",
        "loss held out",
        "accuracy",
        "accuracy held out",
        "dead",
    )
    heads += tuple(f"‖∇‖ layer {layer}" for layer in range(1, state.network.depth + 1))
    return Charts(
        loss=_loss(state, overlays, epochs, columns, now, marks),
        slopes=_slopes(state, epochs, columns, now, marks),
        shares=_shares(epochs, columns, now, marks),
        heads=heads,
        rows=_rows(epochs, columns),
        changes=changes,
    )


def _loss(
    state: TrainingState,
    overlays: Sequence[Overlay],
    epochs: list[float],
    columns: list[list[float]],
    now: float | None,
    marks: Sequence[float],
) -> Chart:
    others = [
        Series(
            f"{each.words}",
            list(each.epochs),
            list(each.losses),
            "--muted",
            DASHES[k],
            1.6,
        )
        for k, each in enumerate(overlays)
    ]
    train = Series("training", epochs, columns[0], "--ink", "solid", 2.4)
    test = Series("held out", epochs, columns[1], "--soft", "solid", 1.4)
    seen = [*others, test, train] if len(state.data.test.X) else [*others, train]
    way = "falls" if columns[0][-1] < columns[0][0] else "goes"
    alt = (
        f"The loss over the training examples {way} from {long(columns[0][0])} "
        f"to {long(columns[0][-1])} in {epochs[-1]:g} epochs."
    )
    return Chart("loss", "Loss", tuple(seen), "loss", alt, state.choices.log, now, marks)


def _slopes(
    state: TrainingState,
    epochs: list[float],
    columns: list[list[float]],
    now: float | None,
    marks: Sequence[float],
) -> Chart:
    depth = state.network.depth
    series = [
        Series(
            f"layer {layer}",
            epochs,
            columns[FIRST_LAYER + layer - 1],
            "--bwd" if layer < depth else "--ink",
            LAYER_DASHES[(layer - 1) % len(LAYER_DASHES)],
            1.8,
            str(layer),
        )
        for layer in range(1, depth + 1)
    ]
    lengths = [long(column[-1]) for column in columns[FIRST_LAYER:]]
    alt = "Length of the gradient now, from the first layer to the last: " + ", ".join(lengths)
    title = "Length of the gradient, by layer"
    return Chart("slopes", title, tuple(series), "‖∇‖", alt, True, now, marks)


def _shares(
    epochs: list[float], columns: list[list[float]], now: float | None, marks: Sequence[float]
) -> Chart:
    names = ("accuracy, training", "accuracy, held out", "dead units")
    looks = (("--ink", "solid", 2.2), ("--soft", "solid", 1.4), ("--bwd", "dot", 2.0))
    series = [
        Series(name, epochs, [100 * share for share in column], colour, dash, width)
        for name, column, (colour, dash, width) in zip(names, columns[2:5], looks, strict=True)
        if not all(map(math.isnan, column))
    ]
    said = [f"{each.name} {each.y[-1]:.1f} %" for each in series]
    alt = "; ".join(said) or "Nothing to count."
    title = "Accuracy and dead units"
    return Chart("shares", title, tuple(series), "%", alt, False, now, marks, top=100)


def _rows(epochs: list[float], columns: list[list[float]]) -> tuple[tuple[str, ...], ...]:
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
