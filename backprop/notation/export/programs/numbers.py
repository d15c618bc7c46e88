"""Arrays in code: every digit, in rows, on lines that are not too long."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from backprop.notation.export.libraries import literal

WIDTH = 96  # characters of a line
MAKES = {"numpy": "np.array", "torch": "torch.tensor", "jax": "jnp.array"}
PREFIX = {"numpy": "np", "torch": "torch", "jax": "jnp"}


def array_lines(
    start: str, array: Any, library: str, *, more: str = "", end: str = "", about: str = ""
) -> Iterator[str]:
    """Give the lines that make an array.

    Args:
        start: what stands before it.
        array: floats or whole numbers, of any shape.
        library: “numpy”, “torch” or “jax”.
        more: a further argument.
        end: what stands after it.
        about: a remark.
    """
    array = np.asarray(array)
    is_number = not array.shape and array.dtype.kind == "f"
    makes = "np.float64" if is_number and library == "numpy" else MAKES[library]
    shown = _shown(array, library)
    after = f"  # {about}" * bool(about)
    line = f"{start}{makes}({shown}{f', {more}' * bool(more)}){end}"
    if "\n" not in shown and len(line) + len(after) <= WIDTH:
        yield line + after
        return
    yield f"{start}{makes}({after}"
    yield from (f"    {row}" for row in f"{shown}{',' * bool(more)}".split("\n"))
    if more:
        yield f"    {more},"
    yield f"){end}"


def _shown(array: Any, library: str) -> str:
    def number(x: float) -> str:
        return repr(float(x)) if np.isfinite(x) else literal(PREFIX[library], float(x))

    if not array.shape:
        return number(float(array)) if array.dtype.kind == "f" else str(int(array))
    return np.array2string(
        array,
        separator=", ",
        max_line_width=WIDTH - 5,
        threshold=array.size + 1,
        formatter={"float_kind": number, "int_kind": str},  # type: ignore[arg-type]
    )
