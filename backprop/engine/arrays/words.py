"""The words of the language, as NumPy computes them.

Each value and each product of a row is text in these words, so the texts run as they stand; what
rows compute in their place (their codes) is the same for shapes that are known, with fewer calls.
Entries are counted from 0, an axis may be negative, a comparison is a truth that counts 1 or 0.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import inf, prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backprop.engine.compiled.rules import ARRAYS, Dialect

Axis = int | tuple[int, ...] | None


def fit(g: Any, x: Any) -> Any:
    """Return g summed to x's shape: what broadcasting x made of it, undone."""
    wide, narrow = np.shape(g), np.shape(x)
    ahead = len(wide) - len(narrow)
    stretched = [ahead + i for i, n in enumerate(narrow) if n == 1 and wide[ahead + i] > 1]
    axes = (*range(ahead), *stretched)
    return np.reshape(np.add.reduce(g, axis=axes), narrow) if axes else g


def spread(g: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:  # noqa: ARG001 - g shows it
    """Return g repeated along the axes of x that a sum took away, or left as 1: x's shape."""
    shape = np.shape(x)
    kept = [1 if i in whole(axis, len(shape)) else n for i, n in enumerate(shape)]
    return np.broadcast_to(np.reshape(g, kept), shape)


def whole(axis: Axis, axes: int) -> tuple[int, ...]:
    """Return the axes that are meant, from 0, in order; None means all."""
    if axis is None:
        return tuple(range(axes))
    chosen = (axis,) if isinstance(axis, int) else axis
    return tuple(sorted(i % axes for i in chosen))


def placed(g: Any, x: Any, index: Any) -> Any:
    """Return zeros like x to which g is added at an index; an entry named twice gets both."""
    result = np.zeros(np.shape(x))
    np.add.at(result, index, g)
    return result


def peaks(x: Any, axis: Axis = None) -> Any:
    """Return, for each entry, whether it is the largest along axes, shared evenly by equals."""
    largest = x == np.maximum.reduce(x, axis=whole(axis, np.ndim(x)), keepdims=True)
    return largest / np.add.reduce(largest, axis=whole(axis, np.ndim(x)), keepdims=True)


def lows(x: Any, axis: Axis = None) -> Any:
    """Return, for each entry, whether it is the smallest along axes, shared evenly by equals."""
    return peaks(np.negative(x), axis)


def first_peak(x: Any, axis: Axis = None) -> Any:
    """Return 1 at the first of the largest entries along axes, 0 elsewhere."""
    axes = whole(axis, np.ndim(x))
    rest = [i for i in range(np.ndim(x)) if i not in axes]
    turned = np.transpose(x, (*rest, *axes))
    flat = turned.reshape(*turned.shape[: len(rest)], -1)
    chosen = np.zeros(flat.shape)
    np.put_along_axis(chosen, flat.argmax(axis=-1)[..., None], 1.0, axis=-1)
    return chosen.reshape(turned.shape).transpose(np.argsort((*rest, *axes)))


def first_max(x: Any, axis: Axis = None) -> Any:
    """Return the largest along axes; the first of equals gets the gradient, as in pooling."""
    return np.maximum.reduce(x, axis=whole(axis, np.ndim(x)))


def windows(x: Any, size: Sequence[int], stride: Sequence[int]) -> Any:
    """Return the windows of the last axes: [.., rows, columns, height, width] for two of them."""
    axes = tuple(range(np.ndim(x) - len(size), np.ndim(x)))
    every = sliding_window_view(x, tuple(size), axis=axes)
    steps = tuple(slice(None, None, step) for step in stride)
    chosen: Any = (..., *steps, *(slice(None),) * len(size))
    return every[chosen]


def put_at(g: Any, shape: tuple[int, ...], index: Any) -> Any:
    """Return zeros of a shape with g at an index that names no entry twice."""
    result = np.zeros(shape)
    result[index] = g
    return result


def overlap_add(g: Any, x: Any, size: Sequence[int], stride: Sequence[int]) -> Any:
    """Return zeros like x to which each window of g is added where it was taken from."""
    places = flat_places_of_windows(np.shape(x), tuple(size), tuple(stride))
    return count_up(places, np.ravel(g), np.size(x)).reshape(np.shape(x))


def count_up(places: Any, weights: Any, n: int) -> Any:
    """Return, for each of n places, the sum of the weights that name it."""
    return np.bincount(places, weights, n)


@lru_cache(maxsize=64)
def places_of_windows(
    shape: tuple[int, ...], size: tuple[int, ...], stride: tuple[int, ...]
) -> Any:
    """Return, for each entry of the windows of an array, its place in the flat array."""
    return _still(np.array(windows(np.arange(prod(shape)).reshape(shape), size, stride)))


@lru_cache(maxsize=64)
def flat_places_of_windows(
    shape: tuple[int, ...], size: tuple[int, ...], stride: tuple[int, ...]
) -> Any:
    """Return the same, flat."""
    return _still(places_of_windows(shape, size, stride).ravel())


def put_at_first(g: Any, x: Any, rows: int, n: int) -> Any:
    """Return zeros like x, with each g where the largest of its n entries of x stands first."""
    result = np.zeros(rows * n)
    result[x.reshape(rows, n).argmax(1) + _starts(rows, n)] = g.ravel()
    return result.reshape(x.shape)


def take_at_first(t: Any, x: Any, rows: int, n: int) -> Any:
    """Return, of each n entries of t, the one that stands where x is largest, flat."""
    return t.ravel().take(x.reshape(rows, n).argmax(1) + _starts(rows, n))


@lru_cache(maxsize=64)
def _starts(rows: int, n: int) -> Any:
    return _still(np.arange(rows) * n)


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) / Σ exp(x) along an axis; the largest is taken away before."""
    raised = np.exp(x - np.maximum.reduce(x, axis=axis, keepdims=True))
    return raised / np.add.reduce(raised, axis=axis, keepdims=True)


def logsumexp(x: Any, axis: Axis = -1, keepdims: bool = False) -> Any:
    """Return ln Σ exp(x) along axes."""
    axes = whole(axis, np.ndim(x))
    peak = np.maximum.reduce(x, axis=axes, keepdims=True)
    peak = np.where(np.isinf(peak), 0.0, peak)
    result = np.log(np.add.reduce(np.exp(x - peak), axis=axes, keepdims=True)) + peak
    return result if keepdims else _squeezed(result, axes)


def _squeezed(x: Any, axes: tuple[int, ...]) -> Any:
    return np.squeeze(x, axis=axes)[()]


def log_softmax(x: Any, axis: int = -1) -> Any:
    """Return x − ln Σ exp(x) along an axis."""
    return x - logsumexp(x, axis, keepdims=True)


def cross_entropy(scores: Any, y: Any) -> Any:
    """Return the mean over rows of −ln softmax(scores) at the classes y, or weighted by a table."""
    logarithms = log_softmax(scores, -1)
    if np.ndim(y) < np.ndim(scores):
        chosen = np.take_along_axis(logarithms, np.asarray(y)[..., None], axis=-1)
        return -np.mean(chosen)
    return -np.add.reduce(y * logarithms, axis=None) / (np.size(scores) // np.shape(scores)[-1])


def deviation(x: Any, axis: Axis, eps: float) -> Any:
    """Return √(var(x) + eps) along axes, which stay as 1."""
    return np.sqrt(np.var(x, axis=whole(axis, np.ndim(x)), keepdims=True) + eps)


def standardize(x: Any, axis: Axis = -1, eps: float = 1e-5) -> Any:
    """Return (x − mean) / deviation along axes."""
    return (x - np.mean(x, axis=whole(axis, np.ndim(x)), keepdims=True)) / deviation(x, axis, eps)


def pad(x: Any, width: Sequence[Sequence[int]]) -> Any:
    """Return x with rows of 0 around it: ((before, after), …) for each axis."""
    sizes = [n + before + after for n, (before, after) in zip(np.shape(x), width, strict=True)]
    result = np.zeros(sizes)
    inner = (slice(a, a + n) for n, (a, _) in zip(np.shape(x), width, strict=True))
    result[tuple(inner)] = x
    return result


@lru_cache(maxsize=64)
def tri(n: int) -> Any:
    """Return ones on and below the diagonal, [n, n]: who may look at whom, in causal attention."""
    return _still(np.tri(n))


@lru_cache(maxsize=64)
def eye(n: int) -> Any:
    """Return the identity, [n, n]."""
    return _still(np.eye(n))


@lru_cache(maxsize=256)
def ones(*shape: Any) -> Any:
    """Return ones of a shape, said as numbers or as one tuple."""
    return _still(np.ones(shape[0] if shape and isinstance(shape[0], tuple) else shape))


@lru_cache(maxsize=64)
def zeros(*shape: Any) -> Any:
    """Return zeros of a shape, said as numbers or as one tuple."""
    return _still(np.zeros(shape[0] if shape and isinstance(shape[0], tuple) else shape))


@lru_cache(maxsize=64)
def arange(n: int) -> Any:
    """Return 0, 1 … n − 1, as an index."""
    return _still(np.arange(n))


def _still(x: Any) -> Any:
    x.setflags(write=False)
    return x


class _Slices:
    """`s_[:, 0]` is the index that stands in the brackets, as a value."""

    def __getitem__(self, index: Any) -> Any:
        return index


def _maximum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    return np.max(x, axis=axis, keepdims=keepdims)


def _minimum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    return np.min(x, axis=axis, keepdims=keepdims)


PROGRAMS = Dialect(
    "programs",
    dict(ARRAYS.functions)
    | {each.__name__: each for each in (fit, spread, placed, peaks, lows, first_peak, first_max)}
    | {each.__name__: each for each in (windows, overlap_add, softmax, log_softmax, logsumexp)}
    | {each.__name__: each for each in (cross_entropy, deviation, standardize, pad)}
    | {each.__name__: each for each in (tri, eye, ones, zeros, arange)}
    | {
        **{name: getattr(np, name) for name in ("sum", "mean", "var", "maximum", "minimum")},
        **{name: getattr(np, name) for name in ("reshape", "transpose", "broadcast_to")},
        **{"concat": np.concatenate, "stack": np.stack, "einsum": np.einsum},
        **{"max": _maximum, "min": _minimum, "stop": np.asarray, "inf": inf, "s_": _Slices()},
        # what codes call besides
        **{"largest_along": np.maximum.reduce, "least_along": np.minimum.reduce},
        **{"matmul": np.matmul, "put_at": put_at, "count_up": count_up},
        **{each.__name__: each for each in (places_of_windows, flat_places_of_windows)},
        "put_at_first": put_at_first,
        "take_at_first": take_at_first,
    },
    where=ARRAYS.where,
    rare=ARRAYS.rare,
    power="pow",
    number="({!r})",
    zero="float64({!r})",
    writes_out=False,
)
TYPED = Dialect("typed", {}, where=ARRAYS.where, power="", writes_out=False)  # to be read
