"""An entry of a gradient worked out in numbers: what each use sends back, added up."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from backprop.engine.ops import Operation
from backprop.engine.trace import Term
from backprop.lessons.layers_entry import (
    MOST_ROWS,
    Band,
    Entry,
    Half,
    Worked,
    column_band,
    row_band,
)
from backprop.lessons.layers_slopes import slope_of_activation, slope_of_loss
from backprop.lessons.layers_sums import Term as Summand
from backprop.lessons.layers_sums import alone, few, products, sides
from backprop.lessons.round_telling import Words
from backprop.notation.derivation import equation
from backprop.notation.formula import Formula, Row, Text
from backprop.notation.joins import GAP, multiply
from backprop.notation.names import label_of
from backprop.notation.wide import broken


def worked_slope(entry: Entry) -> Worked | None:
    """Return an entry of a gradient, worked out; None at the base case."""
    terms = entry.trace.terms[entry.node]
    if len(terms) != 1:
        return _uses(entry, terms) if terms else None
    (term,) = terms
    row = entry.trace.graph.row(term.edge.later)
    if row.name.startswith("affine"):
        return _AFFINE[term.edge.which](entry, term)
    if isinstance(row, Operation):
        return slope_of_activation(entry, term, row) if row.activates else None
    return slope_of_loss(entry, term, row.name.removeprefix("batch_"))


def _to_inputs(entry: Entry, term: Term) -> Worked:
    """∂L/∂A[i, k] = Σ over j of g[i, j] W[j, k]."""
    trace, (i, k) = entry.trace, entry.at
    z, w = term.edge.later, trace.graph.nodes[term.edge.later].inputs[1]
    g, W = term.arriving, trace.values[w]
    terms = products(g[i].tolist(), "backward", W[:, k].tolist(), "forward")
    letters = [
        multiply(entry.of(z, "slope", (i, j)).left, entry.of(w, "value", (j, k)).letter)
        for j in range(len(terms))
    ]
    later, weights = (label_of(trace.graph.nodes[n].name) for n in (z, w))
    about: Words = ("Row ", str(i + 1), " of the gradient at ", later, " meets column ")
    about = (*about, str(k + 1), " of ", weights, ": one product for each unit it feeds.")
    bands = {(z, "slope"): row_band(g, i), (w, "value"): column_band(W, k, len(W))}
    return _summed(entry, few(letters), terms, about, bands)


def _to_weights(entry: Entry, term: Term) -> Worked:
    """∂L/∂W[j, k] = Σ over i of g[i, j] A[i, k]."""
    trace, (j, k) = entry.trace, entry.at
    z, a = term.edge.later, trace.graph.nodes[term.edge.later].inputs[0]
    g, A = term.arriving, trace.values[a]
    terms = products(g[:, j].tolist(), "backward", A[:, k].tolist(), "forward")
    later, above = (label_of(trace.graph.nodes[n].name) for n in (z, a))
    each = multiply(entry.of(z, "slope", (0, j)).left, entry.of(a, "value", (0, k)).letter)
    about: Words = ("Column ", str(j + 1), " of the gradient at ", later, " meets column ")
    about = (*about, str(k + 1), " of ", above, _each("product", len(terms)))
    bands = {(z, "slope"): column_band(g, j), (a, "value"): column_band(A, k)}
    return _summed(entry, _over(each, terms), terms, about, bands)


def _to_bias(entry: Entry, term: Term) -> Worked:
    """∂L/∂b[j] = Σ over i of g[i, j]; of a bias that all units share, the sum of all of g."""
    (j,), z, g = entry.at, term.edge.later, term.arriving
    shared = entry.array.size < g.shape[1]
    terms = alone((g.ravel() if shared else g[:, j]).tolist(), "backward")
    own = label_of(entry.trace.graph.nodes[z].name)
    if shared:
        about: Words = ("All of the gradient at ", own, ": one bias, used at each entry of it.")
        band = Band(0, 0, min(len(g), MOST_ROWS), g.shape[1])
    else:
        about = ("Column ", str(j + 1), " of the gradient at ", own, _each("term", len(terms)))
        band = column_band(g, j)
    each = entry.of(z, "slope", (0, j)).left
    return _summed(entry, _over(each, terms), terms, about, {(z, "slope"): band})


_AFFINE: tuple[Callable[[Entry, Term], Worked], ...] = (_to_inputs, _to_weights, _to_bias)


def _uses(entry: Entry, terms: Sequence[Term]) -> Worked:
    """∂J/∂W[j, k] = what came through Z, and what came through each penalty."""
    names = [entry.trace.graph.nodes[term.edge.later].name for term in terms]
    parts = alone([float(np.asarray(t.product)[entry.at]) for t in terms], "backward")
    through = [part for name in names for part in (", through ", label_of(name))][1:]
    about: Words = (f"Used {len(terms)} times: through ", *through, ". Each use adds its own.")
    return Worked(about, equation(entry.left, *sides(parts, entry)), entry.cell)


def _summed(
    entry: Entry,
    letters: Formula,
    terms: Sequence[Summand],
    about: Words,
    bands: Mapping[Half, Band],
) -> Worked:
    found = equation(entry.left, ("=", broken(letters)), *sides(terms, entry))
    return Worked(about, found, {**bands, **entry.cell})


def _each(kind: str, count: int) -> str:
    return f": one {kind} for each of the {count} examples." if count > 1 else ": one example."


def _over(each: Formula, terms: Sequence[Summand]) -> Formula:
    """Return a sum over the examples, in letters."""
    return Row((Text("Σ"), GAP, each)) if len(terms) > 1 else each
