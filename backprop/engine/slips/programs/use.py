"""A use of a node by an operation, as slips see it, and how the text that a slip writes is run.

Beside the words of the language such a text may call two more, which write where they should add.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow, Parameters, bracketed, fitted
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.words import PROGRAMS, flat_places_of_windows
from backprop.engine.compiled.rules import ARRAYS, compiled, write
from backprop.engine.ops import WORDS, Operation

Text = tuple[str, str]  # as it is read, and as it is run
NOTHING: Text = ("", "")  # nothing is passed back
Plant = Callable[["Use"], Text | None]


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


def written_out(text: str) -> str:
    """Return a text of scalar functions as code: with what they are made of."""
    return write(text, {}, ARRAYS, WORDS)


def alike(text: str) -> Text:
    """Return a text that is run as it is read."""
    return text, text


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
