"""The sheet of a batch: each array with its shape, its value and its gradient as maps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from backprop.drawing.array_wires import ArrayPlace, ArrayWire, Box
from backprop.drawing.arrays import lay_out_arrays
from backprop.drawing.field import ColorField, make_field
from backprop.engine.trace import Trace
from backprop.lessons.training.layers.entry import MOST_ROWS, Band, has_examples
from backprop.lessons.training.layers.explanation import frozen_count
from backprop.lessons.training.layers.steps import (
    Half,
    find_flow,
    known_nodes,
    layer_of,
    layer_steps,
    step_numbers,
)
from backprop.notation.array_formula import shape_words
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.notation.numerals import MINUS, exact, signed
from backprop.stage.links import Links
from backprop.training.flat import Array


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a map that the worked entry is made of, in percent of the map."""

    left: str
    top: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class CardHalf:
    """One half of a card: an array as a map, or a number."""

    state: str  # “now”, “read” or “known”; “ahead” where it is not computed yet
    field: ColorField | None  # the map; None for a single number, and where it is not computed yet
    caption: str  # the scale of the map, ±1.3, or the number
    exact: str  # the same with all its digits
    mark: Mark | None  # the entry that is worked out, or what it is made of
    address: str  # of the step that computes it; empty for what is given
    aloud: str  # the half in words


@dataclass(frozen=True, slots=True)
class ArrayCard:
    """An array: its name and shape, its value, and its gradient of the same shape."""

    name: str
    label: Label  # its name
    shape: str  # “32 × 8”; empty for a number
    box: Box  # where it stands, in sixteenths of a rem
    half: float  # the height of its upper half
    map: tuple[float, float]  # width and height of its maps
    fine: bool  # a cell is smaller than a pixel: neighbours are blended
    value: CardHalf
    slope: CardHalf | None  # None where no gradient is asked
    frozen: str  # “frozen” or “2 frozen”, where an update leaves entries as they are

    @property
    def is_now(self) -> bool:
        """Whether the step computes it."""
        return "now" in (self.value.state, self.slope.state if self.slope else "")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A wire, and what has moved along it: “on” now, “done” before, or nothing yet."""

    name: str
    wire: ArrayWire
    ahead: str
    back: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The picture of a batch."""

    width: float  # in sixteenths of a rem
    height: float
    cards: tuple[ArrayCard, ...]  # the arrays
    wires: tuple[Drawn, ...]
    headings: tuple[tuple[str, float], ...]  # what stands above a group of cards, and where
    cut: int  # how many rows of the batch the maps show, where they do not show all


def make_sheet(
    trace: Trace, at: int, bands: Mapping[Half, Band], links: Links, frozen: frozenset[str]
) -> Sheet:
    """Return the picture of a batch as it is known after a step; `bands` are worked out there."""
    graph = trace.graph
    flow = find_flow(trace, layer_steps(graph)[at])
    valued, graded = known_nodes(graph, at)
    known = {(i, "value") for i in valued} | {(i, "slope") for i in graded}
    numbers = step_numbers(graph)
    drawing = lay_out_arrays(
        graph, tuple(np.shape(_shown(trace, i, "value")) for i in range(len(graph)))
    )

    def half(node: int, kind: str) -> CardHalf:
        key, number = (node, kind), numbers.get((kind, node))
        state = "now" if key in flow.now else "read" if key in flow.read else "known"
        address = "" if number is None else links.address(step=number)
        return _half(trace, key, state if key in known else "ahead", bands.get(key), address)

    def draw(wire: ArrayWire) -> Drawn:
        ends = (wire.node, wire.later)
        ahead = _moved(ends in flow.ahead, wire.later in valued)
        back = _moved(ends in flow.back, wire.node in graded)
        return Drawn("-".join(graph.nodes[i].name for i in ends), wire, ahead, back)

    return Sheet(
        width=drawing.width,
        height=drawing.height,
        cards=tuple(_card(trace, place, half, frozen) for place in drawing.places),
        wires=tuple(map(draw, drawing.wires)),
        headings=tuple((_heading(trace, node), x) for node, x in drawing.headings),
        cut=MOST_ROWS if len(trace.values[graph.position("X")]) > MOST_ROWS else 0,
    )


