"""What a slip writes in the place of a product, at known shapes.

A slip is a function from a use of a row to another text, in the same letters and the same language,
or to nothing where it cannot be made there. Beside the text stands the code that is run, as in a
row: that of a scalar function has all that it calls written out.

Whether the text has the shape that belongs there, and changes anything, its place tells (places.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from backprop.engine.arrays.moving import At, index_text
from backprop.engine.arrays.reductions import along, arguments_text
from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow, Parameters, bracketed, fitted
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.words import TYPED
from backprop.engine.compiled.rules import ARRAYS, names_in, write
from backprop.engine.ops import WORDS, Operation, bends
from backprop.engine.slips.programs import catalog

Text = tuple[str, str]  # as it is read, and as it is run
NOTHING: Text = ("", "")  # nothing is passed back
SMOOTH = ("gelu", "gelu_tanh", "silu")  # activations besides those of a network


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a node by an operation, of which a product is passed back.

    Attributes:
        row: the operation, at its shapes.
        which: the number of the input that the node is there.
        parameters: of the operation.
        inputs: for each of its inputs the operation that makes it; “number” of a constant, “mask”
            of an array that is held fixed and holds 0 and one number, “given” of another.
        times: how many uses the node has that send something back.
    """

    row: ArrayRow
    which: int
    parameters: Parameters
    inputs: tuple[str, ...]
    times: int = 1

    @property
    def letter(self) -> str:
        """What the node is called in the texts."""
        return self.row.inputs[self.which]

    @property
    def shape(self) -> Shape:
        """The shape of the node, which that of a product must be."""
        return self.row.shapes[self.which]

    @property
    def right(self) -> str:
        """The right text."""
        return self.row.products[self.which]

    @property
    def scalar(self) -> Operation | None:
        """The operation on numbers that is made entry by entry; None of any other row."""
        return ENTRYWISE.get(self.row.name)

    @property
    def partial(self) -> str:
        """∂out/∂input, entry by entry; empty where the row has none."""
        return self.row.partials[self.which] if self.row.partials else ""

    def factor(self, partial: str) -> Text:
        """Return g times another local derivative, summed to the input's shape."""
        plain = {"1": "g", "-1": "-g"}.get(partial, f"g * {bracketed(partial)}")
        code = f"g * ({written_out(partial)})"
        return fitted(plain, code, self.letter, self.row.shape, self.shape)


Plant = Callable[[Use], Text | None]


def written_out(text: str) -> str:
    """Return a text of scalar functions as code: with what they are made of."""
    return write(text, {}, ARRAYS, WORDS)


def _alike(text: str) -> Text:
    return text, text


def _no_transpose(use: Use) -> Text | None:
    if use.row.name in ("T", "mT"):
        return _alike("g")
    if use.row.name == "transpose":
        return _alike("g")
    if use.row.name != "matmul" or "T" not in use.right:
        return None
    return _alike(re.sub(r"\b([xy])\.m?T\b", r"\1", use.right))


def _reshaped(use: Use) -> Text | None:
    if use.row.name not in ("T", "mT", "transpose") or sum(n > 1 for n in use.shape) < 2:
        return None
    return _alike(f"reshape(g, {use.shape})")


def _local_forgotten(use: Use) -> Text | None:
    if use.row.name == "power_of":
        return _alike("g")
    if use.scalar is None or use.row.name == "where" or use.partial in ("", "0", "1", "-1"):
        return None
    return None if _other_is_fixed(use) else use.factor("1")


def _other_is_fixed(use: Use) -> bool:
    """Whether a factor or a divisor is a mask, or a number: then the slip has a name of its own."""
    if use.row.name not in ("multiply", "divide"):
        return False
    other = use.inputs[1 - use.which]
    return other == "number" or (use.row.name == "multiply" and other == "mask")


def _arriving_forgotten(use: Use) -> Text | None:
    if use.row.shape != use.shape or use.scalar is None and use.row.name != "power_of":
        return None
    if use.row.name in ("where", "add", "subtract", "negate") or use.partial in ("", "0"):
        return None
    if use.row.name == "power_of":
        return use.partial, use.row.product_codes[0].removeprefix("g * ")
    return use.partial, written_out(use.partial)


def _slope_at_output(use: Use) -> Text | None:
    scalar = use.scalar
    if scalar is None or not (scalar.activates or scalar.name in SMOOTH) or not bends(scalar):
        return None
    at_out = {"x": "out", "out": f"{use.row.name}(out)"}
    return use.factor(write(use.partial, at_out, TYPED, {}))


