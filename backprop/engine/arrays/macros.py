"""Composites: words that stand for several lines of the language.

A macro is a function from parameters and shapes to lines, `name = expression`, the last without a
name. Some words are rows as well: closed they have the textbook's short product, opened these
lines, and a test holds the two equal.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from backprop.engine.arrays.shapes import Shape, chosen_axes, shape_text
from backprop.engine.errors import ShapeError

Lines = tuple[str, ...]
Macro = Callable[[tuple[Any, ...], tuple[Shape, ...]], Lines]

CONVOLUTIONS = {1: "nchi,oci->noh", 2: "nchwij,ocij->nohw"}


def _said(axis: int | tuple[int, ...] | None, shape: Shape) -> int | tuple[int, ...]:
    """Return the axes that are meant, counted from 0; one alone as a number."""
    axes = chosen_axes(axis, shape)
    return axes[0] if len(axes) == 1 else axes


def _standardize(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    axis, eps = parameters
    along = f"axis={_said(axis, shapes[0])}, keepdims=True"
    return (
        f"mu = mean(x, {along})",
        "C = x - mu",
        f"v = mean(C ** 2, {along})",
        f"s = sqrt(v + {eps!r})",
        "C / s",
    )


def _norm(axis: int | tuple[int, ...], gain: str, bias: str, eps: float) -> Lines:
    return (f"H = standardize(x, axis={axis}, eps={eps!r})", f"H * {gain} + {bias}")


def _layer_norm(parameters: tuple[Any, ...], _shapes: tuple[Shape, ...]) -> Lines:
    return _norm(-1, "gain", "bias", parameters[0])


def _batch_norm(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    """Over the batch; of images, [n, channels, height, width], over the places too."""
    rest = len(shapes[0]) - 2
    if rest < 0:
        raise ShapeError(f"batch_norm: {shape_text(shapes[0])} is no batch.")
    if not rest:
        return _norm(0, "gain", "bias", parameters[0])
    ahead = f"[{', '.join([':', *['None'] * rest])}]"
    return _norm((0, *range(2, rest + 2)), f"gain{ahead}", f"bias{ahead}", parameters[0])


def _opened_norm(closed: Macro) -> Macro:
    """Return the lines of a norm with those of its standardizing in place of that word."""

    def opened(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
        first, last = closed(parameters, shapes)
        axis = first.partition("axis=")[2].partition(", eps")[0]
        axes = tuple(map(int, axis.strip("()").split(",")))
        lines = _standardize((axes, parameters[0]), shapes)
        return (*lines[:-1], f"H = {lines[-1]}", last)

    return opened


def _softmax(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    along = f"axis={_said(parameters[0], shapes[0])}, keepdims=True"
    return (f"m = stop(max(x, {along}))", "e = exp(x - m)", f"s = sum(e, {along})", "e / s")


def _log_softmax(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    along = f"axis={_said(parameters[0], shapes[0])}, keepdims=True"
    lines = (f"m = stop(max(x, {along}))", "d = x - m", f"s = sum(exp(d), {along})")
    return (*lines, "d - log(s)")


def _logsumexp(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    axis, keepdims = parameters
    said = _said(axis, shapes[0])
    kept, ending = f"axis={said}, keepdims=True", f"axis={said}" + ", keepdims=True" * keepdims
    last = "m" if keepdims else f"sum(m, axis={said})"
    return (f"m = stop(max(x, {kept}))", f"s = sum(exp(x - m), {ending})", f"log(s) + {last}")


def _cross_entropy(_parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    scores, y = shapes
    last, rows = len(scores) - 1, prod(scores[:-1])
    if y == scores:
        return (f"P = log_softmax(x, axis={last})", f"-sum(y * P) / {rows}")
    if last == 1:
        return ("P = log_softmax(x, axis=1)", f"-mean(P[arange({rows}), y])")
    return (f"P = log_softmax(x, axis={last})", f"-sum(eye({scores[-1]})[y] * P) / {rows}")


def _var(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    axis, keepdims = parameters
    said = _said(axis, shapes[0])
    ending = f"axis={said}" + ", keepdims=True" * keepdims
    return (f"mu = mean(x, axis={said}, keepdims=True)", "C = x - mu", f"mean(C ** 2, {ending})")


def _linear(_parameters: tuple[Any, ...], _shapes: tuple[Shape, ...]) -> Lines:
    return ("x @ W.T + b",)


def _silu(_parameters: tuple[Any, ...], _shapes: tuple[Shape, ...]) -> Lines:
    return ("s = sigmoid(x)", "x * s")


def _gelu_tanh(_parameters: tuple[Any, ...], _shapes: tuple[Shape, ...]) -> Lines:
    return ("u = sqrt(2 / pi) * (x + 0.044715 * x ** 3)", "t = tanh(u)", "0.5 * x * (1 + t)")


def _attention(_parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    """Each query's mix of values, by how well its key fits; masked places get a score of −∞."""
    q = shapes[0]
    if min(map(len, shapes[:3])) < 2:
        raise ShapeError(
            "attention: queries, keys and values are rows: they have two axes at least."
        )
    scores = (f"S = q @ k.mT / sqrt({q[-1]})",)
    if len(shapes) == 4:
        return (*scores, "M = where(mask, S, -inf)", "P = softmax(M)", "P @ v")
    return (*scores, "P = softmax(S)", "P @ v")


