"""What moves entries and computes nothing: transposes, reshapes, indexing, joining, windows.

An index is data: a tuple of items, each a slice (start, stop, step), a whole number, None, the
number of an input that holds an index, or `arange(n)`.
"""

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.arrays.rows import ArrayRow, Parameters, argument, made, row
from backprop.engine.arrays.shapes import Shape, check_axes, counted, resolved, shape_text
from backprop.engine.errors import ShapeError

LETTERS = "ijkl"  # what index inputs are called in a row's texts


class Slice(NamedTuple):
    """An item of an index that takes several entries: start:stop:step."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None

    def indices(self, n: int) -> range:
        """Return the entries it takes of n."""
        return range(*slice(*self).indices(n))


class At(NamedTuple):
    """An item of an index that is the n-th index input."""

    which: int


class Count(NamedTuple):
    """An item of an index that is arange(n)."""

    n: int


Item = Slice | int | None | At | Count


@row("T")
def turned(_parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """All axes in the other order; of two axes both words mean the same."""
    (shape,) = shapes
    back = "g.T" if len(shape) < 3 else f"transpose(g, {tuple(reversed(range(len(shape))))})"
    value = "x.T" if len(shape) < 3 else back.replace("(g", "(x")
    codes = ("x.T", "g.T") if shape else ("x", "g")  # a number has no .T
    return _made("T", "transpose", value, codes[0], (back, codes[1]), shapes, shape[::-1])


@row("mT")
def matrices_turned(_parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The last two axes exchanged."""
    (shape,) = shapes
    if len(shape) < 2:
        raise ShapeError(f"{shape_text(shape)} has fewer than two axes: .mT turns the last two.")
    turned = (*shape[:-2], shape[-1], shape[-2])
    return _made("mT", "transpose of each matrix", "x.mT", "x.mT", ("g.mT", "g.mT"), shapes, turned)


