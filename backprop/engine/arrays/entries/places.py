"""Where an entry of a part comes from: through what only moves, repeats or places entries."""

import ast
from math import prod
from typing import Any

import numpy as np

from backprop.engine.arrays.entries.frames import Frame
from backprop.engine.arrays.moving import Slice
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.trees import called

REPEATING = ("spread", "reshape", "broadcast_to")


def came_from(frame: Frame, tree: ast.expr, at: Shape) -> tuple[ast.expr, Shape] | None:
    """Return the part whose entry stands at an entry of what only moves entries, and its place."""
    match tree:
        case ast.Attribute(value=value, attr="T"):
            return value, at[::-1]
        case ast.Attribute(value=value, attr="mT"):
            return value, (*at[:-2], at[-1], at[-2])
        case ast.Call(args=[value, *_]) if called(tree) in REPEATING:
            return _repeated(frame, tree, value, at)
        case ast.Subscript(value=value):
            return _taken(frame, tree, value, at)
    return None


def _repeated(frame: Frame, tree: ast.Call, value: ast.expr, at: Shape) -> tuple[ast.expr, Shape]:
    """Return where an entry of spread, reshape or broadcast_to comes from."""
    shape, wide = frame.shape_of(value), frame.shape_of(tree)
    if called(tree) == "broadcast_to":
        return value, narrowed(shape, at)
    places = np.arange(prod(shape)).reshape(shape)
    if called(tree) == "reshape":
        spread = places.reshape(wide)
    else:
        axis, keepdims = frame.parameters(tree)
        gone = range(len(wide)) if axis is None else np.atleast_1d(axis) % max(len(wide), 1)
        kept = places if keepdims else np.expand_dims(places, tuple(map(int, gone)))
        spread = np.broadcast_to(kept, wide)
    return value, _place(int(spread[at]), shape)


def _taken(
    frame: Frame, tree: ast.expr, value: ast.expr, at: Shape
) -> tuple[ast.expr, Shape] | None:
    """Return where an entry of x[1:3, None] comes from, if the index says it without arrays."""
    index = steady_index(frame, tree)
    if index is None:
        return None
    shape = frame.shape_of(value)
    places = np.arange(prod(shape)).reshape(shape)[index]
    return value, _place(int(places[at]), shape)


def steady_index(frame: Frame, tree: ast.expr) -> tuple[Any, ...] | None:
    """Return the index of x[…] or placed(…), if no array of whole numbers is in it."""
    (items,) = frame.parameters(tree)
    if not all(item is None or isinstance(item, int | Slice) for item in items):
        return None
    return tuple(slice(*item) if isinstance(item, Slice) else item for item in items)


def put(frame: Frame, tree: ast.Call, at: Shape, index: Any) -> Shape | None:
    """Return which entry of what is placed stands at an entry, if one does.

    Args:
        frame: of the text.
        tree: placed(x, y, s_[…]).
        at: the entry.
        index: what stands in its brackets.
    """
    shape, wide = frame.shape_of(tree.args[0]), frame.shape_of(tree)
    places = np.full(wide, -1)
    places[index] = np.arange(prod(shape)).reshape(shape)
    found = int(places[at])
    return _place(found, shape) if found >= 0 else None


def _place(number: int, shape: Shape) -> Shape:
    """Return the place of an array's n-th entry."""
    return tuple(map(int, np.unravel_index(number, shape))) if shape else ()


def narrowed(shape: Shape, at: Shape) -> Shape:
    """Return the entry of an array that is used at an entry of what it is broadcast to."""
    last = at[len(at) - len(shape) :]
    return tuple(0 if n == 1 else i for i, n in zip(last, shape, strict=True))
