"""The network as a picture: a small map for each unit, a line for each weight.

Positions are shares of the picture, in percent; the page stretches it to the room there is.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from backprop.drawing.field import ColorField, make_field, make_fields
from backprop.lessons.training.maps import Maps, label_for, unit_name
from backprop.lessons.training.state import TrainingState
from backprop.notation.formula import Label
from backprop.notation.numerals import short
from backprop.stage.links import Links

Point = tuple[float, float]
Places = tuple[tuple[Point, ...], ...]  # of the units of each layer, in percent

MOST_IN_COLUMN = 16  # units of a layer that have a place of their own
MOST_LINES = 450  # weights that are drawn one by one
WIDEST = 5.0  # pixels, the line of the largest weight
LEFT, RIGHT, TOP, BOTTOM = 7.0, 93.0, 13.0, 97.0
LETTER = 0.78  # the width of a letter of a name that stands beside its unit, in percent
LONGEST_NAME = 16  # letters; of a longer one the rest stands in the title


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the picture."""

    id: str  # u-a1_3
    name: str  # a1_3
    words: str
    label: Label | None
    text: str  # where a label is no letter: a feature's name, a class
    x: str
    y: str
    map: ColorField
    address: str  # enlarges it
    on: bool  # whether it is the one that is enlarged
    fixed: bool  # an input


@dataclass(frozen=True, slots=True)
class Column:
    """A layer of the picture."""

    title: str
    note: str
    x: str
    units: tuple[Unit, ...]
    crowded: bool  # its units stand in rows, without lines
    more: int  # units that have no place
    last: bool


@dataclass(frozen=True, slots=True)
class NetworkPicture:
    """The picture: columns of units, lines (id, class, path, width), and blocks of weights."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[str, str, str, str], ...]
    blocks: tuple[tuple[str, str, str, ColorField], ...]  # id, x, title, the weights as a picture
    most: int  # units in the fullest column: how much room each has


def draw_network(state: TrainingState, maps: Maps, links: Links) -> NetworkPicture:
    """Return the picture of a state's network at the epoch looked at."""
    sizes = state.network.sizes
    places = _places(sizes, _room(state, 0), _room(state, len(sizes) - 1))
    few = sum(a * b for a, b in pairwise(sizes)) <= MOST_LINES and max(sizes) <= MOST_IN_COLUMN
    return NetworkPicture(
        columns=tuple(_column(state, maps, k, places[k], links) for k in range(len(sizes))),
        lines=_lines(state, places) if few else (),
        blocks=() if few else _blocks(state, places),
        most=max(min(size, MOST_IN_COLUMN) for size in sizes),
    )


@lru_cache(maxsize=256)
def _places(sizes: tuple[int, ...], before: float, after: float) -> Places:
    """Return where the units of each layer stand; `before` and `after` is room for names."""
    places = []
    for layer, size in enumerate(sizes):
        x = LEFT + before + (RIGHT - LEFT - before - after) * layer / (len(sizes) - 1)
        shown = min(size, MOST_IN_COLUMN)
        middle, gap = (TOP + BOTTOM) / 2, min(22.0, (BOTTOM - TOP) / shown)
        places.append(tuple((x, middle + gap * (k - (shown - 1) / 2)) for k in range(shown)))
    return tuple(places)


def _room(state: TrainingState, layer: int) -> float:
    """Return how much room the names of a layer need beside it, in percent."""
    names = [label_for(state, layer, unit)[1] for unit in _shown(state, layer)]
    longest = max(map(len, names), default=0)
    return LETTER * max(0, min(longest, LONGEST_NAME + 1) - 3)


