"""The explanation of a backward step: what arrives, times a local derivative, over all uses.

Every number comes from the trace; every rule from the operation's row.
"""

from math import isfinite

from backprop.drawing.curve import FunctionCurve, draw_function
from backprop.engine.differences.report import AGREES
from backprop.engine.differences.report import Row as CheckRow
from backprop.engine.differences.verdict import CONVENTION, Answer
from backprop.engine.ops import flows_back
from backprop.engine.trace import Term, other_factor
from backprop.notation.derivation import Equation, Piece, Product, equation, product
from backprop.notation.formula import Formula, Number, Operator, Row, Text, partial
from backprop.notation.numerals import Written, adds_up
from backprop.notation.steps import local_equation, local_formula
from backprop.stage.walk.explanation import (
    DifferenceCheck,
    Explanation,
    Labels,
    Reason,
    Words,
    label_at,
    name_at,
    number,
    operation_at,
    output_in_words,
    output_label,
    sum_words,
)
from backprop.stage.walk.not_finite import (
    gradient_words,
    no_value_words,
    slope_words,
    value_words,
)
from backprop.stage.walk.steps import Passes, WalkStep


def explain_gradient(passes: Passes, step: WalkStep, label: Labels) -> Explanation:
    """Return the explanation of one gradient: each path's product, and their sum."""
    own, terms = label(step.name), passes.trace.terms[step.node]
    if not terms:
        return _explain_base_case(passes, label)
    alone = len(terms) == 1
    stands = ("",) if alone else _written(terms).terms
    products = tuple(
        _product(passes, term, label, text, alone=alone)
        for term, text in zip(terms, stands, strict=True)
    )
    slope = passes.trace.gradients[step.node]
    ends_here = terms[0].edge.later == passes.graph.output
    if len(terms) > 1:
        local, lines = None, _paths(passes, terms, label)
    else:
        local = _local(passes, terms[0], products[0], label)
        lines = _factors(passes, terms[0], products[0], label)
    return Explanation(
        phase="backward",
        headline=("How much does ", own, " matter?"),
        lede=_why(passes, terms, label),
        products=() if local and ends_here else products,
        local=local,
        result_words=("gradient at ", own),
        result=Number(_written(terms).result, slope, "backward"),
        lines=lines,
        sentence=(*_adds(terms), *_meaning(passes, step, label)),
        check=_check(passes, step.name, label),
    )


def _explain_base_case(passes: Passes, label: Labels) -> Explanation:
    """Return the explanation of the first backward step: ∂L/∂L = 1."""
    whole = output_label(passes, label)
    return Explanation(
        phase="backward",
        headline=("Where does the backward pass begin?",),
        lede=("At ", output_in_words(passes, label), " itself. This is the base case."),
        equation=equation(partial(whole, whole), ("=", number(1.0, "backward"))),
        result_words=("slope of ", whole, " by ", whole),
        result=number(1.0, "backward"),
        sentence=(
            "From here every gradient follows by the same rule: what is known of the next "
            "quantity, times one local derivative.",
        ),
    )


def explain_whole(passes: Passes, label: Labels, lede: str, kink: str) -> Explanation:
    """Return the explanation of the gradient when it is complete.

    `lede` says what a gradient is here; `kink`, why finite differences may give another slope.
    """
    slopes = passes.trace.gradient.values()
    length = sum(g * g for g in slopes) ** 0.5
    return Explanation(
        phase="backward",
        headline=("Backpropagation ends here.",),
        lede=(lede,),
        result_words=("length of the gradient",),
        result=number(length, "backward") if slopes else None,
        sentence=_after_whole(passes, label, kink) if slopes else (),
    )


def _after_whole(passes: Passes, label: Labels, kink: str) -> Words:
    """Return what the gradient is, and whether finite differences confirm it."""
    slopes, whole = passes.trace.gradient, output_label(passes, label)
    odd = [row for row in passes.check.values() if not (row.agrees() and _are_one(row))]
    if not odd:
        several = f"{len(slopes)} slopes" if len(slopes) > 1 else "One slope"
        return (
            "The gradient points where ",
            whole,
            " rises most steeply, and its length is that slope, to first order. "
            f"{several} for one pass back; finite differences needed {2 * len(slopes)} passes "
            "forward, and agree.",
        )
    value = passes.trace.value
    endless = next((r for r in odd if not (isfinite(value) and isfinite(r.analytic))), None)
    if endless:
        return slope_words(passes.trace, endless.name, label)
    first = odd[0]
    if first.answer is Answer.OPEN:
        why = f", because {first.because}."
        return ("Finite differences cannot judge the slope at ", label(first.name), why)
    within = f": {kink} lies within the nudge, which sees both of its sides."
    if first.agrees() and not first.kink:
        within = ": the function bends within the nudge. Narrower ones agree."
    return ("Finite differences give another slope at ", label(first.name), within)


