"""How arrays lie: weights (outputs, inputs) or the reverse, examples in rows or columns, classes.

Shapes tell most of it. What is square could be either way, and so can classes counted from 0 or
from 1: then every way is tried (at most 16, each one backward pass), and one that explains many
more of the gradient's entries is taken. The notes say what was turned.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from backprop.engine.network import OF_CLASSES, Network
from backprop.notation.names import name_list
from backprop.notation.submission.names import Sorted
from backprop.notation.submission.place import Array

OUT_IN, IN_OUT, ROWS, COLUMNS = "out_in", "in_out", "rows", "columns"
MOST_TRIED = 20_000_000  # parameters times examples, over all ways: about 50 ms
DECISIVE = 0.2  # of all entries: so many more must another way explain than the likeliest does
_CLOSE = 0.01  # of an array's largest entry: no print is coarser, and no other way comes so near


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody says of the layout; empty where the numbers must tell."""

    weights: str = ""
    examples: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to read what was brought.

    Attributes:
        turned: the weights that are transposed to be (outputs, inputs), with their gradients.
        data: which of X and Y are transposed to have an example in each row.
        first_class: the number of the first class, where Y holds such.
        squares: the weights whose shape could be either way.
        either: whether the examples' shapes could be either way.
    """

    turned: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    first_class: int = 0
    squares: tuple[str, ...] = ()
    either: bool = False

    @property
    def weights(self) -> str:
        """How square weights were read; empty where there are none."""
        return "" if not self.squares else IN_OUT if self.squares[0] in self.turned else OUT_IN

    @property
    def examples(self) -> str:
        """How the examples were read; empty where their shapes leave no choice."""
        return "" if not self.either else COLUMNS if "X" in self.data else ROWS


def possible_layouts(
    brought: Sorted, network: Network, ours: frozenset[str], wish: Wish, hints_in_out: bool
) -> list[Layout]:
    """Return the ways in which what was brought can be read, the likeliest first.

    Args:
        brought: arrays by our names; nothing is missing.
        network: what they belong to.
        ours: the names of parameters and data that are the numbers here.
        wish: what somebody says of the layout.
        hints_in_out: whether names say that weights are (inputs, outputs), as “kernel” does.
    """
    weights, squares = _weights(brought, network, ours, wish, hints_in_out)
    data = _data(brought, network, ours, wish)
    either = len(data) > 1
    if wish.examples:
        data = data[:1]
    classes = _first_classes(brought, network)
    return [
        Layout(turned, turned_data, first, squares, either)
        for turned, turned_data, first in product(weights, data, classes)
    ]


def _weights(
    brought: Sorted, network: Network, ours: frozenset[str], wish: Wish, hints_in_out: bool
) -> tuple[list[frozenset[str]], tuple[str, ...]]:
    turned: set[str] = set()
    straight: set[str] = set()
    squares: list[str] = []
    ours_too: list[str] = []
    for name, shape in network.shapes.items():
        if name[0] != "W" or shape == (1, 1):
            continue
        groups = (brought.gradient,) if name in ours else (brought.parameters, brought.gradient)
        shapes = {group[name][1].shape for group in groups if name in group}
        if shape[0] == shape[1]:
            (ours_too if name in ours else squares).append(name)
        elif shapes == {shape[::-1]}:
            turned.add(name)
        elif shape in shapes:
            straight.add(name)
    reverse = bool(turned) and not straight
    usual = {*turned, *squares, *ours_too} if reverse else {*turned}
    if not turned and not straight and hints_in_out:
        usual |= set(squares)
    other = (usual | set(squares)) if not usual & set(squares) else usual - set(squares)
    ways = [frozenset(usual), *([frozenset(other)] if squares else [])]
    if squares and wish.weights:
        wanted = wish.weights == IN_OUT
        ways = [way for way in ways if (squares[0] in way) == wanted]
    return ways, tuple(squares)


def _data(
    brought: Sorted, network: Network, ours: frozenset[str], wish: Wish
) -> list[frozenset[str]]:
    """Return which of X and Y may have to be transposed, the likeliest first."""
    ways_of: dict[str, list[tuple[bool, int]]] = {}  # transposed?, how many examples then; -1: any
    for name, width in (("X", network.sizes[0]), ("Y", network.sizes[-1])):
        shape = brought.data[name][1].shape
        ways = []
        if name in ours or len(shape) != 2:
            ways = [(False, shape[0] if len(shape) == 2 else -1)]
        else:
            if shape[1] == width:
                ways.append((False, shape[0]))
            if shape[0] == width and shape != (1, 1):
                ways.append((True, shape[1]))
        ways_of[name] = ways or [(False, -1)]
    pairs = [
        (x, y) for (x, n), (y, m) in product(ways_of["X"], ways_of["Y"]) if n == m or -1 in (n, m)
    ] or [(False, False)]
    pairs.sort(key=lambda pair: (pair[0] != pair[1], pair))
    if wish.examples:
        pairs.sort(key=lambda pair: pair[0] != (wish.examples == COLUMNS))
    return [frozenset(n for n, way in zip("XY", pair, strict=True) if way) for pair in pairs]


def holds_classes(network: Network, rows: int, Y: Array) -> bool:
    """Whether Y holds the number of a class for each example."""
    return network.loss in OF_CLASSES and network.sizes[-1] > 1 and Y.size == rows


def _first_classes(brought: Sorted, network: Network) -> Sequence[int]:
    Y, X = brought.data["Y"][1], brought.data["X"][1]
    outputs = network.sizes[-1]
    if not (X.ndim == 2 and any(holds_classes(network, n, Y) for n in X.shape)):
        return (0,)
    from_0 = bool(np.isin(Y, np.arange(outputs)).all())
    from_1 = bool(np.isin(Y, np.arange(1, outputs + 1)).all())
    return [first for first, fits in ((0, from_0), (1, from_1)) if fits] or (0,)


def turn_arrays(brought: Sorted, layout: Layout, network: Network, ours: frozenset[str]) -> Sorted:
    """Return what was brought with its arrays turned, without notes; ours stay as they are."""

    def turn(
        group: Mapping[str, tuple[str, Array]], which: frozenset[str]
    ) -> dict[str, tuple[str, Array]]:
        return {
            name: (given, array.T if name in which else array)
            for name, (given, array) in group.items()
        }

    return replace(
        brought,
        parameters=turn(brought.parameters, layout.turned - ours),
        gradient=turn(brought.gradient, layout.turned),
        data=turn(brought.data, layout.data),
        intermediates={
            name: (given, array.T if _lies_across(name, array, layout, network) else array)
            for name, (given, array) in brought.intermediates.items()
        },
        notes=[],
    )


def _lies_across(name: str, array: Array, layout: Layout, network: Network) -> bool:
    layer = int(name.lstrip("dZA"))
    units = network.sizes[layer] if layer <= network.depth else -1
    down = array.ndim == 2 and array.shape[0] == units
    return down and (array.shape[1] != units or layout.data == {"X", "Y"})


def count_explained(claimed: Mapping[str, Array], exact: Mapping[str, Array]) -> float:
    """Return how many entries of a gradient a way of reading explains.

    An array counts if it is the exact one as near as prints come, and by half if it is a multiple
    of it, for a factor is a slip and no layout.
    """
    count = 0.0
    with np.errstate(all="ignore"):
        for name, right in exact.items():
            largest = float(np.abs(right).max(initial=0.0))
            given = claimed[name]
            if not given.any():  # no factor, and right only where all are 0
                count += right.size * (largest == 0)
                continue
            if not 0 < largest < np.inf:
                continue
            if np.abs(given - right).max() <= _CLOSE * largest:
                count += right.size
                continue
            factor = float(np.sum(given * right) / np.sum(right * right))
            if np.abs(given - factor * right).max() <= _CLOSE * largest * abs(factor):
                count += (right.size - 1) / 2
    return count


def layout_notes(layout: Layout, likeliest: Layout) -> Iterator[str]:
    """Yield what was turned, in sentences."""
    if layout.turned:
        chosen = [name for name in layout.squares if name in layout.turned]
        plain = sorted(layout.turned - set(chosen))
        if plain:
            also = f", and so I read the square {name_list(chosen)} too" if chosen else ""
            yield (
                f"{name_list(plain)} {_is(plain)} (inputs, outputs){also}: "
                "I transposed weights and gradients."
            )
        elif layout.turned == likeliest.turned:
            yield (
                f"{name_list(chosen)} {_is(chosen)} square; I read rows as inputs, and "
                "transposed weights and gradients."
            )
    if layout.turned != likeliest.turned:
        names = list(layout.squares)
        way = "(inputs, outputs)" if names[0] in layout.turned else "(outputs, inputs)"
        yield (
            f"{name_list(names)} {_is(names)} square, and could be either way; the gradient fits "
            f"{'them' if len(names) > 1 else 'it'} as {way}, so I took that."
        )
    if layout.data:
        names = sorted(layout.data)
        fits = " Read so, the gradient fits." if layout.data != likeliest.data else ""
        yield f"{name_list(names)} {_has(names)} an example in each column; I transposed.{fits}"


def _is(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _has(names: Sequence[str]) -> str:
    return "have" if len(names) > 1 else "has"
