"""An array as a picture: one byte a number, for the small canvases of static/js/field.js.

byte 0 … 254    from −scale to scale, 127 is 0; or from 0 to scale where nothing is negative
byte 255        not a number, or infinite
"""

import base64
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

NOT_FINITE = 255
TOP = 254


@dataclass(frozen=True, slots=True)
class ColorField:
    """What a canvas needs: its size in cells, their bytes in base64 row by row, and what they mean.

    Attributes:
        scale: the number at the end of the palette.
        palette: “diverging” from −scale through 0 to scale, or “single” from 0 to scale.
    """

    rows: int
    columns: int
    levels: str
    scale: float
    palette: str


def make_field(array: ArrayLike, scale: float | None = None, *, signed: bool = True) -> ColorField:
    """Return the picture of an array [rows, columns], or of one row [columns].

    Args:
        array: the numbers; what lies beyond the scale has the colour of its end.
        scale: the number at the end of the palette; the largest magnitude when left out.
        signed: whether numbers may be negative.
    """
    return make_fields(np.atleast_2d(np.asarray(array, float))[None], scale, signed=signed)[0]


def make_fields(
    stack: ArrayLike, scale: float | None = None, *, signed: bool = True
) -> tuple[ColorField, ...]:
    """Return the picture of each array of a stack, [pictures, rows, columns].

    A page shows dozens of small ones; together they cost a few.

    Args:
        stack: the arrays.
        scale: the number at the end of every palette; each one's largest magnitude when left out.
        signed: whether numbers may be negative.
    """
    cells = np.asarray(stack, float)
    finite = np.isfinite(cells)
    known = cells if finite.all() else np.where(finite, cells, 0.0)
    if scale is None:
        scales = np.abs(known).max(axis=(1, 2), initial=0.0)
    else:
        scales = np.full(len(cells), float(scale))
    with np.errstate(over="ignore"):  # far beyond the scale is beyond it
        share = known / np.where(scales == 0, 1.0, scales)[:, None, None]
    share = (np.clip(share, -1, 1) + 1) / 2 if signed else np.clip(share, 0, 1)
    levels = np.where(finite, np.rint(share * TOP), NOT_FINITE).astype(np.uint8)
    rows, columns = cells.shape[1:]
    palette = "diverging" if signed else "single"
    return tuple(
        ColorField(rows, columns, base64.b64encode(each.tobytes()).decode(), end, palette)
        for each, end in zip(levels, scales.tolist(), strict=True)
    )
