"""An entry of a gradient that one local derivative makes: of an activation, or of the loss."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from backprop.engine.compiled.rules import names_in
from backprop.engine.families import find_operation
from backprop.engine.ops import Operation
from backprop.engine.trace import Term
from backprop.lessons.training.layers.entry import (
    MOST_ROWS,
    Band,
    Entry,
    WorkedEntry,
    column_band,
    row_band,
)
from backprop.lessons.training.layers.steps import Half
from backprop.notation.batch_formula import slope_at
from backprop.notation.derivation import equation
from backprop.notation.formula import Cases, Formula, Fraction, Label, Number, Row, Text
from backprop.notation.juxtaposition import GAP, PRODUCT, bracketed, divide, multiply
from backprop.notation.line_breaking import broken
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up
from backprop.notation.printer import rule_formula
from backprop.notation.sums import TIMES, Summand, alone, few, products, sides
from backprop.stage.walk.explanation import Words


def slope_of_activation(entry: Entry, term: Term, row: Operation) -> WorkedEntry:
    """Return ∂L/∂Z[i, j] = ∂L/∂A[i, j] · σ′(Z[i, j]), worked out."""
    later, (name,), (text,) = term.edge.later, row.inputs, row.partials
    arriving = entry.of(later, "slope")
    point = {"out": entry.of(later, "value"), name: entry.of(entry.node, "value")}
    letters = rule_formula(text, {key: each.letter for key, each in point.items()}, fold=True)
    slope = float(np.asarray(term.local)[entry.at])
    used = [key for key in point if key in names_in(text) and not isinstance(letters, Cases)]
    factors = [point[key].number for key in used] or [slope]

    def again(g: float, *numbers: float) -> float:
        if not used:
            return g * numbers[0]
        values = {key: each.number for key, each in point.items()}
        values |= dict(zip(used, numbers, strict=True))
        return g * float(row.local_derivatives(*values.values())[0])

    written = adds_up([arriving.number, *factors], entry.number, again)
    first, *rest = written.terms
    tone = "forward" if used else "backward"
    plugged = [Number(shown, x, tone) for shown, x in zip(rest, factors, strict=True)]
    local: Formula = plugged[0]
    if used:
        local = rule_formula(text, dict(zip(used, plugged, strict=True)))
    arrives = Number(first, arriving.number, "backward")
    by_name = slope_at(row, point[name].letter)
    has_cases, at = isinstance(letters, Cases), point[name]
    shown = by_name if has_cases else bracketed(letters, PRODUCT)
    case: Words = (at.letter, f" is {'' if at.number > 0 else 'not '}above 0.") if has_cases else ()
    read = point["out"] if "out" in used else at
    return WorkedEntry(
        ("What arrives at this entry, times the slope there. ", *case),
        equation(
            entry.left,
            ("=", broken(multiply(arriving.left, shown))),
            ("=", broken(Row((bracketed(arrives, PRODUCT), TIMES, bracketed(local, PRODUCT))))),
            (written.sign, Number(written.result, entry.number, "backward")),
        ),
        arriving.cell | read.cell | entry.cell,
    )


class _Own(NamedTuple):
    """The slope of one example’s own loss by one output: as text, as letters, and in numbers."""

    text: str
    letters: Formula
    point: Mapping[str, float]
    again: Callable[..., float]


def slope_of_loss(entry: Entry, term: Term, name: str) -> WorkedEntry:
    """Return ∂L/∂A[i, j], the slope of that example's own loss over their number, worked out."""
    a, y = entry.trace.graph.nodes[term.edge.later].inputs
    n = len(entry.array)
    output, target = entry.of(a, "value"), entry.of(y, "value")
    rule = {"cross_entropy": _of_softmax, "multiclass_hinge": _of_scores}.get(name, _of_outputs)
    own = rule(entry, name, output, target)
    written = adds_up([*own.point.values()], entry.number, lambda *x: own.again(*x) / n)
    numbers = zip(written.terms, own.point.items(), strict=True)
    plugged = {key: Number(shown, x, "forward") for shown, (key, x) in numbers}
    right = rule_formula(own.text, plugged)
    return WorkedEntry(
        _about(name, n),
        equation(
            entry.left,
            ("=", _over(own.letters, Label("n", plain="n")) if n > 1 else own.letters),
            ("=", divide(right, Number(str(n), float(n))) if n > 1 else right),
            (written.sign, Number(written.result, entry.number, "backward")),
        ),
        output.cell | target.cell | entry.cell,
    )


def _over(x: Formula, y: Label) -> Formula:
    """Return x over y, as one fraction also where x is one."""
    return Fraction(x.top, multiply(y, x.bottom)) if isinstance(x, Fraction) else divide(x, y)


