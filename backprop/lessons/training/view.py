"""The large picture: what the output or a chosen unit computes, and the examples on it."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.charts import Series, fit_chart
from backprop.drawing.field import ColorField, make_field
from backprop.lessons.training.confusion import Confusion, count_confusion
from backprop.lessons.training.errors import in_unit
from backprop.lessons.training.maps import HALF, MapGrid, Maps, find_unit, unit_title
from backprop.lessons.training.state import TrainingState
from backprop.notation.numerals import short
from backprop.stage.controls import Option, make_options
from backprop.stage.links import Links
from backprop.training.examples.prepared import Data
from backprop.training.flat import Array


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
class Plane:
    """What stands on and around the map of a plane."""

    across: Axis
    down: Axis
    dots: tuple[Dots, ...]  # the examples
    keys: tuple[tuple[str, str], ...]  # what the dots mean: class of the mark, words


@dataclass(frozen=True, slots=True)
class View:
    """The large picture."""

    kind: str  # “plane”, “line” or “classes”
    title: str  # what it shows
    field: ColorField | None  # the map; None for a line, whose figure stands in ``figure``
    low: str  # what the ends of the palette mean
    high: str
    plane: Plane | None  # what stands on the map; None where it is not of a plane
    figure: str
    outputs: tuple[Option, ...]  # the classes that can be shown, where there are several
    back: str  # leads from a unit to the output; empty where the output is shown
    confusion: Confusion | None


def make_view(state: TrainingState, maps: Maps, links: Links) -> View:
    """Return the large picture at the epoch looked at."""
    chosen, last = find_unit(state, state.choices.view.unit), state.network.depth
    output = min(state.choices.view.output, state.network.sizes[-1]) - 1
    layer, unit = chosen or (last, output)
    kind, image = maps.grid.kind, state.data.dataset.image
    shown = unit if layer == last else 0  # the output that the examples are compared with
    half = layer > 0 and state.network.activations[layer - 1] in HALF
    field = None if kind == "line" else maps.large(layer, unit)
    if field is not None and kind == "classes" and layer == 1 and image:
        field = make_field(state.parameters["W1"][unit].reshape(image))
    low, high = ("0", "1") if half else _ends(state, field, layer)
    return View(
        kind=kind,
        title=_title(state, layer, unit),
        field=field,
        low=low,
        high=high,
        plane=_plane(state, maps.grid, shown, links) if kind == "plane" else None,
        figure=_fit(state, maps, layer, unit) if kind == "line" else "",
        outputs=_outputs(state, unit if layer == last else -1, links),
        back=links.address(unit="") if chosen else "",
        confusion=count_confusion(state)
        if state.data.dataset.classes and kind != "plane"
        else None,
    )


def _ends(state: TrainingState, field: ColorField | None, layer: int) -> tuple[str, str]:
    """Return what the ends of the palette mean; of the output, in the target's unit."""
    scale = field.scale if field is not None else 0.0
    if layer < state.network.depth or state.data.target_scaling.kind == "none":
        return f"−{short(scale)}", short(scale)
    ends = state.data.target_scaling.undo([[-scale], [scale]])[:, 0].tolist()
    low, high = (in_unit(end, state.data.dataset.target_unit) for end in ends)
    return low, high


def _plane(state: TrainingState, grid: MapGrid, output: int, links: Links) -> Plane:
    return Plane(
        across=_axis(state, grid.across, "across", links),
        down=_axis(state, grid.down, "down", links),
        dots=_dots(state.data, grid, output),
        keys=_keys(state, output),
    )


def _title(state: TrainingState, layer: int, unit: int) -> str:
    if layer == 1 and state.data.dataset.image and layer < state.network.depth:
        return f"The weights of unit {unit + 1} of layer 1, as an image"
    return unit_title(state, layer, unit)


def _axis(state: TrainingState, position: int, side: str, links: Links) -> Axis:
    data = state.data.dataset
    name, span = data.features[position], data.spans[position]
    others = {each: each for each in data.features if len(data.features) > 2}
    options = make_options(others, name, links, side)
    ticks = (span[0], (span[0] + span[1]) / 2, span[1])
    unit = data.units[position]
    shown = tuple(_tick(tick, span[1] - span[0]) for tick in ticks)
    return Axis(f"{name} in {unit}" if unit else name, options, shown)


def _tick(x: float, width: float) -> str:
    """Return a number beside an axis: three digits, and more where a year needs them."""
    needed = math.ceil(math.log10(abs(x) / width)) + 2 if x and width > 0 else 3
    text = f"{x:.{min(max(needed, 3), 9)}g}"
    if "e" not in text:
        return text.replace("-", "−")
    return f"{x:.0f}".replace("-", "−") if 1 < abs(x) < 1e6 else short(x)


@lru_cache(maxsize=32)
def _dots(data: Data, grid: MapGrid, output: int) -> tuple[Dots, ...]:
    """Return the examples: one path for each side (class or sign), learned from and held out."""
    X, Y = data.dataset.X, data.dataset.Y[:, min(output, data.dataset.Y.shape[1] - 1)]
    border = 0.5 if data.dataset.classes else data.target_scaling.shift[0]
    sides = border < Y
    x = _percent(X[:, grid.across], grid.span_across)
    y = 100 - _percent(X[:, grid.down], grid.span_down)
    dots = []
    for which, rows in (("test", data.test_rows), ("train", data.train_rows)):
        members = np.array(rows, int)
        for side, css in ((False, "minus"), (True, "plus")):
            these = members[sides[members] == side] if len(members) else members
            path = "".join(
                f"M{a:.1f} {b:.1f}h0"
                for a, b in zip(x[these].tolist(), y[these].tolist(), strict=True)
            )
            dots.append(Dots(f"dots-{which}-{css}", f"{which} {css}", path))
    return tuple(dots)


def _percent(x: Array, span: tuple[float, float]) -> Array:
    width = span[1] - span[0] or 1.0  # of very large numbers no width may be left
    return np.asarray(100 * (x - span[0]) / width)


def _keys(state: TrainingState, output: int) -> tuple[tuple[str, str], ...]:
    data = state.data.dataset
    if not data.classes:
        scaling = state.data.target_scaling
        if scaling.kind == "none":
            return (("plus", f"{data.target} above 0"), ("minus", f"{data.target} 0 or below"))
        mean = in_unit(scaling.shift[0], data.target_unit)
        return (("plus", f"{data.target} above its mean, {mean}"), ("minus", "below"))
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
    x = np.linspace(*maps.grid.span_across, maps.grid.columns).tolist()
    last = state.network.depth
    shown = unit if layer == last else 0
    points = []
    for name, rows, colour in (
        ("held out", state.data.test_rows, "--faint"),
        ("training", state.data.train_rows, "--soft"),
    ):
        chosen = list(rows)
        points.append((name, data.X[chosen, 0].tolist(), data.Y[chosen, shown].tolist(), colour))
    output = state.data.target_scaling.undo(maps.layers[last])
    curves = [Series("output", x, output[:, shown].tolist(), "--fwd", "solid", 3)]
    if layer != last:
        title = unit_title(state, layer, unit)
        curves.append(Series(title, x, maps.layers[layer][:, unit].tolist(), "--ink", "dash", 2))
    target = data.target or (data.classes[1] if data.classes else "target")
    titles = [(data.features[0], data.units[0]), (target, data.target_unit)]
    across, up = (f"{name} in {unit}" if unit else name for name, unit in titles)
    return fit_chart(points, curves, (across, up))
