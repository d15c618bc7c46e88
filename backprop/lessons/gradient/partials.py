"""The partial derivatives at a point: term by term, in letters, in numbers, and by three ways."""

from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import AGREES
from backprop.engine.errors import LimitError
from backprop.engine.graph import Graph
from backprop.lessons.gradient.place import Place
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Formula, Label, Number, partial
from backprop.notation.full_formula import plugged, whole_formula
from backprop.notation.names import label_of
from backprop.notation.numerals import long, short
from backprop.notation.symbolic.derivative import derivative, terms_of
from backprop.stage.functions import function_letter

MOST_TERMS = 8  # that are listed one by one


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the function, its derivative, and what happens to it in a few words."""

    formula: Formula
    slope: Formula
    words: str


@dataclass(frozen=True, slots=True)
class Letters:
    """A partial derivative in letters.

    Attributes:
        terms: of the function; none where there are too many, or only one.
        closed: the whole derivative; None where it has no closed form that can be read.
        why: then, the reason.
    """

    terms: tuple[Term, ...]
    closed: Graph | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Partial:
    """One partial derivative at the point.

    Attributes:
        name: the variable; its label, and what is held meanwhile.
        told: whether it is written out, not only listed.
        symbolic: the closed form's value; None where there is no closed form.
        reverse, central: the same by backpropagation and by finite differences.
        relative: the relative difference of these two, as a text.
    """

    name: str
    label: Label
    held: tuple[Label, ...]
    told: bool
    address: str
    letters: Formula | None
    terms: tuple[Term, ...]
    equation: Equation
    why: str
    symbolic: Number | None
    reverse: Number
    central: Number
    relative: str
    agrees: bool


@lru_cache(maxsize=256)
def letters_of(graph: Graph, name: str) -> Letters:
    """Return a partial derivative in letters; a pure function of what was typed."""
    try:
        closed = derivative(graph, name)
    except LimitError as error:
        return Letters((), None, error.what)
    parts = terms_of(graph)
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


def partials_of(place: Place, told: tuple[str, ...], links: dict[str, str]) -> tuple[Partial, ...]:
    """Return every partial derivative.

    Args:
        place: the function and its point.
        told: the variables whose derivatives are written out.
        links: for each variable, the address at which its derivative is written out.
    """
    checked = {row.name: row for row in check_gradient(place.graph, place.at).rows}
    found = []
    for name, slope in zip(place.names, place.gradient, strict=True):
        letters, row = letters_of(place.graph, name), checked[name]
        label = label_of(name)
        left = partial(function_letter(place.graph), label)
        symbolic = None
        sides: list[tuple[str, Formula]] = []
        if letters.closed is not None:
            formula, sign, result = plugged(letters.closed, _within(place, letters.closed))
            symbolic = Number(long(result.exact), result.exact)
            sides = [("=", whole_formula(letters.closed, label_of))]
            if place.is_sound:
                sides += [("=", formula)] if letters.closed.variables else []
                sides += [(sign, Number(result.shown, slope, "backward"))]
                sides = sides[-1:] if len(letters.closed) == 1 and len(sides) == 2 else sides
        else:
            sides = [("=", Number(short(slope), slope, "backward"))]
        found.append(
            Partial(
                name=name,
                label=label,
                held=tuple(label_of(each) for each in place.names if each != name),
                told=name in told,
                address=links.get(name, ""),
                letters=whole_formula(letters.closed, label_of) if letters.closed else None,
                terms=letters.terms,
                equation=equation(left, *sides),
                why=letters.why,
                symbolic=symbolic,
                reverse=Number(long(row.analytic), row.analytic, "backward"),
                central=Number(long(row.numeric), row.numeric),
                relative=short(row.relative),
                agrees=_agree(symbolic, slope, 0.0 if row.hidden else row.relative),
            )
        )
    return tuple(found)


def _within(place: Place, graph: Graph) -> dict[str, float]:
    return {name: place.at[name] for name in graph.variables}


def _agree(symbolic: Number | None, slope: float, relative: float) -> bool:
    """Whether all ways come to the same; what is not a number agrees with nothing."""
    if not relative <= AGREES:
        return False
    if symbolic is None:
        return True
    size = max(abs(symbolic.exact), abs(slope))
    return abs(symbolic.exact - slope) <= 1e-9 * size or symbolic.exact == slope
