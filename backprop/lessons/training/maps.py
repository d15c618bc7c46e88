"""What the network and each of its units compute, as pictures.

An example with one or two features is a point of a line or a plane: every unit has a value there.
Of more features two can span a plane, the others held at their mean; pixels make pictures of the
weights themselves.

Notation:
    points  raw features of the plane's cells, row by row from the top, [cells, features]
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.field import ColorField, make_fields
from backprop.lessons.training.state import TrainingState
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.training.datasets import Dataset
from backprop.training.examples.prepared import Data
from backprop.training.flat import Array
from backprop.training.measure import layer_outputs

CELLS = 40  # of the plane's sides
FEW_CELLS = 24  # where the network is large
LARGE = 6_000  # parameters
HALF = {"sigmoid", "softmax"}  # what has ½ in the middle, not 0


@dataclass(frozen=True, eq=False)
class MapGrid:
    """Where the maps are drawn: a plane, a line, or the mean example of each class."""

    kind: str  # “line”, “plane”, or “classes” where there is no plane to draw on
    rows: int  # of cells
    columns: int
    across: int  # positions of the features along the sides; −1 for none
    down: int
    inputs: Array  # what the network is given at each cell, [cells, fan_in]
    span_across: tuple[float, float]  # what the sides reach over, in raw units
    span_down: tuple[float, float]


def make_grid(state: TrainingState) -> MapGrid:
    """Return where the maps of a network are drawn."""
    cells = FEW_CELLS if state.network.parameter_count > LARGE else CELLS
    return _grid(state.data, state.choices.view.across, state.choices.view.down, cells)


@lru_cache(maxsize=32)
def _grid(data: Data, across: str, down: str, cells: int) -> MapGrid:
    dataset = data.dataset
    names, spans = dataset.features, dataset.spans
    if dataset.image:
        return MapGrid("classes", 1, dataset.Y.shape[1], -1, -1, _means(data), (0, 0), (0, 0))
    best = _most_telling(dataset)
    x = names.index(across) if across in names else best[0]
    if len(names) == 1:
        line = np.linspace(*spans[0], 3 * cells)[:, None]
        return MapGrid("line", 1, len(line), 0, -1, data.inputs(line), spans[0], (0, 0))
    rest = [k for k in best if k != x]
    y = names.index(down) if down in names and down != names[x] else rest[0]
    points = np.tile(dataset.X[list(data.train_rows)].mean(axis=0), (cells * cells, 1))
    columns, rows = np.meshgrid(_middles(spans[x], cells), _middles(spans[y], cells)[::-1])
    points[:, x], points[:, y] = columns.ravel(), rows.ravel()
    return MapGrid("plane", cells, cells, x, y, data.inputs(points), spans[x], spans[y])


@np.errstate(all="ignore")  # of very large numbers nothing can be said
def _most_telling(data: Dataset) -> list[int]:
    """Return the features, those that say most about the target first; of two, as they stand.

    How much one says is the share of its variance that the target explains, by a straight line.
    """
    if len(data.features) == 2:
        return [0, 1]
    X, Y = data.X - data.X.mean(axis=0), data.Y - data.Y.mean(axis=0)
    parts = (X.T @ Y) ** 2 / np.maximum((Y**2).sum(axis=0), 1e-300)
    shares = parts.sum(axis=1) / np.maximum((X**2).sum(axis=0), 1e-300)
    return np.argsort(-shares, kind="stable").tolist()  # type: ignore[no-any-return]


def _middles(span: tuple[float, float], cells: int) -> Array:
    low, high = span
    return low + (high - low) * (np.arange(cells) + 0.5) / cells


def _means(data: Data) -> Array:
    """Return the mean input of each class, [classes, fan_in]."""
    X, Y = data.train
    return np.asarray(Y.T @ X / np.maximum(Y.sum(axis=0), 1)[:, None])


@dataclass(frozen=True, eq=False)
class Maps:
    """The pictures of all units, [layer][unit], the inputs first; and the numbers behind them."""

    grid: MapGrid
    layers: list[Array]
    activations: tuple[str, ...]
    reach: float  # the largest magnitude of a target, as the network is given it

    def small(self, layer: int) -> tuple[ColorField, ...]:
        """Return the pictures of a layer's units where there is little room: every second cell."""
        cells = self.cells(layer)
        return self._fields(layer, cells[:, ::2, ::2] if self.grid.kind == "plane" else cells)

    def large(self, layer: int, unit: int) -> ColorField:
        """Return the picture of a unit where there is room."""
        return self._fields(layer, self.cells(layer)[unit : unit + 1])[0]

    def cells(self, layer: int) -> Array:
        """Return the values of a layer's units, as the grid lies, [units, rows, columns]."""
        return self.layers[layer].T.reshape(-1, self.grid.rows, self.grid.columns)

    def _fields(self, layer: int, cells: Array) -> tuple[ColorField, ...]:
        kind = self.activations[layer - 1] if layer else ""
        if kind in HALF:
            return make_fields(2 * cells - 1, 1.0)
        if layer == len(self.activations):
            return make_fields(cells, self.reach)
        return make_fields(cells, 1.0 if kind == "tanh" else None)


def make_maps(state: TrainingState) -> Maps:
    """Return the pictures of all units at the epoch looked at."""
    grid = make_grid(state)
    layers = layer_outputs(state.network, state.parameters, grid.inputs)
    reach = float(np.abs(state.data.target_scaling.apply(state.data.dataset.Y)).max()) or 1.0
    return Maps(grid, layers, state.network.activations, reach)


def unit_name(layer: int, unit: int) -> str:
    """Return how an address calls a unit: x2, a1_3."""
    return f"a{layer}_{unit + 1}" if layer else f"x{unit + 1}"


def label_for(state: TrainingState, layer: int, unit: int) -> tuple[Label | None, str]:
    """Return what a unit is called: a letter, or a text for features and classes."""
    data = state.data
    if layer == 0:
        return None, data.title(data.names[unit])
    if layer == state.network.depth and len(data.dataset.classes) > 2:
        return None, data.dataset.classes[unit]
    name = f"yhat{unit + 1}" if layer == state.network.depth else f"a{layer}_{unit + 1}"
    return label_of(name), ""


def find_unit(state: TrainingState, name: str) -> tuple[int, int] | None:
    """Return the layer and the number (from 0) of the unit of this name; None if there is none."""
    letter, layer, unit = name[:1], "0", name[1:]
    if letter == "a":
        layer, _, unit = name[1:].partition("_")
    if letter not in ("a", "x") or not (layer.isdecimal() and unit.isdecimal()):
        return None
    sizes = state.network.sizes
    place = int(layer), int(unit) - 1
    inside = place[0] < len(sizes) and (letter == "x") == (place[0] == 0)
    return place if inside and 0 <= place[1] < sizes[place[0]] else None


def unit_title(state: TrainingState, layer: int, unit: int) -> str:
    """Return what the enlarged picture of a unit shows, in words."""
    text = label_for(state, layer, unit)[1]
    if layer == 0:
        return f"The feature {text}, as the network is given it"
    if layer < state.network.depth:
        return f"What unit {unit + 1} of layer {layer} computes"
    classes = state.data.dataset.classes
    if not classes:
        return f"The network’s output for {state.data.dataset.target}"
    return f"The network’s probability of “{classes[unit] if len(classes) > 2 else classes[1]}”"
