"""The numbers of leaves that a text calls stored, as a snapshot holds them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine.arrays.grammar import ENTRIES
from backprop.engine.arrays.shapes import Shape
from backprop.sharing.formats import expect, fields

MOST_LEAVES = 60


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """The numbers of a stored leaf, row by row."""

    name: str
    shape: Shape
    numbers: tuple[float, ...]

    def values(self) -> NDArray[np.float64]:
        """Return them as an array of the leaf's shape."""
        return np.array(self.numbers, float).reshape(self.shape)


def pack(leaves: tuple[StoredLeaf, ...]) -> Any:
    """Return what a snapshot holds of the leaves."""
    return [{"name": each.name, "values": each.values()} for each in leaves]


def unpack(value: Any) -> tuple[StoredLeaf, ...]:
    """Return the leaves that a snapshot holds.

    Raises:
        SnapshotError: it holds something else.
    """
    expect(isinstance(value, list | tuple) and len(value) <= MOST_LEAVES, "these are no leaves")
    found = []
    for each in value:
        kept = fields(each, name=str, values=np.ndarray)
        array = np.asarray(kept["values"], float)
        expect(0 < array.size <= ENTRIES, "a leaf has too many numbers, or none")
        expect(np.all(np.isfinite(array)), "a leaf holds what is no number")
        found.append(StoredLeaf(kept["name"], array.shape, tuple(array.ravel().tolist())))
    return tuple(found)
