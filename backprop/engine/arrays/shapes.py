"""Shapes: how they are written, whether they fit, and what would.

All shapes of a program are known before anything is run; so what does not fit is said in words,
with both shapes, and costs nothing.
"""

from collections.abc import Sequence
from math import prod

from backprop.engine.errors import LimitError, ShapeError

Shape = tuple[int, ...]

AXES = 6


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as it stands on the screen: 4×3, or 1 for a number."""
    return "×".join(map(str, shape)) or "1"


def counted(n: int, one: str, several: str) -> str:
    """Return how many: 1 axis, 2 axes."""
    return f"{n} {one if n == 1 else several}"


def broadcast(sign: str, *shapes: Shape) -> Shape:
    """Return the shape of an operation entry by entry, by NumPy's rule.

    Raises:
        ShapeError: two lengths of an axis differ, and neither is 1.
    """
    if all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    result: list[int] = []
    for back in range(1, max(map(len, shapes)) + 1):
        lengths = {shape[-back] for shape in shapes if len(shape) >= back} - {1}
        if len(lengths) > 1:
            raise _misfit(sign, shapes, back)
        result.append(lengths.pop() if lengths else 1)
    return tuple(reversed(result))


def _misfit(sign: str, shapes: Sequence[Shape], back: int) -> ShapeError:
    a, b = next(
        (a, b)
        for i, a in enumerate(shapes)
        for b in shapes[i + 1 :]
        if len(a) >= back and len(b) >= back and 1 not in (a[-back], b[-back])
        if a[-back] != b[-back]
    )
    what = f"{shape_text(a)} {sign} {shape_text(b)} does not fit: {a[-back]} and {b[-back]} differ."
    hint = ""
    for column, other in ((b, a), (a, b)):
        if len(column) == 1 and len(other) > 1 and column[0] == other[-2]:
            hint = "For a column write [:, None]."
    if not hint and len(a) == len(b) == 2 and a == b[::-1]:
        hint = "Did you mean .T on one of them?"
    return ShapeError(what, hint=hint or "Lengths must be equal, or 1, from the last axis on.")


def matmul_shape(x: Shape, y: Shape) -> Shape:
    """Return the shape of x @ y.

    Raises:
        ShapeError: the inner lengths differ, or one of them is a number.
    """
    if not x or not y:
        side = "left" if not x else "right"
        what = f"{shape_text(x)} @ {shape_text(y)} does not fit: on the {side} is a number."
        raise ShapeError(what, hint="Numbers are multiplied with *.")
    inner = y[-2] if len(y) > 1 else y[0]
    if x[-1] != inner:
        what = f"{shape_text(x)} @ {shape_text(y)} does not fit: {x[-1]} and {inner} differ."
        raise ShapeError(what, hint=_turned(x, y))
    ahead = broadcast("@", x[:-2], y[:-2]) if len(x) > 2 or len(y) > 2 else ()
    return (*ahead, *x[-2:-1], *(y[-1:] if len(y) > 1 else ()))


def _turned(x: Shape, y: Shape) -> str:
    """Return which transpose would make a product fit."""
    right = len(y) > 1 and y[-1] == x[-1]
    left = len(x) > 1 and x[-2] == (y[-2] if len(y) > 1 else y[0])
    sides = [side for side, fits in (("right", right), ("left", left)) if fits]
    if not sides:
        return "The last length on the left must be the first on the right."
    word = ".T" if max(len(x), len(y)) < 3 else ".mT"
    return f"Did you mean {word} on the {' or the '.join(sides)}?"


def chosen_axes(axis: int | Sequence[int] | None, shape: Shape) -> tuple[int, ...]:
    """Return the axes that are meant, counted from 0, in order; None means all.

    Raises:
        ShapeError: the array has no such axis, or one is named twice.
    """
    if axis is None:
        return tuple(range(len(shape)))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for each in axes:
        if not -len(shape) <= each < len(shape):
            count = f"the array has {counted(len(shape), 'axis', 'axes')}"
            count = count if shape else "a number has none"
            what = f"axis={each} is not there: {count}."
            hint = f"Its shape is {shape_text(shape)}; axes are counted from 0." if shape else ""
            raise ShapeError(what, hint=hint)
    result = tuple(sorted(each % len(shape) for each in axes))
    if len(set(result)) < len(result):
        raise ShapeError("An axis is named twice.", hint=f"The axes are {axes}.")
    return result


def reduced(shape: Shape, axes: Sequence[int], keepdims: bool) -> Shape:
    """Return what a sum along axes leaves of a shape."""
    if keepdims:
        return tuple(1 if i in axes else n for i, n in enumerate(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def resolved(shape: Sequence[int], entries: int, of: Shape) -> Shape:
    """Return the shape of a reshape; one length may be −1: what is left.

    Raises:
        ShapeError: it has another number of entries.
    """
    known = prod(n for n in shape if n != -1)
    if list(shape).count(-1) == 1 and known and entries % known == 0:
        return tuple(entries // known if n == -1 else n for n in shape)
    if list(shape).count(-1) > 1 or any(n < -1 for n in shape):
        raise ShapeError("Of a shape, one length at most may be −1.")
    if known != entries or -1 in shape:
        what = f"{shape_text(of)} has {entries} entries, {shape_text(shape)} has {known}."
        if -1 in shape:
            what = f"{shape_text(of)} has {entries} entries, which are no multiple of {known}."
        raise ShapeError(what, hint="A reshape keeps all entries, in their order.")
    return tuple(shape)


def check_axes(shape: Shape) -> Shape:
    """Return a shape, if it has not too many axes and something on each.

    Raises:
        LimitError: it has more than six.
        ShapeError: a length is below 1.
    """
    if any(n < 1 for n in shape):
        raise ShapeError(f"{shape_text(shape)} is no shape: lengths are 1 or more.")
    if len(shape) > AXES:
        what = f"{shape_text(shape)} has {len(shape)} axes."
        raise LimitError(what, hint=f"At most {AXES} are possible.")
    return shape
