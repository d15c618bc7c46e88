"""Any entry opens: dW[1, 2] as the scalar sum that it is, each term with where it came from.

What a line sends back is linear in what arrives, so entry a of it is Σ over the entries o of what
arrives, dZ[o] · J[o, a]. All J[o, a] are had at once, by one reverse pass over the text of what is
sent (which is itself a program: the language is closed), with a 1 at a. So it works for every row
by one mechanism, from the row's local Jacobian, not by a text per row. It is found at the true
point and at two random ones, where every array that the text names is drawn anew:

1.  a term stands where the text can pass something on: a unit that is off stays in the sum, as 0;
2.  equal at all three, it is a constant: 1, -1, 0.25;
3.  equal, up to one factor, to the same entry of an array of the text: X[0, 2], 0.25·D[1, 1];
4.  else the text at this entry, where it is made of few others: 1 - A[3, 0] ** 2;
5.  else its number: open the line to see what it is made of.

A line of several operations is one text, and its entries are named through it, not operation by
operation: `tanh(X @ W.T + b)` sends W the terms (1 - H[0, 1] ** 2) * X[0, 2].

The value of a line opens likewise: Z[1, 0] = Σ J · x, where that is the value here and at random
points: over one input for products, over several for sums, and with a constant. What curves,
such as tanh, is no sum; it has the text at its entry.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.arrays.entries.coefficients import SAME, Coefficients, shown
from backprop.engine.arrays.entries.expanding import Cell, Expander
from backprop.engine.arrays.entries.frames import sent_frame, value_frame
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.uses import sent
from backprop.engine.errors import PointError
from backprop.engine.program import Program
from backprop.engine.trace import Trace

SUMMED = 5  # arrays at most that a value is tried as a sum over


class Term(NamedTuple):
    """One product of a sum: an entry of what arrives, times a coefficient.

    Attributes:
        cell: the entry that is multiplied; of an array of gradients in `dZ`, of values in `X`.
        number: the entry's number.
        kind: of the coefficient: constant, entry, text or number.
        text: the coefficient as it is written: X[0, 1], 0.25·D[1, 1], -1.
        cells: the entries that the coefficient is made of, to be lit.
        factor: the coefficient's number.
        product: number · factor.
        total: the sum of the products up to this one.
    """

    cell: Cell
    number: float
    kind: str
    text: str
    cells: tuple[Cell, ...]
    factor: float
    product: float
    total: float

    @property
    def written(self) -> str:
        """As it is written: dZ[0, 1]·X[0, 2]; of a sum of what curves, 0.125·D[0, 1] ** 2."""
        first = self.cell.text or ("" if self.number == 1 else shown(self.number))
        return "·".join(part for part in (first, self.text) if part)


class Entry(NamedTuple):
    """One entry of an array as a sum.

    Attributes:
        cell: which it is.
        line: the line that sends it, or that computes it.
        terms: the sum; empty if nothing flows there, or if the value is no sum.
        text: of a value that is no sum, the text at this entry; empty if it has none.
        cells: the entries that this text is made of.
        value: the entry's number, as the pass computed it.
    """

    cell: Cell
    line: str
    terms: tuple[Term, ...]
    text: str
    cells: tuple[Cell, ...]
    value: float


@np.errstate(all="ignore")
def gradient_entry(trace: Trace, line: str, name: str, at: Sequence[int]) -> Entry:
    """Return entry `at` of what a line sends back to a name it reads, as a sum.

    Raises:
        PointError: the line sends nothing there, or the array has no such entry.
    """
    program = _program(trace)
    frame, arriving = sent_frame(program, line, name), f"d{line}"
    place = checked(at, program.shape(name), f"d{name}")
    points = frame.points(trace, line)
    found = frame.slopes(points, place)[arriving]
    there = (found[0] != 0) | frame.support(points[1], place, arriving)
    coefficients = Coefficients(frame, points, place, arriving, is_linear=True)
    terms = _terms(arriving, points[0][arriving], found, there, coefficients)
    value = float(np.asarray(sent(trace)[line, name][0])[place])
    return Entry(Cell(f"d{name}", place), line, _running(terms), "", (), value)


@np.errstate(all="ignore")
def value_entry(trace: Trace, name: str, at: Sequence[int]) -> Entry:
    """Return entry `at` of a line's value, as a sum over entries that the line reads.

    Raises:
        PointError: there is no such line, or the array has no such entry.
    """
    program = _program(trace)
    position = program.position(name)
    place = checked(at, program.shape(name), name)
    value, cell = float(np.asarray(trace.values[position])[place]), Cell(name, place)
    if program.nodes[position].is_leaf:
        return Entry(cell, name, (), "", (), value)
    frame = value_frame(program, name)
    points = frame.points(trace)
    found = frame.slopes(points, place)
    chosen, constant = _summed(found, points, frame.results(points, place))
    expander = Expander(frame, points, "")
    terms: list[Term] = []
    for each in chosen:
        there = np.logical_or.reduce([slopes != 0 for slopes in found[each]])
        coefficients = Coefficients(frame, points, place, each)
        terms += _terms(each, points[0][each], found[each], there, coefficients)
    if constant:
        terms.append(Term(Cell("", ()), constant, "constant", "", (), 1.0, constant, 0.0))
    if not terms or any(term.kind == "number" for term in terms):  # a text says more
        if short := expander.short(expander.entry(frame.tree, place)):
            return Entry(cell, name, (), *short, value)
        terms = terms or _added(expander, place, value)
    return Entry(cell, name, _running(terms), "", (), value)


def checked(at: Sequence[int], shape: Shape, name: str) -> Shape:
    """Return an entry's place, counted from 0.

    Raises:
        PointError: the array has no such entry.
    """
    listed = ", ".join(map(str, at))
    if len(at) != len(shape):
        what = f"{name}[{listed}] is no entry: the array has {len(shape)} axes."
        raise PointError(what, hint="Say one number for each.", at=name)
    for axis, (i, n) in enumerate(zip(at, shape, strict=True)):
        if not 0 <= i < n:
            what = f"{name}[{listed}] is not there: axis {axis} has {n}."
            raise PointError(what, hint=f"Entries are counted from 0 to {n - 1}.", at=name)
    return tuple(at)


def _program(trace: Trace) -> Program:
    assert isinstance(trace.graph, Program)
    return trace.graph


def _terms(
    name: str, array: Any, found: Sequence[Any], there: Any, coefficients: Coefficients
) -> list[Term]:
    """Return the products of an array's entries with their coefficients, in order."""
    numbers = np.broadcast_to(np.asarray(array, float), found[0].shape)
    terms = []
    for o in map(tuple, np.argwhere(there).tolist()):
        number, factor = float(numbers[o]), float(found[0][o]) + 0.0
        kind, text, cells = coefficients.name(o, [float(each[o]) for each in found])
        product = number * factor
        terms.append(Term(Cell(name, o), number, kind, text, cells, factor, product, 0.0))
    return terms


