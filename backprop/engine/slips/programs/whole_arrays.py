"""Slips in what is computed of whole arrays: products, sums, norms, softmax, what moves entries."""

import re
from math import prod

from backprop.engine.arrays.moving import At, index_text
from backprop.engine.arrays.reductions import along, arguments_text
from backprop.engine.arrays.shapes import Shape
from backprop.engine.slips.programs import catalog
from backprop.engine.slips.programs.use import NOTHING, Plant, Text, Use, alike


def _no_transpose(use: Use) -> Text | None:
    if use.row.name in ("T", "mT"):
        return alike("g")
    if use.row.name == "transpose":
        return alike("g")
    if use.row.name != "matmul" or "T" not in use.right:
        return None
    return alike(re.sub(r"\b([xy])\.m?T\b", r"\1", use.right))


def _reshaped(use: Use) -> Text | None:
    if use.row.name not in ("T", "mT", "transpose") or sum(n > 1 for n in use.shape) < 2:
        return None
    return alike(f"reshape(g, {use.shape})")


def _mean_not_divided(use: Use) -> Text | None:
    n = prod(use.shape) // max(prod(use.row.shape), 1)
    if n < 2:
        return None
    if use.row.name == "mean":
        return alike(use.right.removesuffix(f" / {n}"))
    return alike(use.right.replace(f"(2 / {n})", "2")) if use.row.name == "var" else None


def _norm_constant_mean(use: Use) -> Text | None:
    if use.row.name == "standardize":
        _, kept, last = _of_norm(use)
        return alike(f"(g - out * mean(g * out{kept})) / {last}")
    is_mean = use.row.name == "subtract" and use.which == 1 and use.inputs[1] == "mean"
    return NOTHING if is_mean else None


def _norm_constant_variance(use: Use) -> Text | None:
    if use.row.name == "standardize":
        _, kept, last = _of_norm(use)
        return alike(f"(g - mean(g{kept})) / {last}")
    by_root = use.row.name == "divide" and use.which == 1 and use.inputs[1] == "sqrt"
    return NOTHING if by_root else None


def _of_norm(use: Use) -> tuple[str, str, str]:
    """Return how a norm says its axes, the arguments of its means, and what it divides by."""
    axis, eps = use.parameters
    said = along(axis, use.shape)[1]
    return said, arguments_text(said, True), f"deviation(x, {said}, {eps!r})"


def _softmax_diagonal(use: Use) -> Text | None:
    return alike("out * (1 - out) * g") if use.row.name == "softmax" else None


def _log_softmax_no_sum(use: Use) -> Text | None:
    return alike("g - exp(out)") if use.row.name == "log_softmax" else None


def _cross_entropy_no_n(use: Use) -> Text | None:
    if use.row.name != "cross_entropy":
        return None
    return alike(re.sub(r"\(g / \d+\)$", "g", use.right))


def _cross_entropy_no_target(use: Use) -> Text | None:
    if use.row.name != "cross_entropy" or use.which:
        return None
    rows, last = prod(use.shape[:-1]), len(use.shape) - 1
    return alike(f"softmax(x, {last}) * (g / {rows})")


def _max_to_all(use: Use) -> Text | None:
    if use.row.name not in ("max", "min", "first_max"):
        return None
    return alike(use.right.rpartition(" * ")[0])


def _embedding_last_wins(use: Use) -> Text | None:
    if use.row.name != "index" or not any(isinstance(item, At) for item in use.parameters[0]):
        return None
    return alike(f"written(g, x, s_[{index_text(use.parameters[0])}])")


def _overlap_written(use: Use) -> Text | None:
    if use.row.name != "windows":
        return None
    size, stride = use.parameters
    if all(step >= n for n, step in zip(size, stride, strict=True)):
        return None
    return alike(use.right.replace("overlap_add", "overlap_written", 1))


def _parts_swapped(use: Use) -> Text | None:
    if use.row.name not in ("concat", "stack"):
        return None
    other = _swapped(use.row.shapes).get(use.which)
    return None if other is None else alike(use.row.products[other])


def _swapped(shapes: tuple[Shape, ...]) -> dict[int, int]:
    """Return for each part of a pair the other: the first two neighbours of one shape."""
    for k in range(len(shapes) - 1):
        if shapes[k] == shapes[k + 1]:
            return {k: k + 1, k + 1: k}
    return {}


def _one_use_missed(use: Use) -> Text | None:
    return NOTHING if use.times > 1 else None


PLANTS: dict[str, Plant] = {
    catalog.NO_TRANSPOSE.name: _no_transpose,
    catalog.RESHAPED.name: _reshaped,
    catalog.MEAN_NOT_DIVIDED.name: _mean_not_divided,
    catalog.NORM_CONSTANT_MEAN.name: _norm_constant_mean,
    catalog.NORM_CONSTANT_VARIANCE.name: _norm_constant_variance,
    catalog.SOFTMAX_DIAGONAL.name: _softmax_diagonal,
    catalog.LOG_SOFTMAX_NO_SUM.name: _log_softmax_no_sum,
    catalog.CROSS_ENTROPY_NO_N.name: _cross_entropy_no_n,
    catalog.CROSS_ENTROPY_NO_TARGET.name: _cross_entropy_no_target,
    catalog.MAX_TO_ALL.name: _max_to_all,
    catalog.EMBEDDING_LAST_WINS.name: _embedding_last_wins,
    catalog.OVERLAP_WRITTEN.name: _overlap_written,
    catalog.PARTS_SWAPPED.name: _parts_swapped,
    catalog.ONE_USE_MISSED.name: _one_use_missed,
}
