"""What a backward step says: what arrives, times one local derivative, summed over the uses.

Every number comes from the trace; every rule from the operation's row.
"""

from backprop.drawing.curve import FunctionCurve, draw_function
from backprop.engine.differences.report import AGREES
from backprop.engine.trace import Term, other_factor
from backprop.notation.derivation import Equation, Piece, Product, equation, product
from backprop.notation.formula import Formula, Number, Operator, Row, Text, partial
from backprop.notation.numerals import Written, adds_up
from backprop.notation.steps import local_equation, local_formula
from backprop.stage.walk.explanation import (
    Check,
    Explanation,
    Labels,
    Line,
    Words,
    name_at,
    number,
    output_of,
    overflow_words,
    row_at,
    said_output,
    shown_at,
    sum_words,
)
from backprop.stage.walk.steps import Passes, WalkStep


def tell_base(found: Passes, label: Labels) -> Explanation:
    """Return what the first backward step says: ∂L/∂L = 1."""
    whole = output_of(found, label)
    return Explanation(
        phase="backward",
        headline=("Where does the backward pass begin?",),
        lede=("At ", said_output(found, label), " itself. This is the base case."),
        equation=equation(partial(whole, whole), ("=", number(1.0, "backward"))),
        products=(),
        local=None,
        result_words=("slope of ", whole, " by ", whole),
        result=number(1.0, "backward"),
        lines=(),
        sentence=(
            "From here every gradient follows by the same rule: what is known of the next "
            "quantity, times one local derivative.",
        ),
    )


def tell_slope(found: Passes, stop: WalkStep, label: Labels) -> Explanation:
    """Return what the step of one gradient says."""
    own = label(stop.name)
    terms = found.trace.terms[stop.node]
    products = tuple(_product(found, term, label, alone=len(terms) == 1) for term in terms)
    slope = found.trace.gradients[stop.node]
    ends_here = terms[0].edge.later == found.graph.output
    local = _local(found, terms[0], products[0], label) if len(terms) == 1 else None
    return Explanation(
        phase="backward",
        headline=("How much does ", own, " matter?"),
        lede=_why(found, terms, label),
        equation=None,
        products=() if local and ends_here else products,
        local=local,
        result_words=("gradient at ", own),
        result=Number(_written(terms).result, slope, "backward"),
        lines=_paths(found, terms, label)
        if len(terms) > 1
        else _factors(found, terms[0], products[0], label),
        sentence=(*_adds(terms), *_meaning(found, stop, label)),
        check=_check(found, stop.name, label),
    )


def _why(found: Passes, terms: tuple[Term, ...], label: Labels) -> Words:
    own = label(name_at(found, terms[0].edge.node))
    if len(terms) > 1:
        ways = f" in {len(terms)} ways. Take each, and add them up."
        return (own, " reaches ", said_output(found, label), ways)
    later = terms[0].edge.later
    if later == found.graph.output:
        return (
            output_of(found, label),
            " is computed from ",
            own,
            ": one local derivative is enough.",
        )
    return (
        "The gradient at ",
        label(name_at(found, later)),
        " is known. Multiply by one local derivative.",
    )


def _product(found: Passes, term: Term, label: Labels, *, alone: bool) -> Product:
    """Return one path's product: what arrives, times the local derivative."""
    own, later = (label(name_at(found, i)) for i in term.edge[:2])
    whole = output_of(found, label)
    local = Piece(
        partial(later, own),
        local_formula(found.graph, term.edge.later, term.edge.which, label),
        term.local,
        _tone(found, term),
        _points_to(found, term),
    )
    pieces = [local]
    if term.edge.later != found.graph.output:
        key = f"n-{name_at(found, term.edge.later)}"
        pieces = [
            Piece(partial(whole, later), Text("known"), term.arriving, "backward", key),
            local,
        ]
    left: Formula = partial(whole, own) if alone else Row((Text("by way of\u00a0"), later))
    return product(left, pieces)