def _running(terms: Sequence[Term]) -> tuple[Term, ...]:
    total, result = 0.0, []
    for term in terms:
        total += term.product
        result.append(term._replace(total=total))
    return tuple(result)


def _summed(
    found: dict[str, list[Any]], points: Sequence[dict[str, Any]], here: Sequence[float]
) -> tuple[tuple[str, ...], float]:
    """Return the fewest arrays whose Σ J · x is the value at all points, and a constant beside."""
    names = [name for name in found if any(np.any(each) for each in found[name])][:SUMMED]
    parts = {name: [_inner(j, p[name]) for j, p in zip(found[name], points, strict=True)]
             for name in names}  # fmt: skip
    for count in range(1, len(names) + 1):
        for chosen in combinations(names, count):
            rests = [y - sum(parts[name][k] for name in chosen) for k, y in enumerate(here)]
            if np.all(np.isfinite(rests)) and np.ptp(rests) <= SAME * max(map(abs, here)):
                is_some = max(map(abs, rests)) > SAME * max(map(abs, here))
                return chosen, rests[0] if is_some else 0.0
    return (), 0.0


def _added(expander: Expander, at: Shape, value: float) -> list[Term]:
    """Return the terms of a sum or a mean of what curves: 0.125·D[0, 1] ** 2 and so on."""
    factor, parts = expander.summands(at)
    terms: list[Term] = []
    for part in parts:
        short = expander.short(part)
        if part is None or short is None:
            return []
        product = factor * part.numbers[0]
        terms.append(Term(Cell("", ()), factor, "text", *short, part.numbers[0], product, 0.0))
    total = sum(term.product for term in terms)
    return terms if abs(total - value) <= SAME * abs(value) else []


def _inner(slopes: Any, array: Any) -> float:
    """Return Σ J · x, where a slope of 0 takes no part."""
    return float(np.sum(slopes * np.where(slopes == 0, 0.0, array)))
