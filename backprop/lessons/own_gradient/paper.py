"""Your own gradient on paper: a small network with its numbers, and a table to write yours in."""

import numpy as np

from backprop.engine.backward import differentiate
from backprop.lessons.own_gradient.choices import Choices, Given, make_given
from backprop.notation.formula import Number
from backprop.notation.numerals import long
from backprop.stage.links import Links
from backprop.stage.networks import LOSS_TITLES
from backprop.stage.paper import Blank, Cell, Part, Sheet, Table, Task
from backprop.stage.walk.explanation import Words

MOST_ENTRIES = 24  # that are asked; of a larger network the first of each array
MOST_NUMBERS = 48  # of an array that are printed


def make_sheet(choices: Choices, _: Links, title: str) -> Sheet:
    """Return the network with its batch, and the table for its gradient.

    Raises:
        InputError: the network does not fit together.
    """
    given = make_given(choices)
    network = given.network
    sizes = "–".join(map(str, network.sizes))
    kinds = ", then ".join(each.replace("_", " ") for each in network.activations)
    loss = LOSS_TITLES[network.loss]
    return Sheet(
        title=title,
        question=("Work out the gradient of this loss by your own code or by hand. Is it right?",),
        setting=(
            (f"A {sizes} network with {kinds}; {loss}, mean over {len(given.X)} examples. "
             "Weights are [out, in]; a row of X is an example.",),
        ),
        parts=(
            Part(("The numbers",), table=_numbers(given)),
            Part(
                ("Your gradient",),
                ("Write what your code gives. Compare when the answers are handed out: right where "
                 "the two agree in six digits.",),
                table=_entries(given),
                tasks=(
                    Task(("Your verdict: is it right? Where does it begin to be wrong?",),
                         ("Yours alone: the last layer that is right, and the first array that is "
                          "not, lead to the line.",), lines=2),
                ),
            ),
        ),
    )  # fmt: skip


def _numbers(given: Given) -> Table:
    arrays = {"X": given.X, "Y": given.Y, **given.parameters}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        ((name,), (_shape(array),), (_written(array),)) for name, array in arrays.items()
    )
    return Table((("array",), ("shape",), ("numbers",)), rows, "What the network starts from")


def _shape(array: np.ndarray) -> str:
    return " × ".join(map(str, array.shape))


def _written(array: np.ndarray) -> str:
    """Return an array row by row; of a large one its beginning."""
    rows = array if array.ndim == 2 else array[None]
    shown, count = [], 0
    for row in rows:
        shown.append(", ".join(f"{x:g}".replace("-", "−") for x in row[:MOST_NUMBERS]))
        count += len(row)
        if count >= MOST_NUMBERS:
            break
    more = " …" if count < array.size or any(len(row) > MOST_NUMBERS for row in rows) else ""
    return "; ".join(shown) + more


def _entries(given: Given) -> Table:
    """Return an entry in each row: the learner's own number, and the exact one."""
    network = given.network
    at = network.batch(given.parameters, given.X, given.Y)
    gradient = differentiate(network.graph("layers"), at).gradient
    share = max(1, MOST_ENTRIES // len(network.shapes))
    few = network.parameter_count > MOST_ENTRIES
    rows: list[tuple[Cell, ...]] = []
    for name, shape in network.shapes.items():
        for n, place in enumerate(np.ndindex(*shape)):
            if few and n >= share:
                break
            slope = float(gradient[name][place])
            exact: Words = (Number(long(slope), slope, "backward"),)
            entry = f"d{name}[{','.join(map(str, place))}]"
            rows.append(((entry,), Blank(()), Blank(exact), Blank(())))
    heads = (("entry",), ("yours",), ("exact",), ("right?",))
    return Table(heads, tuple(rows), "The gradient, entry by entry, counted from 0")
