"""What the network says of the examples, class by class, and which images it gets most wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backprop.drawing.charts import Series, fit_chart
from backprop.drawing.field import Field, field_of
from backprop.lessons.training.examples import Data
from backprop.lessons.training.maps import HALF, MapGrid, Maps, layer_outputs, find_unit, unit_title
from backprop.lessons.training.state import TrainingState
from backprop.notation.numerals import short
from backprop.stage.controls import Option
from backprop.stage.links import Links

Array = NDArray[np.float64]

WORST = 8  # images that are shown because they are classified worst


@dataclass(frozen=True, slots=True)
class Sample:
    """An image that is classified badly."""

    row: int  # from 1
    image: Field
    words: str  # what it is, and what it is taken for
    wrong: bool


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was taken for each: rows are what is true."""

    classes: tuple[str, ...]
    rows: tuple[tuple[tuple[int, str], ...], ...]  # count, and its share of the row in percent
    right: int
    total: int
    what: str  # of which examples


def _held_out(state: TrainingState) -> tuple[Array, Array, Sequence[int], str]:
    """Return the examples that a verdict is about: those held out, if there are any."""
    data = state.data
    if len(data.test.X):
        return *data.test, data.test_rows, "held out"
    return *data.train, data.train_rows, "training examples"


def count_confusion(state: TrainingState) -> Confusion:
    """Return how often each class was taken for each, among the examples that were held out."""
    X, Y, _, what = _held_out(state)
    outputs = layer_outputs(state.network, state.parameters, X)[-1]
    classes = state.data.dataset.classes
    if Y.shape[1] == 1:
        true, said = (Y[:, 0] > 0.5).astype(int), (outputs[:, 0] > 0.5).astype(int)
    else:
        true, said = Y.argmax(axis=1), outputs.argmax(axis=1)
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (true, said), 1)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = (100 * counts / totals).round().astype(int).astype(str)
    rows = tuple(
        tuple(zip(row, share, strict=True))
        for row, share in zip(counts.tolist(), shares.tolist(), strict=True)
    )
    return Confusion(classes, rows, int(np.trace(counts)), int(counts.sum()), what)


def find_worst_images(state: TrainingState) -> tuple[Sample, ...]:
    """Return the images whose true class was given the smallest share."""
    X, Y, rows, _ = _held_out(state)
    data = state.data.dataset
    outputs = layer_outputs(state.network, state.parameters, X)[-1]
    shares = (outputs * Y).sum(axis=1)
    order = np.argsort(shares, kind="stable")[:WORST].tolist()
    found = []
    for k in order:
        true, said = int(Y[k].argmax()), int(outputs[k].argmax())
        row = rows[k]
        words = f"{data.classes[true]}, given a probability of {short(float(shares[k]))}"
        if true != said:
            words += f"; taken for {data.classes[said]}"
        assert data.image is not None, "Only images are shown as images."
        picture = field_of(data.X[row].reshape(data.image), signed=False)
        found.append(Sample(row + 1, picture, words, true != said))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Dots:
    """Points of one kind, as one path: a dot wherever the pen is set down."""

    id: str
    css: str
    path: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A side of the plane: what it is, and the numbers at its ends and in its middle."""

    name: str
    options: tuple[Option, ...]  # other features that could lie there
    ticks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The large picture.

    Attributes:
        kind: “plane”, “line” or “classes”.
        title: what it shows.
        field: the map; None for a line, whose figure stands in ``figure``.
        low, high: what the ends of the palette mean.
        dots: the examples on the plane.
        keys: what the dots mean: class of the mark, words.
        outputs: the classes that can be shown, where there are several.
        back: leads from a unit to the output; empty where the output is shown.
    """

    kind: str
    title: str
    field: Field | None
    low: str
    high: str
    across: Axis | None
    down: Axis | None
    dots: tuple[Dots, ...]
    keys: tuple[tuple[str, str], ...]
    figure: str
    alt: str
    outputs: tuple[Option, ...]
    back: str
    confusion: Confusion | None
    worst: tuple[Sample, ...]


def chosen_unit(state: TrainingState) -> tuple[int, int]:
    """Return the layer and the number of the unit that is shown large; the output by default."""
    found = find_unit(state, state.choices.unit)
    last = state.network.depth
    return found or (last, min(state.choices.output, state.network.sizes[-1]) - 1)


