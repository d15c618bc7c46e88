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
class Field:
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


def field_of(array: ArrayLike, scale: float | None = None, *, signed: bool = True) -> Field:
    """Return the picture of an array [rows, columns], or of one row [columns].

    Args:
        array: the numbers; what lies beyond the scale has the colour of its end.
        scale: the number at the end of the palette; the largest magnitude when left out.
        signed: whether numbers may be negative.
    """
    cells = np.atleast_2d(np.asarray(array, float))
    finite = np.isfinite(cells)
    if scale is None:
        scale = float(np.abs(cells, where=finite, out=np.zeros_like(cells)).max(initial=0.0))
    share = np.where(finite, cells, 0.0) / (scale or 1.0)
    share = (np.clip(share, -1, 1) + 1) / 2 if signed else np.clip(share, 0, 1)
    levels = np.where(finite, np.rint(share * TOP), NOT_FINITE).astype(np.uint8)
    return Field(
        rows=cells.shape[0],
        columns=cells.shape[1],
        levels=base64.b64encode(levels.tobytes()).decode(),
        scale=scale,
        palette="diverging" if signed else "single",
    )
