"""The partial derivatives at a point: term by term, in letters, in numbers, and by three ways."""

from dataclasses import dataclass, replace
from functools import lru_cache

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import AGREES
from backprop.engine.differences.report import Row as CheckRow
from backprop.engine.errors import LimitError
from backprop.engine.graph import Graph
from backprop.lessons.gradient.place import Place
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Formula, Number, partial
from backprop.notation.full_formula import formula_in_numbers, whole_formula
from backprop.notation.names import label_of
from backprop.notation.numerals import short
from backprop.notation.symbolic.derivative import derivative, split_terms
from backprop.stage.functions import function_letter
from backprop.stage.kept import kept_by
from backprop.stage.links import Links
from backprop.stage.walk.explanation import long_number, number

MOST_TERMS = 8  # that are listed one by one


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the function, its derivative, and what happens to it in a few words."""

    formula: Formula
    slope: Formula
    words: str


@dataclass(frozen=True, slots=True)
class Letters:
    """A partial derivative in letters."""

    terms: tuple[Term, ...]  # of the function; none where there are too many, or only one
    closed: Graph | None  # the derivative; None where it has no closed form that can be read
    why: str = ""  # then, the reason


@dataclass(frozen=True, slots=True)
class Partial:
    """One partial derivative at the point."""

    written_out: bool  # not only listed
    address: str  # at which it is written out; empty where all are
    letters: Formula | None
    terms: tuple[Term, ...]
    equation: Equation
    why: str  # why there is no closed form; empty where there is one
    symbolic: Number | None  # the closed form's value
    reverse: Number  # by backpropagation
    central: Number  # by finite differences
    relative: str  # the relative difference of these two
    agrees: bool


@dataclass(frozen=True, slots=True)
class Partials:
    """Every partial derivative, and why the three ways differ here; empty where they agree."""

    rows: tuple[Partial, ...]
    disagreement: str


@lru_cache(maxsize=256)
def partial_in_letters(graph: Graph, name: str) -> Letters:
    """Return a partial derivative in letters; a pure function of what was typed."""
    try:
        closed = derivative(graph, name)
    except LimitError as error:
        return Letters((), None, error.what)
    parts = split_terms(graph)
    if not 1 < len(parts) <= MOST_TERMS:
        return Letters((), closed)
    try:
        return Letters(tuple(_term(part, name) for part in parts), closed)
    except LimitError:
        return Letters((), closed)


def _term(part: Graph, name: str) -> Term:
    slope = derivative(part, name)
    others = [each for each in part.variables if each != name]
    if name not in part.variables:
        words = f"no {name} in it" if part.variables else "a constant"
    else:
        words = f"{', '.join(others)} held" if others else ""
    return Term(whole_formula(part, label_of), whole_formula(slope, label_of), words)


def make_partials(place: Place, links: Links) -> Partials:
    """Return every partial derivative; of more than two, one at a time is written out."""
    names, held = place.names, place.choices.held
    written_out, addresses = names, {}
    if len(names) > 2:
        written_out = (held if held in names else names[0],)
        addresses = {name: links.address(held=name) for name in names}
    every = _all_partials(place)
    if written_out == names and not addresses:
        return every
    rows = tuple(
        replace(row, written_out=name in written_out, address=addresses.get(name, ""))
        for name, row in zip(names, every.rows, strict=True)
    )
    return replace(every, rows=rows)


def _point(place: Place) -> tuple[object, ...]:
    return place.choices.expression, place.at


@kept_by(_point)
def _all_partials(place: Place) -> Partials:
    """Return every partial derivative, written out."""
    checked = {row.name: row for row in check_gradient(place.graph, place.at).rows}
    rows = tuple(_partial(place, checked[name]) for name in place.names)
    apart = any(row.relative > AGREES and not row.hidden for row in checked.values())
    alike = all(each.agrees for each in rows) and not apart
    return Partials(rows, "" if alike else _disagreement(place))


def _disagreement(place: Place) -> str:
    """Return why the three ways may differ here."""
    if not place.is_sound:
        return "Where f or a slope is not a finite number, nothing can be compared."
    return (
        "At a kink, or where f bends within the nudge, finite differences see both sides; and "
        "where f is huge, rounding eats their digits."
    )


def _partial(place: Place, row: CheckRow) -> Partial:
    letters = partial_in_letters(place.graph, row.name)
    slope = place.gradient[place.names.index(row.name)]
    sides: list[tuple[str, Formula]] = [("=", number(slope, "backward"))]
    symbolic = closed = None
    if letters.closed is not None:
        closed = whole_formula(letters.closed, label_of)
        at = {name: place.at[name] for name in letters.closed.variables}
        numbers, sign, result = formula_in_numbers(letters.closed, at)
        symbolic = long_number(result.exact)
        end = (sign, Number(result.shown, slope, "backward"))
        if not place.is_sound:
            sides = [("=", closed)]
        elif at:
            sides = [("=", closed), ("=", numbers), end]
        else:  # a constant; a single number is said once
            sides = [("=", closed), end] if len(letters.closed) > 1 else [end]
    return Partial(
        written_out=True,
        address="",
        letters=closed,
        terms=letters.terms,
        equation=equation(partial(function_letter(place.graph), label_of(row.name)), *sides),
        why=letters.why,
        symbolic=symbolic,
        reverse=long_number(row.analytic, "backward"),
        central=long_number(row.numeric),
        relative=short(row.relative),
        agrees=row.agrees() and _agree(symbolic, slope),
    )


def _agree(symbolic: Number | None, slope: float) -> bool:
    """Whether algebra comes to the same."""
    if symbolic is None:
        return True
    size = max(abs(symbolic.exact), abs(slope))
    return abs(symbolic.exact - slope) <= 1e-9 * size or symbolic.exact == slope