def _why(passes: Passes, terms: tuple[Term, ...], label: Labels) -> Words:
    own = label(name_at(passes, terms[0].edge.node))
    if len(terms) > 1:
        ways = f" in {len(terms)} ways. Take each, and add them up."
        return (own, " reaches ", output_in_words(passes, label), ways)
    later = label(name_at(passes, terms[0].edge.later))
    if terms[0].edge.later == passes.graph.output:
        return (later, " is computed from ", own, ": one local derivative is enough.")
    return ("The gradient at ", later, " is known. Multiply by one local derivative.")


def _product(passes: Passes, term: Term, label: Labels, stands: str, *, alone: bool) -> Product:
    """Return one path's product: what arrives, times the local derivative.

    `stands` is the product as the sum of the paths has it.
    """
    own, later = (label(name_at(passes, i)) for i in term.edge[:2])
    whole = output_label(passes, label)
    local = Piece(
        partial(later, own),
        local_formula(passes.graph, term.edge.later, term.edge.which, label),
        term.local,
        _tone(passes, term),
        _points_to(passes, term),
    )
    left: Formula = partial(whole, own) if alone else Row((Text("by way of\u00a0"), later))
    if term.edge.later == passes.graph.output:
        return product(left, [local], stands)
    key = f"n-{name_at(passes, term.edge.later)}"
    arriving = Piece(partial(whole, later), Text("known"), term.arriving, "backward", key)
    return product(left, [arriving, local], stands)