def make_view(state: TrainingState, maps: Maps, links: Links) -> View:
    """Return the large picture at the moment looked at."""
    layer, unit = chosen_unit(state)
    kind, data = maps.ground.kind, state.data.dataset
    last = layer == state.network.depth
    on_plane = kind == "plane"
    half = layer > 0 and state.network.activations[layer - 1] in HALF
    field = None if kind == "line" else maps.large(layer, unit)
    if field is not None and kind == "classes" and layer == 1 and data.image:
        field = field_of(state.parameters["W1"][unit].reshape(data.image))
    scale = short(field.scale) if field is not None else ""
    low, high = ("0", "1") if half else (f"−{scale}", scale)
    shows_images = kind == "classes"
    return View(
        kind=kind,
        title=_title(state, layer, unit),
        field=field,
        low=low,
        high=high,
        across=_axis(state, maps.ground.across, "across", links) if on_plane else None,
        down=_axis(state, maps.ground.down, "down", links) if on_plane else None,
        dots=_dots(state.data, maps.ground, unit if last else 0) if on_plane else (),
        keys=_keys(state, unit if last else 0) if on_plane else (),
        figure=_fit(state, maps, layer, unit) if kind == "line" else "",
        alt=_title(state, layer, unit),
        outputs=_outputs(state, unit if last else -1, links),
        back=links.address(unit="") if find_unit(state, state.choices.unit) else "",
        confusion=count_confusion(state) if data.classes and not on_plane else None,
        worst=find_worst_images(state) if shows_images else (),
    )


def _title(state: TrainingState, layer: int, unit: int) -> str:
    if layer == 1 and state.data.dataset.image and layer < state.network.depth:
        return f"The weights of unit {unit + 1} of layer 1, as an image"
    return unit_title(state, layer, unit)


def _axis(state: TrainingState, position: int, side: str, links: Links) -> Axis:
    data = state.data.dataset
    name, span = data.features[position], data.spans[position]
    options: tuple[Option, ...] = ()
    if len(data.features) > 2:
        options = tuple(
            Option(each, each, each == name, links.address(**{side: each}))
            for each in data.features
        )
    ticks = (span[0], (span[0] + span[1]) / 2, span[1])
    unit = data.units[position]
    shown = tuple(f"{tick:.3g}".replace("-", "−") for tick in ticks)
    return Axis(f"{name} in {unit}" if unit else name, options, shown)


@lru_cache(maxsize=32)
def _dots(data: Data, ground: MapGrid, output: int) -> tuple[Dots, ...]:
    """Return the examples: one path for each side (class or sign), learned from and held out."""
    X, Y = data.dataset.X, data.dataset.Y[:, min(output, data.dataset.Y.shape[1] - 1)]
    border = 0.5 if data.dataset.classes else 0.0
    sides = border < Y
    x = _percent(X[:, ground.across], ground.span_across)
    y = 100 - _percent(X[:, ground.down], ground.span_down)
    found = []
    for which, rows in (("test", data.test_rows), ("train", data.train_rows)):
        chosen = np.array(rows, int)
        for side, css in ((False, "minus"), (True, "plus")):
            these = chosen[sides[chosen] == side] if len(chosen) else chosen
            path = "".join(
                f"M{a:.1f} {b:.1f}h0"
                for a, b in zip(x[these].tolist(), y[these].tolist(), strict=True)
            )
            found.append(Dots(f"dots-{which}-{css}", f"{which} {css}", path))
    return tuple(found)


def _percent(x: Array, span: tuple[float, float]) -> Array:
    width = span[1] - span[0] or 1.0  # of very large numbers no width may be left
    return np.asarray(100 * (x - span[0]) / width)


def _keys(state: TrainingState, output: int) -> tuple[tuple[str, str], ...]:
    data = state.data.dataset
    if not data.classes:
        return (("plus", f"{data.target} above 0"), ("minus", f"{data.target} 0 or below"))
    if len(data.classes) == 2:
        return (("plus", data.classes[1]), ("minus", data.classes[0]))
    return (("plus", data.classes[output]), ("minus", "the other classes"))


def _outputs(state: TrainingState, unit: int, links: Links) -> tuple[Option, ...]:
    classes = state.data.dataset.classes
    if len(classes) < 3:
        return ()
    return tuple(
        Option(title, str(k + 1), k == unit, links.address(output=k + 1, unit=""))
        for k, title in enumerate(classes)
    )


def _fit(state: TrainingState, maps: Maps, layer: int, unit: int) -> str:
    """Return the figure of a function of one feature: the examples, the output, a unit."""
    data = state.data.dataset
    x = np.linspace(*maps.ground.span_across, maps.ground.columns).tolist()
    last = state.network.depth
    shown = unit if layer == last else 0
    points = []
    for name, rows, colour in (
        ("held out", state.data.test_rows, "--faint"),
        ("training", state.data.train_rows, "--soft"),
    ):
        chosen = list(rows)
        points.append((name, data.X[chosen, 0].tolist(), data.Y[chosen, shown].tolist(), colour))
    curves = [Series("output", x, maps.layers[last][:, shown].tolist(), "--fwd", "solid", 3)]
    if layer != last:
        title = unit_title(state, layer, unit)
        curves.append(Series(title, x, maps.layers[layer][:, unit].tolist(), "--ink", "dash", 2))
    target = data.target or (data.classes[1] if data.classes else "target")
    return fit_chart(points, curves, (data.features[0], target))