def _slope_at_input(use: Use) -> Text | None:
    scalar = use.scalar
    if scalar is None or len(scalar.inputs) > 1 or "out" not in names_in(use.partial):
        return None
    return use.factor(write(use.partial, {"out": "x"}, TYPED, {}))


def _copies(use: Use) -> tuple[str, int] | None:
    """Return what is summed where broadcasting is undone, and over how many copies."""
    found = re.fullmatch(rf"fit\((.*), {use.letter}\)", use.right)
    n = prod(use.row.shape) // max(prod(use.shape), 1)
    return (found[1], n) if found and n > 1 and use.scalar else None


def _bias_mean(use: Use) -> Text | None:
    copies = _copies(use)
    if copies is None:
        return None
    return f"{use.right} / {copies[1]}", f"({use.row.product_codes[use.which]}) / {copies[1]}"


def _bias_first_row(use: Use) -> Text | None:
    copies = _copies(use)
    if copies is None or not use.shape:
        return None
    ahead = len(use.row.shape) - len(use.shape)
    items = ["0"] * ahead
    for n, wide in zip(use.shape, use.row.shape[ahead:], strict=True):
        items.append("0:1" if n < wide else ":")
    while items[-1] == ":":
        items.pop()
    inner = _inner(use, copies[0])
    text, code = inner
    opened = text if text == "g" else f"({text})"
    return f"{opened}[{', '.join(items)}]", f"({code})[{', '.join(items)}]"


def _bias_all_axes(use: Use) -> Text | None:
    copies = _copies(use)
    if copies is None or prod(use.shape) < 2:
        return None
    text, code = _inner(use, copies[0])
    ending = f"), {use.shape})"
    return f"broadcast_to(sum({text}{ending}", f"broadcast_to(sum({code}{ending}"


def _inner(use: Use, text: str) -> Text:
    """Return what broadcasting would sum, as it is read and as it is run."""
    if use.partial in ("1", "-1"):
        return _alike(text)
    return text, f"g * ({written_out(use.partial)}) * ones{use.row.shape}"


def _mean_not_divided(use: Use) -> Text | None:
    n = prod(use.shape) // max(prod(use.row.shape), 1)
    if n < 2:
        return None
    if use.row.name == "mean":
        return _alike(use.right.removesuffix(f" / {n}"))
    return _alike(use.right.replace(f"(2 / {n})", "2")) if use.row.name == "var" else None


def _norm_constant_mean(use: Use) -> Text | None:
    if use.row.name == "standardize":
        _, kept, last = _of_norm(use)
        return _alike(f"(g - out * mean(g * out{kept})) / {last}")
    is_mean = use.row.name == "subtract" and use.which == 1 and use.inputs[1] == "mean"
    return NOTHING if is_mean else None


def _norm_constant_variance(use: Use) -> Text | None:
    if use.row.name == "standardize":
        _, kept, last = _of_norm(use)
        return _alike(f"(g - mean(g{kept})) / {last}")
    by_root = use.row.name == "divide" and use.which == 1 and use.inputs[1] == "sqrt"
    return NOTHING if by_root else None


def _of_norm(use: Use) -> tuple[str, str, str]:
    """Return how a norm says its axes, the arguments of its means, and what it divides by."""
    axis, eps = use.parameters
    said = along(axis, use.shape)[1]
    return said, arguments_text(said, True), f"deviation(x, {said}, {eps!r})"


def _softmax_diagonal(use: Use) -> Text | None:
    return _alike("out * (1 - out) * g") if use.row.name == "softmax" else None


def _log_softmax_no_sum(use: Use) -> Text | None:
    return _alike("g - exp(out)") if use.row.name == "log_softmax" else None


def _cross_entropy_no_n(use: Use) -> Text | None:
    if use.row.name != "cross_entropy":
        return None
    return _alike(re.sub(r"\(g / \d+\)$", "g", use.right))


def _cross_entropy_no_target(use: Use) -> Text | None:
    if use.row.name != "cross_entropy" or use.which:
        return None
    rows, last = prod(use.shape[:-1]), len(use.shape) - 1
    return _alike(f"softmax(x, {last}) * (g / {rows})")


def _mask_forgotten(use: Use) -> Text | None:
    if use.row.name == "where" and use.which:
        return fitted("g", "g", use.letter, use.row.shape, use.shape)
    if use.row.name != "multiply" or use.inputs[1 - use.which] != "mask":
        return None
    return use.factor("1")