def _cell(_parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> int:
    h, W = shapes[1], shapes[3]
    if W[0] != 4 * h[-1]:
        what = f"lstm_cell: W has {W[0]} rows, and a cell of {h[-1]} has 4·{h[-1]}."
        raise ShapeError(what, hint="Its four gates stand below one another: i, f, g, o.")
    return h[-1]


def _lstm_state(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    """The new cell: what the forget gate keeps, and what the input gate lets in.

    Source: Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000).
    """
    n = _cell(parameters, shapes)
    return (
        "Z = x @ W.T + h @ U.T + b",
        f"i = sigmoid(Z[:, 0:{n}])",
        f"f = sigmoid(Z[:, {n}:{2 * n}])",
        f"g = tanh(Z[:, {2 * n}:{3 * n}])",
        "f * c + i * g",
    )


def _lstm_output(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
    """What the cell shows: tanh of the new state, through the output gate."""
    n = _cell(parameters, shapes)
    return (
        "Z = x @ W.T + h @ U.T + b",
        f"o = sigmoid(Z[:, {3 * n}:{4 * n}])",
        "o * tanh(c)",
    )


def _convolution(axes: int) -> Macro:
    """Return the macro of a convolution over the last axes: windows, times the filters, summed."""

    def convolution(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
        stride, padding = (_each(part, axes) for part in parameters)
        x, w = shapes
        if len(x) != axes + 2 or len(w) != axes + 2:
            kind = "[n, channels, length]" if axes == 1 else "[n, channels, height, width]"
            what = f"conv{axes}d: {shape_text(x)} and {shape_text(w)} do not fit."
            raise ShapeError(what, hint=f"It takes {kind}, and filters [out, channels, …].")
        if x[1] != w[1]:
            what = (
                f"conv{axes}d: {shape_text(x)} has {x[1]} channels, {shape_text(w)} takes {w[1]}."
            )
            raise ShapeError(what, hint="Axis 1 of both is the channels.")
        width = ((0, 0), (0, 0), *((p, p) for p in padding))
        padded = (f"p = pad(x, {width})",) if any(padding) else ()
        read = f"D = windows({'p' if padded else 'x'}, {w[2:]}, {stride})"
        return (*padded, read, f'einsum("{CONVOLUTIONS[axes]}", D, w)')

    return convolution


def _pooling(axes: int, last: str) -> Macro:
    """Return the macro of a pooling over the last axes."""

    def pooling(parameters: tuple[Any, ...], shapes: tuple[Shape, ...]) -> Lines:
        size, stride = parameters
        size = _each(size, axes)
        stride = _each(size if stride is None else stride, axes)
        axis = tuple(range(len(shapes[0]), len(shapes[0]) + axes))
        said = axis[0] if axes == 1 else axis
        return (f"D = windows(x, {size}, {stride})", last.format(said))

    return pooling


def _each(number: int | Sequence[int], axes: int) -> tuple[int, ...]:
    if isinstance(number, int):
        return (number,) * axes
    if len(number) != axes:
        raise ShapeError(f"{tuple(number)} names {len(number)} axes, not {axes}.")
    return tuple(number)


MACROS: dict[str, Macro] = {  # always built of lines
    "linear": _linear,
    "layer_norm": _layer_norm,
    "batch_norm": _batch_norm,
    "attention": _attention,
    **{f"conv{n}d": _convolution(n) for n in (1, 2)},
    **{f"max_pool{n}d": _pooling(n, "first_max(D, axis={})") for n in (1, 2)},
    **{f"avg_pool{n}d": _pooling(n, "mean(D, axis={})") for n in (1, 2)},
    "lstm_state": _lstm_state,
    "lstm_output": _lstm_output,
}
OPENED: dict[str, Macro] = {  # the lines of what is opened
    **MACROS,
    "layer_norm": _opened_norm(_layer_norm),
    "batch_norm": _opened_norm(_batch_norm),
    **{"softmax": _softmax, "log_softmax": _log_softmax, "logsumexp": _logsumexp},
    **{"cross_entropy": _cross_entropy, "standardize": _standardize, "var": _var},
    **{"silu": _silu, "gelu_tanh": _gelu_tanh},
}
CELL = "Write h, c = lstm_cell(x, h, c, W, U, b)."
TWO_RESULTS = {"lstm_cell": ("lstm_output", "lstm_state")}  # h, c; c is made first