def _column(
    state: TrainingState, maps: Maps, layer: int, places: tuple[Point, ...], links: Links
) -> Column:
    network, last = state.network, state.network.depth
    size, shown = network.sizes[layer], _shown(state, layer)
    crowded = size > MOST_IN_COLUMN
    pictures = _pictures(state, maps, layer) if shown else ()
    units = tuple(
        _unit(state, (layer, unit), places[0 if crowded else unit], pictures[unit], links)
        for unit in shown
    )
    titles = {0: "features", last: "output" if size == 1 else "outputs"}
    return Column(
        title=titles.get(layer, f"layer {layer}"),
        note="" if layer == 0 else network.activations[layer - 1].replace("_", " "),
        x=f"{places[0][0]:.2f}",
        units=units,
        crowded=crowded,
        more=size - len(shown),
        last=layer == last,
    )


def _shown(state: TrainingState, layer: int) -> range:
    """Return the units that have a picture; an image's pixels are one picture, drawn elsewhere."""
    size = state.network.sizes[layer]
    if layer == 0 and state.data.dataset.image:
        return range(0)
    return range(size)


def _pictures(state: TrainingState, maps: Maps, layer: int) -> tuple[ColorField, ...]:
    """Return the pictures of a layer's units."""
    image = state.data.dataset.image
    if image and layer == 1:
        return make_fields(state.parameters["W1"].reshape(-1, *image))
    return maps.small(layer)


def _unit(
    state: TrainingState, which: tuple[int, int], place: Point, picture: ColorField, links: Links
) -> Unit:
    layer, unit = which
    name = unit_name(layer, unit)
    label, text = label_for(state, layer, unit)
    on = state.choices.view.unit == name
    return Unit(
        id=f"u-{name}",
        name=name,
        words=f"{text or label}: what it computes",
        label=label,
        text=text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…",
        x=f"{place[0]:.2f}",
        y=f"{place[1]:.2f}",
        map=picture,
        address=links.address(unit="" if on else name),
        on=on,
        fixed=layer == 0,
    )


def _lines(state: TrainingState, places: Places) -> tuple[tuple[str, str, str, str], ...]:
    """Return a line for each weight, as wide as it is large; a negative one is dotted."""
    arrays = [state.parameters[f"W{layer}"] for layer in range(1, state.network.depth + 1)]
    largest = max(float(np.nanmax(np.abs(W), initial=0.0)) for W in arrays)
    largest = largest if np.isfinite(largest) and largest else 1.0
    lines = []
    for layer, W in enumerate(arrays, 1):
        widths = np.nan_to_num(np.abs(W) / largest * WIDEST, nan=0.3, posinf=WIDEST).tolist()
        signs = (W < 0).tolist()
        frozen = {n for n in state.plan.frozen if n[1:].partition("_")[0] == str(layer)}
        for to, (row, negative) in enumerate(zip(widths, signs, strict=True), 1):
            for start, (width, minus) in enumerate(zip(row, negative, strict=True), 1):
                name = f"w{layer}_{to}_{start}"
                css = "line neg" if minus else "line"
                if name in frozen or f"W{layer}" in frozen:
                    css += " frozen"
                path = _curve(places[layer - 1][start - 1], places[layer][to - 1])
                lines.append((f"l-{name}", css, path, f"{max(width, 0.3):.2f}"))
    return tuple(lines)


@lru_cache(maxsize=8192)
def _curve(start: Point, end: Point) -> str:
    middle = (start[0] + end[0]) / 2
    return (
        f"M{start[0]:.2f} {start[1]:.2f}C{middle:.2f} {start[1]:.2f} "
        f"{middle:.2f} {end[1]:.2f} {end[0]:.2f} {end[1]:.2f}"
    )


def _blocks(state: TrainingState, places: Places) -> tuple[tuple[str, str, str, ColorField], ...]:
    """Return the weights between two layers as one picture, where lines would be too many."""
    blocks = []
    for layer in range(1, state.network.depth + 1):
        W = state.parameters[f"W{layer}"]
        x = (places[layer - 1][0][0] + places[layer][0][0]) / 2
        largest = short(float(np.nanmax(np.abs(W), initial=0.0)))
        title = f"W{layer}: {W.shape[0]} × {W.shape[1]} weights, up to {largest}"
        blocks.append((f"block-{layer}", f"{x:.2f}", title, make_field(W)))
    return tuple(blocks)
