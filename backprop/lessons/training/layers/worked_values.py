"""An entry of a value worked out in numbers: a weighted sum, an activation, a mean, a sum."""

from typing import Any

import numpy as np

from backprop.engine.families import find_operation
from backprop.engine.ops import Operation
from backprop.engine.saturation import loss_of_one
from backprop.engine.trace import Trace
from backprop.lessons.training.layers.entry import Entry, WorkedEntry, row_band
from backprop.notation.derivation import equation
from backprop.notation.formula import Number
from backprop.notation.juxtaposition import multiply, sum_of
from backprop.notation.line_breaking import broken
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up
from backprop.notation.printer import rule_formula
from backprop.notation.sums import Operand, alone, few, products, sides
from backprop.stage.walk.explanation import Words


def worked_value(entry: Entry) -> WorkedEntry | None:
    """Return an entry of a value, worked out; None where its rule says it all."""
    row = entry.trace.graph.row(entry.node)
    if row.name.startswith("affine"):
        return _weighted_sum(entry)
    if isinstance(row, Operation) and row.activates:
        return _activation(entry, row)
    if row.name == "sum":
        return _objective(entry)
    if row.name.startswith("batch_"):
        return _loss(entry, row.name.removeprefix("batch_"))
    return None


def _weighted_sum(entry: Entry) -> WorkedEntry:
    """Z[i, j] = Σ over k of A[i, k] W[j, k] + b[j]."""
    trace, (i, j) = entry.trace, entry.at
    a, w, b = trace.graph.nodes[entry.node].inputs
    A, W, bias = (trace.values[k] for k in (a, w, b))
    last = entry.of(b, "value", (j if bias.size > 1 else 0,))
    terms = products(W[j].tolist(), "forward", A[i].tolist(), "forward")
    letters = [
        multiply(entry.of(w, "value", (j, k)).letter, entry.of(a, "value", (i, k)).letter)
        for k in range(len(terms))
    ]
    right = sides(terms, entry.total, (Operand(last.number, "forward"),))
    above, weights = (label_of(trace.graph.nodes[k].name) for k in (a, w))
    about: Words = ("Row ", str(i + 1), " of ", above, " meets row ", str(j + 1), " of ", weights)
    bands = {(a, "value"): row_band(A, i), (w, "value"): row_band(W, j)}
    return WorkedEntry(
        (*about, f": {_counted(len(terms))}, then the bias."),
        equation(entry.left, ("=", broken(sum_of((few(letters), last.letter)))), *right),
        bands | last.cell | entry.cell,
    )


def _losses(trace: Trace, name: str, p: int, y: int) -> Any:
    """Return the loss of each example, from arrays of outputs and of targets."""
    outputs = trace.values[p]
    if name == "binary_cross_entropy":
        row, nodes = loss_of_one(trace.graph, name, p, y)
        return row.evaluate(*(trace.values[i] for i in nodes)).mean(axis=1)
    one = find_operation(name, 2 * outputs.shape[1])
    assert isinstance(one, Operation), "the loss of one example is an operation on numbers"
    return one.evaluate(*outputs.T, *trace.values[y].T)


def _counted(products: int) -> str:
    return "one product" if products == 1 else f"{products} products"


def _activation(entry: Entry, row: Operation) -> WorkedEntry:
    """A[i, j] = σ(Z[i, j])."""
    (z,) = entry.trace.graph.nodes[entry.node].inputs
    below, (name,) = entry.of(z, "value"), row.inputs
    written = adds_up([below.number], entry.number, lambda x: float(row.evaluate(x)))
    text, plugged = f"{row.name}({name})", Number(written.terms[0], below.number, "forward")
    letters, numbers = (rule_formula(text, {name: x}) for x in (below.letter, plugged))
    result = Number(written.result, entry.number, "forward")
    return WorkedEntry(
        ("Each entry on its own: no other row or column takes part.",),
        equation(entry.left, ("=", letters), ("=", numbers), (written.sign, result)),
        below.cell | entry.cell,
    )


def _objective(entry: Entry) -> WorkedEntry:
    """J = L + R₁ + R₂."""
    trace = entry.trace
    inputs = trace.graph.nodes[entry.node].inputs
    terms = alone([float(trace.values[i]) for i in inputs], "forward")
    letters = few([label_of(trace.graph.nodes[i].name) for i in inputs])
    return WorkedEntry(
        ("The loss first, then the penalty of each layer.",),
        equation(entry.left, ("=", broken(letters)), *sides(terms, entry.total)),
        {},
    )


def _loss(entry: Entry, name: str) -> WorkedEntry:
    """L = the mean over the examples of each one’s own loss."""
    trace = entry.trace
    p, y = trace.graph.nodes[entry.node].inputs
    own = np.ravel(_losses(trace, name, p, y)).tolist()
    many = f"Each example’s own loss, added up and divided by {len(own)}: the mean."
    return WorkedEntry(
        (many if len(own) > 1 else "The loss of the one example.",),
        equation(entry.left, *sides(alone(own, "forward"), entry.total, share=len(own))),
        {},
    )
