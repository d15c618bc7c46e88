"""What a forward step says: how one value is computed, from what, and where it goes.

Every number comes from the trace; every rule from the operation's row.
"""

from dataclasses import replace

from backprop.drawing.curve import draw_function
from backprop.engine.families import find_operation
from backprop.engine.ops import Operation
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import adds_up, short
from backprop.notation.steps import value_equation
from backprop.stage.walk.explanation import (
    Explanation,
    Labels,
    Line,
    Words,
    name_at,
    number,
    overflow_words,
    row_at,
    shown_at,
    sum_words,
)
from backprop.stage.walk.steps import Passes, WalkStep


def tell_value(found: Passes, stop: WalkStep, label: Labels) -> Explanation:
    """Return what the step of one value says."""
    own, row = label(stop.name), row_at(found, stop.node)
    computed = value_equation(found.graph, stop.node, found.trace.values, label)
    result = computed.sides[-1][1]
    assert isinstance(result, Number), "an equation ends with its value"
    if row.name == "weighted_sum":  # one rounding on a step: the one at which its parts add up
        shown = adds_up(_weighted_terms(found, stop), result.exact, "sum").result
        result = replace(result, shown=shown)
        computed = replace(computed, sides=(*computed.sides[:-1], (computed.sides[-1][0], result)))
    return Explanation(
        phase=stop.phase,
        headline=("How far off is the network?",)
        if _is_loss(found, stop)
        else ("What is ", own, "?"),
        lede=_how(found, stop, row, label),
        equation=computed,
        products=(),
        local=None,
        result_words=(own,),
        result=result,
        lines=_parts(found, stop, row, label),
        sentence=_after_value(found, stop, row, label),
    )


def _is_loss(found: Passes, stop: WalkStep) -> bool:
    """Whether a step is about the loss of a network itself, not about a part of it."""
    return stop.phase == "loss" and stop.node == found.graph.output


def _how(found: Passes, stop: WalkStep, row: Operation, label: Labels) -> Words:
    inputs = found.graph.nodes[stop.node].inputs
    if row.name == "weighted_sum":
        return ("Weigh what comes in, then add the bias.",)
    if _is_loss(found, stop):
        return (f"The loss is one number: the {row.title} of outputs and targets.",)
    if len(inputs) == 1:
        return (f"Take the {row.title} of ", shown_at(found, inputs[0], label), ".")
    first, second = (shown_at(found, i, label) for i in inputs[:2])
    return (f"The {row.title} of ", first, " and ", second, ".")


def _parts(found: Passes, stop: WalkStep, row: Operation, label: Labels) -> tuple[Line, ...]:
    """Return what a value is made of, one line a part."""
    inputs = found.graph.nodes[stop.node].inputs
    values = found.trace.values
    if row.name == "weighted_sum":
        return _weighted_parts(found, stop, inputs, label)
    if _is_loss(found, stop) and len(inputs) >= 2 and row.name in _SHARES:
        return _SHARES[row.name](found, row, inputs, label)
    if len(inputs) == 1:
        x = values[inputs[0]]
        words = (
            f"{row.title.capitalize()} at ",
            shown_at(found, inputs[0], label),
            f" = {short(x)}",
        )
        result = number(values[stop.node], "forward")
        edge = f"e-{name_at(found, inputs[0])}-{stop.name}"
        return (Line(words, result, edge, curve=draw_function(row, x)),)
    return ()


def _weighted_terms(found: Passes, stop: WalkStep) -> list[float]:
    """Return the products of a weighted sum, and the bias."""
    inputs, values = found.graph.nodes[stop.node].inputs, found.trace.values
    half = len(inputs) // 2
    pairs = zip(inputs[:half], inputs[half:-1], strict=True)
    return [*(values[w] * values[x] for w, x in pairs), values[inputs[-1]]]


def _weighted_parts(
    found: Passes, stop: WalkStep, inputs: tuple[int, ...], label: Labels
) -> tuple[Line, ...]:
    """Return each product of a weighted sum, and the bias, with digits that add up."""
    half = len(inputs) // 2
    pairs = zip(inputs[:half], inputs[half:-1], strict=True)
    terms = _weighted_terms(found, stop)
    written = adds_up(terms, found.trace.values[stop.node], "sum").terms
    words: list[Words] = [
        (shown_at(found, w, label), " · ", shown_at(found, x, label)) for w, x in pairs
    ]
    words.append((shown_at(found, inputs[-1], label),))
    keys = (*inputs[:half], inputs[-1])
    return tuple(
        Line(each, Number(text, term, "forward"), f"n-{name_at(found, key)}")
        for each, text, term, key in zip(words, written, terms, keys, strict=True)
    )


def _shares_of_squares(
    found: Passes, row: Operation, inputs: tuple[int, ...], label: Labels
) -> tuple[Line, ...]:
    """Return what each output adds to a squared error."""
    half, values = len(inputs) // 2, found.trace.values
    one = find_operation(row.name, 2)
    assert isinstance(one, Operation)
    share = half if row.name in ("mean_squared_error", "binary_cross_entropy") else 1
    return tuple(
        Line(
            ("What ", label(name_at(found, p)), " adds, of target ", label(name_at(found, y))),
            number(float(one.evaluate(values[p], values[y])) / share, "forward"),
            f"n-{name_at(found, p)}",
        )
        for p, y in zip(inputs[:half], inputs[half:], strict=True)
    )


def _shares_of_classes(
    found: Passes,
    row: Operation,
    inputs: tuple[int, ...],
    label: Labels,  # noqa: ARG001 - called as _shares_of_squares is
) -> tuple[Line, ...]:
    """Return the probability that softmax gives each class: the slope of the loss, plus y."""
    half, values = len(inputs) // 2, found.trace.values
    point = [values[i] for i in inputs]
    slopes = row.local_derivatives(values[found.graph.output], *point)
    return tuple(
        Line(
            ("Softmax gives class ", str(k), " the probability ", Label("y", str(k), hat=True)),
            number(float(slope) + values[y], "forward"),
            f"n-{name_at(found, z)}",
        )
        for k, (z, y, slope) in enumerate(
            zip(inputs[:half], inputs[half:], slopes[:half], strict=True), 1
        )
    )


_SHARES = {
    "half_squared_error": _shares_of_squares,
    "mean_squared_error": _shares_of_squares,
    "binary_cross_entropy": _shares_of_squares,
    "cross_entropy": _shares_of_classes,
}


def _after_value(found: Passes, stop: WalkStep, row: Operation, label: Labels) -> Words:
    x = found.trace.values[stop.node]
    if x - x != 0:
        return overflow_words(found, label)
    if _is_loss(found, stop):
        return (
            "0 would mean: every output is its target. From here, go back and ask what moved it.",
        )
    if row.name == "weighted_sum":
        terms = _weighted_terms(found, stop)
        if len(terms) > 5:
            return ("Each weight says how much its input counts; the bias shifts the sum.",)
        written = adds_up(terms, x, "sum")
        return (f"{sum_words(written.terms)} {written.sign} {written.result}.",)
    if stop.node == found.graph.output:
        own = label(stop.name)
        return ("This is ", own, " at this point. From here, go back and ask what moves it.")
    later = [label(name_at(found, k)) for k, _ in found.graph.uses()[stop.node]]
    if len(later) > 1:
        uses = [part for each in later for part in (each, ", ")][:-1]
        return ("It is used ", f"{len(later)} times, by ", *uses, ": a fork, to be remembered.")
    return ("It is passed on to ", later[0], ".") if later else ()
