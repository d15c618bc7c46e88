"""A use of a node by an operation, as slips see it: what is known of it before anything is run."""

from collections.abc import Callable
from dataclasses import dataclass

from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow, Parameters, bracketed, fitted
from backprop.engine.arrays.shapes import Shape
from backprop.engine.compiled.rules import ARRAYS, write
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