def _local(found: Passes, term: Term, computed: Product, label: Labels) -> Equation | None:
    """Return the local derivative in letters and numbers, as it stands in the product."""
    if other_factor(found.graph, term.edge) is not None:
        return None
    own, later = (label(name_at(found, i)) for i in term.edge[:2])
    left = partial(later, own)
    if row_at(found, term.edge.later).name != "cross_entropy":
        shown = _number(computed.columns[-1].lines[-1]).shown
        decimals = None if "·" in shown else max(3, len(shown.partition(".")[2]))
        return local_equation(left, found.trace, term, label, decimals)
    inputs = found.graph.nodes[term.edge.later].inputs
    target = found.trace.values[inputs[term.edge.which + len(inputs) // 2]]
    share = number(term.local + target, "forward")  # the slope of softmax with cross-entropy: ŷ − y
    letters = local_formula(found.graph, term.edge.later, term.edge.which, label)
    difference = Row((share, Operator("−"), number(target, "forward")))
    result = number(term.local, "backward")
    return equation(left, ("=", letters), ("=", difference), ("=", result))


def _written(terms: tuple[Term, ...]) -> Written:
    """Return the last line of a gradient: its factors, or its paths, and what they give."""
    if len(terms) > 1:
        return adds_up([term.product for term in terms], terms[-1].total, "sum")
    return adds_up([terms[0].arriving, terms[0].local], terms[0].product)


def _tone(found: Passes, term: Term) -> str:
    """A forward value that is used again stays blue; a slope computed now is not."""
    return "forward" if other_factor(found.graph, term.edge) is not None else "backward"


def _points_to(found: Passes, term: Term) -> str:
    other = other_factor(found.graph, term.edge)
    if other is not None:
        return f"n-{name_at(found, other)}"
    return f"e-{name_at(found, term.edge.node)}-{name_at(found, term.edge.later)}"


def _paths(found: Passes, terms: tuple[Term, ...], label: Labels) -> tuple[Line, ...]:
    """Return what each way of a fork adds."""
    shown = zip(terms, _written(terms).terms, strict=True)
    return tuple(
        Line(
            ("By way of ", label(name_at(found, term.edge.later))),
            Number(text, term.product, "backward"),
            f"e-{name_at(found, term.edge.node)}-{name_at(found, term.edge.later)}",
            str(n),
        )
        for n, (term, text) in enumerate(shown, 1)
    )


def _factors(found: Passes, term: Term, computed: Product, label: Labels) -> tuple[Line, ...]:
    """Return the factors of a product in words, with the numbers as they stand in it."""
    numbers = [column.lines[-1] for column in computed.columns]
    words, drawn = _local_words(found, term, label)
    local = Line(words, _number(numbers[-1]), _points_to(found, term), str(len(numbers)), drawn)
    if len(numbers) == 1:
        return (local,)
    later = name_at(found, term.edge.later)
    reacts: Words = ("How ", output_of(found, label), " reacts to ", label(later))
    return (Line(reacts, _number(numbers[0]), f"n-{later}", "1"), local)


def _number(formula: Formula) -> Number:
    assert isinstance(formula, Number), "a column ends with its number"
    return formula


def _local_words(found: Passes, term: Term, label: Labels) -> tuple[Words, FunctionCurve | None]:
    """Return what a local derivative is, in words, and its picture where it has one."""
    own, later = (label(name_at(found, i)) for i in term.edge[:2])
    row, other = row_at(found, term.edge.later), other_factor(found.graph, term.edge)
    if other is not None:
        return ("What ", own, " is multiplied by: ", shown_at(found, other, label)), None
    if len(row.inputs) == 1:
        drawn = draw_function(row, found.trace.values[term.edge.node])
        return (f"Slope of the {row.title} at ", own), drawn
    if row.name in ("add", "weighted_sum"):
        return ("A sum passes a change on as it is",), None
    return ("How ", later, " reacts to ", own), None


def _adds(terms: tuple[Term, ...]) -> Words:
    if not 1 < len(terms) <= 5:
        return ()
    written = _written(terms)
    return (f"{sum_words(written.terms)} {written.sign} {written.result}. ",)


def _meaning(found: Passes, stop: WalkStep, label: Labels) -> Words:
    slope, own = found.trace.gradients[stop.node], label(stop.name)
    whole = output_of(found, label)
    if slope - slope != 0:
        return overflow_words(found, label)
    if slope == 0:
        zero = next((t for t in found.trace.terms[stop.node] if t.local == 0), None)
        if zero is None or len(found.trace.terms[stop.node]) > 1:
            return ("Exactly 0: moving ", own, " a little does not move ", whole, ".")
        return ("Exactly 0, because one factor is 0: nothing passes here.",)
    way = "lowers" if slope < 0 else "raises"
    sign = "Negative" if slope < 0 else "Positive"
    size = _written(found.trace.terms[stop.node]).result.removeprefix("−")
    return (
        *(f"{sign}, so raising ", own, f" {way} ", whole),
        f": a small step moves it {size} times as far.",
    )


def _check(found: Passes, name: str, label: Labels) -> Check | None:
    """Return the second opinion on the gradient of a variable."""
    if name not in found.check:
        return None
    row = found.check[name]
    shown = number(row.numeric)
    if row.relative != row.relative:
        return Check(shown, row.relative, ("By finite differences: no number either.",))
    if row.hidden and row.relative > AGREES:
        rounding = " by less than its rounding: no second opinion here."
        moved = ("Nudging it moves ", said_output(found, label), rounding)
        return Check(shown, row.relative, moved, hidden=True)
    if row.relative > AGREES:
        told = f"Nudging it up and down gives not the same: {shown.shown}, by finite differences."
        return Check(shown, row.relative, (told,))
    told = f"Nudging it up and down gives the same: {shown.shown}, by finite differences."
    return Check(shown, row.relative, (told,))