@row("transpose")
def transpose(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The axes in a given order; the product puts them back."""
    (order,), (shape,) = parameters, shapes
    if sorted(each % max(len(shape), 1) for each in order) != list(range(len(shape))):
        what = f"transpose: {tuple(order)} does not name each axis of {shape_text(shape)} once."
        raise ShapeError(what, hint=f"It has {len(shape)}, counted from 0.")
    order = tuple(each % len(shape) for each in order)
    back = tuple(order.index(each) for each in range(len(shape)))
    return _made(
        "transpose", "transpose", f"transpose(x, {order})",
        f"x.transpose({order})" if shape else "x",
        (f"transpose(g, {back})", f"g.transpose({back})" if shape else "g"), shapes,
        tuple(shape[i] for i in order),
    )  # fmt: skip


@row("reshape")
def reshape(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The same entries in another shape; one length may be −1."""
    (wanted,), (shape,) = parameters, shapes
    new = check_axes(resolved(wanted, prod(shape), shape))
    return _made(
        "reshape", "reshape", f"reshape(x, {argument(new)})", _reshaped("x", shape, new),
        (f"reshape(g, {argument(shape)})", _reshaped("g", new, shape)), shapes, new,
    )  # fmt: skip


def _reshaped(name: str, old: Shape, new: Shape) -> str:
    """Return the code of a reshape; what has no axes may be a float, which has no .reshape."""
    return f"{name}.reshape({argument(new)})" if old else f"reshape({name}, {argument(new)})"


def _made(
    name: str,
    title: str,
    value: str,
    code: str,
    product: tuple[str, str],
    shapes: tuple[Shape, ...],
    shape: Shape,
) -> ArrayRow:
    """Return the row of what only moves the entries of one array: it costs next to nothing."""
    return made(name, title, ("x",), value, code, (product,), shapes, shape)


def index_text(items: Sequence[Item], letters: Sequence[str] = LETTERS) -> str:
    """Return an index as it stands in brackets: ":, 0:3", "arange(4), i"."""
    return ", ".join(_item_text(item, letters) for item in items)


def _item_text(item: Item, letters: Sequence[str]) -> str:
    if isinstance(item, At):
        return letters[item.which]
    if isinstance(item, Count):
        return f"arange({item.n})"
    if isinstance(item, Slice):
        start, stop, step = (
            "" if i is None else str(i) for i in (item.start, item.stop, item.step)
        )
        return f"{start}:{stop}" + f":{step}" * bool(step)
    return str(item)


def _indexed(items: Sequence[Item], shape: Shape, indices: Sequence[Shape]) -> Shape:
    """Return the shape of x[I].

    Raises:
        ShapeError: a number or a slice is outside, or there are more items than axes.
    """
    axis = 0
    for item in items:
        if item is None:
            continue
        if axis == len(shape):
            count = sum(each is not None for each in items)
            axes = f"{shape_text(shape)} has {axis}" if axis else "this is a number: it has none"
            named = counted(count, "axis", "axes")
            raise ShapeError(f"[{index_text(items)}] names {named}, and {axes}.")
        n = shape[axis]
        if isinstance(item, int) and not -n <= item < n:
            hint = f"Entries are counted from 0, so the last is {n - 1}."
            raise ShapeError(f"Index {item} is outside: axis {axis} has {n}.", hint=hint)
        if isinstance(item, Slice) and not item.indices(n):
            what = f"[{_item_text(item, LETTERS)}] is empty: axis {axis} has {n}."
            raise ShapeError(what, hint="A slice takes at least one entry.")
        if isinstance(item, Count) and item.n > n:
            raise ShapeError(f"Index {item.n - 1} is outside: axis {axis} has {n}.")
        axis += 1
    here = [_zero_index(item, indices) for item in items]
    try:
        taken: Shape = np.broadcast_to(np.float64(0), shape)[tuple(here)].shape
        return taken
    except IndexError:
        listed = " and ".join(shape_text(each) for each in indices)
        raise ShapeError(f"The indices in [{index_text(items)}] do not fit: {listed}.") from None


def _zero_index(item: Item, indices: Sequence[Shape]) -> Any:
    if isinstance(item, At):
        return np.zeros(indices[item.which], int)
    if isinstance(item, Slice):
        return slice(*item)
    return np.zeros(item.n, int) if isinstance(item, Count) else item


@row("index")
def index(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """x[I]; the product puts g back where it was taken from, and adds where I names one twice."""
    (items,), (shape, *indices) = parameters, shapes
    result = check_axes(_indexed(items, shape, indices))
    letters = LETTERS[: len(indices)]
    text = index_text(items)
    if all(item is None or item == Slice() for item in items):  # no entry moves
        product = f"reshape(g, {argument(shape)})", _reshaped("g", result, shape)
    elif any(isinstance(item, At | Count) for item in items):
        product = f"placed(g, x, s_[{text}])", f"placed(g, x, s_[{text}])"
    else:
        product = f"placed(g, x, s_[{text}])", f"put_at(g, {shape}, s_[{text}])"
    return made(
        "index", "entries", ("x", *letters), f"x[{text}]",
        f"x[{text}]" if shape else _reshaped("x", shape, result),
        [product, *[("", "")] * len(indices)], shapes, result, work=prod(result),
    )  # fmt: skip


@row("placed")
def placed(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Zeros shaped like y, to which x is added at I; the product reads g there."""
    (items,), (given, shape, *indices) = parameters, shapes
    text, letters = index_text(items), LETTERS[: len(indices)]
    inside = _indexed(items, shape, indices)
    if given != inside:
        what = f"placed: {shape_text(given)} does not fit: [{text}] has {shape_text(inside)}."
        raise ShapeError(what)
    return made(
        "placed", "entries put back", ("x", "y", *letters), f"placed(x, y, s_[{text}])",
        f"placed(x, y, s_[{text}])", [(f"g[{text}]",) * 2, *[("", "")] * (1 + len(indices))],
        shapes, shape, work=prod(shape),
    )  # fmt: skip


@row("concat")
def concat(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Arrays joined along an axis they have; each gets back its slice of g."""
    (axis,) = parameters
    first = shapes[0]
    if not first or not -len(first) <= axis < len(first):
        raise ShapeError(
            f"axis={axis} is not there: the arrays have {counted(len(first), 'axis', 'axes')}."
        )
    axis %= len(first)
    for each in shapes[1:]:
        if len(each) != len(first) or any(
            a != b for i, (a, b) in enumerate(zip(first, each, strict=True)) if i != axis
        ):
            what = (
                f"concat: {shape_text(first)} and {shape_text(each)} do not fit along axis {axis}."
            )
            raise ShapeError(what, hint="All other lengths must be equal.")
    products, start = [], 0
    for each in shapes:
        text = "g[" + ":, " * axis + f"{start}:{start + each[axis]}]"
        products.append((text, text))
        start += each[axis]
    shape = (*first[:axis], start, *first[axis + 1 :])
    return _joined("concat", axis, products, shapes, shape)


@row("stack")
def stack(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Arrays of one shape, joined along a new axis."""
    (axis,) = parameters
    first = shapes[0]
    if any(each != first for each in shapes):
        other = next(each for each in shapes if each != first)
        raise ShapeError(f"stack: {shape_text(first)} and {shape_text(other)} differ.")
    if not -len(first) - 1 <= axis <= len(first):
        raise ShapeError(f"axis={axis} is not there: the result has {len(first) + 1} axes.")
    axis %= len(first) + 1
    texts = ["g[" + ":, " * axis + f"{k}]" for k in range(len(shapes))]
    shape = check_axes((*first[:axis], len(shapes), *first[axis:]))
    return _joined("stack", axis, [(text, text) for text in texts], shapes, shape)


def _joined(
    name: str,
    axis: int,
    products: Sequence[tuple[str, str]],
    shapes: tuple[Shape, ...],
    shape: Shape,
) -> ArrayRow:
    letters = tuple(f"x{k}" for k in range(len(shapes)))
    listed = ", ".join(letters) + "," * (len(letters) == 1)
    return made(
        name, "arrays joined", letters, f"{name}(({listed}), axis={axis})",
        f"{name}(({listed}), {axis})", products, shapes, shape,
    )  # fmt: skip


@row("pad")
def pad(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """X with zeros around it; the product cuts them off."""
    (width,), (shape,) = parameters, shapes
    if len(width) != len(shape) or any(len(each) != 2 or min(each) < 0 for each in width):
        hint = f"{shape_text(shape)} has {len(shape)} axes: say (before, after) for each."
        raise ShapeError("pad: the widths do not fit.", hint=hint)
    inner = ", ".join(
        ":" if (before, after) == (0, 0) else f"{before}:{before + n}"
        for n, (before, after) in zip(shape, width, strict=True)
    )
    grown = tuple(n + before + after for n, (before, after) in zip(shape, width, strict=True))
    return _made("pad", "zeros around", f"pad(x, {width})", f"put_at(x, {grown}, s_[{inner}])",
                 (f"g[{inner}]",) * 2, shapes, grown)  # fmt: skip


@row("windows")
def windows(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The windows of the last axes, each stride-th: [.., rows, columns, height, width]."""
    (size, stride), (shape,) = parameters, shapes
    result = check_axes(_windowed(size, stride, shape))
    arguments = f"{argument(size)}, {argument(stride)}"
    places = f"flat_places_of_windows({shape}, {argument(size)}, {argument(stride)})"
    back = f"count_up({places}, g.ravel(), {prod(shape)}).reshape({shape})"
    code = f"x.take(places_of_windows({shape}, {argument(size)}, {argument(stride)}))"
    return _made(
        "windows", "windows", f"windows(x, {arguments})", code,
        (f"overlap_add(g, x, {arguments})", back), shapes, result,
    )  # fmt: skip


def _windowed(size: Sequence[int], stride: Sequence[int], shape: Shape) -> Shape:
    if len(size) != len(stride) or len(size) > len(shape):
        what = f"A window of {shape_text(size)} by steps of {shape_text(stride)} does not fit."
        raise ShapeError(what, hint=f"The array is {shape_text(shape)}.")
    if min((*size, *stride)) < 1:
        raise ShapeError("The sizes and strides of windows are 1 or more.")
    last = shape[len(shape) - len(size) :]
    if any(n < k for n, k in zip(last, size, strict=True)):
        what = f"A window of {shape_text(size)} does not fit into {shape_text(last)}."
        raise ShapeError(what, hint="Pad the array, or take a smaller window.")
    counts = tuple((n - k) // s + 1 for n, k, s in zip(last, size, stride, strict=True))
    return (*shape[: len(shape) - len(size)], *counts, *size)


@row("overlap_add")
def overlap_add(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Zeros shaped like y, to which each window of x is added where it was taken from."""
    (size, stride), (given, shape) = parameters, shapes
    if given != _windowed(size, stride, shape):
        raise ShapeError(f"overlap_add: {shape_text(given)} are no windows of {shape_text(shape)}.")
    arguments = f"{argument(size)}, {argument(stride)}"
    return made(
        "overlap_add", "windows put back", ("x", "y"), f"overlap_add(x, y, {arguments})",
        f"overlap_add(x, y, {arguments})", [(f"windows(g, {arguments})",) * 2, ("", "")],
        shapes, shape,
    )  # fmt: skip


@row("steady")
def steady(parameters: Parameters, _shapes: tuple[Shape, ...]) -> ArrayRow:
    """An array that depends on nothing: the identity, a triangle of ones, ones, zeros."""
    name, size = parameters
    shape = check_axes((size, size) if name in ("eye", "tri") else tuple(size))
    text = f"{name}({size})" if name in ("eye", "tri") else f"{name}({argument(shape)})"
    return made(name, "steady array", (), text, text, (), (), shape)
