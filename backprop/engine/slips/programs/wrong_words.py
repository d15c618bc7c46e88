"""What a slip’s text may call besides the words of the language, and how the text is run."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.words import PROGRAMS, flat_places_of_windows
from backprop.engine.compiled.rules import compiled, write


def _written(g: Any, x: Any, index: Any) -> Any:
    """Return zeros like x into which g is written at an index; of what is named twice the last."""
    result = np.zeros(np.shape(x))
    result[index] = g
    return result


def _overlap_written(g: Any, x: Any, size: tuple[int, ...], stride: tuple[int, ...]) -> Any:
    """Return zeros like x into which each window of g is written; where they overlap, the last."""
    result = np.zeros(np.size(x))
    result[flat_places_of_windows(np.shape(x), tuple(size), tuple(stride))] = np.ravel(g)
    return result.reshape(np.shape(x))


WITH_SLIPS = replace(
    PROGRAMS,
    name="programs with slips",
    functions={
        **PROGRAMS.functions,
        **{"written": _written, "overlap_written": _overlap_written},
    },
)


@lru_cache(maxsize=4096)
def product_rule(code: str, letters: tuple[str, ...]) -> Callable[..., Any]:
    """Return a product's code as a function of the result, the inputs, and what arrives."""
    written = write(code, {}, WITH_SLIPS, {})
    return compiled("slip", ", ".join(("out", *letters, "g")), [f"return {written}"], WITH_SLIPS)
