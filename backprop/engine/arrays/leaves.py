"""The values of leaves: drawn by a seed, typed, or all alike.

Three decimals are drawn, so that what the screen shows is the number.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.grammar import Statement
from backprop.engine.arrays.shapes import shape_text
from backprop.engine.errors import PointError


@lru_cache(maxsize=1024)
def leaf_values(statement: Statement) -> Any:
    """Return the values of a leaf: floats, or whole numbers for an index.

        random S * k   = round(k · default_rng(S).standard_normal(shape), 3)
        uniform S * k  = round(k · default_rng(S).random(shape), 3)
        random S below N, of an index  = default_rng(S).integers(0, N, shape)

    Raises:
        PointError: they are stored elsewhere, or an index holds what is no whole number.
    """
    source, shape, name = statement.source, statement.shape, statement.names[0]
    if source.kind == "stored":
        what = f"“{name}” is stored, and its values were not sent."
        raise PointError(
            what,
            hint="Type a list, as [[1, 2], [3, 4]]; or send them beside the program.",
            at=statement.start,
        )
    if source.below:
        return _still(np.random.default_rng(source.seed).integers(0, source.below, shape))
    if source.kind in ("random", "uniform"):
        chance = np.random.default_rng(source.seed)
        drawn = chance.standard_normal(shape) if source.kind == "random" else chance.random(shape)
        values = np.round(source.factor * drawn, 3) + 0.0  # so that −0.0 becomes 0.0
    elif source.kind == "list":
        values = np.array(source.entries, float)
    elif source.kind == "eye":
        values = np.eye(shape[0])
    else:
        number = {"zeros": 0.0, "ones": 1.0}.get(source.kind, source.factor)
        values = np.full(shape, number)
    return _still(fitting(statement, values))


def _still(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        values.flags.writeable = False
    return values


def fitting(statement: Statement, values: Any) -> Any:
    """Return values as a leaf takes them: of its shape, and whole if it is an index.

    Raises:
        PointError: they do not fit.
    """
    name = statement.names[0]
    try:
        found = np.asarray(values, float)
    except (TypeError, ValueError):
        raise PointError(f"The values of “{name}” are no numbers.", at=name) from None
    if found.shape != statement.shape:
        listed, said = shape_text(found.shape), shape_text(statement.shape)
        what = f"The values of “{name}” are {listed}, and its shape is {said}."
        raise PointError(what, at=name)
    if statement.kind != "index":
        return found if found.shape else np.float64(found)
    if not np.all(np.isfinite(found)) or np.any(found != np.floor(found)):
        raise PointError(f"“{name}” is an index: it holds whole numbers.", at=name)
    return found.astype(int)