def _moved(now: bool, before: bool) -> str:
    return "on" if now else "done" if before else ""


def _card(
    trace: Trace, place: ArrayPlace, half: Callable[[int, str], CardHalf], frozen: frozenset[str]
) -> ArrayCard:
    node, shape = trace.graph.nodes[place.node], np.shape(trace.values[place.node])
    rows, columns = (1, *np.shape(_shown(trace, place.node, "value")))[-2:] if shape else (1, 1)
    held = frozen_count(node.name, shape, frozen) if node.is_leaf and not node.given else 0
    return ArrayCard(
        name=node.name,
        label=label_of(node.name),
        shape=shape_words(shape),
        box=place.box,
        half=place.half,
        map=place.map,
        fine=bool(shape) and (place.map[0] < columns or place.map[1] < rows),
        value=half(place.node, "value"),
        slope=half(place.node, "slope") if place.box.height > place.half else None,
        frozen="" if not held else "frozen" if held == np.prod(shape) else f"{held} frozen",
    )


def _shown(trace: Trace, node: int, kind: str) -> Array:
    array: Array = np.asarray((trace.values if kind == "value" else trace.gradients)[node], float)
    return array[:MOST_ROWS] if has_examples(trace, node) else array


def _half(trace: Trace, key: Half, state: str, band: Band | None, address: str) -> CardHalf:
    node, kind = key
    name = str(label_of(trace.graph.nodes[node].name))
    what = name if kind == "value" else f"the gradient at {name}"
    if state == "ahead":
        return CardHalf(state, None, "", "", None, address, f"{what}: not yet computed")
    array = _shown(trace, node, kind)
    if not array.ndim:
        number = float(array)
        shown = signed(number) if kind == "slope" else signed(number).removeprefix("+")
        return CardHalf(state, None, shown, exact(number), None, address, f"{what} is {shown}")
    field = make_field(array)
    mark = _mark(band, field) if band else None
    broken = int(np.size(array) - np.isfinite(array).sum())
    caption, full = _caption(field, array, broken)
    scale = caption.replace("±", "up to ").replace(MINUS, "minus ")
    aloud = f"{what}: {field.rows} by {field.columns}, {scale}"
    return CardHalf(state, field, caption, full, mark, address, aloud)


def _caption(field: ColorField, array: Array, broken: int) -> tuple[str, str]:
    """Return the scale of a map in few digits, and in all."""
    if broken:
        return f"{broken} not finite", f"±{exact(field.scale)}, {broken} not finite"
    if array.size == 1:
        number = float(array.ravel()[0])
        return signed(number).removeprefix("+"), exact(number)
    if not field.scale:
        return "all 0", "0"
    return f"±{_brief(field.scale)}", f"±{exact(field.scale)}"


def _brief(x: float) -> str:
    """Return a scale in two digits: 1.3, 0.042, 4.4·10⁻⁵."""
    if 0.00095 <= x < 9999.5:
        return f"{x:.2g}" if x < 99.5 else f"{x:.0f}"
    return signed(x).removeprefix("+")


def _mark(band: Band, field: ColorField) -> Mark:
    return Mark(
        left=f"{100 * band.column / field.columns:.4g}",
        top=f"{100 * band.row / field.rows:.4g}",
        width=f"{100 * band.columns / field.columns:.4g}",
        height=f"{100 * band.rows / field.rows:.4g}",
    )


def _heading(trace: Trace, node: int) -> str:
    """Return what stands above a group of cards, of which this is the first."""
    graph = trace.graph
    name, layer = graph.nodes[node].name, layer_of(graph, node)
    if not layer:
        return {"X": "inputs", "L": "loss"}.get(name, "objective")
    outputs = graph.nodes[graph.position("L")].inputs[0]
    return f"layer {layer}" + (": outputs" if layer == layer_of(graph, outputs) else "")
