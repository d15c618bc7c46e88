"""One flat array for a whole mapping of parameters, and the way back.

Arithmetic on one array of 100 numbers costs what it costs on one of 4; the optimizers work on it.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Unflatten = Callable[[Array], dict[str, Array]]


def flatten(parameters: Mapping[str, ArrayLike]) -> tuple[Array, Unflatten]:
    """Every parameter in one new array, and the function that gives the mapping back.

    The array holds the parameters in the sorted order of their names, each row by row. So the
    place of a number depends on the names alone: an optimizer's memory still fits when the mapping
    has come back from a file in another order.

    Args:
        parameters: names to arrays or numbers; scalars are arrays of shape ().

    Returns:
        The flat array, float64 [total size], and ``unflatten``. That one takes any array of this
        size to a mapping with the names (in the order given here) and shapes of ``parameters``;
        its arrays are views.
    """
    arrays = {name: np.asarray(parameters[name], dtype=np.float64) for name in sorted(parameters)}
    places = {}
    start = 0
    for name, array in arrays.items():
        places[name] = (slice(start, start + array.size), array.shape)
        start += array.size
    spans = [(name, *places[name]) for name in parameters]

    def unflatten(flat: Array) -> dict[str, Array]:
        assert flat.shape == (start,), f"A flat array of {start} numbers was expected."
        return {name: flat[span].reshape(shape) for name, span, shape in spans}

    # The empty array is for the mapping without names, of which nothing could be concatenated.
    return np.concatenate([np.empty(0), *(array.ravel() for array in arrays.values())]), unflatten