def _about(name: str, n: int) -> Words:
    mean = f" The mean over {n} examples divides it by {n}." if n > 1 else ""
    if name == "cross_entropy":
        hat = Label("y", hat=True)
        return ("What softmax makes of the score, ", hat, f", less the target.{mean}")
    return (f"The slope of this example’s own loss.{mean}",)


def _of_outputs(entry: Entry, name: str, output: Entry, target: Entry) -> _Own:
    """The rule of the loss of one example, which needs this output and this target alone."""
    j, (row, point) = entry.at[1], _one_example(entry, name, output, target)
    p, y = row.inputs[j], row.inputs[entry.array.shape[1] + j]

    def again(at_p: float, at_y: float) -> float:
        full = dict(zip(row.inputs, point, strict=True)) | {p: at_p, y: at_y}
        return float(row.local_derivatives(row.evaluate(*full.values()), *full.values())[j])

    letters = rule_formula(row.partials[j], {p: output.letter, y: target.letter}, fold=True)
    return _Own(row.partials[j], letters, {p: output.number, y: target.number}, again)


def _of_softmax(entry: Entry, name: str, output: Entry, target: Entry) -> _Own:
    """ŷ − y, where ŷ is what softmax makes of the scores."""
    row, point = _one_example(entry, name, output, target)
    slope = float(row.local_derivatives(row.evaluate(*point), *point)[entry.at[1]])
    point_of_rule = {"p": slope + target.number, "y": target.number}
    below = target.letter.below
    names = {"p": Label("y", below, hat=True), "y": label_of(f"y{below}")}
    return _Own("p - y", rule_formula("p - y", names), point_of_rule, lambda p, y: p - y)


def _of_scores(entry: Entry, name: str, output: Entry, target: Entry) -> _Own:
    """The rule of a loss that compares all scores of one example."""
    (i, j), (row, point) = entry.at, _one_example(entry, name, output, target)
    k = entry.array.shape[1]
    used = [x for x in row.inputs if x in names_in(row.partials[j])]
    at = dict(zip(row.inputs, point, strict=True))
    letters = {
        x: entry.of(each.node, "value", (i, n)).letter
        for names, each in ((row.inputs[:k], output), (row.inputs[k:], target))
        for n, x in enumerate(names)
    }

    def again(*numbers: float) -> float:
        full = (at | dict(zip(used, numbers, strict=True))).values()
        return float(row.local_derivatives(row.evaluate(*full), *full)[j])

    text = row.partials[j]
    return _Own(text, rule_formula(text, letters, fold=True), {x: at[x] for x in used}, again)


def _one_example(
    entry: Entry, name: str, output: Entry, target: Entry
) -> tuple[Operation, tuple[float, ...]]:
    """Return the loss of one example, and the outputs and targets of this entry's."""
    row, i = find_operation(name, 2 * entry.array.shape[1]), entry.at[0]
    assert isinstance(row, Operation), "the loss of one example is an operation on numbers"
    return row, (*output.array[i].tolist(), *target.array[i].tolist())


def worked_slope(entry: Entry) -> WorkedEntry | None:
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


def _to_inputs(entry: Entry, term: Term) -> WorkedEntry:
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


def _to_weights(entry: Entry, term: Term) -> WorkedEntry:
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
    return _summed(entry, _sum_over_examples(each, terms), terms, about, bands)


def _to_bias(entry: Entry, term: Term) -> WorkedEntry:
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
    return _summed(entry, _sum_over_examples(each, terms), terms, about, {(z, "slope"): band})


_AFFINE: tuple[Callable[[Entry, Term], WorkedEntry], ...] = (_to_inputs, _to_weights, _to_bias)


def _uses(entry: Entry, terms: Sequence[Term]) -> WorkedEntry:
    """∂J/∂W[j, k] = what came through Z, and what came through each penalty."""
    names = [entry.trace.graph.nodes[term.edge.later].name for term in terms]
    parts = alone([float(np.asarray(t.product)[entry.at]) for t in terms], "backward")
    through = [part for name in names for part in (", through ", label_of(name))][1:]
    about: Words = (f"Used {len(terms)} times: through ", *through, ". Each use adds its own.")
    return WorkedEntry(about, equation(entry.left, *sides(parts, entry.total)), entry.cell)


def _summed(
    entry: Entry,
    letters: Formula,
    terms: Sequence[Summand],
    about: Words,
    bands: Mapping[Half, Band],
) -> WorkedEntry:
    equal = equation(entry.left, ("=", broken(letters)), *sides(terms, entry.total))
    return WorkedEntry(about, equal, {**bands, **entry.cell})


def _each(kind: str, count: int) -> str:
    return f": one {kind} for each of the {count} examples." if count > 1 else ": one example."


def _sum_over_examples(each: Formula, terms: Sequence[Summand]) -> Formula:
    return Row((Text("Σ"), GAP, each)) if len(terms) > 1 else each