def _relu_by_gradient(use: Use) -> Text | None:
    return _alike("g * where(g <= 0, 0, 1)") if use.row.name == "relu" else None


def _max_to_all(use: Use) -> Text | None:
    if use.row.name not in ("max", "min", "first_max"):
        return None
    return _alike(use.right.rpartition(" * ")[0])


def _embedding_last_wins(use: Use) -> Text | None:
    if use.row.name != "index" or not any(isinstance(item, At) for item in use.parameters[0]):
        return None
    return _alike(f"written(g, x, s_[{index_text(use.parameters[0])}])")


def _overlap_written(use: Use) -> Text | None:
    if use.row.name != "windows":
        return None
    size, stride = use.parameters
    if all(step >= n for n, step in zip(size, stride, strict=True)):
        return None
    return _alike(use.right.replace("overlap_add", "overlap_written", 1))


def _quotient_no_square(use: Use) -> Text | None:
    if use.row.name == "power_of" and use.parameters == (-1.0,):
        return _alike("g * -out")
    if use.row.name != "divide" or use.which != 1:
        return None
    return use.factor("-x / y")


def _minus_lost(use: Use) -> Text | None:
    if use.row.name == "power_of" and use.parameters == (-1.0,):
        return _alike("g * out ** 2")
    if use.row.name == "negate" or (use.row.name == "subtract" and use.which == 1):
        return use.factor("1")
    return use.factor("x / y ** 2") if use.row.name == "divide" and use.which == 1 else None


def _own_factor(use: Use) -> Text | None:
    if use.row.name != "multiply" or use.inputs[1 - use.which] == "number":
        return None
    return use.factor(use.letter)


def _scale_forgotten(use: Use) -> Text | None:
    scaled = use.row.name == "multiply" or (use.row.name == "divide" and not use.which)
    return use.factor("1") if scaled and use.inputs[1 - use.which] == "number" else None


def _parts_swapped(use: Use) -> Text | None:
    if use.row.name not in ("concat", "stack"):
        return None
    other = _swapped(use.row.shapes).get(use.which)
    return None if other is None else _alike(use.row.products[other])


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
    catalog.LOCAL_FORGOTTEN.name: _local_forgotten,
    catalog.ARRIVING_FORGOTTEN.name: _arriving_forgotten,
    catalog.SLOPE_AT_OUTPUT.name: _slope_at_output,
    catalog.SLOPE_AT_INPUT.name: _slope_at_input,
    catalog.BIAS_MEAN.name: _bias_mean,
    catalog.BIAS_FIRST_ROW.name: _bias_first_row,
    catalog.BIAS_ALL_AXES.name: _bias_all_axes,
    catalog.MEAN_NOT_DIVIDED.name: _mean_not_divided,
    catalog.NORM_CONSTANT_MEAN.name: _norm_constant_mean,
    catalog.NORM_CONSTANT_VARIANCE.name: _norm_constant_variance,
    catalog.SOFTMAX_DIAGONAL.name: _softmax_diagonal,
    catalog.LOG_SOFTMAX_NO_SUM.name: _log_softmax_no_sum,
    catalog.CROSS_ENTROPY_NO_N.name: _cross_entropy_no_n,
    catalog.CROSS_ENTROPY_NO_TARGET.name: _cross_entropy_no_target,
    catalog.MASK_FORGOTTEN.name: _mask_forgotten,
    catalog.RELU_BY_GRADIENT.name: _relu_by_gradient,
    catalog.MAX_TO_ALL.name: _max_to_all,
    catalog.EMBEDDING_LAST_WINS.name: _embedding_last_wins,
    catalog.OVERLAP_WRITTEN.name: _overlap_written,
    catalog.QUOTIENT_NO_SQUARE.name: _quotient_no_square,
    catalog.MINUS_LOST.name: _minus_lost,
    catalog.OWN_FACTOR.name: _own_factor,
    catalog.SCALE_FORGOTTEN.name: _scale_forgotten,
    catalog.PARTS_SWAPPED.name: _parts_swapped,
    catalog.ONE_USE_MISSED.name: _one_use_missed,
}


@lru_cache(maxsize=2048)
def plants(use: Use) -> tuple[tuple[str, Text], ...]:
    """Return every slip that can be made at a use, by its name, with what it writes."""
    found = ((name, plant(use)) for name, plant in PLANTS.items())
    return tuple((name, text) for name, text in found if text and text[0] != use.right)
