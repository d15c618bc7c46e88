"""Softmax and its kin, standardizing, cross-entropy: rows that textbooks know by a short product.

Each can be opened into lines as well (macros.py), and a test holds the two equal.
"""

from dataclasses import replace
from math import prod

from backprop.engine.arrays.reductions import (
    along,
    arguments_text,
    kept,
    reduce_code,
    spread_code,
)
from backprop.engine.arrays.rows import ArrayRow, Parameters, made, row
from backprop.engine.arrays.shapes import Shape, chosen_axes, reduced, shape_text
from backprop.engine.errors import ShapeError


def _raised(axes: tuple[int, ...], count: int) -> str:
    """Return the code of exp(x − the largest): large scores overflow exp."""
    return f"exp(x - {kept('largest_along', 'x', axes, count)})"


def _softmax_code(axes: tuple[int, ...], count: int) -> str:
    raised = _raised(axes, count)
    return f"{raised} / {kept('total', raised, axes, count)}"


def _curved(found: ArrayRow) -> ArrayRow:
    return replace(found, work=5 * found.work)


@row("softmax")
def softmax(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """exp(x) / Σ exp(x) along an axis.

    Source of the product: each share pₖ has ∂pₖ/∂xₗ = pₖ (δₖₗ − pₗ).
    """
    (axis,), (shape,) = parameters, shapes
    (axes, said), n = along(axis, shape), len(shape)
    text = f"out * (g - sum(g * out{arguments_text(said, True)}))"
    code = f"out * (g - {kept('total', 'g * out', axes, n)})"
    return _curved(
        made("softmax", "softmax", ("x",), f"softmax(x, {said})", _softmax_code(axes, n),
             [(text, code)], shapes, shape)
    )  # fmt: skip


@row("log_softmax")
def log_softmax(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """X − ln Σ exp(x) along an axis."""
    (axis,), (shape,) = parameters, shapes
    (axes, said), n = along(axis, shape), len(shape)
    peak, raised = kept("largest_along", "x", axes, n), _raised(axes, n)
    text = f"g - exp(out) * sum(g{arguments_text(said, True)})"
    code = f"g - {raised} / {kept('total', raised, axes, n)} * {kept('total', 'g', axes, n)}"
    return _curved(
        made("log_softmax", "logarithm of softmax", ("x",), f"log_softmax(x, {said})",
             f"x - {peak} - log({kept('total', raised, axes, n)})", [(text, code)], shapes, shape)
    )  # fmt: skip


@row("logsumexp")
def logsumexp(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """Ln Σ exp(x) along axes; its slopes are the shares of softmax."""
    (axis, keepdims), (shape,) = parameters, shapes
    (axes, said), n = along(axis, shape), len(shape)
    text, passed = spread_code("g", axes, keepdims, said, shape)
    total = reduce_code("total", _raised(axes, n), axes, n, keepdims)
    peak = reduce_code("largest_along", "x", axes, n, keepdims)
    value = f"logsumexp(x, {said}{', keepdims=True' * keepdims})"
    return _curved(
        made("logsumexp", "log-sum-exp", ("x",), value, f"log({total}) + {peak}",
             [(f"{text} * softmax(x, {said})", f"{passed} * ({_softmax_code(axes, n)})")],
             shapes, reduced(shape, axes, keepdims))
    )  # fmt: skip


@row("cross_entropy")
def cross_entropy(_parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """The mean over rows of −ln softmax at the true class: of indices y, or of a table of weights.

    Source of the product: Bishop (2006), eq. 4.109: softmax less target.
    """
    scores, y = shapes
    if not scores or y not in (scores, scores[:-1]):
        what = f"cross_entropy: scores of {shape_text(scores)} and targets of {shape_text(y)}."
        hint = "The targets are the class of each row, or a table shaped like the scores."
        raise ShapeError(what, hint=hint)
    rows, classes, last = prod(scores[:-1]), scores[-1], len(scores) - 1
    shares, axes, count = _softmax_code((last,), len(scores)), (last,), len(scores)
    peak, raised = kept("largest_along", "x", axes, count), _raised(axes, count)
    logs = f"(x - {peak} - log({kept('total', raised, axes, count)}))"
    if y == scores:
        weights = "sum(y, axis=-1, keepdims=True)"
        products = [
            (f"(softmax(x, {last}) * {weights} - y) * (g / {rows})",
             f"(({shares}) * {kept('total', 'y', axes, count)} - y) * (g / {rows})"),
            (f"-log_softmax(x, {last}) * (g / {rows})", f"-{logs} * (g / {rows})"),
        ]  # fmt: skip
        code = f"-total(y * {logs}, None) / {rows}"
    else:
        products = [
            (f"(softmax(x, {last}) - eye({classes})[y]) * (g / {rows})",
             f"(({shares}) - eye({classes})[y]) * (g / {rows})"),
            ("", ""),
        ]  # fmt: skip
        code = f"-total({logs}[eye({classes})[y] == 1.0], None) / {rows}"
    return _curved(
        made("cross_entropy", "softmax with cross-entropy", ("x", "y"), "cross_entropy(x, y)", code,
             products, shapes, (), symbol="−ln softmax")
    )  # fmt: skip


def _centered(axes: tuple[int, ...], shape: Shape, n: int) -> str:
    return f"(x - {kept('total', 'x', axes, len(shape))} / {n})"


def _deviation(axes: tuple[int, ...], shape: Shape, n: int, eps: float) -> str:
    centered = _centered(axes, shape, n)
    squares = kept("total", f"{centered} * {centered}", axes, len(shape))
    return f"sqrt({squares} / {n} + {eps!r})"


@row("deviation")
def deviation(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """√(var(x) + eps) along axes, which stay as 1."""
    (axis, eps), (shape,) = parameters, shapes
    axes, said = along(axis, shape)
    n = prod(shape[i] for i in axes)
    mean = f"mean(x{arguments_text(said, True)})"
    centered = _centered(axes, shape, n)
    return _curved(
        made("deviation", "standard deviation", ("x",), f"deviation(x, {said}, {eps!r})",
             _deviation(axes, shape, n, eps),
             [(f"g * (x - {mean}) / ({n} * out)", f"g * {centered} / ({n} * out)")],
             shapes, reduced(shape, axes, True))
    )  # fmt: skip


@row("standardize")
def standardize(parameters: Parameters, shapes: tuple[Shape, ...]) -> ArrayRow:
    """(x − mean) / deviation along axes: mean 0, variance 1 (or less, by eps).

    Source of the product: Ioffe and Szegedy (2015), Batch normalization, section 3.
    """
    (axis, eps), (shape,) = parameters, shapes
    axes = chosen_axes(axis, shape)
    said, n, count = along(axis, shape)[1], prod(shape[i] for i in axes), len(shape)
    kept_axes = arguments_text(said, True)
    text = (
        f"(g - mean(g{kept_axes}) - out * mean(g * out{kept_axes})) / deviation(x, {said}, {eps!r})"
    )
    code = (
        f"(g - {kept('total', 'g', axes, count)} / {n}"
        f" - out * ({kept('total', 'g * out', axes, count)} / {n}))"
        f" / {_deviation(axes, shape, n, eps)}"
    )
    return _curved(
        made("standardize", "standardized", ("x",), f"standardize(x, {said}, {eps!r})",
             f"{_centered(axes, shape, n)} / {_deviation(axes, shape, n, eps)}",
             [(text, code)], shapes, shape)
    )  # fmt: skip