def _local(passes: Passes, term: Term, computed: Product, label: Labels) -> Equation | None:
    """Return the local derivative in letters and numbers, as it stands in the product."""
    if other_factor(passes.graph, term.edge) is not None:
        return None
    own, later = (label(name_at(passes, i)) for i in term.edge[:2])
    left = partial(later, own)
    if operation_at(passes, term.edge.later).name != "cross_entropy":
        stands = _number(computed.columns[-1].lines[-1]).shown
        return local_equation(left, passes.trace, term, label, stands)
    inputs = passes.graph.nodes[term.edge.later].inputs
    target = passes.trace.values[inputs[term.edge.which + len(inputs) // 2]]
    share = number(term.local + target, "forward")  # the slope of softmax with cross-entropy: ŷ − y
    letters = local_formula(passes.graph, term.edge.later, term.edge.which, label)
    difference = Row((share, Operator("−"), number(target, "forward")))
    result = number(term.local, "backward")
    return equation(left, ("=", letters), ("=", difference), ("=", result))


def _written(terms: tuple[Term, ...]) -> Written:
    """Return the last line of a gradient: its factors, or its paths, and what they give."""
    if len(terms) > 1:
        return adds_up([term.product for term in terms], terms[-1].total, "sum")
    return adds_up([terms[0].arriving, terms[0].local], terms[0].product)


def _tone(passes: Passes, term: Term) -> str:
    """A forward value that is used again stays blue; a slope computed now is not."""
    return "forward" if other_factor(passes.graph, term.edge) is not None else "backward"


def _points_to(passes: Passes, term: Term) -> str:
    other = other_factor(passes.graph, term.edge)
    if other is not None:
        return f"n-{name_at(passes, other)}"
    return f"e-{name_at(passes, term.edge.node)}-{name_at(passes, term.edge.later)}"


def _paths(passes: Passes, terms: tuple[Term, ...], label: Labels) -> tuple[Reason, ...]:
    """Return what each way of a fork adds."""
    shown = zip(terms, _written(terms).terms, strict=True)
    return tuple(
        Reason(
            ("By way of ", label(name_at(passes, term.edge.later))),
            Number(text, term.product, "backward"),
            f"e-{name_at(passes, term.edge.node)}-{name_at(passes, term.edge.later)}",
            str(n),
        )
        for n, (term, text) in enumerate(shown, 1)
    )


def _factors(passes: Passes, term: Term, computed: Product, label: Labels) -> tuple[Reason, ...]:
    """Return the factors of a product in words, with the numbers as they stand in it."""
    numbers = [column.lines[-1] for column in computed.columns]
    words, drawn = _local_words(passes, term, label)
    local = Reason(words, _number(numbers[-1]), _points_to(passes, term), str(len(numbers)), drawn)
    if len(numbers) == 1:
        return (local,)
    later = name_at(passes, term.edge.later)
    reacts: Words = ("How ", output_label(passes, label), " reacts to ", label(later))
    return (Reason(reacts, _number(numbers[0]), f"n-{later}", "1"), local)


def _number(formula: Formula) -> Number:
    assert isinstance(formula, Number), "a column ends with its number"
    return formula


def _local_words(passes: Passes, term: Term, label: Labels) -> tuple[Words, FunctionCurve | None]:
    """Return what a local derivative is, in words, and its picture where it has one."""
    own, later = (label(name_at(passes, i)) for i in term.edge[:2])
    row, other = operation_at(passes, term.edge.later), other_factor(passes.graph, term.edge)
    if other is not None:
        return ("What ", own, " is multiplied by: ", label_at(passes, other, label)), None
    if len(row.inputs) == 1:
        drawn = draw_function(row, passes.trace.values[term.edge.node])
        return (f"Slope of the {row.title} at ", own), drawn
    if row.name in ("add", "weighted_sum"):
        return ("A sum passes a change on as it is",), None
    return ("How ", later, " reacts to ", own), None


def _adds(terms: tuple[Term, ...]) -> Words:
    if not 1 < len(terms) <= 5:
        return ()
    written = _written(terms)
    return (f"{sum_words(written.terms)} {written.sign} {written.result}. ",)


def _meaning(passes: Passes, step: WalkStep, label: Labels) -> Words:
    slope, own = passes.trace.gradients[step.node], label(step.name)
    whole = output_label(passes, label)
    if any(_is_multiplied_out(term) for term in passes.trace.terms[step.node]):
        return (
            "Multiplied as numbers, the factors would give 0 · ∞. So they are simplified first: "
            "one of them is 1 over a part of the other.",
        )
    if slope - slope != 0:
        return gradient_words(passes.trace, step.node, label)
    if not isfinite(passes.trace.value):  # a finite slope of what has no value says nothing
        return value_words(passes.trace, passes.graph.output, label)
    if slope == 0:
        if flat := _flat_words(passes, step, label):
            return flat
        zero = next((t for t in passes.trace.terms[step.node] if t.local == 0), None)
        if zero is None or len(passes.trace.terms[step.node]) > 1:
            return ("Exactly 0: moving ", own, " a little does not move ", whole, ".")
        return ("Exactly 0, because one factor is 0: nothing passes here.",)
    way = "lowers" if slope < 0 else "raises"
    sign = "Negative" if slope < 0 else "Positive"
    size = _written(passes.trace.terms[step.node]).result.removeprefix("−")
    return (
        *(f"{sign}, so raising ", own, f" {way} ", whole),
        f": a small step moves it {size} times as far.",
    )


def _flat_words(passes: Passes, step: WalkStep, label: Labels) -> Words:
    """Return why nothing flows back by way of jumps and branches alone; empty where it could."""
    graph, values = passes.graph, passes.trace.values
    for term in passes.trace.terms[step.node]:
        row = operation_at(passes, term.edge.later)
        inputs = [values[i] for i in graph.nodes[term.edge.later].inputs]
        if flows_back(row, term.edge.which, *inputs):
            return ()
    later = label(name_at(passes, passes.trace.terms[step.node][0].edge.later))
    own = label(step.name)
    if row.name == "where" and term.edge.which:
        return ("Exactly 0: ", later, " does not take ", own, ", so nothing flows back to it.")
    if row.name == "where":
        return ("Exactly 0: ", later, " only asks whether ", own, " is 0.")
    return (
        "Exactly 0: ",
        later,
        " is flat but for its jumps, and its slope counts as 0 there too.",
    )


def _is_multiplied_out(term: Term) -> bool:
    """Whether a product is finite though one of its factors is not (engine/saturation.py)."""
    return isfinite(term.product) and not isfinite(term.arriving * term.local)


def _check(passes: Passes, name: str, label: Labels) -> DifferenceCheck | None:
    """Return the second opinion on the gradient of a variable."""
    if name not in passes.check:
        return None
    row = passes.check[name]
    shown = number(row.numeric)
    if not (isfinite(passes.trace.value) and isfinite(row.analytic)):
        why = no_value_words(passes.trace, name, label)
        words: Words = ("Nudging it cannot judge this slope. ", *why)
        return DifferenceCheck(shown, row.relative, words, row.answer)
    return DifferenceCheck(shown, row.relative, (_comparison(row, shown.shown),), row.answer)


def _are_one(row: CheckRow) -> bool:
    """Whether a slope and that of the usual nudge are one number, but for rounding."""
    return row.relative <= AGREES or row.hidden


def _comparison(row: CheckRow, shown: str) -> str:
    """Return what finite differences say of a slope."""
    if row.answer is Answer.OPEN:
        by = f" gives {shown}, but" if row.because == CONVENTION else ""
        return f"Nudging it{by} cannot judge this slope, because {row.because}."
    given = f"{shown}, by finite differences"
    if row.answer is Answer.WRONG:
        return f"Nudging it up and down does not give the same: {given}."
    if row.relative <= AGREES:
        return f"Nudging it up and down gives the same: {given}."
    if row.hidden:
        return f"Beside the other slopes both are 0, as far as rounding shows: {given}."
    if row.kink:
        return (
            f"A kink lies here, and this slope is between those of its sides; over both: {given}."
        )
    return f"Nudging it by less gives the same; by the usual step it gives {given}."
