"""Slips in what is computed entry by entry: wrong slopes, broadcasting wrongly undone."""

import re
from math import prod

from backprop.engine.arrays.rows import fitted
from backprop.engine.arrays.words import TYPED
from backprop.engine.compiled.rules import names_in, write
from backprop.engine.ops import bends
from backprop.engine.slips.programs import catalog
from backprop.engine.slips.programs.use import Plant, Text, Use, alike, written_out

SMOOTH = ("gelu", "gelu_tanh", "silu")  # activations besides those of a network


def _local_forgotten(use: Use) -> Text | None:
    if use.row.name == "power_of":
        return alike("g")
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
    if use.row.shape != use.shape or (use.scalar is None and use.row.name != "power_of"):
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
        return alike(text)
    return text, f"g * ({written_out(use.partial)}) * ones{use.row.shape}"


def _mask_forgotten(use: Use) -> Text | None:
    if use.row.name == "where" and use.which:
        return fitted("g", "g", use.letter, use.row.shape, use.shape)
    if use.row.name != "multiply" or use.inputs[1 - use.which] != "mask":
        return None
    return use.factor("1")


def _relu_by_gradient(use: Use) -> Text | None:
    return alike("g * where(g <= 0, 0, 1)") if use.row.name == "relu" else None


def _quotient_no_square(use: Use) -> Text | None:
    if use.row.name == "power_of" and use.parameters == (-1.0,):
        return alike("g * -out")
    if use.row.name != "divide" or use.which != 1:
        return None
    return use.factor("-x / y")


def _minus_lost(use: Use) -> Text | None:
    if use.row.name == "power_of" and use.parameters == (-1.0,):
        return alike("g * out ** 2")
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


PLANTS: dict[str, Plant] = {
    catalog.LOCAL_FORGOTTEN.name: _local_forgotten,
    catalog.ARRIVING_FORGOTTEN.name: _arriving_forgotten,
    catalog.SLOPE_AT_OUTPUT.name: _slope_at_output,
    catalog.SLOPE_AT_INPUT.name: _slope_at_input,
    catalog.BIAS_MEAN.name: _bias_mean,
    catalog.BIAS_FIRST_ROW.name: _bias_first_row,
    catalog.BIAS_ALL_AXES.name: _bias_all_axes,
    catalog.MASK_FORGOTTEN.name: _mask_forgotten,
    catalog.RELU_BY_GRADIENT.name: _relu_by_gradient,
    catalog.QUOTIENT_NO_SQUARE.name: _quotient_no_square,
    catalog.MINUS_LOST.name: _minus_lost,
    catalog.OWN_FACTOR.name: _own_factor,
    catalog.SCALE_FORGOTTEN.name: _scale_forgotten,
}
