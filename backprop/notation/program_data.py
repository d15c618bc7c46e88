"""A program's numbers as JSON has them: the arrays that come in, and both passes that go out.

    {"value": 0.5, "lines": {"W": [[…]], "Z": [[…]], "L": 0.5}, "gradient": {"W": [[…]]},
     "steps": [{"phase": "forward", "name": "Z", "rule": "X @ W.T", "shape": [4, 2]}, …,
               {"phase": "backward", "name": "W", "through": "Z", "rule": "dZ.T @ X",
                "shape": [2, 3], "product": [[…]], "total": [[…]]}]}

A forward step is a line, a backward step one use of a name by one line: what it sends back, and the
sum so far. The last sum of a name is its gradient.
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine.arrays.grammar import ENTRIES
from backprop.engine.arrays.shapes import AXES
from backprop.engine.arrays.uses import sent, uses
from backprop.engine.backward import differentiate
from backprop.engine.errors import LimitError, ShapeError
from backprop.engine.program import Program

MOST_NUMBERS = 150_000  # in one answer: writing them takes longer than computing them


def read_entries(
    value: Any, name: str, read_number: Callable[[Any, str], float]
) -> NDArray[np.float64]:
    """Return a number, or lists of numbers in one another, as an array.

    Args:
        value: as JSON has it.
        name: whose values they are.
        read_number: reads one entry; refuses what is no number.

    Raises:
        LimitError: more than 6 axes, or than 4,096 entries.
        ShapeError: lists beside one another are not equally long, or are empty.
        InputError: as `read_number`.
    """
    name = name[:40]
    shape: list[int] = []
    first = value
    while isinstance(first, list):
        shape.append(len(first))
        if len(shape) > AXES:
            what = f"The values of “{name}” have more than {AXES} axes."
            raise LimitError(what, hint=f"At most {AXES} are possible.", at=name)
        first = first[0] if first else None
    if prod(shape) > ENTRIES:
        what = f"“{name}” has {prod(shape):,} entries."
        raise LimitError(what, hint=f"At most {ENTRIES:,} are possible.", at=name)
    if 0 in shape:
        raise ShapeError(f"A list of “{name}” is empty.", hint="Send numbers.", at=name)
    numbers = [read_number(entry, name) for entry in _flat(value, tuple(shape), name)]
    return np.array(numbers, float).reshape(shape)


def _flat(value: Any, shape: tuple[int, ...], name: str) -> Iterator[Any]:
    """Yield the entries of lists in one another, if they are of this shape."""
    if not shape:
        yield value
        return
    if not isinstance(value, list) or len(value) != shape[0]:
        what = f"The rows of “{name}” are not equally long."
        raise ShapeError(what, hint="Send an array, row by row.", at=name)
    for each in value:
        yield from _flat(each, shape[1:], name)


def program_data(program: Program) -> dict[str, Any]:
    """Return both passes of a program at its point: its value, lines, gradient and steps.

    Arrays are NumPy's; numbers are floats, NaN and ±∞ among them.

    Raises:
        LimitError: more than 150,000 numbers would be in it; counted from the shapes, before
            anything is computed.
    """
    lines = [line for line in program.lines if line.kind != "opened"]
    flowing = uses(program)
    numbers = sum(prod(program.shape(line.name)) for line in lines)
    numbers += 2 * sum(prod(program.shape(use.name)) for use in flowing)
    if numbers > MOST_NUMBERS:
        what = f"The steps of this program hold {numbers:,} numbers."
        raise LimitError(what, hint=f"At most {MOST_NUMBERS:,} are answered: take smaller shapes.")
    trace = differentiate(program, program.at)
    arrays = sent(trace)
    output = program.nodes[program.output].name
    ahead = [
        {
            "phase": "forward",
            "name": line.name,
            "rule": line.text,
            "shape": program.shape(line.name),
        }
        for line in lines
        if not line.is_leaf
    ]
    start: dict[str, Any] = {"through": "", "rule": "1", "shape": (), "product": 1.0, "total": 1.0}
    back = [{"phase": "backward", "name": output, **start}]
    for use in flowing:
        product, total = arrays[use.line, use.name]
        names = {"name": use.name, "through": use.line, "rule": use.text}
        sums = {"shape": program.shape(use.name), "product": product, "total": total}
        back.append({"phase": "backward", **names, **sums})
    return {
        "value": trace.value,
        "lines": {line.name: trace.values[line.node] for line in lines},
        "gradient": dict(trace.gradient),
        "steps": [*ahead, *back],
    }
